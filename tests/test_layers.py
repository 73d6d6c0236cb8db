"""The order of imports: a module may import only from the layers above its own."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "claimcheck"

LAYERS = (
    "usage",
    "types",
    "protocols",
    "errors",
    "settings",
    "demonstration",
    "text",
    "models",
    "readers",
    "library",
    "llm",
    "extract",
    "retrieve",
    "verify",
    "decide",
    "citing",
    "explain",
    "pipeline",
    "batch",
    "report",
    "web",
    "cli",
    "__main__",
)
HEIGHT = {name: height for height, name in enumerate(LAYERS)}
# The package's face offers these by name and loads them on first use.
FACE = {"Checker": "pipeline"}
MODULES = sorted(path.relative_to(PACKAGE) for path in PACKAGE.rglob("*.py"))


def layer_of(module: Path) -> str:
    return module.parts[0].removesuffix(".py")


def imported_layers(source: str, module: Path) -> Iterator[tuple[int, str]]:
    """Line and layer of every import of the package, wherever in the module it stands."""
    package = ("claimcheck", *module.parts[:-1])
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            start = ".".join((*base, *((node.module or "").split(".") if node.module else ())))
            names = [f"{start}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == "import_module":
            first = node.args[0]
            text = first.values[0] if isinstance(first, ast.JoinedStr) else first
            names = [text.value] if isinstance(text, ast.Constant) else []
        else:
            continue
        for name in names:
            head, _, rest = name.partition(".")
            if head == "claimcheck" and rest:
                part = rest.split(".")[0]
                yield node.lineno, FACE.get(part, part)


@pytest.mark.parametrize("module", [m for m in MODULES if m.parts != ("__init__.py",)], ids=str)
def test_a_module_imports_only_from_layers_above_its_own(module: Path) -> None:
    layer = layer_of(module)
    assert layer in HEIGHT, f"{module} belongs to no layer of {LAYERS}"
    for line, imported in imported_layers((PACKAGE / module).read_text(encoding="utf-8"), module):
        if imported.startswith("__") and imported != "__main__":
            continue
        assert imported in HEIGHT, f"{module}:{line} imports {imported}, which belongs to no layer"
        assert HEIGHT[imported] <= HEIGHT[layer], f"{module}:{line} ({layer}) imports from {imported}, below it"


def test_the_face_of_the_package_imports_nothing_when_it_loads() -> None:
    tree = ast.parse((PACKAGE / "__init__.py").read_text(encoding="utf-8"))
    loaded = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    assert not [ast.unparse(node) for node in loaded if "claimcheck" in ast.unparse(node)]


@pytest.mark.parametrize(
    ("source", "layer"),
    [
        ("import claimcheck.web", "web"),
        ("from claimcheck import pipeline", "pipeline"),
        ("from claimcheck import Checker", "pipeline"),
        ("from claimcheck.report.text import TextStream", "report"),
        ("def f():\n    from claimcheck.cli import main", "cli"),
        ("from ..cli import main", "cli"),
        ("from . import source", "readers"),
        ("from .. import web", "web"),
        ("import_module(f'claimcheck.readers.{x}')", "readers"),
    ],
)
def test_imports_are_seen_in_every_form(source: str, layer: str) -> None:
    assert [found for _, found in imported_layers(source, Path("readers/pdf.py"))] == [layer]
