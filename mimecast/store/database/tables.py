"""Tables of the store. A table that is new or changed needs a step in `migrations.py`."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    literal_column,
)

_metadata = MetaData()

versions: Final = Table(
    "schema_version",
    _metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("applied_at", String(20), nullable=False),
)

additions: Final = Table(
    "schema_additions",
    _metadata,
    Column("name", String(60), primary_key=True),
    Column("applied_at", String(20), nullable=False),
)

_COUNTS: Final = ("a", "b", "c", "d", "f", "other")

snapshots: Final = Table(
    "snapshots",
    _metadata,
    Column("account", String(40), nullable=False),
    Column("taken_at", BigInteger, nullable=False, comment="seconds since 1970-01-01 UTC"),
    *(Column(count, BigInteger, CheckConstraint(f"{count} >= 0"), nullable=False) for count in _COUNTS),
    Column("other_letters", String(40), nullable=False, server_default=""),
    Column("source", String(20), nullable=False),
    PrimaryKeyConstraint("account", "taken_at"),
    sqlite_with_rowid=False,
)
"""Snapshots, one row per account and instant. The key is also the order in which a timeline reads them."""

IS_FROM_SANDBOX: Final = snapshots.c.source == literal_column("'sandbox'")
"""Whether a row came from the sandbox; a literal, since SQLite uses a partial index for no parameter."""

notes: Final = Table(
    "notes",
    _metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False, comment="random, so that it is never used again"),
    Column("account", String(40), nullable=False),
    Column("day", Date, nullable=False, comment="a reporting day"),
    Column("text", String(120), nullable=False),
    Column("author", String(320), nullable=False),
    Column("written_at", BigInteger, nullable=False, comment="seconds since 1970-01-01 UTC"),
    Index("notes_of_a_day", "account", "day"),
)

targets: Final = Table(
    "targets",
    _metadata,
    Column("account", String(40), nullable=False),
    Column("set_at", BigInteger, nullable=False, comment="seconds since 1970-01-01 UTC"),
    Column("author", String(320), nullable=False),
    Column("share", Float, nullable=True, comment="percent of users graded; null where the target was cleared"),
    Column("by_day", Date, nullable=True, comment="a reporting day"),
    Column("share_then", Float, nullable=True, comment="the share when it was set; null where it was not known"),
    PrimaryKeyConstraint("account", "set_at"),
)
"""Targets, with every one that was ever set. The newest of an account counts."""

imports: Final = Table(
    "imports",
    _metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False, comment="random, so that it is never used again"),
    Column("imported_at", BigInteger, nullable=False, comment="seconds since 1970-01-01 UTC"),
    Column("author", String(320), nullable=False),
    Column("file_name", String(120), nullable=False),
    Column("added", BigInteger, nullable=False, comment="snapshots that were new"),
)

imported_snapshots: Final = Table(
    "imported_snapshots",
    _metadata,
    Column("account", String(40), nullable=False),
    Column("taken_at", BigInteger, nullable=False, comment="seconds since 1970-01-01 UTC"),
    Column("import_id", BigInteger, ForeignKey("imports.id"), nullable=False, index=True),
    PrimaryKeyConstraint("account", "taken_at"),
    sqlite_with_rowid=False,
)
"""The import that added each imported snapshot."""

leases: Final = Table(
    "leases",
    _metadata,
    Column("account", String(40), primary_key=True),
    Column("holder", String(32), nullable=False),
    Column("until", BigInteger, nullable=False, comment="milliseconds since 1970-01-01 UTC, by the database's clock"),
)
"""Runs that are capturing an account; see `leases.py`."""

runs: Final = Table(
    "runs",
    _metadata,
    Column("id", Integer, primary_key=True),
    Column("account", String(40), nullable=False),
    Column("started", BigInteger, nullable=False, comment="seconds since 1970-01-01 UTC"),
    Column("ended", BigInteger, nullable=False),
    Column("outcome", String(20), nullable=False),
    Column("title", String(200), nullable=False, server_default=""),
    Column("sentence", String(1000), nullable=False, server_default=""),
    Index("runs_of_an_account", "account", "id"),
)
"""Results of scheduled captures; see `scheduled_runs.py`."""

waits: Final = Table(
    "waits",
    _metadata,
    Column("application", String(64), primary_key=True, comment="SHA-256 of the API's address and the application"),
    Column("until", BigInteger, nullable=False, comment="milliseconds since 1970-01-01 UTC, by the database's clock"),
)
"""Applications that Mimecast has asked not to send requests for some time; see `rate_limit_waits.py`."""

removals: Final = Table(
    "removals",
    _metadata,
    Column("account", String(40), nullable=False),
    Column("taken_at", BigInteger, nullable=False, comment="seconds since 1970-01-01 UTC"),
    Column("removed_at", BigInteger, nullable=False, comment="seconds since 1970-01-01 UTC"),
    PrimaryKeyConstraint("account", "taken_at"),
    sqlite_with_rowid=False,
)
"""Snapshots that a user removed, and when: a record, which also keeps a merged backup from bringing them back."""

alert_states: Final = Table(
    "alert_states",
    _metadata,
    Column("id", String(32), primary_key=True, comment="derived from account, rule and number when it was stored"),
    Column("account", String(40), nullable=False),
    Column("rule", String(10), nullable=False),
    Column("number", Integer, nullable=False),
    Column("state", String(20), nullable=False),
    Column("subject", String(40), nullable=False),
    Column("observed_at", BigInteger, nullable=False, comment="seconds since 1970-01-01 UTC"),
    Column("left_at", BigInteger, nullable=True, comment="when another state was first observed; null otherwise"),
    Column("headline", String(200), nullable=False),
    Column("reason", String(1000), nullable=False),
    Column("message_id", String(32), nullable=True, comment="the message that told of it; null for none"),
    Index("alert_states_of_an_account", "account", "rule", "number"),
)
"""States of the alert rules, one row for each change. The highest number of an account and rule counts."""

messages: Final = Table(
    "messages",
    _metadata,
    Column("id", String(32), primary_key=True),
    Column("kind", String(10), nullable=False),
    Column("created_at", BigInteger, nullable=False, comment="seconds since 1970-01-01 UTC"),
    Column("title", String(200), nullable=False),
    Column("text", Text, nullable=False),
    Column("html", Text, nullable=False),
    Column("first_day", Date, nullable=True, comment="of a digest's period"),
    Column("last_day", Date, nullable=True),
    Index("messages_by_age", "created_at"),
)

deliveries: Final = Table(
    "deliveries",
    _metadata,
    Column("message_id", String(32), ForeignKey("messages.id"), nullable=False),
    Column("receiver", String(40), nullable=False, comment="tells nothing about the receiver's URL"),
    Column("service", String(80), nullable=False),
    Column("tried_at", BigInteger, nullable=False, comment="seconds since 1970-01-01 UTC"),
    Column("attempts", Integer, nullable=False),
    Column("result", String(20), nullable=False),
    Column("detail", String(80), nullable=False),
    PrimaryKeyConstraint("message_id", "receiver"),
)
"""The delivery of each message to each receiver, with its last result."""

implausible_answers: Final = Table(
    "implausible_answers",
    _metadata,
    Column("account", String(40), nullable=False),
    Column("taken_at", BigInteger, nullable=False, comment="seconds since 1970-01-01 UTC"),
    Column("reason", String(20), nullable=False),
    Column("reference_at", BigInteger, nullable=False, comment="when the snapshot compared with was taken"),
    Column("reference_users", BigInteger, nullable=False, comment="users graded in that snapshot"),
    Column("marked_at", BigInteger, nullable=False, comment="seconds since 1970-01-01 UTC"),
    Column("judged_at", BigInteger, nullable=True, comment="when a reader confirmed the mark; null before that"),
    Column("judged_by", String(320), nullable=False, server_default=""),
    PrimaryKeyConstraint("account", "taken_at"),
    sqlite_with_rowid=False,
)
"""Marks of snapshots whose counts are implausible, which nothing is computed from; see `causes/implausible.py`."""

restart_notes: Final = Table(
    "restart_notes",
    _metadata,
    Column("note_id", BigInteger, primary_key=True, autoincrement=False),
    Column("account", String(40), nullable=False, index=True),
)
"""The notes that are baseline restarts. Older versions see them as notes, and keep what makes them restarts."""

dismissed_restarts: Final = Table(
    "dismissed_restarts",
    _metadata,
    Column("account", String(40), nullable=False),
    Column("day", Date, nullable=False, comment="the reporting day for which a restart was suggested"),
    Column("author", String(320), nullable=False),
    Column("dismissed_at", BigInteger, nullable=False, comment="seconds since 1970-01-01 UTC"),
    PrimaryKeyConstraint("account", "day"),
)
"""Suggested baseline restarts that a reader dismissed."""

reference_lines: Final = Table(
    "reference_lines",
    _metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False, comment="random, so that it is never used again"),
    Column("account", String(40), nullable=False, index=True),
    Column("share", Float, nullable=False, comment="percent of users graded"),
    Column("label", String(40), nullable=False),
    Column("source", String(120), nullable=False),
    Column("last_day", Date, nullable=True, comment="a reporting day; null for a line without end"),
    Column("author", String(320), nullable=False),
    Column("written_at", BigInteger, nullable=False, comment="seconds since 1970-01-01 UTC"),
)
"""Shares at risk to compare with, such as an industry's average."""

