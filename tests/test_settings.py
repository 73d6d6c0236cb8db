"""Settings: where they come from, which wins, and what is said of bad ones."""

import traceback
from datetime import date
from pathlib import Path

import pytest

from claimcheck.errors import SettingsError
from claimcheck.settings import PROJECT_LIBRARY, Settings, load_settings, user_folder


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder and an empty user's folder, and no variables."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"CLAIMCHECK_{name.upper()}", raising=False)
    work, user = tmp_path / "work", tmp_path / "user"
    work.mkdir()
    (user / "claimcheck").mkdir(parents=True)
    monkeypatch.setenv("XDG_DATA_HOME", str(user))
    monkeypatch.chdir(work)
    return work


def here(text: str) -> None:
    Path("claimcheck.toml").write_text(text, encoding="utf-8")


def users(text: str) -> None:
    (user_folder() / "claimcheck.toml").write_text(text, encoding="utf-8")


SOURCES = ("users", "here", "environment", "flag")


@pytest.mark.parametrize("present", [SOURCES[: n + 1] for n in range(4)] + [("here", "flag"), ("users", "environment")])
def test_the_nearest_source_wins(present: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    values = {name: 11 + number for number, name in enumerate(SOURCES)}
    users(f"candidates = {values['users']}" if "users" in present else "")
    here(f"candidates = {values['here']}" if "here" in present else "")
    if "environment" in present:
        monkeypatch.setenv("CLAIMCHECK_CANDIDATES", str(values["environment"]))
    flags = {"candidates": values["flag"]} if "flag" in present else {}
    assert load_settings(**flags).candidates == values[present[-1]]


def test_sources_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    users("threads = 3\ncandidates = 50")
    here('self_source = "strict"\ncandidates = 60')
    monkeypatch.setenv("CLAIMCHECK_BATCH_SIZE", "8")
    chosen = load_settings(as_of="2025-12-31")
    assert (chosen.threads, chosen.candidates, chosen.self_source, chosen.batch_size, chosen.as_of) == (
        3, 60, "strict", 8, date(2025, 12, 31)
    )  # fmt: skip


def test_defaults() -> None:
    assert load_settings() == Settings()
    assert load_settings().self_source == "flag"


def test_a_flag_that_is_not_given_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLAIMCHECK_CANDIDATES", "77")
    assert load_settings(candidates=None).candidates == 77


def test_an_empty_variable_is_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLAIMCHECK_CANDIDATES", "")
    assert load_settings().candidates == Settings.model_fields["candidates"].default


def test_variables_of_other_programs_are_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CANDIDATES", "5")
    monkeypatch.setenv("OTHERCLAIMCHECK_CANDIDATES", "5")
    assert load_settings() == Settings()


@pytest.mark.parametrize(
    ("misspelt", "meant"),
    [
        ("CLAIMCHECK_MODLE", "CLAIMCHECK_MODEL"),
        ("CLAIMCHECK_BASEURL", "CLAIMCHECK_BASE_URL"),
        ("CLAIMCHECK_OFF_LINE", "CLAIMCHECK_OFFLINE"),
        ("claimcheck_candidate", "CLAIMCHECK_CANDIDATES"),
        ("CLAIMCHECK_APIKEY", "CLAIMCHECK_API_KEY"),
    ],
)
def test_a_misspelt_variable_is_an_error_that_names_the_right_one(
    misspelt: str, meant: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(misspelt, "a-secret-value")
    with pytest.raises(SettingsError, match=f"{misspelt} names no setting. Did you mean {meant}\\?") as raised:
        load_settings()
    assert "a-secret-value" not in str(raised.value)


def test_a_variable_like_no_setting_is_an_error_without_a_guess(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLAIMCHECK_QQQQ", "5")
    with pytest.raises(SettingsError, match=r"CLAIMCHECK_QQQQ names no setting\. Correct or unset it"):
        load_settings()


@pytest.mark.parametrize("name", ["CLAIMCHECK_API_KEY", "CLAIMCHECK_DATA"])
def test_variables_that_are_no_settings_but_known_are_let_be(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "something")
    assert load_settings() == Settings()


def test_an_empty_misspelt_variable_is_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLAIMCHECK_MODLE", "")
    assert load_settings() == Settings()


BAD = [
    ("self_source", "never"),
    ("candidates", "0"),
    ("candidates", "many"),
    ("stale_after_days", "-1"),
    ("unsure_below", "1.5"),
    ("as_of", "31.12.2025"),
    ("fetch_timeout_s", "0"),
]


@pytest.mark.parametrize(("name", "value"), BAD)
@pytest.mark.parametrize("source", SOURCES)
def test_a_bad_value_is_one_error_that_names_the_setting(
    name: str, value: str, source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    flags = {}
    if source == "flag":
        flags = {name: value}
    elif source == "environment":
        monkeypatch.setenv(f"CLAIMCHECK_{name.upper()}", value)
    else:
        {"here": here, "users": users}[source](f'{name} = "{value}"')
    with pytest.raises(SettingsError) as raised:
        load_settings(**flags)
    assert repr(name) in raised.value.message
    assert "docs/settings.md" in raised.value.next_step
    assert raised.value.exit_code == 2
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("write", [here, users])
def test_an_unknown_name_in_a_file_is_an_error(write) -> None:
    write("candidate = 5")
    with pytest.raises(SettingsError, match="There is no setting 'candidate'"):
        load_settings()


def test_an_unknown_name_like_a_setting_is_told_which() -> None:
    here("candidate = 5")
    with pytest.raises(SettingsError, match=r"Did you mean candidates\?"):
        load_settings()


@pytest.mark.parametrize("name", ["api_key", "openai_api_key"])
def test_a_key_in_a_file_is_refused_and_not_repeated(name: str) -> None:
    here(f'{name} = "sk-very-secret-0123456789"')
    with pytest.raises(SettingsError, match="CLAIMCHECK_API_KEY") as raised:
        load_settings()
    assert "very-secret" not in "".join(traceback.format_exception(raised.value))


class TestLanguageModel:
    def test_none_is_configured_by_default(self) -> None:
        assert load_settings().model is None
        assert load_settings().verifier_in_force == "local"

    def test_a_model_brings_the_cascade(self) -> None:
        assert load_settings(model="openai:any").verifier_in_force == "cascade"

    def test_the_verifier_named_is_taken(self) -> None:
        assert load_settings(model="openai:any", verifier="local").verifier_in_force == "local"

    @pytest.mark.parametrize("flags", [{"verifier": "llm"}, {"verifier": "cascade"}, {"base_url": "http://h/v1"}])
    def test_what_needs_a_model_says_so(self, flags: dict[str, str]) -> None:
        (name,) = flags
        with pytest.raises(SettingsError, match=f"'{name}'.*'model'") as raised:
            load_settings(**flags)
        assert "docs/settings.md" in raised.value.next_step

    @pytest.mark.parametrize(
        "address",
        [
            "http://me:hush-hush@host/v1",
            "https://host/v1?key=hush-hush",
            "http://host/#hush-hush",
            "hush-hush",
            "http:///v1",
        ],
    )
    def test_an_address_that_could_hold_a_key_is_refused_and_not_repeated(self, address: str) -> None:
        with pytest.raises(SettingsError, match="'base_url'") as raised:
            load_settings(model="openai:any", base_url=address)
        assert "hush-hush" not in "".join(traceback.format_exception(raised.value))

    def test_the_report_records_what_can_change_a_verdict(self) -> None:
        local = load_settings().recorded()
        assert local["verifier"] == "local"
        assert "model" not in local
        with_model = load_settings(model="openai:any", base_url="http://host:1/v1/", max_calls=3).recorded()
        assert with_model.keys() - local.keys() == {"model", "base_url", "cascade_below", "explain"}
        assert with_model["base_url"] == "http://host:1/v1"

    def test_replies_are_kept_in_the_users_folder_or_the_one_named(self) -> None:
        assert load_settings().llm_cache_folder == user_folder() / "replies"
        assert load_settings(llm_cache="kept").llm_cache_folder == Path("kept")


@pytest.mark.parametrize("value", ["yesterday", "31.12.2025", "2025-13-01", "2025-02-30"])
def test_a_day_that_is_none_is_told_how_to_be_written(value: str) -> None:
    with pytest.raises(SettingsError, match="'as_of' must be a day, such as 2025-12-31"):
        load_settings(as_of=value)


def test_an_unknown_flag_is_an_error() -> None:
    with pytest.raises(SettingsError, match="'candidate'"):
        load_settings(candidate=5)


@pytest.mark.parametrize("broken", ["candidates = ", "candidates 5", "[x", 'self_source = "strict', "a = 1\na = 2"])
@pytest.mark.parametrize("write", [here, users])
def test_broken_toml_is_an_error_that_names_the_file(write, broken: str) -> None:
    write(broken)
    with pytest.raises(SettingsError, match=r"^claimcheck\.toml cannot be read: .*Correct the file's TOML syntax\.$"):
        load_settings()


def test_a_file_that_is_not_text_is_an_error() -> None:
    Path("claimcheck.toml").write_bytes(b"library = '\xff\xfe'")
    with pytest.raises(SettingsError, match="cannot be read"):
        load_settings()


class TestLibraryFolder:
    def test_the_one_named(self) -> None:
        PROJECT_LIBRARY.mkdir()
        assert load_settings(library=Path("elsewhere")).library_folder == Path("elsewhere")

    def test_the_projects_if_there_is_one(self) -> None:
        PROJECT_LIBRARY.mkdir()
        assert load_settings().library_folder == PROJECT_LIBRARY

    def test_else_the_users(self, tmp_path: Path) -> None:
        assert load_settings().library_folder == tmp_path / "user" / "claimcheck" / "library"

    def test_a_file_of_that_name_is_no_library(self, tmp_path: Path) -> None:
        PROJECT_LIBRARY.write_text("", encoding="utf-8")
        assert load_settings().library_folder == user_folder() / "library"


def test_the_users_folder_without_xdg(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("XDG_DATA_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert user_folder() == tmp_path / ".local" / "share" / "claimcheck"


def test_the_day_is_the_one_given_else_today() -> None:
    assert load_settings(as_of="2025-02-28").day == date(2025, 2, 28)
    before = date.today()
    assert before <= load_settings().day <= date.today()
