"""Sections of People: departments, component grades, and the matrix of movement."""

from __future__ import annotations

import html
from typing import Final

import streamlit as st

from mimecast.charts.people.departments import MAX_ROWS as MAX_CHART_ROWS
from mimecast.domain.people.departments import SMALLER_DEPARTMENTS
from mimecast.domain.people.movement import Movement
from mimecast.domain.people.users import NOT_GRADED
from mimecast.domain.scores import AT_RISK, GRADES
from mimecast.formatting import UNDEFINED, format_date, format_int, pluralize
from mimecast.settings.people import PeopleLevel
from mimecast.text.people import (
    SMALLER_DEPARTMENTS_NOTE,
    department_changes_sentence,
    departments_headline,
    grade_column,
    joiners_sentence,
    movement_headline,
    movement_sentence,
    time_at_risk_sentence,
    totals_sentence,
)
from mimecast.ui.context import AccountPage, Page
from mimecast.ui.escaping import escape_markdown
from mimecast.ui.page_data.people import MovementData, PeopleData
from mimecast.ui.url import state
from mimecast.ui.widgets.card_html import Card, show_cards
from mimecast.ui.widgets.charts import show_chart
from mimecast.ui.widgets.download_links import offer_csv
from mimecast.ui.widgets.grade_tables import points_format, signed_points
from mimecast.ui.widgets.summary import show_headline

ROW_HEIGHT: Final = 35
"""Height of a row of Streamlit's table, in pixels."""

MAX_VISIBLE_ROWS: Final = 15


def show_people_off(page: AccountPage) -> None:
    """Say that the level is `off`, and how to change it."""
    st.info(
        "Departments and movement are off: `people` in `[dashboard]` of `.streamlit/secrets.toml` is off or not set. "
        "No list of users is requested, stored or shown. `docs/privacy.md` describes the levels."
        if page.dashboard.people is PeopleLevel.OFF
        else "No list of users is requested or shown until the settings named above are corrected."
    )


def show_level(page: Page) -> None:
    """Draw the level in use, and what it stores."""
    st.header("Departments and people", anchor=False)
    st.markdown(
        f"Level {page.dashboard.people_level.description}. It is set by `people` in `[dashboard]`; "
        "`docs/privacy.md` says what each level requests, stores and shows."
    )


def show_nothing_listed(page: AccountPage) -> None:
    """Say that nothing is stored yet."""
    st.info(
        "No list of users is stored yet. The next daily snapshot requests one; to do it now, run "
        "`python -m mimecast snapshot`. A company with fewer graded users than `min_group_size` "
        f"({page.dashboard.min_group_size}) is never shown here."
    )


def show_departments(page: AccountPage, data: PeopleData) -> None:
    """Draw which departments are at risk: a sentence, the dot plot, and the table with its CSV."""
    sentences = [
        department_changes_sentence(data.departments, data.then),
        totals_sentence(data.capture.listed, data.capture.graded, data.capture.summary_graded),
    ]
    show_headline(departments_headline(data.departments, data.company_share), [each for each in sentences if each])
    show_chart(data.departments_chart, key="departments")
    if len(data.departments) > MAX_CHART_ROWS:
        st.caption(
            f"The {MAX_CHART_ROWS} departments with the largest share at risk; "
            f"the table has all {len(data.departments)}."
        )
    if any(each.department == SMALLER_DEPARTMENTS for each in data.departments):
        st.caption(SMALLER_DEPARTMENTS_NOTE.format(minimum=page.dashboard.min_group_size))
    _show_departments_table(data)
    table = data.table
    offer_csv(
        lambda: table,
        file_name=f"{page.file_name('departments')}.csv",
        key="departments_csv",
        account=page.account.id,
    )


def show_components(data: PeopleData) -> None:
    """Draw the company's component grades."""
    show_chart(data.components_chart, key="components")
    st.caption(
        "Mimecast grades each user in four components and does not publish how they make up the grade. Users who were "
        "never in a phishing campaign or survey have no grade in human error or sentiment."
    )


def show_movement(page: AccountPage, data: MovementData) -> None:
    """Draw who moved from which grade to which, and how long users have been at risk."""
    if data.movement is None or data.then is None or data.now is None:
        st.info(data.reason)
    else:
        movement, then = data.movement, data.then
        sentences = [movement_sentence(movement, grade, then) for grade in AT_RISK]
        show_headline(movement_headline(movement, then, data.now), [*sentences, joiners_sentence(movement)])
        st.html(_matrix(movement, then=format_date(then), now=format_date(data.now)))
        st.caption(
            "Each row is a grade on the earlier day, each column a grade on the later day. Green cells are moves to a "
            "better grade, red cells moves to a worse one; the stronger the colour, the more users. No single user is "
            "shown."
        )
        offer_csv(
            data.make_table, file_name=f"{page.file_name('movement')}.csv", key="movement_csv", account=page.account.id
        )
    if data.time_at_risk and data.known_since:
        st.subheader("Time at risk", anchor=False)
        time = data.time_at_risk
        show_cards(
            [
                Card("At risk now", format_int(time.users), compared_to="grade D or F", is_key=True),
                *(Card(f"{days} days or more", format_int(users)) for days, users in sorted(time.at_least.items())),
            ]
        )
        known = f" Recorded since {format_date(data.known_since)}." if time.at_least else ""
        st.caption(
            f"{time_at_risk_sentence(time, data.known_since)}{known} A better grade in between starts the count again."
        )


