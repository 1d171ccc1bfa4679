"""The README and the guides: every command, setting, link and error in them exists, and none is missing."""

from __future__ import annotations

import argparse
import importlib
import re
import runpy
import shlex
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import streamlit as st

from mimecast.__main__ import COMMANDS
from mimecast.api.keys import Api1Keys, Api2Keys
from mimecast.capture.scheduler_templates import NETWORK_VARIABLES
from mimecast.cli.maintenance.copy import TARGET_VARIABLE
from mimecast.domain.scores import ScoreCounts
from mimecast.domain.snapshot import Snapshot, Source
from mimecast.reports.browser.installed import BROWSER_VARIABLE
from mimecast.reports.snapshots.rows import COLUMNS
from mimecast.sandbox.demo_company import DemoCompany
from mimecast.settings.accounts import ACCOUNT_KEYS, ENVIRONMENT_KEYS
from mimecast.settings.auth import read_auth
from mimecast.settings.dashboard import ALLOW_LIST_KEYS, DASHBOARD_KEYS, read_dashboard
from mimecast.settings.notify import NOTIFY_KEYS
from mimecast.settings.project import PROJECT
from mimecast.settings.settings import read_settings
from mimecast.settings.store_url import STORE_VARIABLE
from mimecast.store.store import Store
from mimecast.ui.server.security_headers import SECURITY_HEADERS
from mimecast.ui.url.report_params import COMPARE_LABELS, OWN, REPORT_PARAMS
from mimecast.ui.widgets.date_range import RANGE_LABELS, RESOLUTION_LABELS
from tests.support.clock import TODAY
from tests.support.processes import CommandLine
from tests.support.receivers import WebReceiver
from tests.support.requirements import REQUIRE_ALL

README = (PROJECT / "README.md").read_text()
EXAMPLE = (PROJECT / ".streamlit" / "secrets.toml.example").read_text()
GUIDES = sorted(f"docs/{guide.name}" for guide in (PROJECT / "docs").glob("*.md"))
PAGES = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", *GUIDES]
MAX_README_LINES = 120
MESSAGES = [PROJECT / "app.py", *(PROJECT / "pages").glob("*.py"), *(PROJECT / "mimecast").rglob("*.py")]


def read(page: str) -> str:
    return (PROJECT / page).read_text()


def fenced(page: str, language: str) -> list[str]:
    """Return the blocks of a language, without the indentation of the list they are in."""
    blocks = re.findall(rf"^( *)```{language}\n(.*?)^ *```", read(page), re.MULTILINE | re.DOTALL)
    return [re.sub(rf"^{indent}", "", block, flags=re.MULTILINE) for indent, block in blocks]


def headings(page: str) -> list[str]:
    text = re.sub(r"^ *```.*?^ *```", "", read(page), flags=re.MULTILINE | re.DOTALL)
    return re.findall(r"^#+ (.+)$", text, re.MULTILINE)


