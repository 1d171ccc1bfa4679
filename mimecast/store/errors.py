"""Errors of the store: one class for each remedy.

None of them contains a statement, a value or a password.
"""

from __future__ import annotations

from mimecast.problem import Problem


class StoreError(Problem):
    """The store cannot be used for what was requested. Nothing stored was lost or changed."""

    title = "The store cannot be used"


class StoreBusy(StoreError):
    """Another program or machine uses the store, and the time to wait for it is over."""

    title = "The store is busy"
    remedy = "Try again in a moment."


class StoreReadOnly(StoreError):
    """The store can be read but not written."""

    title = "The store is read-only"
    remedy = "Let the user who runs the dashboard write the store's file and its folder. What is stored is still shown."


class StoreInaccessible(StoreError):
    """A folder on the way to the store's file may not be entered by this process."""

    title = "The store's folder is closed"
    remedy = (
        "Let the user who runs the dashboard enter the store's folder and those above it, for example with chmod u+x."
    )


class StoreDamaged(StoreError):
    """The file or the database is damaged, or is not a store."""

    title = "The store cannot be read"
    remedy = (
        "Put a backup in its place with python -m mimecast restore FILE --force, which sets it aside, or name another "
        "file in [connections.snapshots]. The file was not changed."
    )


class StoreQuarantined(StoreError):
    """A damaged store that is kept beside the one in use, which works."""

    title = "A damaged store was set aside"
    remedy = "Put a backup back with python -m mimecast restore FILE --merge, then move that file away."


class StoreWritableByOthers(StoreError):
    """A store that works, and that other users of the computer can change."""

    title = "Others can change the store"
    remedy = "Take away their right to write the store's file and its folder, for example with chmod go-w."


class StoreFull(StoreError):
    """There is no room left for the store."""

    title = "The disk is full"
    remedy = "Free some space and try again. What was stored before is safe."


class DiskError(StoreError):
    """The operating system failed to read or write the store."""

    title = "Disk read/write error"
    remedy = "Look for a quota, a limit on file sizes or a failing disk. What was stored before is safe."


class StoreNewer(StoreError):
    """The store was changed by a newer version of the dashboard in a way that this one does not understand."""

    title = "The store is newer than this dashboard"
    remedy = "Update the dashboard. The store was not changed."


class DatabaseUnreachable(StoreError):
    """The database server does not answer, or ended the connection."""

    title = "There is no connection to the database"
    remedy = (
        "Check that the database server runs and accepts connections from this computer, and the host and port in the "
        "store's URL. Once it answers, the dashboard works again without a restart."
    )


class DatabaseTlsFailed(StoreError):
    """No TLS connection to the database could be established."""

    title = "The connection to the database is not secure"
    remedy = (
        "Configure TLS on the database server with a certificate for the host in the store's URL, and name the "
        "certificate of its authority in the URL: sslrootcert=FILE."
    )


class DatabaseTlsOptional(StoreError):
    """A database on another computer that works, and to which the connection may be unencrypted."""

    title = "The connection to the database may be unencrypted"
    remedy = (
        "Add sslmode=verify-full&sslrootcert=FILE to the store's URL, with the file of the authority behind the "
        "server's certificate."
    )


class DatabaseLoginFailed(StoreError):
    """The database server rejected the user or the password."""

    title = "Database login failed"
    remedy = (
        "Check user and password in the store's URL, where characters such as @ and / in a password are written as %40 "
        "and %2F, and the server's pg_hba.conf."
    )


class DatabaseMissing(StoreError):
    """The database server has no database with this name."""

    title = "The database does not exist"
    remedy = "Create it with createdb, or correct the name at the end of the store's URL."


class DatabasePermissionMissing(StoreError):
    """The database user lacks a privilege."""

    title = "Missing database privileges"
    remedy = (
        "Make the user of the store's URL the owner of the database, or grant it USAGE and CREATE on the schema and "
        "all privileges on the dashboard's tables."
    )


class TargetNotEmpty(StoreError):
    """The store to copy into already holds data."""

    title = "The store to copy into is not empty"
    remedy = "Copy into an empty database or a new file. Nothing was changed."


class CopyVerificationFailed(StoreError):
    """A copied row was read back differently from how it was written."""

    title = "Copy verification failed"
    remedy = "Nothing was copied. Keep using the store you have."
