"""The digest: each account over the period, as a plain text and as mail, with the report of a single account.

Where there are several accounts, it is one table of all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from mimecast.domain.comparison import Comparison, MissingComparison
from mimecast.domain.normal_range import JudgedChange
from mimecast.domain.notes import Note
from mimecast.domain.notifications.deliveries import Message, MessageKind
from mimecast.domain.notifications.digest_periods import DigestPeriod
from mimecast.domain.reporting_days import DayRange, Resolution, reporting_day
from mimecast.domain.snapshot import Snapshot
from mimecast.domain.targets import TargetProgress
from mimecast.formatting import format_datetime
from mimecast.notify.digest_html import MailContent, Row, render_mail
from mimecast.notify.messages import Wording
from mimecast.notify.receivers import Attachment
from mimecast.problem import Problem
from mimecast.store.annotations.notes import load_notes
from mimecast.store.annotations.targets import load_progress
from mimecast.store.causes.campaigns import load_campaigns
from mimecast.store.comparisons import compare_with_day
from mimecast.store.normal_range import load_judged_change
from mimecast.store.store import Store
from mimecast.text.causes import campaign_line
from mimecast.text.changes import headcount_alert
from mimecast.text.notifications.digest import (
    NET_CHANGE_NOTE,
    change_text,
    headline_of_accounts,
    headline_text,
    no_snapshot_text,
    note_text,
    share_text,
    short_target_text,
    target_text,
)
from mimecast.text.notifications.titles import digest_title, mark_sample
from mimecast.text.timelines import coverage_text


class AttachmentError(Problem):
    """A digest's report cannot be written in the chosen format. The digest is sent without it."""

    title = "The report was not attached"
    remedy = "Choose another digest_attach in [notify]."


@dataclass(frozen=True, slots=True)
class AccountDigest:
    """One account over the period of a digest.

    `newest` is the last snapshot in the period, None without one; `change` compares it with the day before the period.
    `days_covered` of `days` reporting days have a snapshot. `campaigns` are lines of text.
    """

    account: str
    name: str
    period: DigestPeriod
    days: int
    days_covered: int
    newest: Snapshot | None = None
    change: Comparison | MissingComparison | None = None
    judged: JudgedChange | None = None
    progress: TargetProgress | None = None
    notes: tuple[Note, ...] = ()
    campaigns: tuple[str, ...] = ()


def load_account_digest(
    store: Store, account: str, name: str, period: DigestPeriod, zone: ZoneInfo, now: datetime
) -> AccountDigest:
    """Load what a digest says about an account. Raises StoreError."""
    days = DayRange(period.first, period.last, zone)
    every_day = [bounds for _, bounds in days.split(Resolution.DAY)]
    (newest,) = store.last_in_each(account, [days.bounds])
    covered = store.count_covered(account, every_day)
    notes = tuple(load_notes(store, account, period.first, period.last))
    campaigns = period_campaigns(store, account, period, zone)
    if newest is None:
        return AccountDigest(account, name, period, len(every_day), 0, notes=notes, campaigns=campaigns)
    span = max((reporting_day(newest.taken_at, zone) - period.day_before).days, 1)
    return AccountDigest(
        account,
        name,
        period,
        len(every_day),
        covered,
        newest,
        compare_with_day(store, newest, period.day_before, zone),
        load_judged_change(store, newest, zone, span),
        load_progress(store, account, newest, zone, min(period.last, reporting_day(now, zone))),
        notes,
        campaigns,
    )


def period_campaigns(store: Store, account: str, period: DigestPeriod, zone: ZoneInfo) -> tuple[str, ...]:
    """Return a line for each phishing campaign launched in the period, as `note_text` writes it. Raises StoreError."""
    launches = [
        (reporting_day(campaign.launched_at, zone), campaign)
        for campaign in load_campaigns(store, account)
        if campaign.launched_at
    ]
    return tuple(
        note_text(day, campaign_line(campaign)) for day, campaign in launches if period.first <= day <= period.last
    )


def compose_digest(digests: Sequence[AccountDigest], period: DigestPeriod, wording: Wording, now: datetime) -> Message:
    """Return the message about one account or more."""
    is_sample = any(digest.newest and digest.newest.source.is_made_up for digest in digests)
    title = mark_sample(digest_title([digest.name for digest in digests], period.name), is_sample=is_sample)
    content = _single(digests[0], title, wording) if len(digests) == 1 else _several(digests, title, wording)
    return Message(
        period.id, MessageKind.DIGEST, now, title, _plain(content), render_mail(content), period.first, period.last
    )