def anchor(heading: str) -> str:
    """Return the anchor that GitHub gives a heading."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def uncommented(text: str, *starts: str) -> str:
    for start in starts:
        text = text.replace(f"# {start}", start)
    return text


@pytest.fixture(scope="module")
def parsers() -> dict[str, argparse.ArgumentParser]:
    """Return the parser of each command by its name, in the order of the help."""
    subparsers = argparse.ArgumentParser().add_subparsers()
    for module in COMMANDS.values():
        importlib.import_module(module).add_parser(subparsers)
    assert list(subparsers.choices) == list(COMMANDS)
    return dict(subparsers.choices)


def options_of(parser: argparse.ArgumentParser) -> set[str]:
    return {option for option in re.findall(r"--[a-z]+", parser.format_help()) if option != "--help"}


# The README


def test_the_readme_is_short_and_has_the_commands_that_do_everything() -> None:
    assert len(README.splitlines()) <= MAX_README_LINES
    assert "pip install -r requirements.txt && streamlit run app.py" in README
    assert "pip install -r requirements-dev.txt && pytest" in README
    assert README.index("python3 -m venv") < README.index("pip install")


def test_the_readme_lists_every_guide() -> None:
    assert set(GUIDES) <= set(re.findall(r"\]\(([^)#]+)", README))


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_to_a_file_and_to_a_heading_in_it(page: str) -> None:
    for target, _, section in re.findall(r"\]\(([^)#]*)(#([^)]*))?\)", read(page)):
        if target.startswith("https://"):
            continue
        file = (PROJECT / page).parent / target if target else PROJECT / page
        assert file.exists(), target
        if section:
            here = str(file.resolve().relative_to(PROJECT))
            assert section in [anchor(heading) for heading in headings(here)], f"{target}#{section}"


def test_every_message_that_names_a_guide_names_one_that_exists_with_that_section() -> None:
    references = 0
    for file in [*MESSAGES, PROJECT / ".streamlit" / "config.toml", PROJECT / ".streamlit" / "secrets.toml.example"]:
        text = re.sub(r'"\s+f?"', "", file.read_text())  # a message that is divided between lines
        for section, page in re.findall(r"(?:“([^”]+)” in )?\b((?:docs/)?[\w-]+\.md)\b", text):
            assert (PROJECT / page).is_file(), f"{file} refers to {page}"
            assert not section or section in headings(page), f"{file} refers to “{section}” in {page}"
            references += 1
    assert references > 5


@pytest.mark.parametrize("page", PAGES)
def test_every_file_folder_and_module_that_a_guide_names_exists(page: str) -> None:
    for path in re.findall(r"`((?:mimecast|tests|bench|docs|static|pages)/[\w./-]*|[\w-]+\.(?:py|txt))`", read(page)):
        file = PROJECT / ("mimecast" if (PROJECT / "mimecast" / path).exists() else "") / path
        assert file.exists() or "NAME" in path, path
    for module in re.findall(r"python -m (bench[\w.]*)", read(page)):
        assert find_spec(module), module
    for requirements in re.findall(r"pip install -r ([\w./-]*\w)", read(page)):
        assert (PROJECT / requirements).is_file(), requirements
    for script in re.findall(r"(?<![\w.])python ([\w/]+\.py)", read(page)):
        assert (PROJECT / script).is_file(), script


# Commands


def test_every_command_is_explained_with_every_option(parsers: dict[str, argparse.ArgumentParser]) -> None:
    guide = read("docs/command-line.md")
    rows = {row[1]: row[0] for row in re.findall(r"^(\| `python -m mimecast (\w+).*)$", guide, re.MULTILINE)}
    assert list(rows) == list(parsers)
    for command, row in rows.items():
        usage = row.partition("` |")[0]
        assert options_of(parsers[command]) - {"--quiet", "--json"} == set(re.findall(r"--[a-z]+", usage)), command
        for choices in re.findall(r"--\w+ (\w+(?:\\\|\w+)+)", usage):
            assert f"{{{choices.replace(chr(92) + '|', ',')}}}" in parsers[command].format_help()


def commands_in(page: str) -> Iterator[list[str]]:
    """Yield the arguments of every `python -m mimecast ...` in a guide or a message."""
    text = re.sub(r"\\\|", "|", read(page).replace("\n", " "))
    for line in re.findall(r"python -m mimecast ((?:[\w./:@=?&~$()+%-]|[\[\]|]| (?!\|))+)", text):
        yield line.split()


@pytest.mark.parametrize("page", PAGES)
def test_every_command_line_in_a_guide_has_a_command_and_options_that_exist(
    page: str, parsers: dict[str, argparse.ArgumentParser]
) -> None:
    for words in commands_in(page):
        command = words[0].strip(".,;:")
        if command in ("COMMAND", "-h"):
            continue
        assert command in parsers, words
        options = set()
        for word in words[1:]:
            if word in ("python", "and", "or"):
                break
            options |= set(re.findall(r"^\[?(--[a-z]+)", word))
        assert options <= options_of(parsers[command]) | {"--quiet", "--json"}, words


def commands_to_run() -> list[str]:
    """Return the commands in the shell blocks of all guides that need no database server."""
    lines = [line for page in PAGES for block in fenced(page, "sh") for line in block.splitlines()]
    commands = {line for line in lines if line.startswith("python -m mimecast ") and "postgresql://" not in line}
    return sorted(commands - {"python -m mimecast COMMAND", "python -m mimecast copy"})


def write_settings(home: Path, text: str) -> None:
    file = home / ".streamlit" / "secrets.toml"
    file.parent.mkdir(exist_ok=True)
    file.write_text(text)
    file.chmod(0o600)


@pytest.mark.parametrize("command", commands_to_run())
def test_every_command_of_a_guide_runs(
    command: str,
    command_line: CommandLine,
    account_variables: dict[str, str],
    store: Store,
    home: Path,
    web: WebReceiver,
    tmp_path: Path,
) -> None:
    instants = (datetime(2026, 1, 16, 3, tzinfo=UTC), datetime(2026, 8, 31, 3, tzinfo=UTC))
    store.add([Snapshot("default", instant, ScoreCounts(a=5, d=1), Source.MIMECAST) for instant in instants])
    (tmp_path / "months.csv").write_text(f"{','.join(COLUMNS)}\nanother,2026-01-31T12:00:00Z,1,2,3,4,5,0\n")
    if " notify" in command:
        write_settings(home, f'[notify]\nurls = ["{web.url()}"]')
    if "rename" not in command:
        command = command.replace("contoso", "default")
    command = command.replace("$(date +%F)", "today").replace("/srv/backups", str(tmp_path))
    answer = "y\n" if "remove" in command else None
    arguments = [
        *shlex.split(command, comments=True)[3:],
        *(["--fault", "list"] if command.endswith("sandbox") else []),
    ]
    run = command_line(*arguments, variables=account_variables, text=answer)
    assert run.returncode == 0, run.stderr


def test_the_columns_of_an_export_are_those_of_the_guide() -> None:
    assert f"`{','.join(COLUMNS)}`" in read("docs/command-line.md")


# Settings


@pytest.mark.parametrize("key", ACCOUNT_KEYS)
def test_every_key_of_an_account_is_explained(key: str) -> None:
    assert f"`{key}`" in read("docs/connecting.md")
    assert f"`{key}`" in read("docs/configuration.md")
    assert re.search(rf"^(# )?{key} = ", EXAMPLE, re.MULTILINE)


def test_every_key_of_the_dashboard_is_explained_and_every_explained_key_exists() -> None:
    rows = re.findall(r"^\| `\[dashboard\]` (.*?) \|", read("docs/configuration.md"), re.MULTILINE)
    assert {key for row in rows for key in re.findall(r"`(\w+)`", row)} == set(DASHBOARD_KEYS)
    for key in DASHBOARD_KEYS:
        assert re.search(rf"^# {key} = ", EXAMPLE, re.MULTILINE), key


def test_every_key_of_notify_is_explained_and_every_explained_key_exists() -> None:
    rows = re.findall(r"^\| `\[notify\]` (.*?) \|", read("docs/configuration.md"), re.MULTILINE)
    assert {key for row in rows for key in re.findall(r"`(\w+)`", row)} == set(NOTIFY_KEYS)
    for key in NOTIFY_KEYS:
        assert re.search(rf"^# {key} = ", EXAMPLE, re.MULTILINE), key
        assert f"`{key}" in read("docs/notifications.md") or f"{key} = " in read("docs/notifications.md"), key


def test_every_variable_is_explained_and_every_explained_variable_exists() -> None:
    known = {*ENVIRONMENT_KEYS, STORE_VARIABLE, TARGET_VARIABLE, BROWSER_VARIABLE}
    assert known <= set(re.findall(r"`([A-Z0-9_]+)`", read("docs/configuration.md")))
    assigned = {name for page in GUIDES for name in re.findall(r"`([A-Z][A-Z0-9]*_[A-Z0-9_]+)(?:=\d)?`", read(page))}
    assert assigned <= known | set(NETWORK_VARIABLES)
    for name in ("CHROMIUM", "POSTGRESQL", REQUIRE_ALL):  # variables of the tests
        assert f"`{name}" in read("CONTRIBUTING.md")


@pytest.mark.parametrize(
    ("page", "block"), [(page, block) for page in PAGES for block in fenced(page, "toml")], ids=lambda part: part[:40]
)
def test_every_example_of_settings_is_valid_once_it_is_filled_in(page: str, block: str) -> None:
    secrets = tomllib.loads(filled(block))
    settings = read_settings(secrets, {})
    assert not settings.dashboard.faults
    assert not settings.account_problems
    read_auth(secrets)
    assert set(secrets) <= {"mimecast", "connections", "dashboard", "notify", "auth"}


def filled(text: str) -> str:
    return text.replace('"..."', f'"{"c2VjcmV0" * 5}"').replace("TENANT-ID", "contoso.onmicrosoft.com")


def test_the_example_is_valid_once_it_is_filled_in() -> None:
    example = uncommented(EXAMPLE.replace('"..."', '"c2VjcmV0"'), "url", "[connections", "[dashboard]")
    settings = read_settings(tomllib.loads(uncommented(example, "time_zone", "refresh_after")), {})
    assert settings.accounts[0].name == "Contoso"
    assert isinstance(settings.accounts[0].keys, Api2Keys)
    assert settings.dashboard.time_zone.key == "Europe/London"


def test_the_example_of_api_1_0_is_valid_as_well() -> None:
    block = EXAMPLE.partition("these five\n")[2].partition("\n\n")[0].replace('"..."', '"c2VjcmV0"')
    table = re.sub(r"^# ", "", block, flags=re.MULTILINE)
    assert isinstance(read_settings(tomllib.loads(table), {}).accounts[0].keys, Api1Keys)


def test_the_examples_of_sign_in_are_valid_once_they_are_filled_in() -> None:
    auth = re.sub(r"^# ", "", EXAMPLE[EXAMPLE.index("# [auth]") :], flags=re.MULTILINE)
    for text in (fenced("docs/team.md", "toml")[0], auth):
        assert read_auth(tomllib.loads(filled(text)))
    dashboard = uncommented(EXAMPLE, "[dashboard]", *ALLOW_LIST_KEYS)
    settings = read_dashboard(tomllib.loads(dashboard[dashboard.index("[dashboard]") :]))
    assert (settings.allowed_domains, settings.allowed_emails) == (("contoso.com",), ("auditor@fabrikam.com",))


@pytest.mark.parametrize("page", PAGES)
def test_every_option_of_streamlit_that_a_guide_names_exists(page: str) -> None:
    for option in re.findall(r"--(\w+\.\w+)", read(page)):
        st.get_option(option)  # raises an exception for one that does not exist
    for key in re.findall(r"`((?:allowed|enable|max|fileWatcher)[A-Z]\w*)`", read(page)):
        assert st.get_option(f"server.{key}") is not None


def test_the_urls_of_the_guides_have_the_parameters_and_values_of_the_pages() -> None:
    table = read("docs/reports.md")
    assert set(re.findall(r"^\| `(\w+)=0?` \|", table, re.MULTILINE)) == {"range", *REPORT_PARAMS}
    assert set(COMPARE_LABELS) - {OWN} <= set(re.findall(r"`(\w+)`", table))
    history = read("docs/reading-the-history.md")
    assert {*RANGE_LABELS, *RESOLUTION_LABELS} <= set(re.findall(r"`(\w+)`", history))


# Other programs


def test_the_proxies_agree_and_forward_to_the_port_of_the_service() -> None:
    nginx, caddy, service = (
        read(f"docs/examples/{name}") for name in ("nginx.conf", "Caddyfile", "safe-score-dashboard.service")
    )
    encrypted = re.compile(r'Strict-Transport-Security\s+"([^"]+)"')
    assert encrypted.findall(nginx) == encrypted.findall(caddy) != []
    for header, _ in SECURITY_HEADERS:
        assert header.decode() not in (nginx + caddy).lower(), "the dashboard sends it itself"
    assert "127.0.0.1:8501" in nginx
    assert "127.0.0.1:8501" in caddy
    assert "--server.port=8501" in service


# Errors


def troubleshooting() -> dict[str, Any]:
    """Return the functions of the script that writes the tables."""
    return runpy.run_path(str(PROJECT / "docs" / "write_error_tables.py"))


def test_the_troubleshooting_guide_has_every_error_as_the_script_writes_it() -> None:
    script, guide = troubleshooting(), read("docs/troubleshooting.md")
    written = guide.partition(script["BEGIN"])[2].partition(script["END"])[0]
    assert written.strip() == script["tables"]().strip(), "run: python docs/write_error_tables.py"


def test_every_error_has_a_title_a_cause_and_a_remedy_that_a_reader_understands() -> None:
    errors = set(troubleshooting()["error_classes"]())
    assert len(errors) > 60
    for error in errors:
        assert error.title[0].isupper(), error
        assert not error.title.endswith("."), error
        cause = (error.__doc__ or "").partition("\n\n")[0]
        assert cause.endswith("."), f"{error} has no cause"
        assert not error.remedy or error.remedy[0].isupper() or error.remedy.startswith("`"), error


def test_the_sample_company_of_the_picture_has_the_numbers_of_its_description() -> None:
    counts = DemoCompany(TODAY).counts_on(TODAY)
    assert f"{counts.at_risk_share:.1f}% of users are at risk" in README
