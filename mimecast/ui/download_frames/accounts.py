"""The table of all accounts, as a page shows it and as its CSV."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from typing import Final

import pandas as pd

from mimecast.domain.account_status import AccountStatus
from mimecast.formatting import format_iso_utc, round_points
from mimecast.text.accounts import reason_sentences
from mimecast.text.stamp import Stamp

COLUMN_TYPES: Final = {
    **dict.fromkeys(("account", "name", "source", "taken_at")),
    **dict.fromkeys(("users_graded", "at_risk"), "Int64"),
    "at_risk_percent": "float64",
    "compared_with": None,
    "change_points": "float64",
    "verdict": None,
    "verdict_days": "Int64",
    **dict.fromkeys(("judged_points", "usual_from", "usual_to"), "float64"),
    **dict.fromkeys(("at_risk_percent_by_week", "state", "reason")),
}
"""The columns of `accounts_frame`, and the types of those with numbers."""


def accounts_frame(
    statuses: Sequence[AccountStatus],
    stamps: Mapping[str, Stamp],
    names: Mapping[str, str],
    now: datetime,
    zone: tzinfo,
) -> pd.DataFrame:
    """Return one row for each account, in the given order; `stamps` and `names` are by account.

    Times in the sentences of `reason` are in `zone`.

    Columns: `account`, `name`, `source`, `taken_at` (UTC, text), `users_graded`, `at_risk` (users), `at_risk_percent`,
    `compared_with` (UTC, text), `change_points` since then (one decimal), `verdict` on the change over `verdict_days`,
    which is `judged_points` and normally lies from `usual_from` to `usual_to` (points), `at_risk_percent_by_week` (a
    list, oldest first, since the last week without a share), `state`, `reason`.
    """
    rows = [_row(status, stamps.get(status.account), names[status.account], now, zone) for status in statuses]
    frame = pd.DataFrame(rows, columns=[*COLUMN_TYPES])
    return frame.astype({column: kind for column, kind in COLUMN_TYPES.items() if kind is not None})


def with_flat_weeks(frame: pd.DataFrame) -> pd.DataFrame:
    """Return `accounts_frame` with the shares of the weeks as one text, `12.5 12.4 12.1`, for a CSV."""
    weeks = [" ".join(map(str, shares)) for shares in frame["at_risk_percent_by_week"]]
    return frame.assign(at_risk_percent_by_week=weeks)


def _row(status: AccountStatus, stamp: Stamp | None, name: str, now: datetime, zone: tzinfo) -> tuple[object, ...]:
    newest, judged, change = status.newest, status.judged, status.change
    compared = datetime.fromtimestamp(status.then.taken_at, UTC) if status.then and change is not None else None
    return (
        status.account,
        name,
        stamp.source if stamp else "",
        format_iso_utc(newest.taken_at) if newest else "",
        newest.counts.users_graded if newest else None,
        newest.counts.at_risk if newest else None,
        status.at_risk_share,
        format_iso_utc(compared) if compared else "",
        None if change is None else round_points(change),
        str(judged.verdict) if judged else "",
        judged.span if judged else None,
        judged.change if judged else None,
        judged.low if judged else None,
        judged.high if judged else None,
        list(status.weeks.since_last_gap),
        str(status.freshness),
        reason_sentences(status, now, zone),
    )
