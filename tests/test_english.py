"""Plain English: phrases that no native speaker would write stay at zero in code, documents and messages."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache

import pytest

from mimecast.settings.project import PROJECT

PHRASES = {
    "again": r"\banew\b",
    "anyone who, the user who": r"\bwho(m|so)?ever\b",
    "any, regardless of": r"\bwhatever\b",
    "in the meantime, while": r"\bmeanwhile\b",
    "fix": r"\bmend(s|ed|ing)?\b",
    "a user, no user, all users": r"\b(some|no|every)body\b",
    "phone": r"\btelephones?\b",
    "is informed, gets": r"\b(is|are|was|were) told\b",
    "automatically, alone": r"\bby (it|them)sel(f|ves)\b",
    "the same, unchanged": r"\bas it (is|was)\b",
    "based on": r"\b(go|goes|going|gone) by\b",
    "report it, show it": r"\b(say|says|said|saying) so\b",
    "is": r"\bstands\b",
    "characters": r"\bletters\b|'letter'",
    "is empty": r"\b(has|have) no words\b",
    "is in the future": r"\bstill to come\b",
    "export, import": r"\b(take|taken|takes) out\b|\b(bring|brings|brought) in\b",
    "normal range": r"\busual (variation|band|range)\b|\bmore than usual\b",
    "down by, fewer": r"\bpoints (less|more) than\b",
    "based on the previous periods": r"\bearlier spans of\b",
    "needs 12 earlier periods": r"\bit takes \d+\b",
    "net change": r"\bnet movement\b",
    "progress cannot be assessed": r"\bcannot be said\b",
    "the database rejected the login": r"\blet (the|you) \w+ in\b",
    "missing privileges": r"\ba right is missing\b",
    "could not establish": r"\bcome about\b",
    "overloaded": r"\btoo much to do\b",
    "occasionally": r"\bat times by mistake\b|\bby mistake at times\b",
    "if the problem persists": r"\bif it stays\b",
    "does not exist": r"\bwhich is not there\b",
    "is no longer": r"\bno longer set up\b|\bset up no longer\b",
    "invalid arguments": r"\bcalled wrongly\b",
    "note, warning": r"\bbeware\b",
    "daily snapshots": r"\bunattended capture\b",
    "comparing needs": r"\bnothing is compared\b",
    "a docstring of its own": r'"""The same\b',
    "no blank before the percent sign": r"\d %(?=[ .,;:)’”'\"]|$)(?! \w+\b\s*[=!<>)\]:])",
    "the minus sign, U+2212": r"(?<![\w.=(\[-])-\d+(\.\d+)? (points|users)\b",
}
"""Phrases as regular expressions, ignoring case, by what to write instead. An underscore counts as a space."""

ALLOWED = {
    "the same, unchanged": r"as (long|soon) as it",
    "characters": r"other letters|capital letters|letters, digits|letters or digits|letters of every|no letters",
    "no blank before the percent sign": r"\d % \(?[a-zA-Z\d{]",
}
"""Uses that are right, as regular expressions of the line, by the same keys."""

UNHELPFUL_NAMES = {"asked", "found", "its_id", "made", "one", "said", "theirs", "there", "told", "wanted"}
"""Names of variables that do not say what is in them."""

FOLDERS = (".ci", ".streamlit", "bench", "docs", "mimecast", "pages", "static", "tests")
SUFFIXES = {".py", ".md", ".toml", ".example", ".html", ".js", ".css", ".svg", ".service", ".conf", ""}
EXEMPT = {"tests/test_english.py", ".streamlit/secrets.toml"}

FILES = sorted(
    str(file.relative_to(PROJECT))
    for file in [*PROJECT.glob("*.*"), *(file for folder in FOLDERS for file in (PROJECT / folder).rglob("*"))]
    if file.is_file()
    and file.suffix in SUFFIXES
    and not {"fixtures", "facts", "__pycache__"} & set(file.parts)
    and str(file.relative_to(PROJECT)) not in EXEMPT
)
PYTHON_FILES = [file for file in FILES if file.endswith(".py")]

NOT_A_VERB = re.compile(r"(A|An|The|This|Of|What|Whether|Where|Who|How|One|All|Each|Every|In|On|For|When|With)\b")
"""First words of a docstring that describes a result instead of beginning with what the function does."""


@cache
def read(file: str) -> str:
    return (PROJECT / file).read_text(encoding="utf-8")


@pytest.mark.parametrize(("instead", "phrase"), PHRASES.items(), ids=list(PHRASES))
def test_no_file_has_a_phrase_that_no_native_speaker_would_write(instead: str, phrase: str) -> None:
    pattern = re.compile(phrase, re.IGNORECASE)
    allowed = re.compile(ALLOWED.get(instead, r"(?!)"), re.IGNORECASE)
    uses = [
        f"{file}:{number}: {line.strip()}"
        for file in FILES
        if pattern.search(spaced(file))
        for number, line in enumerate(spaced(file).splitlines(), start=1)
        if pattern.search(line) and not allowed.search(line)
    ]
    assert uses == [], f"write instead: {instead}"


@cache
def spaced(file: str) -> str:
    """Return a file with the words of its names separated by spaces."""
    return read(file).replace("_", " ")


def functions(file: str) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield the functions of a file except tests, and properties and fixtures, which are named after what they are."""
    for node in ast.walk(ast.parse(read(file))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            decorators = " ".join(ast.unparse(decorator) for decorator in node.decorator_list)
            if not re.search("property|setter|fixture", decorators) and not node.name.startswith("test_"):
                yield node


def test_every_docstring_of_a_function_begins_with_what_the_function_does() -> None:
    descriptions = [
        f"{file}:{function.lineno} {function.name}: {docstring.splitlines()[0]}"
        for file in PYTHON_FILES
        for function in functions(file)
        if NOT_A_VERB.match(docstring := ast.get_docstring(function) or "")
    ]
    assert descriptions == []


def assigned_names(file: str) -> Iterator[tuple[int, str]]:
    """Yield the line and the name of each variable and argument of a file."""
    for node in ast.walk(ast.parse(read(file))):
        if isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id


def test_every_variable_is_named_after_what_it_holds() -> None:
    names = [
        f"{file}:{line}: {name}"
        for file in PYTHON_FILES
        for line, name in assigned_names(file)
        if name in UNHELPFUL_NAMES
    ]
    assert names == []


def test_the_check_reads_everything_that_people_read() -> None:
    assert {"README.md", "app.py", "docs/troubleshooting.md", "mimecast/api/errors.py", ".ci/run"} <= set(FILES)
