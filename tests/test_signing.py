"""The signature is the one that Mimecast computes, and nothing secret is sent or shown."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as some

from mimecast.api.auth import Api1Auth, authorization_header, format_mc_date
from mimecast.api.keys import Api1Keys, is_base64
from mimecast.formatting import MONTHS
from mimecast.settings.project import PROJECT
from tests.support.clock import NOW
from tests.support.facts import load_facts

VECTORS = load_facts("signature_vectors")
KEYS = Api1Keys(**VECTORS["keys"])


@pytest.mark.parametrize("vector", VECTORS["vectors"].values(), ids=VECTORS["vectors"])
def test_every_known_signature_is_reproduced(vector: dict[str, str]) -> None:
    signed = authorization_header(KEYS, date=vector["date"], request_id=vector["request_id"], path=vector["path"])
    assert signed == vector["authorization"]


def test_the_date_reads_as_documented() -> None:
    assert format_mc_date(NOW) == "Tue, 24 Nov 2026 12:50:11 UTC"
    assert format_mc_date(NOW.astimezone(ZoneInfo("Asia/Kathmandu"))) == "Tue, 24 Nov 2026 12:50:11 UTC"
    assert format_mc_date(datetime(2026, 3, 1, 2, 3, 4, tzinfo=UTC)) == "Sun, 01 Mar 2026 02:03:04 UTC"


@given(some.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)))  # noqa: DTZ001 - made aware below
def test_the_date_is_english_in_any_locale(naive: datetime) -> None:
    weekday, day, month, year, clock, zone = format_mc_date(naive.replace(tzinfo=UTC)).split(" ")
    assert weekday == ("Mon,", "Tue,", "Wed,", "Thu,", "Fri,", "Sat,", "Sun,")[naive.weekday()]
    assert (int(day), month, int(year)) == (naive.day, MONTHS[naive.month - 1], naive.year)
    assert clock == f"{naive.hour:02}:{naive.minute:02}:{naive.second:02}"
    assert zone == "UTC"


ABROAD = """
import locale, subprocess
from datetime import UTC, datetime
from mimecast.api.auth import format_mc_date

now = datetime(2026, 3, 3, 2, 3, 4, tzinfo=UTC)
english = now.strftime("%A %B")
listed = subprocess.run(["locale", "-a"], capture_output=True, text=True, check=False).stdout.split()
for name in ("de_DE.UTF-8", *listed):
    try:
        locale.setlocale(locale.LC_ALL, name)
    except locale.Error:
        continue
    if now.strftime("%A %B") != english:
        break
print(now.strftime("%A %B"))
print(format_mc_date(now))
"""


def python(script: str, **variables: str) -> list[str]:
    """Return the lines that a separate Python process prints."""
    environment = {**os.environ, **variables, "PYTHONPATH": str(PROJECT)}
    command = [sys.executable, "-X", "utf8", "-c", script]
    ran = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60, check=True)
    return ran.stdout.splitlines()


def test_a_machine_that_speaks_german_sends_an_english_date(tmp_path: Path) -> None:
    has_locale = False
    if Path("/usr/share/i18n/locales/de_DE").exists():
        command = ["localedef", "-c", "-i", "de_DE", "-f", "UTF-8", str(tmp_path / "de_DE.UTF-8")]
        subprocess.run(command, capture_output=True, check=False)
        has_locale = (tmp_path / "de_DE.UTF-8").is_dir()
    variables = {"LOCPATH": str(tmp_path), "LC_ALL": "de_DE.UTF-8"} if has_locale else {}
    spoken, sent = python(ABROAD, TZ="Asia/Tokyo", **variables)
    assert spoken == "Dienstag März" or not has_locale
    assert sent == "Tue, 03 Mar 2026 02:03:04 UTC"


def test_no_function_that_follows_the_locale_has_a_say_in_the_date() -> None:
    script = """
import time
time.strftime = lambda *_: "local words"
from datetime import UTC, datetime
from mimecast.api.auth import format_mc_date
now = datetime(2026, 3, 3, 2, 3, 4, tzinfo=UTC)
print(now.strftime("%A"))
print(format_mc_date(now))
"""
    assert python(script) == ["local words", "Tue, 03 Mar 2026 02:03:04 UTC"]


def test_each_prepared_request_is_signed_with_the_path_alone_and_an_id_of_its_own() -> None:
    auth = Api1Auth(KEYS, clock=lambda: NOW)
    prepared = [
        requests.Request("POST", "https://eu-api.mimecast.com/api/x?page=2", json={"data": []}, auth=auth).prepare()
        for _ in range(2)
    ]
    ids = [request.headers["x-mc-req-id"] for request in prepared]
    assert len(set(ids)) == 2
    for request, request_id in zip(prepared, ids, strict=True):
        assert request.body == b'{"data": []}'
        assert request.headers["x-mc-app-id"] == "ApplicationId"
        date = request.headers["x-mc-date"]
        expected = authorization_header(KEYS, date=date, request_id=request_id, path="/api/x")
        assert request.headers["Authorization"] == expected


def test_neither_the_secret_key_nor_the_application_key_is_sent() -> None:
    auth = Api1Auth(KEYS)
    request = requests.Request("POST", "https://eu-api.mimecast.com/api/x", json={"data": []}, auth=auth).prepare()
    sent = f"{request.url} {request.headers} {request.body!r}"
    for secret in (KEYS.secret_key, base64.b64decode(KEYS.secret_key).decode(), KEYS.app_key):
        assert secret not in sent
    ours = {"Authorization", "x-mc-app-id", "x-mc-date", "x-mc-req-id"}
    assert set(request.headers) == ours | {"Content-Length", "Content-Type"}


def test_keys_hide_themselves() -> None:
    assert repr(KEYS) == str(KEYS) == "Api1Keys()"


@pytest.mark.parametrize("text", ["", "not base64!", "abc", "YQ", "Y Q=="])
def test_a_secret_key_that_is_not_base64_is_refused(text: str) -> None:
    assert not is_base64(text)
    with pytest.raises(ValueError, match="secret_key is not base64"):
        Api1Keys("a", text, "b", "c")
