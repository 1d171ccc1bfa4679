"""Receivers of notifications that are slow, fail or hold a secret, and what is sent to try them."""

from __future__ import annotations

import json
import logging
from contextlib import ExitStack
from datetime import timedelta

import pytest
from sqlalchemy import select

from mimecast.domain.notifications.deliveries import DeliveryResult
from mimecast.domain.notifications.digest_periods import DigestInterval
from mimecast.notify.context import Context
from mimecast.notify.delivery import Limits
from mimecast.notify.due import find_due
from mimecast.notify.heartbeat import send_heartbeat
from mimecast.notify.receivers import read_receivers, to_markdown
from mimecast.notify.run import notify
from mimecast.notify.send import compose_due, send_test
from mimecast.settings.notify import NotifySettings
from mimecast.store.database.tables import alert_states
from mimecast.store.notifications.messages import load_last_deliveries
from mimecast.store.store import Store
from tests.support.notifications import MORNING, UTC_ZONE, add_history, context_of
from tests.support.receivers import MailServer, WebReceiver, dead_receiver
from tests.support.stores.databases import EVERY_DATABASE


def test_a_dead_receiver_and_a_refusing_one_hold_up_nothing(store: Store, web: WebReceiver) -> None:
    add_history(store, last_at_risk=160)
    with ExitStack() as stack:
        refusing = stack.enter_context(WebReceiver(500).serve())
        dead = stack.enter_context(dead_receiver())
        result = notify(context_of(store, dead, refusing.url(), web.url(), limits=Limits(delivery=4.0)))
    results = {delivery.result: delivery.detail for _, delivery in result.deliveries}
    assert results == {
        DeliveryResult.TIMED_OUT: "no answer in time",
        DeliveryResult.FAILED: "HTTP 500",
        DeliveryResult.ACCEPTED: "",
    }
    assert len(web.requests) == 1
    assert len(result.problems) == 2


def test_the_total_time_is_limited(store: Store) -> None:
    add_history(store, last_at_risk=160)
    with dead_receiver() as first, dead_receiver() as second:
        settings = NotifySettings(urls=(first, second))
        limits = Limits(delivery=60, total=0.5, concurrent=1)
        context = Context(store, settings, {"contoso": "Contoso"}, UTC_ZONE, MORNING, limits=limits)
        result = notify(context)
    assert [delivery.detail for _, delivery in result.deliveries] == ["no answer in time", "not reached in time"]


@EVERY_DATABASE
def test_a_failed_delivery_is_retried_for_a_day_and_then_given_up(store: Store, web: WebReceiver) -> None:
    add_history(store, last_at_risk=160)
    with WebReceiver(500).serve() as refusing:
        urls = web.url(), refusing.url()
        notify(context_of(store, *urls))
        hours = [1, 23]
        for hour in hours:
            result = notify(context_of(store, *urls, now=MORNING + timedelta(hours=hour)))
            assert [delivery.attempts for _, delivery in result.deliveries] == [hours.index(hour) + 2]
        result = notify(context_of(store, *urls, now=MORNING + timedelta(hours=25)))
        assert [problem.title for problem in result.problems] == ["A notification was abandoned"]
        assert result.deliveries == []
        assert notify(context_of(store, *urls, now=MORNING + timedelta(hours=26))).problems == []
        assert (len(web.requests), len(refusing.requests)) == (1, 3)
        assert len({body for _, body in refusing.requests}) == 1, "the same message each time"


def test_a_receiver_that_works_again_gets_the_message(store: Store) -> None:
    add_history(store, last_at_risk=160)
    with WebReceiver(500).serve() as receiver:
        notify(context_of(store, receiver.url()))
        receiver.status = 200
        result = notify(context_of(store, receiver.url(), now=MORNING + timedelta(hours=1)))
    assert [delivery.result for _, delivery in result.deliveries] == [DeliveryResult.ACCEPTED]


def test_an_interrupted_run_is_repeated_by_a_later_one(store: Store, web: WebReceiver) -> None:
    add_history(store, last_at_risk=160)
    interrupted = Context(
        store, NotifySettings(urls=(web.url(),)), {"contoso": "Contoso"}, UTC_ZONE, MORNING, limits=Limits(total=0.0)
    )
    notify(interrupted)
    assert web.requests == []
    notify(context_of(store, web.url(), now=MORNING + timedelta(hours=1)))
    assert len(web.requests) == 1


def test_without_a_receiver_nothing_is_claimed(store: Store, web: WebReceiver) -> None:
    add_history(store, last_at_risk=160)
    result = notify(context_of(store, "nosuch://127.0.0.1/recognisable"))
    assert [problem.title for problem in result.problems] == ["A notification URL cannot be used"]
    notify(context_of(store, web.url()))
    assert len(web.requests) == 1


