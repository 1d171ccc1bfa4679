"""The summary that answers the reader's questions: how many are at risk, is it improving, is the change real."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from mimecast.domain.causes.restarts import Restart
from mimecast.domain.comparison import Comparison, MissingComparison
from mimecast.domain.normal_range import JudgedChange
from mimecast.domain.snapshot import Snapshot
from mimecast.domain.targets import TargetProgress
from mimecast.text.changes import headcount_alert, recent_change_sentence, shortened_sentence
from mimecast.text.headline import counts_sentence, headline
from mimecast.text.targets import short_target_sentence


@dataclass(frozen=True, slots=True)
class Summary:
    """A headline without a full stop, and sentences that follow it; empty ones are left out."""

    headline: str
    counts: str
    change: str = ""
    headcount: str = ""
    restart: str = ""
    target: str = ""

    @property
    def sentences(self) -> tuple[str, ...]:
        """The sentences after the headline, in order."""
        return tuple(filter(None, (self.counts, self.change, self.headcount, self.restart, self.target)))

    @property
    def details(self) -> str:
        """All sentences after the headline, as one paragraph."""
        return " ".join(self.sentences)


def summarize(
    newest: Snapshot,
    *,
    since: Comparison | None,
    recent: Comparison | MissingComparison | None,
    recent_days: int,
    judged: JudgedChange | None,
    progress: TargetProgress | None,
    past_day: date | None = None,
    restart: Restart | None = None,
) -> Summary:
    """Summarize an account up to a snapshot.

    `since` is the longest comparison, which the headline names; `recent` the one over about `recent_days` days, which
    `judged` judges, or None where it is not wanted. `past_day` is the reporting day of the snapshot where the summary
    is about a past period. `restart` is the last baseline restart in the range: `since` begins there, and a sentence
    names it unless the one about `recent` does.
    """
    is_known = newest.counts.at_risk_share is not None
    has_recent = recent is not None and is_known
    is_said = isinstance(recent, Comparison) and has_recent and recent.restart is not None
    return Summary(
        headline(newest, since, past_day),
        counts_sentence(newest, is_past=past_day is not None),
        recent_change_sentence(recent, recent_days, judged) if recent is not None and has_recent else "",
        headcount_alert(recent) if isinstance(recent, Comparison) and has_recent else "",
        shortened_sentence(restart) if restart and not is_said else "",
        short_target_sentence(progress, past_day) if progress else "",
    )