def show_movement_beside_net_change(data: MovementData) -> None:
    """Say how many users moved between the two days, where lists of both are stored, and lead to People."""
    if data.movement is None or data.then is None or data.now is None:
        return
    text = f"{movement_headline(data.movement, data.then, data.now)}. {joiners_sentence(data.movement)}"
    st.markdown(f"**Movement:** {escape_markdown(text)}")
    st.page_link(
        "pages/people.py",
        label="See from which grade to which",
        icon=":material/arrow_forward:",
        query_params=state.current(),
        width="content",
    )


def _show_departments_table(data: PeopleData) -> None:
    column = st.column_config
    grades = {letter.lower(): letter for letter in GRADES} | ({"other": "Other"} if data.table["other"].sum() else {})
    names = {
        "department": "Department",
        "at_risk_percent": "At risk",
        "change_points": "Change",
        "at_risk": "Users at risk",
        "users_graded": "Users graded",
        **grades,
    }
    shown = data.table[[*names]].rename(columns=names)
    since = f"since {format_date(data.then)}" if data.then else "over at least 28 days"
    st.dataframe(
        signed_points(shown, "Change"),
        hide_index=True,
        height=ROW_HEIGHT * (min(len(shown), MAX_VISIBLE_ROWS) + 1) + 3,
        placeholder=UNDEFINED,
        key="departments_table",
        column_config={
            "Department": column.TextColumn(pinned=True, width=200),
            "At risk": column.NumberColumn(format="%.1f%%", help="Share of graded users with grade D or F."),
            "Change": column.NumberColumn(
                format=points_format(shown),
                help=f"Change in the share at risk {since}. A dash means that there is nothing earlier to compare "
                "with.",
            ),
            **{name: column.NumberColumn(format="localized") for name in ("Users at risk", "Users graded")},
            **{label: column.NumberColumn(format="localized", width=70) for label in grades.values()},
        },
        alt=f"{pluralize(len(shown), 'department')}, one per row: share at risk, its change {since}, users at risk, "
        "users graded, and users per grade.",
    )


def _matrix(movement: Movement, *, then: str, now: str) -> str:
    """Return the matrix as an HTML table: grades then in rows, grades now in columns, with joiners and leavers."""
    grades = [*movement.shown_grades, NOT_GRADED]
    largest = max((users for (a, b), users in movement.users.items() if a != b and a and b), default=1)
    heads = "".join(f'<th scope="col">{html.escape(_column(grade))}</th>' for grade in grades)
    rows = []
    for row in grades:
        label = "Joined" if row == NOT_GRADED else grade_column(row)
        cells = "".join(_cell(movement, row, column, largest) for column in grades)
        total = movement.joined if row == NOT_GRADED else movement.graded_then(row)
        rows.append(
            f'<tr><th scope="row">{html.escape(label)}</th>{cells}<td class="total">{format_int(total)}</td></tr>'
        )
    totals = "".join(f"<td>{format_int(movement.graded_now(grade))}</td>" for grade in movement.shown_grades)
    rows.append(
        f'<tr class="total"><th scope="row">Graded on {html.escape(now)}</th>{totals}'
        f'<td>{format_int(movement.left)}</td><td class="total">{format_int(movement.graded_now())}</td></tr>'
    )
    label = html.escape(f"Users by grade on {then}, in rows, and on {now}, in columns.")
    return (
        f'<div class="scrolling" role="group" tabindex="0" aria-label="{label}">'
        f'<table class="numbers matrix" aria-label="{label}"><thead><tr><th scope="col">{html.escape(then)} \u2192 '
        f'{html.escape(now)}</th>{heads}<th scope="col" class="total">Graded then</th></tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _column(grade: str) -> str:
    return "Left" if grade == NOT_GRADED else grade_column(grade)


def _cell(movement: Movement, then: str, now: str, largest: int) -> str:
    users = movement.count(then, now)
    if then == now == NOT_GRADED:
        return "<td></td>"
    text = format_int(users)
    if then == now:
        return f'<td class="same">{text}</td>'
    if not users or then not in GRADES or now not in GRADES:
        return f"<td>{text}</td>"
    kind = "better" if GRADES.index(now) < GRADES.index(then) else "worse"
    weight = 0.08 + 0.42 * users / largest
    return f'<td class="{kind}" style="--weight: {weight:.2f}">{text}</td>'
