"""Makes the mutants of the policy: one change of the source each, with a name that does not depend on its line."""

from __future__ import annotations

import ast
import copy
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from claimcheck.types import Basis, Flag, Label
from evals.sets import ROOT

FILES: Final = ("rules.py", "evidence.py", "sources.py", "decision.py", "__init__.py")
"""The modules of the policy that choose labels; the others word what would settle a claim."""

_SWAPPED: Final = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_ENUMS: Final = {"Label": tuple(Label), "Basis": tuple(Basis), "Flag": tuple(Flag)}


@dataclass(frozen=True)
class Mutant:
    """One changed module of the policy."""

    name: str
    file: str
    source: str


def mutants(folder: Path = ROOT / "claimcheck" / "decide") -> list[Mutant]:
    """Every mutant of the policy in a folder."""
    made: list[Mutant] = []
    for file in FILES:
        tree = ast.parse((folder / file).read_text(encoding="utf-8"))
        made += [Mutant(f"{file} {name}", file, source) for name, source in _of(tree)]
    seen: Counter[str] = Counter()
    named = []
    for mutant in made:
        seen[mutant.name] += 1
        again = f" ({seen[mutant.name]})" if seen[mutant.name] > 1 else ""
        named.append(Mutant(mutant.name + again, mutant.file, mutant.source))
    return named


def unchanged(folder: Path = ROOT / "claimcheck" / "decide") -> Mutant:
    """The policy as it is, written as the mutants are."""
    source = ast.unparse(ast.parse((folder / FILES[0]).read_text(encoding="utf-8")))
    return Mutant("unchanged", FILES[0], source)


def _of(tree: ast.Module) -> Iterator[tuple[str, str]]:
    yield from _rules(tree)
    yield from _swapped_labels(tree)
    for place, (where, node) in enumerate(_nodes(tree)):
        for what, change in _changes(node):
            mutated = copy.deepcopy(tree)
            change(_nodes(mutated)[place][1])
            yield f"{where}: {what}", ast.unparse(ast.fix_missing_locations(mutated))


def _nodes(tree: ast.Module) -> list[tuple[str, ast.AST]]:
    """Every node within a function, with the function's name, in the order of the source."""
    found: list[tuple[str, ast.AST]] = []

    def walk(node: ast.AST, where: str) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef):
                walk(child, child.name)
                continue
            if where:
                found.append((where, child))
            walk(child, where)

    walk(tree, "")
    return found


def _rules(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """The list of rules without each of them, and with each before the one it follows."""
    place = next((n for n, node in enumerate(tree.body) if _is_rules(node)), None)
    if place is None:
        return
    names = [name.id for name in _elements(tree.body[place]) if isinstance(name, ast.Name)]
    for number, name in enumerate(names[:-1]):
        yield f"RULES: without {name}", _with_rules(tree, place, [n for n in names if n != name])
        if number:
            before = names[number - 1]
            order = [*names[: number - 1], name, before, *names[number + 1 :]]
            yield f"RULES: {name} before {before}", _with_rules(tree, place, order)


def _is_rules(node: ast.stmt) -> bool:
    return isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id == "RULES"


def _elements(node: ast.stmt) -> list[ast.expr]:
    assert isinstance(node, ast.AnnAssign)
    assert isinstance(node.value, ast.Tuple)
    return node.value.elts


def _with_rules(tree: ast.Module, place: int, names: list[str]) -> str:
    mutated = copy.deepcopy(tree)
    _elements(mutated.body[place])[:] = [ast.Name(name, ast.Load()) for name in names]
    return ast.unparse(ast.fix_missing_locations(mutated))


def _swapped_labels(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """The module with two labels in each other's place throughout."""
    for one, other in (("PROVEN", "ASPIRATIONAL"), ("ASPIRATIONAL", "SPECULATIVE"), ("PROVEN", "SPECULATIVE")):
        mutated = copy.deepcopy(tree)
        swapped = {one: other, other: one}
        labels = [n for n in ast.walk(mutated) if _enum_of(n) == "Label" and n.attr in swapped]  # type: ignore[attr-defined]
        for node in labels:
            node.attr = swapped[node.attr]  # type: ignore[attr-defined]
        if labels:
            yield f"everywhere: {one} and {other} swapped", ast.unparse(mutated)


def _enum_of(node: ast.AST) -> str | None:
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in _ENUMS:
        return node.value.id
    return None


Change = Callable[[ast.AST], None]


def _changes(node: ast.AST) -> Iterator[tuple[str, Change]]:
    """What can be broken about one node: its name and the change."""
    if isinstance(node, ast.If | ast.IfExp):
        yield f"if not {ast.unparse(node.test)}", _negate
    if isinstance(node, ast.comprehension):
        for number, test in enumerate(node.ifs):
            yield f"each with not {ast.unparse(test)}", lambda n, number=number: _negate_filter(n, number)  # type: ignore[misc]
    if isinstance(node, ast.BoolOp):
        other = "or" if isinstance(node.op, ast.And) else "and"
        yield f"{other} in {ast.unparse(node)}", _other_operator
    if isinstance(node, ast.Compare) and type(node.ops[0]) in _SWAPPED:
        changed = copy.deepcopy(node)
        _move_boundary(changed)
        yield f"{ast.unparse(changed)}", _move_boundary
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        yield f"without {ast.unparse(node)}", _drop
    if (enum := _enum_of(node)) is not None:
        members = [member.name for member in _ENUMS[enum]]
        assert isinstance(node, ast.Attribute)
        if node.attr in members:
            other_member = members[(members.index(node.attr) + 1) % len(members)]
            yield f"{enum}.{other_member} for {node.attr}", lambda n: _rename(n, other_member)


def _negate(node: ast.AST) -> None:
    assert isinstance(node, ast.If | ast.IfExp)
    node.test = ast.UnaryOp(ast.Not(), node.test)


def _negate_filter(node: ast.AST, number: int) -> None:
    assert isinstance(node, ast.comprehension)
    node.ifs[number] = ast.UnaryOp(ast.Not(), node.ifs[number])


def _other_operator(node: ast.AST) -> None:
    assert isinstance(node, ast.BoolOp)
    node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()


def _move_boundary(node: ast.AST) -> None:
    assert isinstance(node, ast.Compare)
    node.ops[0] = _SWAPPED[type(node.ops[0])]()


def _drop(node: ast.AST) -> None:
    assert isinstance(node, ast.Expr)
    node.value = ast.Constant(None)


def _rename(node: ast.AST, member: str) -> None:
    assert isinstance(node, ast.Attribute)
    node.attr = member
