"""The Data section: exports of what is stored, imports of other files, and undoing an import."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import Final

import pandas as pd
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from mimecast.domain.reporting_days import reporting_day
from mimecast.domain.scores import GRADES, OTHER
from mimecast.domain.snapshot import Snapshot
from mimecast.formatting import format_datetime, format_int, format_percent, format_range, join_and, pluralize
from mimecast.reports.exports.text_files import csv_file, json_file
from mimecast.reports.snapshots.reader import ImportFileInvalid, read_snapshots
from mimecast.reports.snapshots.rows import snapshots_table, template_csv
from mimecast.store.imports import Import, import_snapshots, read_imports, undo_import
from mimecast.store.maintenance.backup import backup_bytes
from mimecast.store.snapshot_rows import AddResult
from mimecast.store.store import Store
from mimecast.text.grades import label_of
from mimecast.ui.access.guard import guard
from mimecast.ui.access.identity import current_user_email
from mimecast.ui.context import Page
from mimecast.ui.escaping import escape_markdown
from mimecast.ui.flash import Flash, pop_flash, run_and_flash
from mimecast.ui.show_problem import show_problem
from mimecast.ui.widgets.download_links import offer_download

PREVIEW_ROWS: Final = 5
"""Rows that are shown before files are imported."""

TEMPLATE_MONTHS: Final = 12
"""Rows in the template."""

_RESULT: Final = "data_result"
_UPLOADS: Final = "data_uploads"


@dataclass(frozen=True, slots=True)
class ImportFile:
    """A file to import and its snapshots."""

    name: str
    snapshots: list[Snapshot]


def show_data_section(page: Page) -> None:
    """Draw the section. Where nothing can be imported, the reason replaces the upload. Raises StoreError."""
    st.header("Data", anchor=False)
    store = page.store
    if store is None:
        st.info("The store cannot be used, so nothing can be exported or imported. The top of the page says why.")
        return
    _show_result(page)
    export_column, import_column = st.columns(2, gap="large")
    with export_column:
        _offer_exports(page, store)
    with import_column:
        uploads = _choose_files(page, store)
    if uploads:
        _preview(page, store, uploads)
    _list_imports(page, store)
    _explain_columns(page)


def _offer_exports(page: Page, store: Store) -> None:
    st.subheader("Export", anchor=False)
    st.markdown("All stored snapshots of this account:")
    with st.container(horizontal=True):
        name = page.file_name("snapshots")
        offer_download(
            "CSV",
            lambda: csv_file(snapshots_table(store.all_snapshots(page.account.id))),
            file_name=f"{name}.csv",
            mime="text/csv",
            key="data_csv",
        )
        offer_download(
            "JSON",
            lambda: json_file(snapshots_table(store.all_snapshots(page.account.id))),
            file_name=f"{name}.json",
            mime="application/x-ndjson",
            key="data_json",
        )
    st.markdown(
        "Sample data needs no backup: the dashboard can create it again."
        if page.is_sample
        else "A backup of everything: all accounts, notes, targets and imports. "
        "To put it back, run `python -m mimecast restore FILE`."
    )
    offer_download(
        "Backup",
        lambda: backup_bytes(store),
        file_name=f"safe-score-backup-{page.today}.db",
        mime="application/vnd.sqlite3",
        key="data_backup",
        disabled=page.is_sample or page.newest is None,
    )


def _choose_files(page: Page, store: Store) -> list[UploadedFile]:
    st.subheader("Import", anchor=False)
    reason = _why_impossible(page, store)
    if reason:
        st.info(escape_markdown(reason))
        return []
    return st.file_uploader(
        "CSV or JSON files",
        ["csv", "json", "jsonl", "txt", "tsv"],
        accept_multiple_files=True,
        key=f"data_file_{st.session_state.get(_UPLOADS, 0)}",
        help="Files that Export writes, or months kept in a spreadsheet: see the columns below.",
    )


def _why_impossible(page: Page, store: Store) -> str:
    if page.is_sample:
        return "Nothing can be imported into sample data. Connect an account first: see docs/connecting.md."
    return str(store.read_only) if store.read_only else ""


def _preview(page: Page, store: Store, uploads: list[UploadedFile]) -> None:
    """Show what is in the files and what importing them would change. Nothing is stored yet."""
    files = _read(uploads)
    if files is None:
        return
    snapshots = [snapshot for file in files for snapshot in file.snapshots]
    if not snapshots:
        st.info("There is nothing to import: no rows were found below the header.")
        return
    if _asks_for_own_account(page, store, snapshots):
        account = page.account.id
        files = [
            ImportFile(file.name, [replace(snapshot, account=account) for snapshot in file.snapshots]) for file in files
        ]
        snapshots = [snapshot for file in files for snapshot in file.snapshots]
    added = store.compare(snapshots)
    st.markdown(escape_markdown(_summary(snapshots, added, page)))
    _show_last_rows(snapshots, page)
    st.button(
        f"Import {pluralize(added.new, 'snapshot')}" if added.new else "Nothing new to import",
        key="data_store",
        disabled=not added.new,
        on_click=guard(_import),
        args=(page, store, files),
    )


def _read(uploads: list[UploadedFile]) -> list[ImportFile] | None:
    """Return the snapshots of each file; None, after saying what is wrong, where one of the files is invalid."""
    files: list[ImportFile] = []
    for upload in uploads:
        try:
            files.append(ImportFile(upload.name, read_snapshots(upload.getvalue(), now=datetime.now(UTC))))
        except ImportFileInvalid as problem:
            show_problem(problem, added=f"File: {upload.name}." if len(uploads) > 1 else "")
    return files if len(files) == len(uploads) else None


def _asks_for_own_account(page: Page, store: Store, snapshots: list[Snapshot]) -> bool:
    """Return whether to import the snapshots under the account shown; ask where the accounts named are possible too."""
    named = sorted({snapshot.account for snapshot in snapshots})
    if named == [page.account.id]:
        return False
    here = f"{page.account.name} ({page.account.id})"
    as_named = f"The {'account' if len(named) == 1 else 'accounts'} in the file: {join_and(named)}"
    if set(named) - {page.account.id, *store.accounts()}:
        st.info(escape_markdown(f"The upload has snapshots of {join_and(named)}. They will be imported under {here}."))
        return True
    return st.radio("Import them under", [as_named, here], key="data_under", format_func=escape_markdown) == here


def _summary(snapshots: list[Snapshot], added: AddResult, page: Page) -> str:
    """Say how many snapshots there are, of which days, and how many of them are new."""
    days = [reporting_day(snapshot.taken_at, page.zone) for snapshot in snapshots]
    text = (
        f"{pluralize(len(snapshots), 'snapshot')} ({format_range(min(days), max(days))}): {format_int(added.new)} new"
    )
    if added.already_there:
        text += f", {format_int(added.already_there)} already stored"
    if added.different:
        has, stays = ("has", "stays") if added.different == 1 else ("have", "stay")
        text += (
            f". {format_int(added.different)} of those stored {has} different counts in the file and {stays} unchanged"
        )
    return f"{text}."


def _show_last_rows(snapshots: list[Snapshot], page: Page) -> None:
    """Draw a table of the last snapshots, oldest first."""
    last = sorted(snapshots, key=lambda snapshot: snapshot.taken_at)[-PREVIEW_ROWS:]
    rows = [
        {
            "Taken": format_datetime(snapshot.taken_at, page.zone),
            **{label_of(grade): format_int(snapshot.counts.users(grade)) for grade in (*GRADES, OTHER)},
            "Users graded": format_int(snapshot.counts.users_graded),
            "At risk": format_percent(snapshot.counts.at_risk_share),
        }
        for snapshot in last
    ]
    is_cut = len(snapshots) > PREVIEW_ROWS
    alt = f"The last {PREVIEW_ROWS} snapshots to import." if is_cut else "The snapshots to import."
    st.dataframe(pd.DataFrame(rows), hide_index=True, alt=alt)
    if is_cut:
        st.caption(f"The last {PREVIEW_ROWS} of {format_int(len(snapshots))} rows.")


def _list_imports(page: Page, store: Store) -> None:
    """List the imports of which the account still has snapshots, each with a button to undo it."""
    imports = read_imports(store, page.account.id)
    if not imports:
        return
    st.subheader("Imports", anchor=False)
    for entry in imports:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(escape_markdown(_describe(entry, page)), width="stretch")
            with st.popover("Undo", icon=":material/undo:", key=f"import_{entry.id}", disabled=bool(store.read_only)):
                snapshots = pluralize(entry.remaining, "snapshot")
                st.markdown(
                    escape_markdown(
                        f"This removes the {snapshots} that {entry.file_name} added, and nothing else. To undo this, "
                        "import the file again."
                    )
                )
                st.button(
                    f"Remove {snapshots}",
                    key=f"import_undo_{entry.id}",
                    on_click=guard(_undo),
                    args=(page, store, entry),
                )


def _describe(entry: Import, page: Page) -> str:
    days = format_range(reporting_day(entry.oldest, page.zone), reporting_day(entry.newest, page.zone))
    author = f" by {entry.author}" if entry.author else ""
    when = format_datetime(entry.imported_at, page.zone)
    return f"{entry.file_name}: {pluralize(entry.remaining, 'snapshot')}, {days}, imported {when}{author}"


def _explain_columns(page: Page) -> None:
    with st.expander("Columns, and months kept in a spreadsheet", icon=":material/table:"):
        st.markdown(
            "| column | meaning |\n| --- | --- |\n"
            f"| `account` | id of the account, here `{page.account.id}` |\n"
            "| `taken_at` | when these counts were true, in UTC, like `2026-11-24T03:00:00Z` |\n"
            "| `a`, `b`, `c`, `d`, `f` | users with that grade: whole numbers, 0 for none |\n"
            "| `other` | users with any other letter, normally 0 |\n"
        )
        st.markdown(
            "**Months kept in a spreadsheet:** download the template, fill in one row per month, delete the rows "
            "without figures, save the file as “CSV UTF-8”, and import it here. Leave the times exactly as the "
            "template has them: Excel does not change times in this form. Columns can be separated by commas, "
            "semicolons or tabs.\n\n"
            "If a row is invalid, nothing is imported, and a message names the row and the column. A snapshot that is "
            "already stored is not stored again. Imported snapshots are marked, and each import can be undone."
        )
        offer_download(
            "Template",
            lambda: _template(page),
            file_name="safe-score-template.csv",
            mime="text/csv",
            key="data_template",
        )


def _template(page: Page) -> bytes:
    """Return a CSV with a row for the last day of each of the past months, at noon in the reporting zone."""
    days = [page.today.replace(day=1) - timedelta(days=1)]
    while len(days) < TEMPLATE_MONTHS:
        days.append(days[-1].replace(day=1) - timedelta(days=1))
    return template_csv(page.account.id, (datetime.combine(day, time(12), page.zone) for day in reversed(days)))


def _show_result(page: Page) -> None:
    if flash := pop_flash(_RESULT, page.account.id):
        if flash.problem:
            show_problem(flash.problem)
        else:
            st.success(escape_markdown(flash.message))


def _import(page: Page, store: Store, files: list[ImportFile]) -> None:
    """Import each file for itself, so that each can be undone."""

    def action() -> Flash:
        author, now = current_user_email(), datetime.now(UTC)
        results = [
            import_snapshots(store, file.snapshots, file_name=file.name, author=author, now=now) for file in files
        ]
        source = files[0].name if len(files) == 1 else pluralize(len(files), "file")
        old = sum(added.already_there for added in results)
        already = f", {format_int(old)} already stored" if old else ""
        new = pluralize(sum(added.new for added in results), "snapshot")
        return Flash(f"{new} imported from {source}{already}.")

    if run_and_flash(_RESULT, page.account.id, action, log="imported files"):
        st.session_state[_UPLOADS] = st.session_state.get(_UPLOADS, 0) + 1


def _undo(page: Page, store: Store, entry: Import) -> None:
    def action() -> Flash:
        return Flash(f"{pluralize(undo_import(store, entry.id), 'snapshot')} from {entry.file_name} removed.")

    run_and_flash(_RESULT, page.account.id, action, log="undid an import")
