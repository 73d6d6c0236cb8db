"""The generated pages say what the code says."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from claimcheck.cli.application import app
from claimcheck.cli.exit_codes import MEANINGS, ExitCode
from claimcheck.settings import Settings

DOCS = Path(__file__).resolve().parent.parent / "docs"


@pytest.fixture(scope="module")
def generate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_generate", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_generated_pages_are_current(generate: ModuleType) -> None:
    assert generate.outdated() == [], "run `make docs`"


def test_every_command_and_exit_code_is_described(generate: ModuleType) -> None:
    page = generate.commands_page()
    names = [command.name for command in app.registered_commands]
    assert all(f"## `claimcheck {name}`" in page for name in names)
    assert set(MEANINGS) == set(ExitCode)
    assert all(f"| {code.value} |" in page for code in ExitCode)


def test_every_setting_is_described(generate: ModuleType) -> None:
    page = generate.settings_page()
    assert all(f"`CLAIMCHECK_{name.upper()}`" in page for name in Settings.model_fields)
    assert all(field.description for field in Settings.model_fields.values())