campaigns: Final = Table(
    "campaigns",
    _metadata,
    Column("account", String(40), nullable=False),
    Column("campaign_id", String(512), nullable=False, comment="Mimecast's id"),
    Column("name", String(200), nullable=False),
    Column("launched_at", BigInteger, nullable=True, comment="seconds since 1970-01-01 UTC; null where unknown"),
    Column("captured_at", BigInteger, nullable=False, comment="when the totals were requested"),
    Column("first_seen_at", BigInteger, nullable=False, comment="when the campaign was first in an answer"),
    Column("source", String(20), nullable=False),
    *(
        Column(total, BigInteger, nullable=True, comment="users; null where unknown or too few")
        for total in ("sent", "opened", "clicked", "submitted", "reported")
    ),
    PrimaryKeyConstraint("account", "campaign_id"),
)
"""Phishing campaigns with their newest totals."""

people_captures: Final = Table(
    "people_captures",
    _metadata,
    Column("account", String(40), nullable=False),
    Column("taken_at", BigInteger, nullable=False, comment="seconds since 1970-01-01 UTC, those of the snapshot"),
    Column("listed", BigInteger, nullable=False, comment="users in the list"),
    Column("graded", BigInteger, nullable=False, comment="users in the list who have a grade"),
    Column("summary_graded", BigInteger, nullable=False, comment="users graded in the snapshot"),
    Column("has_intervals", Integer, nullable=False, comment="1 if the list changed intervals"),
    Column("source", String(20), nullable=False),
    PrimaryKeyConstraint("account", "taken_at"),
    sqlite_with_rowid=False,
)
"""Lists of users that were counted, one row per account and instant."""

