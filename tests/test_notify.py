"""Alerts and digests sent to real receivers: what arrives, and what is recorded."""

from __future__ import annotations

import re
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from mimecast.domain.notifications.deliveries import DeliveryResult, MessageKind
from mimecast.domain.scheduled_runs import Run, RunOutcome
from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Snapshot, Source
from mimecast.notify.due import find_due
from mimecast.notify.run import notify
from mimecast.store.annotations.notes import write_note, write_restart
from mimecast.store.annotations.targets import set_target
from mimecast.store.causes.implausible import mark_new_answer
from mimecast.store.notifications.messages import load_last_deliveries
from mimecast.store.scheduled_runs import save_runs
from mimecast.store.store import Store
from tests.support.browser import MISSING, NAMES
from tests.support.clock import later
from tests.support.exhaustive import EXHAUSTIVE
from tests.support.notifications import MORNING, add_history, context_of
from tests.support.receivers import MailServer, WebReceiver
from tests.support.requirements import skip_or_fail
from tests.support.stores.databases import EVERY_DATABASE

# Alerts


@EVERY_DATABASE
def test_an_unusual_change_arrives_once(store: Store, web: WebReceiver) -> None:
    add_history(store, last_at_risk=160)
    context = context_of(store, web.url(), dashboard_url="https://scores.contoso.com")
    result = notify(context)
    assert result.problems == []
    (message,) = web.messages
    assert message["title"] == "Contoso: share at risk up 2.7 points in 30 days, above normal"
    assert message["message"] == (
        "13.3% of users are at risk (160 of 1,204), up from 10.5% (127 of 1,204) on 1 Nov 2026. "
        "Normal for this account: −0.8 to +0.8 points, from 15 earlier changes.\n\n"
        "As of 1 Dec 2026, 03:00 UTC.\n\nhttps://scores.contoso.com"
    )
    assert notify(context).deliveries == []
    assert len(web.requests) == 1
    ((stored, delivery),) = load_last_deliveries(store, 10)
    assert (stored.kind, stored.title, delivery.result) == (
        MessageKind.ALERT,
        message["title"],
        DeliveryResult.ACCEPTED,
    )
    assert (delivery.service, len(delivery.receiver)) == ("JSON", 8)


def test_a_run_sends_one_message_for_all_its_events(store: Store, web: WebReceiver) -> None:
    add_history(store, last_at_risk=160)
    add_history(store, "fabrikam", last_at_risk=128)
    store.add([Snapshot("northwind", MORNING - timedelta(hours=50), ScoreCounts(5, 4, 3, 2, 1))])
    failed = Run(
        "northwind", MORNING, MORNING, RunOutcome.FAILED, "Credentials rejected", "Mimecast rejected the keys."
    )
    save_runs(store, failed)
    set_target(
        store, "contoso", 8.0, datetime(2027, 5, 1, tzinfo=UTC).date(),
        author="", now=MORNING - timedelta(days=60), today=(MORNING - timedelta(days=60)).date(),
    )  # fmt: skip
    names = {"contoso": "Contoso", "fabrikam": "Fabrikam", "northwind": "Northwind"}
    notify(context_of(store, web.url(), names=names, dashboard_url="https://scores.contoso.com/safe/"))
    (message,) = web.messages
    assert message["title"] == "3 alerts: Contoso and Northwind"
    text = message["message"]
    assert "Share at risk up 2.7 points in 30 days, above normal." in text
    assert "Target 8% by May 2027: off track.\nOff track: 13.3% on 1 Dec 2026 (needed: at most 11.8%)." in text
    assert "160 of 1,204 users are at risk." in text
    assert (
        "No snapshot for 2 days.\nThe newest one was taken on 29 Nov 2026, 01:00 UTC. The last run, on 1 Dec 2026"
        in text
    )
    assert "Credentials rejected: Mimecast rejected the keys." in text
    assert "https://scores.contoso.com/safe/?account=northwind" in text
    assert "Fabrikam" not in text


def test_several_alerts_of_one_account_are_named_by_the_first(store: Store, web: WebReceiver) -> None:
    add_history(store, days=400)
    today = MORNING.date()
    set_target(store, "contoso", 5.0, today + timedelta(days=150), author="", now=MORNING, today=today)
    notify(context_of(store, web.url()))
    store.add([Snapshot("contoso", MORNING + timedelta(days=1), ScoreCounts(300, 300, 200, 374, 30))])
    notify(context_of(store, web.url(), now=MORNING + timedelta(days=1, hours=1)))
    (message,) = web.messages
    assert message["title"] == "Contoso: share at risk up 23.1 points in 30 days, above normal, and 1 more alert"
    assert message["message"].startswith("Share at risk up 23.1 points in 30 days, above normal.\n33.6% of users")
    assert "\n\nTarget 5% by Apr 2027: off track.\nOff track: 33.6% on 2 Dec 2026" in message["message"]


