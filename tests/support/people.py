"""Users with recognisable names, an account of a sandbox that lists them, and captures of it."""

from __future__ import annotations

import base64
import json
from datetime import datetime
from pathlib import Path
from typing import Any

from mimecast.api.retry import RetryPolicy
from mimecast.capture.one_account import CapturedSnapshot
from mimecast.capture.people import add_people
from mimecast.capture.people_retention import keep_retention
from mimecast.domain.people.users import ListedUser
from mimecast.domain.scores import GRADES, ScoreCounts
from mimecast.domain.snapshot import Snapshot
from mimecast.sandbox.server import Sandbox
from mimecast.settings.accounts import Account
from mimecast.settings.dashboard import DashboardSettings, read_dashboard
from mimecast.store.store import Store
from tests.support.clock import NOW

KEY_BYTES = b"test key of pseudonyms, 32 bytes"
KEY = base64.b64encode(KEY_BYTES).decode()
COUNTS = ScoreCounts(a=30, b=20, c=10, d=6, f=4)
CANARIES = ("Zyxcanary", "zyxcanary", "Qwvname")
RETRIES = RetryPolicy(5.0, sleep=lambda seconds: None)


def users(prefix: str = "Zyxcanary") -> list[ListedUser]:
    """Return users whose names and addresses are recognisable, in a large, a small and no department."""
    grades = [grade for grade in GRADES for _ in range(COUNTS.users(grade))]
    departments = ["Sales"] * 40 + ["Board"] * 3 + [""] * 27
    return [
        ListedUser(f"{prefix}{number}@contoso.example", f"Qwvname {number}", department, grade, (grade, grade, "B", ""))
        for number, (grade, department) in enumerate(zip(grades, departments, strict=True))
    ]


def dashboard(level: str = "movement", **keys: Any) -> DashboardSettings:
    """Return the settings of a level, with the key of the tests."""
    return read_dashboard({"dashboard": {"people": level, "pseudonym_key": KEY} | keys})


def run(account: Account, store: Store, chosen: DashboardSettings, when: datetime = NOW) -> CapturedSnapshot:
    """Store a snapshot of that moment, and add the list of users, as a run does after the summary."""
    snapshot = Snapshot(account.id, when, COUNTS)
    store.add([snapshot])
    captured = keep_retention(CapturedSnapshot(snapshot, ()), store, chosen)
    return add_people(captured, account, store, chosen, retry_policy=RETRIES)


def files(folder: Path) -> bytes:
    """Return the bytes of all files below a folder."""
    return b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())


def secrets_of(server: Sandbox, store_url: str, **dashboard: Any) -> dict[str, Any]:
    """Return the settings of an account of the sandbox, with these keys in [dashboard]."""
    keys = server.keys
    names = ("access_key", "secret_key", "app_id", "app_key")
    return {
        "mimecast": {"base_url": server.base_url, **{name: getattr(keys, name) for name in names}},
        "connections": {"snapshots": {"url": store_url}},
        "dashboard": dashboard,
    }


def write_secrets(home: Path, tables: dict[str, Any]) -> None:
    """Write settings where the command line reads them."""
    file = home / ".streamlit" / "secrets.toml"
    file.parent.mkdir(exist_ok=True)
    lines = []
    for name, table in tables.items():
        place, values = (f"{name}.snapshots", table["snapshots"]) if name == "connections" else (name, table)
        lines += [f"[{place}]", *(f"{key} = {json.dumps(value)}" for key, value in values.items())]
    file.write_text("\n".join(lines))
    file.chmod(0o600)
