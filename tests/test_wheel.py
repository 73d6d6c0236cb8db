"""The wheel holds what it needs, and the demonstration runs from it, far from the checkout."""

import ast
import os
import re
import subprocess
import sys
import sysconfig
import tomllib
import venv
from importlib.metadata import packages_distributions
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).resolve().parent.parent
# trafilatura imports it without requiring it by itself under every pip.
NEEDED_BY_OTHERS = {"lxml-html-clean"}
# LangChain imports the package of a provider by the provider's name.
NAMED_IN_SETTINGS = {"langchain-openai"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (built,) = folder.glob("claimcheck_newsroom-*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scripts of a fresh environment that has the wheel, and the dependencies of this one."""
    place = tmp_path_factory.mktemp("clean") / "environment"
    venv.create(place, symlinks=True)
    scripts = place / "bin"
    site = Path(sysconfig.get_path("purelib", vars={"base": str(place), "platbase": str(place)}))
    # A path named in a .pth file is searched, but its own .pth files are not read: an editable claimcheck stays out.
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    install = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(scripts / "python"),
        "install",
        "-q",
        "--no-deps",
        "--no-index",
    ]
    subprocess.run([*install, str(wheel)], check=True, capture_output=True)
    return scripts


def run_installed(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "CLAIMCHECK"))}
    environment["XDG_DATA_HOME"] = str(folder / "user")
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_the_wheel_holds_weights_corpus_and_prompts_and_no_tests(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        sizes = {info.filename: info.file_size for info in archive.infolist()}
    for name in ("embedding.q4", "tokenizer.json.xz", "retriever.onnx", "verifier.onnx"):
        assert sizes[f"claimcheck/models/weights/{name}"] > 1_000_000
    assert sizes["claimcheck/models/weights/verifier.json"] > 0
    for path in (ROOT / "corpus").rglob("*.*"):
        assert sizes[f"claimcheck/_corpus/{path.relative_to(ROOT / 'corpus')}"] == path.stat().st_size
    assert {"claimcheck/_prompts/verify.md", "claimcheck/llm/prices.toml", "claimcheck/py.typed"} <= set(sizes)
    assert {name.split("/")[0] for name in sizes if ".dist-info/" not in name} == {"claimcheck"}


def test_the_demonstration_runs_from_the_wheel(installed: Path, tmp_path: Path) -> None:
    where = run_installed([str(installed / "python"), "-c", "import claimcheck; print(claimcheck.__file__)"], tmp_path)
    assert where.stdout.startswith(str(installed.parent)), where.stderr

    done = run_installed([str(installed / "claimcheck"), "demo"], tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Framework" in done.stdout or "framework" in done.stdout
    pages = {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "out").glob("*.html")}
    assert set(pages) == {"article.html", "press-release.html"}
    assert all("(summary)" in page for page in pages.values())
    question = [
        "claim",
        "Hyundai Rotem won a contract in May 2024 to export 30 K808 vehicles.",
        "--library",
        "out/library",
    ]
    assert "30 K808" in run_installed([str(installed / "claimcheck"), *question], tmp_path).stdout


def test_the_doctor_finds_the_installation_whole(installed: Path, tmp_path: Path) -> None:
    done = run_installed([str(installed / "claimcheck"), "doctor"], tmp_path)
    assert done.returncode == 0, done.stdout
    assert "BROKEN" not in done.stdout


def test_measuring_from_the_wheel_says_where_it_can_be_done(installed: Path, tmp_path: Path) -> None:
    done = run_installed([str(installed / "claimcheck"), "eval", "--gate"], tmp_path)
    assert done.returncode == 2
    assert "source checkout" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def declared(*extras: str) -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = [*project["dependencies"], *(line for extra in extras for line in project["optional-dependencies"][extra])]
    return {_normal(re.split(r"[^\w.-]", line, maxsplit=1)[0]) for line in lines}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_every_import_has_a_declared_dependency_and_every_dependency_an_import() -> None:
    imported: dict[str, str] = {}
    for path in (ROOT / "claimcheck").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                names = [node.module]
            for name in names:
                imported.setdefault(name.split(".")[0], path.name)
    outside = {name: file for name, file in imported.items() if name not in {*sys.stdlib_module_names, "claimcheck"}}
    owners = packages_distributions()
    needed = {name: {_normal(owner) for owner in owners.get(name, [name])} for name in outside}
    assert {name: outside[name] for name, owner in needed.items() if not owner & declared("keyring")} == {}
    assert declared() - NEEDED_BY_OTHERS - NAMED_IN_SETTINGS - set().union(*needed.values()) == set()


def test_the_locks_cover_what_is_declared_and_hold_no_torch() -> None:
    runtime, build, dev = (
        {
            _normal(line.split("==")[0])
            for line in (ROOT / name).read_text(encoding="utf-8").splitlines()
            if "==" in line
        }
        for name in ("requirements.txt", "requirements-build.txt", "requirements-dev.txt")
    )
    assert declared() <= runtime
    assert "hatchling" in build
    assert runtime | build | {"pytest", "ruff", "mypy"} <= dev
    assert not {"torch", "tensorflow", "transformers"} & dev
