"""What the verbs share: exit statuses, settings, options, reporting, and files to write and to read."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final, TextIO, TypeAlias

from mimecast.exposed import exposed
from mimecast.problems import Problem
from mimecast.settings import Account, Settings, SettingsError, read_secrets_files, read_settings, secrets_files

if TYPE_CHECKING:
    from mimecast.history.store import Store

    Verbs: TypeAlias = argparse._SubParsersAction[argparse.ArgumentParser]
else:
    Verbs = object

DONE: Final = 0
FAILED: Final = 1
USAGE: Final = 2


class UsageError(Problem):
    """The command was called with something it cannot use."""

    title = "The command was called wrongly"


class FileFailed(Problem):
    title = "The file cannot be written"
    remedy = "Choose another place with --out."


def reporting_options() -> argparse.ArgumentParser:
    """`--quiet` and `--json`, which every verb takes."""
    made = argparse.ArgumentParser(add_help=False)
    made.add_argument("--quiet", action="store_true", help="print problems only")
    made.add_argument("--json", action="store_true", help="report as one JSON object a line")
    return made


def account_option() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(add_help=False)
    made.add_argument("--account", metavar="ID", help="this account only")
    return made


def settings_as_they_are() -> Settings:
    """The settings, with a word about a file of theirs that others can read. Raises SettingsError."""
    for problem in exposed(secrets_files()):
        complain(problem)
    return read_settings(read_secrets_files(), os.environ)


def settings_with_accounts(purpose: str) -> Settings:
    """The settings, for a verb that needs an account. Raises SettingsError, also when there is none."""
    settings = settings_as_they_are()
    if not settings.accounts:
        raise SettingsError(
            f"No account is set up, so there is nothing to {purpose}.",
            remedy="Copy .streamlit/secrets.toml.example to .streamlit/secrets.toml and fill it in.",
        )
    return settings


def stored_or_sample(settings: Settings) -> tuple[Store, list[Account]]:
    """The store and every account in it or in the settings; sample data, said on stderr, where there is nothing.

    Raises StoreError.
    """
    from mimecast.history.database import parse_url, sqlite_file
    from mimecast.sandbox.sample import SAMPLE_ACCOUNT, open_sample_store
    from mimecast.sandbox.story import COMPANY

    file = sqlite_file(parse_url(settings.store_url))
    if settings.accounts or file is None or file.exists():
        store = open_store(settings.store_url)
        known = {account.id: account for account in settings.accounts}
        accounts = [*known.values(), *(Account(one, one) for one in store.accounts() if one not in known)]
        if accounts:
            return store, accounts
    print("SAMPLE DATA: no account is set up, so these are the figures of a made-up company.", file=sys.stderr)
    return open_sample_store(datetime.now(UTC).date()), [Account(SAMPLE_ACCOUNT, COMPANY)]


def configured(settings: Settings, account_id: str) -> Account:
    for account in settings.accounts:
        if account.id == account_id:
            return account
    raise unknown_account(account_id, [account.id for account in settings.accounts])


def open_store(url: str) -> Store:
    """The store, with a word about whatever was found damaged in it. Raises StoreError."""
    from mimecast.history.store import Store

    store = Store.open(url)
    if store.set_aside:
        complain(store.set_aside)
    return store


def unknown_account(account_id: str, known: list[str]) -> UsageError:
    return UsageError(f"There is no account {account_id!r}.", remedy=f"Known here: {', '.join(known)}.")


def existing_store(settings: Settings) -> Store:
    """The store, for a verb that needs something stored. Raises StoreError, also when its file is missing."""
    from mimecast.history.database import StoreError, parse_url, sqlite_file
    from mimecast.history.store import Store

    file = sqlite_file(parse_url(settings.store_url))
    if file and not file.exists():
        raise StoreError(f"Nothing is stored yet: {file} is not there.", remedy="Take a snapshot first.")
    return Store.open(settings.store_url)


def refuse_store_itself(settings: Settings, file: Path) -> None:
    """Raises UsageError when `file` is the one the store is in."""
    from mimecast.history.database import parse_url, sqlite_file

    own = sqlite_file(parse_url(settings.store_url))
    if own and own.exists() and file.exists() and own.samefile(file):
        raise UsageError(f"{file} is the store itself.", remedy="Name a backup, which is another file.")


def as_json(problem: Problem) -> dict[str, Any]:
    said = {"title": problem.title, "problem": problem.sentence, "remedy": problem.remedy}
    request_id = getattr(problem, "request_id", None)
    return {**said, "request_id": request_id} if request_id else said


def report(options: argparse.Namespace, result: dict[str, Any], said: str = "") -> None:
    if options.quiet:
        return
    if options.json:
        print(json.dumps(result), flush=True)
    elif said:
        print(said, flush=True)


def complain(problem: Problem, subject: str = "") -> None:
    request_id = getattr(problem, "request_id", None)
    about = f" (request id {request_id})" if request_id else ""
    print(f"{f'{subject}: ' if subject else ''}{problem}{about}", file=sys.stderr, flush=True)


@contextmanager
def progress(options: argparse.Namespace, doing: str) -> Iterator[Callable[[int, int], None]]:
    """A line that counts up to 100 % while long work goes on, where stderr is a terminal; else nothing."""
    is_shown = sys.stderr.isatty() and not options.quiet
    line = ""

    def show(done: int, of: int) -> None:
        nonlocal line
        now = f"{doing} {100 * done // of} %"
        if is_shown and now != line:
            print(f"\r{now}", end="", file=sys.stderr, flush=True)
            line = now

    try:
        yield show
    finally:
        if line:
            print(f"\r{' ' * len(line)}\r", end="", file=sys.stderr, flush=True)


@contextmanager
def output_file(file: Path | None) -> Iterator[TextIO]:
    """The terminal, or a file that is replaced only when it was written whole."""
    if file is None:
        yield sys.stdout
        return
    with _replaced_by(file) as part, part.open("w", encoding="utf-8", newline="") as out:
        yield out


@contextmanager
def output_bytes(file: Path) -> Iterator[BinaryIO]:
    """The same for a file that is not text."""
    with _replaced_by(file) as part, part.open("wb") as out:
        yield out


@contextmanager
def _replaced_by(file: Path) -> Iterator[Path]:
    """Where to write what takes the file's place once it is whole. Raises FileFailed."""
    part = file.with_name(f".{file.name}.part")
    try:
        yield part
        part.replace(file)
    except OSError as error:
        raise FileFailed(f"{file} cannot be written: {error.strerror}.") from None
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def input_file(file: Path) -> Iterator[TextIO]:
    if str(file) == "-":
        yield sys.stdin
        return
    try:
        text = file.open(encoding="utf-8", newline="")
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}.", remedy="Check its name and place.") from None
    with text:
        yield text
