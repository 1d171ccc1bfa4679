"""The README is the front door: what it says to type exists, and everything there is to type is in it."""

from __future__ import annotations

import re
import tomllib

import pytest

from mimecast.api.auth import Api1Keys, Api2Keys
from mimecast.api.errors import MimecastError
from mimecast.capture.one_account import CaptureInProgress
from mimecast.problem import Problem
from mimecast.settings.accounts import ACCOUNT_KEYS, ENVIRONMENT_KEYS
from mimecast.settings.auth import read_auth
from mimecast.settings.dashboard import ALLOW_LIST_KEYS, read_dashboard
from mimecast.settings.project import PROJECT
from mimecast.settings.settings import read_settings
from mimecast.settings.store_url import STORE_VARIABLE
from mimecast.store.errors import StoreError, StoreQuarantined
from mimecast.ui.server.security_headers import SECURITY_HEADERS
from tests.support.processes import CommandLine

README = (PROJECT / "README.md").read_text()
EXAMPLE = (PROJECT / ".streamlit" / "secrets.toml.example").read_text()
GUIDES = sorted(f"docs/{guide.name}" for guide in (PROJECT / "docs").glob("*.md"))


def test_the_two_commands_that_do_everything_stand_in_it() -> None:
    assert "pip install -r requirements.txt && streamlit run app.py" in README
    assert "pip install -r requirements-dev.txt && pytest" in README
    assert README.index("python3 -m venv") < README.index("pip install")


def test_every_verb_stands_in_it_with_every_option(command_line: CommandLine) -> None:
    listed = re.findall(r"^    (\w+) ", command_line("-h").stdout, re.MULTILINE)
    rows = {row[1]: row[0] for row in re.findall(r"^(\| `python -m mimecast (\w+).*)$", README, re.MULTILINE)}
    assert listed == list(rows)
    for verb, shown in rows.items():
        options = set(re.findall(r"--[a-z]+", command_line(verb, "-h").stdout)) - {"--help", "--quiet", "--json"}
        assert options == set(re.findall(r"--[a-z]+", shown))


@pytest.mark.parametrize("key", ACCOUNT_KEYS)
def test_every_key_of_an_account_is_explained(key: str) -> None:
    assert f"`{key}`" in README
    assert re.search(rf"^(# )?{key} = ", EXAMPLE, re.MULTILINE)


def test_every_variable_is_named() -> None:
    assert {*ENVIRONMENT_KEYS, STORE_VARIABLE} <= set(re.findall(r"`([A-Z0-9_]+)`", README))


def uncommented(text: str, *starts: str) -> str:
    for start in starts:
        text = text.replace(f"# {start}", start)
    return text


def test_the_example_is_right_once_it_is_filled_in() -> None:
    filled = uncommented(EXAMPLE.replace('"..."', '"c2VjcmV0"'), "url", "[connections", "[dashboard]")
    settings = read_settings(tomllib.loads(uncommented(filled, "time_zone", "refresh_after")), {})
    assert settings.accounts[0].name == "Contoso"
    assert isinstance(settings.accounts[0].keys, Api2Keys)
    assert settings.dashboard.time_zone.key == "Europe/London"


def test_the_example_for_api_1_0_is_right_as_well() -> None:
    block = EXAMPLE.partition("these five\n")[2].partition("\n\n")[0].replace('"..."', '"c2VjcmV0"')
    table = re.sub(r"^# ", "", block, flags=re.MULTILINE)
    assert isinstance(read_settings(tomllib.loads(table), {}).accounts[0].keys, Api1Keys)


def test_what_the_examples_say_about_sign_in_is_right_once_it_is_filled_in() -> None:
    guide = (PROJECT / "docs" / "running.md").read_text()
    written = [guide.partition("```toml\n")[2].partition("```")[0]]
    written.append(re.sub(r"^# ", "", EXAMPLE[EXAMPLE.index("# [auth]") :], flags=re.MULTILINE))
    for text in written:
        filled = text.replace('"..."', f'"{"x" * 32}"').replace("TENANT-ID", "contoso.onmicrosoft.com")
        assert read_auth(tomllib.loads(filled))
    dashboard = uncommented(EXAMPLE, "[dashboard]", *ALLOW_LIST_KEYS)
    read = read_dashboard(tomllib.loads(dashboard[dashboard.index("[dashboard]") :]))
    assert (read.allowed_domains, read.allowed_emails) == (("contoso.com",), ("auditor@fabrikam.com",))


@pytest.mark.parametrize("page", ["README.md", *GUIDES])
def test_everything_linked_is_there(page: str) -> None:
    file = PROJECT / page
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", file.read_text()):
        assert target.startswith("https://") or (file.parent / target).exists(), target


def test_the_proxies_say_the_same_and_forward_to_the_port_of_the_service() -> None:
    nginx, caddy, service = (
        (PROJECT / "docs" / "examples" / name).read_text()
        for name in ("nginx.conf", "Caddyfile", "safe-score-dashboard.service")
    )
    encrypted = re.compile(r'Strict-Transport-Security\s+"([^"]+)"')
    assert encrypted.findall(nginx) == encrypted.findall(caddy) != []
    for header, _ in SECURITY_HEADERS:
        assert header.decode() not in (nginx + caddy).lower(), "the dashboard sends it itself"
    assert "127.0.0.1:8501" in nginx
    assert "127.0.0.1:8501" in caddy
    assert "--server.port=8501" in service


def remedies(kind: type[Problem]) -> dict[str, str]:
    """The title and the remedy of every error class there is."""
    mine = (
        {kind.title: " ".join(kind.remedy.split())} if kind.remedy and kind not in (MimecastError, StoreError) else {}
    )
    return mine | {title: said for one in kind.__subclasses__() for title, said in remedies(one).items()}


def test_every_failure_has_a_row_with_its_symptom_its_cause_and_its_remedy() -> None:
    section = README.partition("## Troubleshooting")[2].partition("\n## ")[0].replace("\\|", "\0")
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines() if line[:1] == "|"]
    told = {symptom: remedy.replace("\0", "|") for symptom, _, remedy in rows[2:]}
    assert all(cause for _, cause, _ in rows)
    assert StoreQuarantined.title in told
    assert told == remedies(MimecastError) | remedies(StoreError) | {CaptureInProgress.title: CaptureInProgress.remedy}