def test_the_return_of_snapshots_is_reported(store: Store, web: WebReceiver) -> None:
    add_history(store, days=40)
    later = MORNING + timedelta(days=2)
    notify(context_of(store, web.url(), now=later))
    store.add([Snapshot("contoso", later, ScoreCounts(500, 338, 238, 98, 30))])
    notify(context_of(store, web.url(), now=later + timedelta(minutes=1)))
    assert [message["title"] for message in web.messages] == [
        "Contoso: no snapshot for 2 days",
        "Contoso: snapshots have resumed",
    ]


def test_an_implausible_answer_is_reported_and_not_judged(store: Store, web: WebReceiver) -> None:
    add_history(store)
    answer = Snapshot("contoso", MORNING + timedelta(hours=1), ScoreCounts())
    store.add([answer])
    with store.writing() as connection:
        mark_new_answer(store, connection, answer, answer.taken_at)
    notify(context_of(store, web.url(), now=MORNING + timedelta(hours=2)))
    (message,) = web.messages
    assert message["title"] == "Contoso: implausible answer from Mimecast"
    reason = (
        "Mimecast's answer of 1 Dec 2026, 04:00 UTC has no users graded, compared with 1,204 on 1 Dec 2026, 03:00 UTC."
    )
    assert message["message"].startswith(reason)
    assert "As of 1 Dec 2026, 04:00 UTC." in message["message"]


def test_a_jump_of_users_graded_suggests_a_baseline_restart_once(store: Store, web: WebReceiver) -> None:
    add_history(store)
    for day in (1, 2):
        fewer = ScoreCounts(300, 300, 100, 50, 20)
        store.add([Snapshot("contoso", MORNING + timedelta(days=day), fewer)])
        notify(context_of(store, web.url(), now=MORNING + timedelta(days=day, hours=1), alerts=["reset"]))
    (message,) = web.messages
    assert message["title"] == "Contoso: baseline restart suspected"
    assert "Users graded went from 1,204 on 1 Dec 2026 to 770 on 2 Dec 2026." in message["message"]


def test_only_the_chosen_rules_apply(store: Store, web: WebReceiver) -> None:
    add_history(store, last_at_risk=160)
    assert notify(context_of(store, web.url(), alerts=["stale", "target"])).deliveries == []


def test_an_account_that_was_never_captured_goes_stale(store: Store, web: WebReceiver) -> None:
    save_runs(
        store, Run("contoso", MORNING - timedelta(hours=37), MORNING, RunOutcome.FAILED, "Keys expired", "Renew.")
    )
    notify(context_of(store, web.url()))
    assert [message["title"] for message in web.messages] == ["Contoso: no snapshot yet"]


def test_made_up_numbers_are_marked(store: Store, web: WebReceiver) -> None:
    store.add([Snapshot("contoso", MORNING - timedelta(days=3), ScoreCounts(5, 4, 3, 2, 1), Source.SANDBOX)])
    notify(context_of(store, web.url()))
    assert web.messages[0]["title"] == "SAMPLE DATA: Contoso: no snapshot for 3 days"


def test_two_machines_at_once_send_one_message(store: Store, store_url: str, web: WebReceiver) -> None:
    add_history(store, last_at_risk=160)
    stores = [Store.open(store_url, clock=later) for _ in range(4)]
    barrier = threading.Barrier(len(stores))

    def run(own: Store) -> int:
        context = context_of(own, web.url(), digest="monthly", digest_attach="none")
        find_due(context)
        barrier.wait()
        return len(notify(context).deliveries)

    with ThreadPoolExecutor(len(stores)) as machines:
        sent = list(machines.map(run, stores))
    assert sum(sent) == 2
    assert sorted(message["title"].partition(":")[2][:15] for message in web.messages) == [
        " SAFE Score, No",
        " share at risk ",
    ]


# The digest