def report_attachment(
    store: Store, account: str, name: str, message: Message, suffix: str, *, zone: ZoneInfo, template: Path | None
) -> Attachment | None:
    """Return the report of a digest's account, over the year to the end of its period; None without a snapshot.

    `suffix` is the format, `template` the presentation that slides are written into. Raises AttachmentError,
    StoreError, and what the format raises when it cannot be written.
    """
    from mimecast.reports.formats import FORMATS, render_report
    from mimecast.reports.report import DEFAULT_RANGE, ReportRequest, load_report

    if suffix not in FORMATS:
        raise AttachmentError(f"Reports cannot be written as {suffix.removeprefix('.')} here.")
    first, last = message.first_day, message.last_day
    if first is None or last is None:
        return None
    days = DayRange(last - DEFAULT_RANGE, last, zone)
    request = ReportRequest(account, name, days, message.created_at, compare_with=first - timedelta(days=1))
    report = load_report(store, request)
    if report is None:
        return None
    content = render_report(report, suffix, store, template=template)
    media_type, summary = FORMATS[suffix].media_type, report.summary
    alt = " ".join([f"{summary.headline}.", *summary.sentences]) if media_type.startswith("image/") else ""
    return Attachment(report.file_name(suffix), media_type, content, alt)


def _single(digest: AccountDigest, title: str, wording: Wording) -> MailContent:
    newest, zone = digest.newest, wording.zone
    rows = []
    if newest:
        rows.append(Row("Change", (change_text(digest.change, digest.judged),)))
    if digest.progress:
        rows.append(Row("Target", (target_text(digest.progress),)))
    if isinstance(digest.change, Comparison) and (headcount := headcount_alert(digest.change)):
        rows.append(Row("Users graded", (headcount,)))
    rows.append(Row("Coverage", (coverage_text(digest.days_covered, digest.days),)))
    day = reporting_day(newest.taken_at, zone) if newest else None
    return MailContent(
        title,
        f"{headline_text(newest.counts, day)}." if newest and day else f"{no_snapshot_text()}.",
        rows,
        _notes(digest),
        [f"As of {format_datetime(newest.taken_at, zone)}. {NET_CHANGE_NOTE}"] if newest else [],
        wording.link(digest.account),
    )


def _several(digests: Sequence[AccountDigest], title: str, wording: Wording) -> MailContent:
    """Return the table of all accounts, the highest share at risk first."""

    def share(digest: AccountDigest) -> float:
        known = digest.newest.counts.at_risk_share if digest.newest else None
        return -1.0 if known is None else known

    rows, notes = [], []
    for digest in sorted(digests, key=share, reverse=True):
        share_cell, details = no_snapshot_text(), []
        if digest.newest:
            share_cell = f"{share_text(digest.newest.counts)} at risk"
            details.append(change_text(digest.change, digest.judged))
        details += [short_target_text(digest.progress), coverage_text(digest.days_covered, digest.days)]
        rows.append(Row(digest.name, (share_cell, "\n".join(details))))
        notes += [f"{digest.name}, {note}" for note in _notes(digest)]
    headline = headline_of_accounts(sum(digest.newest is not None for digest in digests), len(digests))
    return MailContent(title, f"{headline}.", rows, notes, [NET_CHANGE_NOTE], wording.dashboard_url)


def _notes(digest: AccountDigest) -> list[str]:
    return [*(note_text(note.day, note.text) for note in digest.notes), *digest.campaigns]


def _plain(content: MailContent) -> str:
    """Return the content as plain text, for services without HTML."""
    rows = [
        f"{row.heading}: {row.cells[0]}"
        if len(row.cells) == 1
        else "\n".join([row.heading, *(f"  {line}" for cell in row.cells for line in cell.splitlines())])
        for row in content.rows
    ]
    notes = "\n".join(["Notes and campaigns:", *(f"- {note}" for note in content.notes)]) if content.notes else ""
    return "\n\n".join(filter(None, [content.headline, *rows, notes, *content.closing, content.link]))
