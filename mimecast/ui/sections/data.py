"""The Data section: everything that is stored taken out, months kept elsewhere brought in, and imports undone."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, TextIO

import pandas as pd
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from mimecast.domain.reporting_days import reporting_day
from mimecast.domain.scores import GRADES, OTHER
from mimecast.domain.snapshot import Snapshot
from mimecast.formatting import format_datetime, format_int, format_percent, format_range, join_and, pluralize
from mimecast.problem import Problem
from mimecast.reports.snapshot_csv import read_snapshots, write_csv, write_json, write_template
from mimecast.store.imports import Import, import_snapshots, read_imports, undo_import
from mimecast.store.maintenance.backup import backup_bytes
from mimecast.store.snapshot_rows import AddResult
from mimecast.store.store import Store
from mimecast.ui.access.guard import guard
from mimecast.ui.access.identity import current_user_email
from mimecast.ui.banners import show_problem
from mimecast.ui.context import Page
from mimecast.ui.escaping import escape_markdown
from mimecast.ui.flash import Flash, pop_flash, run_and_flash
from mimecast.ui.widgets.downloads import offer_download

MAX_UPLOAD_MB: Final = 5
"""Of an upload: about 80,000 snapshots, or two centuries of days."""

PREVIEW_ROWS: Final = 5
"""Rows of a file that are shown before it is stored."""

TEMPLATE_MONTHS: Final = 12
"""Rows in the template."""

_DONE: Final = "data_done"
_UPLOADS: Final = "data_uploads"


def show_data_section(page: Page) -> None:
    """Draw the section. What cannot be done now is disabled, with the reason. Raises StoreError."""
    st.header("Data", anchor=False)
    store = page.store
    if store is None:
        st.info("Nothing can be taken out or brought in: the store cannot be used. See the top of the page.")
        return
    _outcome(page)
    out, into = st.columns(2, gap="large")
    with out:
        _downloads(page, store)
    with into:
        uploaded = _upload(page, store)
    if uploaded is not None:
        _preview(page, store, uploaded)
    _imports(page, store)
    _explanation(page)


def _downloads(page: Page, store: Store) -> None:
    st.subheader("Take out", anchor=False)
    account = page.account.id

    def written(write: Callable[[list[Snapshot], TextIO], int]) -> bytes:
        text = io.StringIO()
        write(list(store.all_snapshots(account)), text)
        return text.getvalue().encode()

    st.markdown("All snapshots of this account, every one that is stored:")
    with st.container(horizontal=True):
        name = page.file_name("snapshots")
        offer_download("CSV", lambda: written(write_csv), file_name=f"{name}.csv", mime="text/csv", key="data_csv")
        offer_download(
            "JSON", lambda: written(write_json), file_name=f"{name}.json", mime="application/x-ndjson", key="data_json"
        )
    st.markdown(
        "A backup of everything: all accounts, notes, targets and imports. "
        "`python -m mimecast restore FILE` puts it back."
    )
    offer_download(
        "Backup",
        lambda: backup_bytes(store),
        file_name=f"safe-score-backup-{page.today}.db",
        mime="application/vnd.sqlite3",
        key="data_backup",
        disabled=page.is_sample or page.newest is None,
    )


def _upload(page: Page, store: Store) -> UploadedFile | None:
    st.subheader("Bring in", anchor=False)
    off = _why_not(page, store)
    if off:
        st.info(escape_markdown(off))
    uploaded = st.file_uploader(
        "A CSV or JSON file",
        ["csv", "json", "jsonl", "txt"],
        key=f"data_file_{st.session_state.get(_UPLOADS, 0)}",
        max_upload_size=MAX_UPLOAD_MB,
        disabled=bool(off),
        help="What the buttons beside this write, or months kept in a spreadsheet: see the columns below.",
    )
    return None if off else uploaded


def _preview(page: Page, store: Store, uploaded: UploadedFile) -> None:
    """What is in the file and what storing it would do, before anything is stored."""
    try:
        text = io.TextIOWrapper(io.BytesIO(uploaded.getvalue()), encoding="utf-8", newline="")
        found = read_snapshots(text, now=datetime.now(UTC))
    except Problem as problem:
        show_problem(problem)
        return
    if not found:
        st.info("The file has a header and no rows: there is nothing to store.")
        return
    found = _under(page, store, found)
    added = store.compare(found)
    st.markdown(escape_markdown(_summary(found, added, page)))
    _rows(found, page)
    st.button(
        f"Store {pluralize(added.new, 'snapshot')}" if added.new else "Nothing new to store",
        key="data_store",
        disabled=not added.new,
        on_click=guard(_store),
        args=(page, store, found, uploaded.name),
    )


def _why_not(page: Page, store: Store) -> str:
    if page.is_sample:
        return "Sample data takes no import. Connect an account first: README.md says how."
    return str(store.read_only) if store.read_only else ""


def _under(page: Page, store: Store, found: list[Snapshot]) -> list[Snapshot]:
    """The snapshots under the account that they are to be stored for: the one shown, or those that the file names."""
    mine = page.account.id
    named = sorted({one.account for one in found})
    if named == [mine]:
        return found
    strangers = set(named) - {mine, *store.accounts()}
    here, as_named = f"{page.account.name} ({mine})", f"as the file says: {join_and(named)}"
    if strangers:
        st.info(escape_markdown(f"The file names {join_and(named)}; its snapshots are stored under {here}."))
        keep = False
    else:
        keep = st.radio("Store them under", [as_named, here], key="data_under", format_func=escape_markdown) == as_named
    return found if keep else [replace(one, account=mine) for one in found]


def _summary(found: list[Snapshot], added: AddResult, page: Page) -> str:
    days = sorted(reporting_day(one.taken_at, page.zone) for one in found)
    said = f"{pluralize(len(found), 'snapshot')} ({format_range(days[0], days[-1])}): {format_int(added.new)} new"
    if added.already_there:
        said += f", {format_int(added.already_there)} stored already"
    said += "."
    if added.different:
        said += f" {format_int(added.different)} of them with other counts than the file's; what is stored stays."
    return said


def _rows(found: list[Snapshot], page: Page) -> None:
    newest = sorted(found, key=lambda one: one.taken_at, reverse=True)[:PREVIEW_ROWS]
    rows = [
        {
            "Taken": format_datetime(one.taken_at, page.zone),
            **{grade: format_int(one.counts.users(grade)) for grade in (*GRADES, OTHER)},
            "Users graded": format_int(one.counts.users_graded),
            "At risk": format_percent(one.counts.share(one.counts.at_risk)),
        }
        for one in newest
    ]
    which = "Its" if len(found) <= PREVIEW_ROWS else f"The newest {PREVIEW_ROWS} of its"
    st.dataframe(pd.DataFrame(rows), hide_index=True, alt=f"{which} {pluralize(len(found), 'snapshot')}.")
    if len(found) > PREVIEW_ROWS:
        st.caption(f"The newest {PREVIEW_ROWS} of {format_int(len(found))} rows.")


def _imports(page: Page, store: Store) -> None:
    done = read_imports(store, page.account.id)
    if not done:
        return
    st.subheader("Imports", anchor=False)
    for one in done:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(escape_markdown(_about(one, page)), width="stretch")
            with st.popover("Undo", icon=":material/undo:", key=f"import_{one.id}", disabled=bool(store.read_only)):
                st.markdown(
                    escape_markdown(
                        f"This removes {pluralize(one.remaining, 'snapshot')} that {one.file_name} added, and "
                        f"nothing else. "
                        "To have them back, import the file again."
                    )
                )
                st.button(
                    f"Remove {pluralize(one.remaining, 'snapshot')}",
                    key=f"import_undo_{one.id}",
                    on_click=guard(_undo),
                    args=(page, store, one),
                )


def _about(one: Import, page: Page) -> str:
    span = format_range(reporting_day(one.oldest, page.zone), reporting_day(one.newest, page.zone))
    by = f" by {one.author}" if one.author else ""
    when = format_datetime(one.imported_at, page.zone)
    return f"{one.file_name}: {pluralize(one.remaining, 'snapshot')}, {span}, imported {when}{by}"


def _explanation(page: Page) -> None:
    with st.expander("What the columns mean, and months kept in a spreadsheet", icon=":material/table:"):
        st.markdown(
            "| column | what it holds |\n| --- | --- |\n"
            f"| `account` | the account's id, here `{page.account.id}` |\n"
            "| `taken_at` | when these counts were true, in UTC, written like `2026-11-24T03:00:00Z` |\n"
            "| `a`, `b`, `c`, `d`, `f` | users with that grade: whole numbers, 0 for nobody |\n"
            "| `other` | users with any other letter, normally 0 |\n"
        )
        st.markdown(
            "**Months kept in a spreadsheet** come in the same way. Download the template, fill in one row a month, "
            "delete the rows you have no figures for, save it as “CSV UTF-8”, and upload it here. "
            "Write each time as it stands in the template, so that Excel leaves it alone. "
            "Columns separated by semicolons, as some Excels write them, are read too.\n\n"
            "A file with one bad row changes nothing: the row and the column are named. A snapshot that is stored "
            "already is not stored twice. What was imported is marked as imported, and each import can be undone."
        )
        offer_download(
            "Template",
            lambda: _template(page.account.id, page),
            file_name="safe-score-template.csv",
            mime="text/csv",
            key="data_template",
        )


def _template(account: str, page: Page) -> bytes:
    """The last days of the months behind us, at noon in the reporting zone."""
    last: date = page.today.replace(day=1) - timedelta(days=1)
    days = [last]
    while len(days) < TEMPLATE_MONTHS:
        days.append(days[-1].replace(day=1) - timedelta(days=1))
    text = io.StringIO()
    write_template(account, (datetime.combine(one, time(12), page.zone) for one in reversed(days)), text)
    return text.getvalue().encode()


def _outcome(page: Page) -> None:
    if done := pop_flash(_DONE, page.account.id):
        if done.problem:
            show_problem(done.problem)
        else:
            st.success(escape_markdown(done.message))


def _store(page: Page, store: Store, found: list[Snapshot], file_name: str) -> None:
    def work() -> Flash:
        added = import_snapshots(store, found, file_name=file_name, author=current_user_email(), now=datetime.now(UTC))
        there = f", {format_int(added.already_there)} there already" if added.already_there else ""
        return Flash(f"{pluralize(added.new, 'snapshot')} stored from {file_name}{there}.")

    if run_and_flash(_DONE, page.account.id, work, log="imported a file"):
        st.session_state[_UPLOADS] = st.session_state.get(_UPLOADS, 0) + 1


def _undo(page: Page, store: Store, one: Import) -> None:
    def work() -> Flash:
        return Flash(f"{pluralize(undo_import(store, one.id), 'snapshot')} of {one.file_name} removed.")

    run_and_flash(_DONE, page.account.id, work, log="undid an import")
