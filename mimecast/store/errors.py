"""What can be wrong with a store: one class for each cause that calls for a different remedy.

None carries a statement, a value or a password.
"""

from __future__ import annotations

from mimecast.problem import Problem


class StoreError(Problem):
    """The store cannot be used as asked. Nothing stored was lost or changed."""

    title = "The store cannot be used"


class StoreReadOnly(StoreError):
    title = "The store is read-only"
    remedy = "Let the user who runs the dashboard write the store's file and its folder. What is stored is still shown."


class StoreDamaged(StoreError):
    title = "The store cannot be read"
    remedy = "Put a backup in its place, or name another file in [connections.snapshots]. The file was not changed."


class StoreFull(StoreError):
    title = "The disk is full"
    remedy = "Free some space and try again. What was stored before is safe."


class DiskError(StoreError):
    title = "The disk does not take or give data"
    remedy = "Look for a quota, a limit on the size of files or a fault of the disk. What was stored before is safe."


class StoreNewer(StoreError):
    title = "The store is newer than this dashboard"
    remedy = "Update the dashboard. The store was not changed."


class DatabaseUnreachable(StoreError):
    title = "There is no connection to the database"
    remedy = (
        "Check that the database server runs and takes connections from this computer, and host and port in the "
        "store's URL. Nothing has to be restarted here once it answers."
    )


class DatabaseTlsFailed(StoreError):
    title = "The connection to the database is not secure"
    remedy = (
        "Let the database server speak TLS with a certificate for the host in the store's URL, and name the "
        "certificate of the authority behind it there: sslrootcert=FILE."
    )


class DatabaseLoginFailed(StoreError):
    title = "The database does not let the dashboard in"
    remedy = (
        "Check user and password in the store's URL, where signs such as @ and / in a password are written as %40 and "
        "%2F, and the server's pg_hba.conf."
    )


class DatabaseMissing(StoreError):
    title = "The database does not exist"
    remedy = "Make it with createdb, or correct the name at the end of the store's URL."


class DatabasePermissionMissing(StoreError):
    title = "A right is missing in the database"
    remedy = (
        "Make the user of the store's URL the owner of the database, or grant it USAGE and CREATE on the schema and "
        "all rights on the dashboard's tables."
    )


class TargetNotEmpty(StoreError):
    title = "The store to copy into is not empty"
    remedy = "Copy into an empty database or a new file. Nothing was changed."


class CopyVerificationFailed(StoreError):
    title = "The copy is not like the original"
    remedy = "Nothing was copied. Keep using the store you have."
