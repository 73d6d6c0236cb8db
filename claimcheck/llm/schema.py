"""From a reply class to the JSON schema that a provider is given, and from a reply's text back to the class."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final, TypeVar, cast

from pydantic import BaseModel, ValidationError

S = TypeVar("S", bound=BaseModel)

# What the strict modes of providers understand; the rest is checked when the reply is there, and prompts describe it.
_KEPT: Final = frozenset(
    ("$defs", "$ref", "additionalProperties", "anyOf", "const", "enum", "items", "maxItems", "minItems", "properties",
     "required", "type")
)  # fmt: skip
POINTS_AT: Final = "points_at"
"""Marks, in a reply class, a number that points at numbered things, and says at which."""
_NAMED: Final = ("$defs", "properties")
_THOUGHT: Final = re.compile(r"\A\s*<think>.*?</think>", re.DOTALL)
_KEYED: Final = re.compile(r"\{\s*\"")
_NOT_WHOLE: Final = "There is no whole JSON object in it."
_OPENING: Final = re.compile(r"\{")
_MOST_ERRORS: Final = 5
_LONGEST: Final = 300


class ReplyDoesNotFit(Exception):
    """A reply is no JSON, or does not fit its class; ``args[0]`` tells the model what is wrong."""


def json_schema(reply: type[BaseModel], counts: Mapping[str, int] | None = None) -> dict[str, Any]:
    """The JSON schema of a reply, in the form that strict modes want.

    Args:
        reply: its class; no field may have a default, since every field must be in the reply.
        counts: how many things of each sort it may point at; the schema then lets no other number pass. Servers that
            keep a schema from call to call do better without.

    Returns:
        The schema, with the class's name as its title.
    """
    return {"title": reply.__name__, **_strict(reply.model_json_schema(), counts or {})}


def _strict(schema: Any, counts: Mapping[str, int], *, names: bool = False) -> Any:
    if isinstance(schema, list):
        return [_strict(part, counts) for part in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {
        name: _strict(part, counts, names=name in _NAMED and not names)
        for name, part in schema.items()
        if names or name in _KEPT
    }
    if not names and kept.get("type") == "object":
        kept["required"] = list(kept.get("properties", {}))
        kept["additionalProperties"] = False
    if not names and (count := counts.get(schema.get(POINTS_AT, ""), 0)):
        kept["enum"] = list(range(1, count + 1))
    return kept


def parse_reply(text: str, reply: type[S], context: Mapping[str, Any] | None = None) -> S:
    """The reply in a model's text, which may put thoughts, prose or fences around the JSON.

    Nothing is added to what the model wrote: text that ends in the middle of the JSON does not fit.

    Args:
        text: what the model wrote.
        reply: the class that it must fit.
        context: what its validators need to know, such as how many sentences were numbered.

    Raises:
        ReplyDoesNotFit: it holds no JSON object, or one that does not fit.
    """
    found = _last_object(_THOUGHT.sub("", text))
    try:
        return reply.model_validate_json(json.dumps(found), context=context)
    except ValidationError as error:
        raise ReplyDoesNotFit(_said(error)) from error


def _last_object(text: str) -> dict[str, Any]:
    decoder = json.JSONDecoder()
    found, position = None, 0
    try:
        while opening := _OPENING.search(text, position):
            try:
                value, position = decoder.raw_decode(text, opening.start())
            except json.JSONDecodeError:
                if _KEYED.match(text, opening.start()):  # an object that breaks off; what stands in it is not the reply
                    raise ReplyDoesNotFit(_NOT_WHOLE) from None
                position = opening.end()
            else:
                found = value
    except RecursionError:
        raise ReplyDoesNotFit("The JSON is nested too deep.") from None
    if found is None:
        raise ReplyDoesNotFit(_NOT_WHOLE)
    return cast("dict[str, Any]", found)


def _said(error: ValidationError) -> str:
    errors = error.errors(include_url=False, include_context=False, include_input=False)
    lines = [f"{'.'.join(map(str, e['loc'])) or 'reply'}: {e['msg'].removeprefix('Value error, ')}" for e in errors]
    return "; ".join(lines[:_MOST_ERRORS])[:_LONGEST]
