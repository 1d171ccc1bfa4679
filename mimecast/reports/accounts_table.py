"""The table of all accounts, as it is shown and as the CSV of exactly that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

import pandas as pd

from mimecast.domain.account_status import AccountStatus
from mimecast.formatting import format_iso_utc, round_points
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
"""The columns of `standings_frame`, and what the numbers in them are."""


def accounts_frame(
    standings: Sequence[AccountStatus], stamps: Mapping[str, Stamp], names: Mapping[str, str]
) -> pd.DataFrame:
    """One row for each account, in the given order; `stamps` (of those with a snapshot) and `names` are by account.

    Columns: `account`, `name`, `source`, `taken_at` (UTC, text), `users_graded`, `at_risk` (users), `at_risk_percent`,
    `compared_with` (UTC, text), `change_points` since then (one decimal), `verdict` on the change over `verdict_days`,
    which is `judged_points`, where usual is `usual_from` to `usual_to` (points),
    `at_risk_percent_by_week` (a list, oldest first, from the last week without a share on), `state`, `reason`.
    """
    rows = []
    for one in standings:
        newest, judged, stamp = one.newest, one.variation, stamps.get(one.account)
        change = one.change
        rows.append(
            (
                one.account,
                names[one.account],
                stamp.source if stamp else "",
                format_iso_utc(newest.taken_at) if newest else "",
                newest.counts.users_graded if newest else None,
                newest.counts.at_risk if newest else None,
                one.share,
                format_iso_utc(datetime.fromtimestamp(one.then.taken_at, UTC))
                if one.then and change is not None
                else "",
                None if change is None else round_points(change),
                str(judged.verdict) if judged else "",
                judged.span if judged else None,
                judged.change if judged else None,
                judged.low if judged else None,
                judged.high if judged else None,
                list(one.weeks.since_last_gap),
                str(one.freshness),
                one.reason,
            )
        )
    frame = pd.DataFrame(rows, columns=[*COLUMN_TYPES])
    return frame.astype({column: kind for column, kind in COLUMN_TYPES.items() if kind is not None})


def with_flat_weeks(frame: pd.DataFrame) -> pd.DataFrame:
    """The same with the weeks' shares as one text, `12.5 12.4 12.1`."""
    weeks = [" ".join(map(str, shares)) for shares in frame["at_risk_percent_by_week"]]
    return frame.assign(at_risk_percent_by_week=weeks)