department_counts: Final = Table(
    "department_counts",
    _metadata,
    Column("account", String(40), nullable=False),
    Column("week", Date, nullable=False, comment="the Monday of an ISO week, UTC"),
    Column("department", String(120), nullable=False),
    Column("taken_at", BigInteger, nullable=False, comment="the week's last list"),
    *(Column(count, BigInteger, CheckConstraint(f"{count} >= 0"), nullable=False) for count in _COUNTS),
    PrimaryKeyConstraint("account", "week", "department"),
    sqlite_with_rowid=False,
)
"""Users per department and grade, once per week. Departments that are too small were merged before."""

component_counts: Final = Table(
    "component_counts",
    _metadata,
    Column("account", String(40), nullable=False),
    Column("week", Date, nullable=False, comment="the Monday of an ISO week, UTC"),
    Column("component", String(20), nullable=False),
    Column("taken_at", BigInteger, nullable=False, comment="the week's last list"),
    *(Column(count, BigInteger, CheckConstraint(f"{count} >= 0"), nullable=False) for count in _COUNTS),
    Column("not_graded", BigInteger, nullable=False),
    PrimaryKeyConstraint("account", "week", "component"),
    sqlite_with_rowid=False,
)
"""Users per grade of each component, for the whole company, once per week."""

grade_intervals: Final = Table(
    "grade_intervals",
    _metadata,
    Column("account", String(40), nullable=False),
    Column("pseudonym", LargeBinary(16), nullable=False),
    Column("began", BigInteger, nullable=False, comment="seconds since 1970-01-01 UTC"),
    Column("ended", BigInteger, nullable=True, comment="null while the grade lasts"),
    Column("grade", String(5), nullable=False),
    PrimaryKeyConstraint("account", "pseudonym", "began"),
    Index("intervals_by_end", "account", "ended", "began", "grade"),
    sqlite_with_rowid=False,
)
"""The grade of each pseudonym from `began` until just before `ended`. No department, no name, no address."""

people_keys: Final = Table(
    "people_keys",
    _metadata,
    Column("account", String(40), primary_key=True),
    Column("fingerprint", String(64), nullable=False),
    Column("since", BigInteger, nullable=False, comment="seconds since 1970-01-01 UTC"),
)
"""The fingerprint of the key behind an account's pseudonyms."""

PEOPLE_TABLES: Final = (people_captures, department_counts, component_counts, grade_intervals, people_keys)
"""The tables that `people forget` empties."""


def data_tables() -> list[Table]:
    """Return the tables that a backup contains, each after those it refers to.

    Leases, waits and the records of steps belong to one database and moment.
    """
    return [table for table in _metadata.sorted_tables if table not in (leases, waits, versions, additions)]
