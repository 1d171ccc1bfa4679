"""The settings of [notify]: each key is checked separately, a fault is named without a secret, and stops no capture."""

from __future__ import annotations

from typing import Any

import pytest

from mimecast.domain.notifications.alert_states import Rule
from mimecast.domain.notifications.digest_periods import DigestInterval
from mimecast.settings.notify import NOTIFY_KEYS, NotifySettings, read_notify
from mimecast.settings.settings import read_settings
from mimecast.settings.validation import SettingsError

SLACK = "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"


def problems_of(**keys: Any) -> list[str]:
    return [str(problem) for problem in read_notify({"notify": keys}).problems]


def test_without_the_table_nothing_is_sent() -> None:
    settings = read_notify({})
    assert settings == NotifySettings()
    assert (settings.urls, settings.digest, settings.heartbeat_url) == ((), DigestInterval.OFF, "")


def test_every_key_is_read() -> None:
    settings = read_notify(
        {
            "notify": {
                "urls": [f" {SLACK} ", "mailto://example.com", SLACK],
                "alerts": ["stale", "change"],
                "digest": "monthly",
                "digest_attach": "html",
                "heartbeat_url": "http://kuma:3001/api/push/secret",
                "dashboard_url": "https://scores.contoso.com",
            }
        }
    )
    assert settings.faults == ()
    assert settings.urls == (SLACK, "mailto://example.com"), "a URL that is there twice gets one message"
    assert settings.alerts == {Rule.STALE, Rule.CHANGE}
    assert (settings.digest, settings.digest_attach) == (DigestInterval.MONTHLY, ".html")
    assert settings.dashboard_url == "https://scores.contoso.com"


def test_no_attachment() -> None:
    assert read_notify({"notify": {"digest_attach": "none"}}).digest_attach == ""


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"alerts": ["stale", "reste"]}, "alerts in [notify] has the unknown rule 'reste'. "
         "The known values are change, target, stale, reset. Until then, it is ignored."),
        ({"alerts": "stale"}, "alerts in [notify] is not a list of quoted values."),
        ({"digest": "daily"}, "digest in [notify] is not a known period. The known values are off, weekly, monthly."),
        ({"digest_attach": "docx"}, "values are none, html, pptx, pdf, png. Until then, slides are attached."),
        ({"url": []}, "[notify] has the unknown key 'url'. Did you mean urls?"),
        ({"urls": SLACK}, "urls in [notify] is not a list of quoted values."),
        ({"urls": [SLACK, "hooks.slack.com/x"]}, "Entry 2 of urls in [notify] is not a URL."),
        ({"urls": ["mailto://..."]}, "Entry 1 of urls in [notify] is still the example URL."),
        ({"heartbeat_url": "hc-ping.com/secret"}, "heartbeat_url in [notify] is not an address that begins with https"),
        ({"heartbeat_url": "https://[secret"}, "heartbeat_url in [notify] is not an address"),
        ({"dashboard_url": 8501}, "dashboard_url in [notify] is not an address."),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_the_fix_and_never_with_a_secret(keys: dict[str, Any], message: str) -> None:
    (problem,) = problems_of(**keys)
    assert message in problem
    assert "secret" not in problem
    assert "T1JJ3T3L2" not in problem


def test_a_faulty_entry_leaves_the_others_as_set() -> None:
    settings = read_notify({"notify": {"urls": [7, SLACK], "alerts": ["stale", "x"], "digest": "weekly"}})
    assert (settings.urls, settings.digest) == ((SLACK,), DigestInterval.WEEKLY)
    assert settings.alerts == {Rule.STALE}
    with pytest.raises(SettingsError, match="Entry 1 of urls"):
        settings.require("urls")
    settings.require("digest")


def test_a_value_in_place_of_the_table_is_one_fault() -> None:
    (problem,) = read_notify({"notify": SLACK}).problems
    assert "Write [notify] on a line of its own" in problem.remedy


def test_faults_are_warnings_of_all_settings() -> None:
    settings = read_settings({"notify": {"digest": "daily"}, "heartbeat_url": "https://x.test", "notifi": {}}, {})
    assert [problem.message for problem in settings.warnings] == [
        "digest in [notify] is not a known period.",
        "heartbeat_url is outside any table.",
        "The table [notifi] is unknown.",
    ]


def test_secrets_are_in_no_representation() -> None:
    settings = read_notify({"notify": {"urls": [SLACK], "heartbeat_url": "https://hc-ping.com/secret"}})
    assert "TIiajkd" not in repr(settings)
    assert "secret" not in repr(settings)


def test_the_keys_are_those_of_the_design() -> None:
    assert NOTIFY_KEYS == ("urls", "alerts", "digest", "digest_attach", "heartbeat_url", "dashboard_url")