def test_a_digest_arrives_as_mail_with_a_text_part_and_the_report(store: Store, mail: MailServer) -> None:
    add_history(store)
    day = MORNING.date() - timedelta(days=9)
    write_note(store, "contoso", day, "Phishing <b>campaign</b>", author="ana", now=MORNING, today=MORNING.date())
    context = context_of(
        store, mail.url(), digest="monthly", digest_attach="html", dashboard_url="https://scores.contoso.com"
    )
    result = notify(context)
    assert result.problems == []
    (message,) = mail.mails
    assert message["Subject"] == "Contoso: SAFE Score, November 2026"
    text, page = message.get_body(("plain",)), message.get_body(("html",))
    assert text
    assert page
    assert "10.5% of users were at risk on 30 Nov 2026 (126 of 1,204)." in text.get_content()
    assert "30 of 30 days have a snapshot" in text.get_content()
    assert "22 Nov 2026: Phishing <b>campaign</b>" in text.get_content()
    assert "Phishing &lt;b&gt;campaign&lt;/b&gt;" in page.get_content()
    assert "ana" not in text.get_content().split()
    (attachment,) = message.iter_attachments()
    assert attachment.get_filename() == "safe-score-report-contoso-2026-11-30.html"
    assert b"30 Nov 2026" in attachment.get_payload(decode=True)
    notify(context)
    assert len(mail.mails) == 1, "once a month"


@EXHAUSTIVE
def test_the_picture_of_a_digest_is_shown_in_the_mail(
    store: Store, mail: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BROWSER_PATH", raising=False)
    if not any(map(shutil.which, NAMES)):
        skip_or_fail(MISSING)
    add_history(store)
    result = notify(
        context_of(store, mail.url(), names={"contoso": "Müller 部"}, digest="monthly", digest_attach="png")
    )
    assert result.problems == []
    (message,) = mail.mails
    assert message.get_content_type() == "multipart/related"
    bodies, picture = message.iter_parts()
    assert bodies.get_content_type() == "multipart/alternative"
    text, page = bodies.iter_parts()
    assert (text.get_content_type(), page.get_content_type()) == ("text/plain", "text/html")
    assert "10.5% of users were at risk on 30 Nov 2026 (126 of 1,204)." in text.get_content()
    assert (picture.get_content_type(), picture.get_content_disposition()) == ("image/png", "inline")
    assert picture.get_content().startswith(b"\x89PNG")
    name = "safe-score-report-muller--2026-11-30.png"
    assert (picture["Content-ID"], picture.get_filename()) == (f"<{name}>", name)
    (shown,) = re.findall(r"<img [^>]*>", page.get_content())
    assert f'src="cid:{name}"' in shown
    assert 'alt="10.5% of users were at risk on 30 Nov 2026' in shown


def test_a_mail_without_a_picture_refers_to_none(store: Store, mail: MailServer, web: WebReceiver) -> None:
    add_history(store)
    notify(context_of(store, mail.url(), web.url(), digest="monthly", digest_attach="html"))
    (message,) = mail.mails
    assert message.get_content_type() == "multipart/mixed"
    (attachment,) = message.iter_attachments()
    assert attachment.get_content_disposition() == "attachment"
    page = message.get_body(("html",))
    assert page
    assert not re.search(r"<img|cid:|<!--", page.get_content())


def test_a_digest_of_several_accounts_is_one_table_without_a_report(
    store: Store, mail: MailServer, web: WebReceiver
) -> None:
    add_history(store)
    add_history(store, "fabrikam", days=10)
    names = {"fabrikam": "Fabrikam", "contoso": "Contoso", "northwind": "Northwind"}
    notify(context_of(store, mail.url(), web.url(), names=names, digest="weekly"))
    (message,) = mail.mails
    assert list(message.iter_attachments()) == []
    assert message["Subject"] == "3 accounts: SAFE Score, 23 Nov 2026 to 29 Nov 2026"
    text = web.messages[0]["message"]
    assert text.startswith("2 of 3 accounts have a snapshot in this period.\n\n")
    assert "Northwind\n  No snapshot was taken in this period\n  No target\n  0 of 7 days have a snapshot" in text
    assert "normal range not known yet" in text


def test_a_digest_does_not_judge_a_change_across_a_baseline_restart(store: Store, web: WebReceiver) -> None:
    add_history(store)
    day = MORNING.date() - timedelta(days=5)
    write_restart(store, "contoso", day, "Data reset", author="ana", now=MORNING, today=MORNING.date())
    notify(context_of(store, web.url(), digest="weekly", digest_attach="none"))
    (message,) = web.messages
    assert "not comparable, since the baseline restarted on 26 Nov 2026" in message["message"]
    assert "normal" not in message["message"]


def test_a_report_that_cannot_be_written_does_not_stop_the_digest(
    store: Store, mail: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mimecast.reports import formats

    monkeypatch.setattr(formats, "FORMATS", {})
    add_history(store)
    result = notify(context_of(store, mail.url(), digest="monthly", digest_attach="html"))
    assert [problem.title for problem in result.problems] == ["The report was not attached"]
    assert len(mail.mails) == 1


def test_nothing_is_sent_before_the_first_snapshot(store: Store, web: WebReceiver) -> None:
    assert notify(context_of(store, web.url(), digest="weekly")).deliveries == []
