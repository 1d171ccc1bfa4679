"""Settings: what is right is taken, what is wrong is named by key and place, and never by value."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from mimecast.api.keys import Api1Keys, Api2Keys
from mimecast.settings.accounts import read_accounts
from mimecast.settings.dashboard import read_dashboard
from mimecast.settings.project import PROJECT
from mimecast.settings.settings import read_settings
from mimecast.settings.validation import SettingsError

ACCOUNT = {
    "name": "Contoso",
    "base_url": "https://eu-api.mimecast.com",
    "access_key": "recognisable-access",
    "secret_key": "cmVjb2duaXNhYmxl",
    "app_id": "recognisable-id",
    "app_key": "recognisable-key",
}
CLIENT = {"name": "Fabrikam", "client_id": "recognisable-client", "client_secret": "recognisable-client-secret"}
VARIABLES = {f"MIMECAST_{key.upper()}": value for key, value in ACCOUNT.items()}


def without(key: str) -> dict[str, str]:
    return {name: value for name, value in ACCOUNT.items() if name != key}


def dashboard_problem(table: dict[str, Any]) -> str:
    """Return the problem of [dashboard] with one faulty key, which then has its default."""
    read = read_dashboard({"dashboard": table})
    assert (read.time_zone.key, read.refresh_after, read.pptx_template) == ("UTC", timedelta(hours=6), None)
    (problem,) = read.problems
    assert problem.remedy
    return str(problem)


def test_nothing_configured_means_no_account_and_the_default_store() -> None:
    settings = read_settings({}, {})
    assert settings.accounts == ()
    assert settings.store_url == f"sqlite:///{PROJECT / 'data' / 'snapshots.db'}"
    assert settings.dashboard.time_zone.key == "UTC"
    assert settings.dashboard.refresh_after == timedelta(hours=6)


def test_one_account_is_called_default() -> None:
    (account,) = read_accounts({"mimecast": ACCOUNT}, {}).accounts
    assert (account.id, account.name, account.base_url) == ("default", "Contoso", "https://eu-api.mimecast.com")
    assert isinstance(account.keys, Api1Keys)
    assert account.keys.secret_key == "cmVjb2duaXNhYmxl"
    assert "recognisable" not in repr(account)


def test_which_keys_are_set_decides_the_generation_of_the_api() -> None:
    accounts = {"contoso": ACCOUNT, "fabrikam": CLIENT}
    first, second = read_accounts({"mimecast": {"accounts": accounts}}, {}).accounts
    assert isinstance(first.keys, Api1Keys)
    assert second.keys == Api2Keys("recognisable-client", "recognisable-client-secret")
    assert second.base_url == "https://api.services.mimecast.com"
    assert "recognisable" not in repr(second)


def test_api_2_0_takes_another_address_and_variables_too() -> None:
    variables = {"MIMECAST_CLIENT_ID": "id", "MIMECAST_CLIENT_SECRET": "secret"}
    (account,) = read_accounts({}, variables | {"MIMECAST_BASE_URL": "https://uk-api.services.mimecast.com/"}).accounts
    assert (account.base_url, account.keys) == ("https://uk-api.services.mimecast.com", Api2Keys("id", "secret"))


def test_several_accounts_keep_their_order_and_names() -> None:
    accounts = read_accounts({"mimecast": {"accounts": {"zeta": ACCOUNT, "alpha": without("name")}}}, {}).accounts
    assert [(account.id, account.name) for account in accounts] == [("zeta", "Contoso"), ("alpha", "alpha")]


def test_the_environment_defines_one_account_and_wins() -> None:
    (account,) = read_accounts({"mimecast": {"acess_key": "ignored"}}, VARIABLES).accounts
    assert (account.id, account.name) == ("default", "Contoso")
    assert read_accounts({}, {"MIMECAST_APP_ID": " "}).accounts == ()


def test_accounts_of_the_file_are_not_read_beside_variables() -> None:
    file = {"mimecast": {"accounts": {"fabrikam": ACCOUNT | {"name": "Fabrikam"}}}}
    (account,) = read_accounts(file, VARIABLES | {"MIMECAST_BASE_URL": "https://us-api.mimecast.com"}).accounts
    assert (account.id, account.name, account.base_url) == ("default", "Contoso", "https://us-api.mimecast.com")


def test_an_account_of_the_file_is_not_completed_from_variables() -> None:
    with pytest.raises(SettingsError, match="the environment lacks MIMECAST_CLIENT_ID and"):
        read_accounts({"mimecast": ACCOUNT}, {"MIMECAST_NAME": "Contoso"})


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"MIMECAST_SECRET_KEY": "recognisable!"}, "MIMECAST_SECRET_KEY in the environment is not base64"),
        ({"MIMECAST_BASE_URL": "http://recognisable.com"}, "MIMECAST_BASE_URL in the environment begins with http"),
        ({"MIMECAST_BASE_URL": "recognisable"}, "MIMECAST_BASE_URL in the environment is not a web address"),
        ({"MIMECAST_CLIENT_ID": "recognisable"}, "(MIMECAST_ACCESS_KEY) and of API 2.0 (MIMECAST_CLIENT_ID)"),
    ],
    ids=["secret key", "plain http", "no address", "both kinds"],
)
def test_a_wrong_variable_is_named_and_not_repeated(variables: dict[str, str], message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read_accounts({}, VARIABLES | variables)
    assert message in str(caught.value)
    assert "recognisable" not in f"{caught.value} {caught.value!r}"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("acess_key", "access_key"),
        ("Secret_Key", "secret_key"),
        ("baseurl", "base_url"),
        ("appkey", "app_key"),
        ("app-id", "app_id"),
        ("clientsecret", "client_secret"),
        ("nmae", "name"),
    ],
)
def test_a_near_miss_gets_the_key_that_was_meant(written: str, meant: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read_accounts({"mimecast": ACCOUNT | {written: "recognisable"}}, {})
    assert str(caught.value) == f"[mimecast] has the unknown key {written!r}. Did you mean {meant}?"


@pytest.mark.parametrize("key", ["base_url", "access_key", "secret_key", "app_id", "app_key"])
def test_each_needed_key_is_missed_by_name(key: str) -> None:
    with pytest.raises(SettingsError, match=rf"\[mimecast\] lacks {key}\."):
        read_accounts({"mimecast": without(key)}, {})


@pytest.mark.parametrize("table", ["Mimecast", "mimcast", "minecast", "MIMECAST"])
def test_a_misspelt_table_does_not_pass_for_no_configuration(table: str) -> None:
    with pytest.raises(SettingsError, match=r"Did you mean \[mimecast\]\?"):
        read_settings({table: ACCOUNT}, {})


@pytest.mark.parametrize("key", ["access_key", "MIMECAST_ACCESS_KEY", "client_id"])
def test_keys_outside_a_table_do_not_pass_for_no_configuration(key: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read_settings({key: "recognisable"}, {})
    assert str(caught.value) == f"{key} is outside any table. Write [mimecast] on a line above it."


def test_tables_of_others_are_none_of_our_business() -> None:
    others = {"auth": {"cookie_secret": "x"}, "connections": {"warehouse": {"url": 1}}, "editor": {"size": 2}}
    assert read_settings(others, {}) == read_settings({}, {})


def test_a_variable_that_is_missing_is_called_by_its_name() -> None:
    with pytest.raises(SettingsError, match="the environment lacks MIMECAST_SECRET_KEY"):
        read_accounts({}, {name: value for name, value in VARIABLES.items() if name != "MIMECAST_SECRET_KEY"})


@pytest.mark.parametrize(
    ("secrets", "message"),
    [
        (
            {"mimecast": {"name": "Contoso"}},
            "[mimecast] lacks client_id and client_secret (API 2.0), or base_url, access_key, secret_key, app_id and "
            "app_key (API 1.0).",
        ),
        ({"mimecast": {}}, "[mimecast] lacks client_id"),
        ({"mimecast": {"client_id": "recognisable"}}, "[mimecast] lacks client_secret."),
        ({"mimecast": {"client_secret": "recognisable"}}, "[mimecast] lacks client_id."),
        ({"mimecast": CLIENT | {"client_id": "recognisable id"}}, "client_id in [mimecast] has whitespace"),
        ({"mimecast": ACCOUNT | {"access_key": "recognisable\nkey"}}, "access_key in [mimecast] has whitespace"),
        ({"mimecast": ACCOUNT | {"app_id": "recognisable’id"}}, "app_id in [mimecast] has whitespace"),
        ({"mimecast": CLIENT | {"base_url": "http://recognisable.com"}}, "begins with http"),
        ({"mimecast": ACCOUNT | {"acces_key": "recognisable"}}, "unknown key 'acces_key'. Did you mean access_key?"),
        ({"mimecast": ACCOUNT | {"zzz": "recognisable"}}, "unknown key 'zzz'. The known keys are name"),
        ({"mimecast": without("app_id")}, "[mimecast] lacks app_id"),
        ({"mimecast": ACCOUNT | {"secret_key": "recognisable!"}}, "secret_key in [mimecast] is not base64"),
        ({"mimecast": ACCOUNT | {"app_id": 7}}, "app_id in [mimecast] is not text"),
        ({"mimecast": ACCOUNT | {"app_id": " "}}, "app_id in [mimecast] is empty"),
        ({"mimecast": ACCOUNT | {"client_id": "recognisable"}}, "mixes keys of API 1.0 (access_key) and of API 2.0"),
        ({"mimecast": "recognisable"}, "mimecast is a single value instead of a table"),
        ({"mimecast": {"accounts": {}}}, "[mimecast.accounts] has no account"),
        ({"mimecast": {"accounts": {"a b": ACCOUNT}}}, "'a b' in [mimecast.accounts] cannot be an account's id"),
        ({"mimecast": {"accounts": {"a": "recognisable"}}}, "mimecast.accounts.a is a single value"),
        ({"mimecast": {"accounts": {"a": without("app_id")}}}, "[mimecast.accounts.a] lacks app_id"),
        ({"mimcast": ACCOUNT}, "[mimcast] is unknown. Did you mean [mimecast]?"),
        (ACCOUNT, "name is outside any table"),
    ],
)
def test_a_wrong_account_is_named_by_key_and_place(secrets: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read_accounts(secrets, {})
    assert message in str(caught.value)
    assert caught.value.remedy
    assert "recognisable" not in f"{caught.value} {caught.value!r}"


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("eu-api.mimecast.com", "is not a web address"),
        ("ftp://eu-api.mimecast.com", "is not a web address"),
        ("https://", "is not a web address"),
        ("https://host:port", "is not a web address"),
        ("https://[::1", "is not a web address"),
        ("http://eu-api.mimecast.com", "begins with http"),
        ("http://10.0.0.1", "begins with http"),
        ("http://0.0.0.0", "begins with http"),
        ("http://127.0.0.1.recognisable.com", "begins with http"),
        ("http://localhost.recognisable.com", "begins with http"),
        ("http://localhost@recognisable.com", "has more than a host"),
        ("https://eu-api.mimecast.com?recognisable", "has more than a host"),
        ("https://eu-api.mimecast.com#recognisable", "has more than a host"),
        ("https://eu-api.mimecast.com/api/v1", "has more than a host"),
        ("https://recognisable:pw@eu-api.mimecast.com", "has more than a host"),
    ],
)
def test_a_wrong_base_url_is_refused(url: str, message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read_accounts({"mimecast": ACCOUNT | {"base_url": url}}, {})
    assert message in str(caught.value)
    assert "recognisable" not in str(caught.value)


@pytest.mark.parametrize("url", ["http://127.0.0.1:8900", "http://localhost:8900", "http://[::1]:8900"])
def test_plain_http_is_for_this_computer_only(url: str) -> None:
    assert read_accounts({"mimecast": ACCOUNT | {"base_url": f"{url}/"}}, {}).accounts[0].base_url == url


@pytest.mark.parametrize(
    ("table", "message", "default"),
    [
        ({"time_zone": "recognisable"}, "time_zone in [dashboard] is not the name of a time zone", "UTC is used"),
        ({"refresh_after": "recognisable"}, "refresh_after in [dashboard] is not a length of time", "it is 6 hours"),
        ({"refresh_afte": "recognisable"}, "Did you mean refresh_after?", "it is 6 hours"),
        ({"pptx_template": "recognisable-not"}, "pptx_template in [dashboard] refers to", "the built-in template"),
        ({"zzz": "recognisable"}, "[dashboard] has the unknown key 'zzz'. The known keys are time_zone", ""),
    ],
)
def test_a_faulty_key_of_the_dashboard_leaves_the_others_and_the_capture_alone(
    table: dict[str, Any], message: str, default: str
) -> None:
    good = {"time_zone": "Pacific/Auckland", "refresh_after": "90m"}
    settings = read_settings({"mimecast": ACCOUNT, "dashboard": good | table}, {})
    assert [account.name for account in settings.accounts] == ["Contoso"]
    valid = {key: value for key, value in good.items() if key not in table}
    assert settings.dashboard.time_zone.key == valid.get("time_zone", "UTC")
    assert settings.dashboard.refresh_after == (
        timedelta(minutes=90) if "refresh_after" in valid else timedelta(hours=6)
    )
    (problem,) = settings.warnings
    assert message in str(problem)
    assert default in problem.remedy
    assert "recognisable" not in str(problem).replace("recognisable-not", "")


def test_a_dashboard_that_is_no_table_has_all_its_defaults() -> None:
    settings = read_settings({"mimecast": ACCOUNT, "dashboard": "recognisable"}, {})
    assert settings.dashboard.time_zone.key == "UTC"
    (problem,) = settings.warnings
    assert str(problem).startswith("dashboard is a single value instead of a table.")
    assert "recognisable" not in str(problem)


def test_a_command_that_needs_a_faulty_key_is_refused_and_others_are_not() -> None:
    dashboard = read_dashboard({"dashboard": {"time_zone": "Mars", "pptx_template": "data/none.pptx"}})
    with pytest.raises(SettingsError, match="pptx_template"):
        dashboard.require("pptx_template")
    dashboard.require("refresh_after")


BAD = {"client_id": "recognisable"}
CLIENT_2 = CLIENT | {"name": "Northwind"}


def test_a_faulty_account_among_several_leaves_the_others_alone() -> None:
    accounts = {"good": CLIENT, "bad": BAD | {"name": "Bad Ltd"}, "also good": CLIENT, "fine": CLIENT_2}
    configured = read_accounts({"mimecast": {"accounts": accounts}}, {})
    assert [account.id for account in configured.accounts] == ["good", "fine"]
    assert {account_id: problem.message for account_id, problem in configured.problems.items()} == {
        "bad": "[mimecast.accounts.bad] lacks client_secret.",
        "also good": "'also good' in [mimecast.accounts] cannot be an account's id.",
    }
    (faulty,) = configured.faulty
    assert (faulty.id, faulty.name, faulty.keys) == ("bad", "Bad Ltd", None)


def test_a_stray_key_beside_several_accounts_is_a_fault_of_none_of_them() -> None:
    configured = read_accounts({"mimecast": BAD | {"accounts": {"good": CLIENT}}}, {})
    assert [account.id for account in configured.accounts] == ["good"]
    assert str(configured.problems["default"]).startswith("client_id is in [mimecast] beside [mimecast.accounts].")


def test_where_no_account_of_several_can_be_used_each_is_named() -> None:
    with pytest.raises(SettingsError) as caught:
        read_accounts({"mimecast": {"accounts": {"a": BAD, "b": BAD}}}, {})
    assert caught.value.message == "No account in [mimecast.accounts] can be used."
    assert "[mimecast.accounts.a] lacks client_secret." in caught.value.remedy
    assert "[mimecast.accounts.b] lacks client_secret." in caught.value.remedy


def test_a_name_may_end_with_dots() -> None:
    assert read_accounts({"mimecast": CLIENT | {"name": "Fabrikam..."}}, {}).accounts[0].name == "Fabrikam..."


@pytest.mark.parametrize(
    ("secrets", "message"),
    [
        ({"dashbord": {"time_zone": "recognisable"}}, "The table [dashbord] is unknown. Did you mean [dashboard]?"),
        ({"Dashboard": {}}, "The table [Dashboard] is unknown. Did you mean [dashboard]?"),
        ({"time_zone": "recognisable"}, "time_zone is outside any table. Write [dashboard] on a line above it."),
        (
            {"time_zone": "recognisable", "dashboard": {}},
            "time_zone is outside any table. Move it below [dashboard].",
        ),
        ({"client_secret": "recognisable"}, "client_secret is outside any table. Move it below [mimecast]."),
        ({"mimecast": ACCOUNT | {"time_zone": "UTC"}}, "time_zone is in [mimecast]. Move it below [dashboard]."),
        (
            {"connections": {"snapshots": {"url": "sqlite:///s.db", "refresh_after": "1h"}}},
            "refresh_after is in [connections.snapshots]. Move it below [dashboard].",
        ),
        ({"auth": {"time_zone": "UTC"}}, "time_zone is in [auth]. Move it below [dashboard]."),
        ({"mimecst": {}}, "The table [mimecst] is unknown. Did you mean [mimecast]?"),
    ],
)
def test_settings_in_the_wrong_place_are_named_and_stop_nothing(secrets: dict[str, Any], message: str) -> None:
    settings = read_settings({"mimecast": ACCOUNT, **secrets}, {})
    assert settings.accounts
    assert [str(problem) for problem in settings.warnings] == [message]


def test_several_accounts_under_a_misspelt_name_get_the_right_one_suggested() -> None:
    with pytest.raises(SettingsError, match=r"Did you mean \[mimecast.accounts\]\?"):
        read_accounts({"mimecast": {"account": {"contoso": CLIENT}}}, {})


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (ACCOUNT | {"client_id": ""}, "client_id in [mimecast] is empty. Remove it, since this account does not need"),
        (ACCOUNT | {"client_id": "..."}, "client_id in [mimecast] is still the example's “...”. Remove it"),
        (CLIENT | {"base_url": " "}, "base_url in [mimecast] is empty. Remove it"),
        (CLIENT | {"name": ""}, "name in [mimecast] is empty. Remove it"),
        (
            CLIENT | {"client_secret": ""},
            "client_secret in [mimecast] is empty. Copy its value from Mimecast's console",
        ),
        (CLIENT | {"client_secret": "..."}, "client_secret in [mimecast] is still the example's “...”. Copy its value"),
        (ACCOUNT | {"secret_key": "…"}, "secret_key in [mimecast] is still the example's “...”. Copy its value"),
        (ACCOUNT | {"base_url": "..."}, "base_url in [mimecast] is still the example's “...”. Write the API address"),
        (ACCOUNT | {"base_url": "https://..."}, "base_url in [mimecast] is still the example's “...”. Write the API"),
        (CLIENT | {"base_url": "https://..."}, "base_url in [mimecast] is still the example's “...”. Remove it"),
        (CLIENT | {"name": "..."}, "name in [mimecast] is still the example's “...”. Remove it"),
    ],
)
def test_an_empty_or_unfilled_key_is_named_with_the_advice_that_fits(table: dict[str, str], message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read_accounts({"mimecast": table}, {})
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("written", "meant"),
    [("30m", timedelta(minutes=30)), ("6h", timedelta(hours=6)), (" 1 d ", timedelta(days=1))],
)
def test_a_length_of_time_is_read(written: str, meant: timedelta) -> None:
    assert read_dashboard({"dashboard": {"refresh_after": written}}).refresh_after == meant


@pytest.mark.parametrize("written", ["", "h", "-1h", "1.5h", "6 weeks", "6H30", "999999h", True, 0, 6.5, None, ["6h"]])
def test_what_is_no_length_of_time_is_refused(written: Any) -> None:
    assert "refresh_after in [dashboard] is not a length of time" in dashboard_problem({"refresh_after": written})


@pytest.mark.parametrize("written", ["", "/etc/localtime", "Europe", "europe/nowhere", True, None, ["UTC"]])
def test_what_is_no_time_zone_is_refused(written: Any) -> None:
    assert "time_zone in [dashboard] is not the name of a time zone" in dashboard_problem({"time_zone": written})


def test_the_dashboard_table_is_checked() -> None:
    read = read_dashboard({"dashboard": {"time_zone": "Europe/London", "refresh_after": "90m"}})
    assert (read.time_zone.key, read.refresh_after) == ("Europe/London", timedelta(minutes=90))
    faulty: list[tuple[dict[str, Any], str]] = [
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"time_zone": 1}, "time_zone"),
        ({"time_zone": "../etc/passwd"}, "time_zone"),
        ({"refresh_after": "soon"}, "refresh_after"),
        ({"refresh_after": "0h"}, "refresh_after"),
        ({"refresh_after": 6}, "refresh_after"),
        ({"timezone": "UTC"}, "Did you mean time_zone?"),
    ]
    for table, message in faulty:
        assert message in dashboard_problem(table)


def test_a_template_for_slides_is_found_relative_to_the_project(tmp_path: Path) -> None:
    for name in ("template.pptx", "TEMPLATE.POTX"):
        with ZipFile(tmp_path / name, "w") as package:
            package.writestr("[Content_Types].xml", "")
        read = read_dashboard({"dashboard": {"pptx_template": str(tmp_path / name)}})
        assert read.pptx_template == tmp_path / name
    assert read_dashboard({}).pptx_template is None
    assert str(PROJECT / "data" / "none.pptx") in dashboard_problem({"pptx_template": "data/none.pptx"})


@pytest.mark.parametrize("written", ["", " ", "a\0b.pptx", True, None, ["template.pptx"]])
def test_what_is_no_path_of_a_template_is_refused(written: Any) -> None:
    assert "pptx_template in [dashboard] is not the path of a file" in dashboard_problem({"pptx_template": written})


def test_a_template_that_is_missing_or_no_slides_is_named_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "letter.pptx").write_text("Dear all")
    with ZipFile(tmp_path / "letter.docx", "w") as package:
        package.writestr("[Content_Types].xml", "")
    for name, message in [
        ("none.pptx", "which does not exist"),
        ("letter.pptx/inside.pptx", "which does not exist"),
        (".", "which is not a PowerPoint file"),
        ("letter.pptx", "which is not a PowerPoint file"),
        ("letter.docx", "which is not a PowerPoint file"),
    ]:
        problem = dashboard_problem({"pptx_template": str(tmp_path / name)})
        assert message in problem
        assert str(tmp_path / name) in problem


@pytest.mark.parametrize(
    "secrets",
    [
        {"connection": {"snapshots": {"url": "sqlite:///recognisable.db"}}},
        {"connections": {"snapshot": {"url": "sqlite:///recognisable.db"}}},
        {"connections": {"Snapshots": {"url": "sqlite:///recognisable.db"}}},
        {"conections": {"snapshot": {"url": "sqlite:///recognisable.db"}}},
        {"connections": {"url": "sqlite:///recognisable.db"}},
        {"snapshots": {"url": "sqlite:///recognisable.db"}},
        {"url": "postgresql://recognisable/db"},
        {"SNAPSHOTS_URL": "sqlite:///recognisable.db"},
    ],
)
def test_a_near_miss_of_the_store_does_not_begin_an_empty_history(secrets: dict[str, Any]) -> None:
    with pytest.raises(SettingsError) as caught:
        read_settings({"mimecast": ACCOUNT, **secrets}, {})
    assert "[connections.snapshots]" in caught.value.remedy
    assert "recognisable" not in str(caught.value)
    assert read_settings({"mimecast": ACCOUNT, **secrets}, {"SNAPSHOTS_URL": "sqlite:////s.db"}).accounts