def test_secrets_are_in_no_problem_log_or_record(
    store: Store, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    add_history(store, last_at_risk=160)
    caplog.set_level(logging.DEBUG)
    with WebReceiver(500).serve() as refusing, dead_receiver() as dead:
        urls = refusing.url(), dead, "json://recognisable@[", "nosuch://recognisable", "slack://recognisable"
        settings = NotifySettings(urls=urls)
        context = Context(store, settings, {"contoso": "Contoso"}, UTC_ZONE, MORNING, limits=Limits(delivery=1.0))
        result = notify(context)
        result.problems += send_test(context).problems
        result.problems += filter(None, [send_heartbeat(f"http://127.0.0.1:{refusing.port}/recognisable")])
        result.problems += filter(None, [send_heartbeat("http://127.0.0.1:1/recognisable", 1.0)])
    receivers, _ = read_receivers(urls)
    texts = [str(problem) for problem in result.problems] + [repr(receivers), repr(context), repr(result)]
    with store.reading() as connection:
        texts += [str(connection.execute(select(alert_states)).all()), str(load_last_deliveries(store, 50))]
    texts += [caplog.text, *capfd.readouterr()]
    assert len(result.problems) >= 8
    assert [text for text in texts if "recognisable" in text] == []


def test_receivers_with_the_same_login_have_ids_of_their_own() -> None:
    urls = [f"mailto://user:secret@example.com?to={name}@contoso.com" for name in ("ana", "ben")]
    receivers, problems = read_receivers(urls)
    assert problems == []
    first, second = (receiver.id for receiver in receivers)
    assert second == f"{first}-2"


def test_a_misspelt_service_is_named_with_the_right_one() -> None:
    _, (misspelt, incomplete) = read_receivers(["slak://token", "slack://token"])
    assert str(misspelt) == "Entry 1 of urls in [notify] has the unknown service 'slak'. Did you mean slack://?"
    assert "Entry 2 of urls in [notify] has the service slack, but what follows is incomplete." in str(incomplete)


@pytest.mark.parametrize(("url", "takes_files"), [
    ("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ", False),
    ("slack://xoxb-1234-1234-abc124/channel", True),
    ("mailto://user:secret@example.com", True),
    ("workflows://prod.azure.com/0123456789/signature", False),
])  # fmt: skip
def test_files_go_to_services_that_take_them(url: str, takes_files: bool) -> None:
    (receiver,), _ = read_receivers([url])
    assert receiver.takes_files is takes_files


def test_teams_gets_markdown_whose_lines_and_links_survive() -> None:
    (teams, slack), _ = read_receivers(
        ["workflows://prod.azure.com/0123456789/signature", "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"]
    )
    assert (teams.is_markdown, slack.is_markdown) == (True, False)
    text = "Contoso\n  10.5% (126 of 1,204 users) at risk\n\nNotes:\n- *A_B* <x>\n\nhttps://x.test/?account=a_b"
    assert to_markdown(text) == (
        "Contoso\n\n10.5% (126 of 1,204 users) at risk\n\nNotes:\n\n"
        "- \\*A\\_B\\* \\<x\\>\n\nhttps://x.test/?account=a_b"
    )


def test_a_test_message_goes_to_every_receiver_and_is_not_recorded(
    store: Store, web: WebReceiver, mail: MailServer
) -> None:
    result = send_test(context_of(store, web.url(), mail.url()))
    assert result.problems == []
    assert web.messages[0]["title"] == mail.mails[0]["Subject"] == "SAFE Score dashboard: test message"
    assert load_last_deliveries(store, 10) == []


def test_a_preview_writes_nothing(store: Store, web: WebReceiver) -> None:
    add_history(store, last_at_risk=160)
    context = context_of(store, web.url(), digest=DigestInterval.MONTHLY.value)
    for _ in range(2):
        assert len(compose_due(context, find_due(context))) == 2
    assert (web.requests, load_last_deliveries(store, 10)) == ([], [])
    assert json.dumps([message.title for message in compose_due(context, find_due(context))])


def test_a_heartbeat_is_a_request() -> None:
    with WebReceiver().serve() as monitor:
        assert send_heartbeat(f"http://127.0.0.1:{monitor.port}/ping") is None
        assert [path for path, _ in monitor.requests] == ["/ping"]
        monitor.status = 404
        failure = send_heartbeat(f"http://127.0.0.1:{monitor.port}/ping")
    assert failure
    assert failure.message == "The uptime monitor did not accept the heartbeat: HTTP 404."
