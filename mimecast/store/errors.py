"""Errors of the store: one class for each remedy.

None of them contains a statement, a value or a password.
"""

from __future__ import annotations

from mimecast.problem import Problem


class StoreError(Problem):
    """The store cannot be used for what was requested. Nothing stored was lost or changed."""

    title = "The store cannot be used"


class StoreBusy(StoreError):
    """Another program or computer is using the store, or a table is locked, and the page or command stopped waiting."""

    title = "The store is busy"
    remedy = "Try again in a moment."


class StoreReadOnly(StoreError):
    """The store can be read but not written: its file or folder belongs to another user."""

    title = "The store is read-only"
    remedy = (
        "Give the user who runs the dashboard write access to the store's file and its folder. "
        "What is stored is still shown."
    )


class StoreInaccessible(StoreError):
    """The store's folder, or one above it, has no execute permission for the user who runs the dashboard."""

    title = "No access to the store's folder"
    remedy = (
        "Let the user who runs the dashboard enter the store's folder and those above it, for example with chmod u+x."
    )


class StoreDamaged(StoreError):
    """The file or database is damaged, or is not a store of this dashboard."""

    title = "The store cannot be read"
    remedy = (
        "Replace it with a backup: python -m mimecast restore FILE --force sets the unreadable file aside. Or name "
        "another file in [connections.snapshots]. The file was not changed."
    )


class StoreQuarantined(StoreError):
    """The store was found damaged. It is kept beside the new store, which is in use."""

    title = "A damaged store was set aside"
    remedy = "Restore a backup with python -m mimecast restore FILE --merge, then move the damaged file away."


class StoreWritableByOthers(StoreError):
    """Other users of the computer can change the store's file, or replace it through its folder."""

    title = "Others can change the store"
    remedy = "Remove their write permission on the store's file and folder, for example with chmod go-w."


class StoreFull(StoreError):
    """The disk with the store is full."""

    title = "The disk is full"
    remedy = "Free some space and try again. What was stored before is safe."


class DiskError(StoreError):
    """The operating system failed to read or write the store."""

    title = "Disk read/write error"
    remedy = "Look for a quota, a limit on file sizes or a failing disk. What was stored before is safe."


class StoreNewer(StoreError):
    """A newer version of the dashboard changed the store in a way that this version does not understand."""

    title = "The store is newer than this dashboard"
    remedy = "Update the dashboard. The store was not changed."


class DatabaseUnreachable(StoreError):
    """The database server is not running, cannot be reached, or ended the connection."""

    title = "No connection to the database"
    remedy = (
        "Check that the database server is running and accepts connections from this computer. Check the host and port "
        "in the store's URL. Once the server answers, the dashboard works again without a restart."
    )


class DatabaseTlsFailed(StoreError):
    """The database server does not offer TLS, or this computer does not trust its certificate."""

    title = "The connection to the database is not secure"
    remedy = (
        "Configure TLS on the database server with a certificate for the host in the store's URL, and name the "
        "certificate of its authority in the URL: sslrootcert=FILE."
    )


class DatabaseTlsOptional(StoreError):
    """The database is on another computer, and its URL has no `sslmode` that requires TLS."""

    title = "The connection to the database may be unencrypted"
    remedy = (
        "Add sslmode=verify-full&sslrootcert=FILE to the store's URL, where FILE is the certificate of the authority "
        "that issued the server's certificate."
    )


class DatabaseLoginFailed(StoreError):
    """The database server rejected the user or the password."""

    title = "Database login failed"
    remedy = (
        "Check the user and the password in the store's URL: in a password, write characters such as @ and / as %40 "
        "and %2F. Also check the server's pg_hba.conf."
    )


class DatabaseMissing(StoreError):
    """The database server has no database with this name."""

    title = "The database does not exist"
    remedy = "Create it with createdb, or correct the name at the end of the store's URL."


class DatabasePermissionMissing(StoreError):
    """The database user is not allowed to create or use the tables."""

    title = "Missing database privileges"
    remedy = (
        "Make the user in the store's URL the owner of the database, or grant it USAGE and CREATE on the schema and "
        "all privileges on the dashboard's tables."
    )


class TargetNotEmpty(StoreError):
    """The store to copy into already holds data."""

    title = "The store to copy into is not empty"
    remedy = "Copy into an empty database or a new file. Nothing was changed."


class CopyVerificationFailed(StoreError):
    """A copied row did not match the original when it was read back."""

    title = "Copy verification failed"
    remedy = "The copy was undone: the new store is still empty. Keep using the store you have."
