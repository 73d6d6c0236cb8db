"""Prompts: files with a header, filled in strictly, known by their hash."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import jinja2
import jinja2.meta
import yaml
from jinja2.sandbox import ImmutableSandboxedEnvironment
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from claimcheck.demonstration import prompts_folder
from claimcheck.errors import PromptError
from claimcheck.llm.untrusted import as_data
from claimcheck.usage import PromptUsed

_FORM: Final = re.compile(r"\A---\n(.*?)\n---\n\s*# Instructions\n(.*?)\n# Request\n(.*)\Z", re.DOTALL)
_README: Final = "README.md"


class PromptHeader(BaseModel):
    """What a prompt says of itself."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    task: str
    version: int = Field(ge=1)
    reply: str = Field(alias="schema", description="name of the class that the reply must fit")
    variables: Mapping[str, str] = Field(description="what must be filled in, and what each is")
    points_at: Mapping[str, str] = Field(
        default_factory=dict, description="what the reply gives numbers of, and the variable that lists those things"
    )
    reply_tokens: int = Field(ge=16, description="most tokens that a reply may have")


@dataclass(frozen=True)
class Message:
    """One turn of a conversation with a model; ``role`` is ``system``, ``user`` or ``assistant``."""

    role: str
    text: str


@dataclass(frozen=True)
class Prompt:
    """A prompt as read from its file.

    Its instructions are constant, so that a server can keep them; what is filled in, which is all untrusted, can stand
    in the request alone.
    """

    header: PromptHeader
    instructions: str
    request: str
    sha256: str
    path: Path
    replaced: bool = False

    @property
    def used(self) -> PromptUsed:
        """What a report says of it."""
        return PromptUsed(
            task=self.header.task, version=self.header.version, sha256=self.sha256, replaced=self.replaced
        )

    @cached_property
    def _template(self) -> jinja2.Template:
        return _ENVIRONMENT.from_string(self.request)

    def fill(self, variables: Mapping[str, Any]) -> tuple[Message, Message]:
        """The messages that ask a model.

        Args:
            variables: a value for each variable that the header names. Every text among them becomes data, see
                :func:`~claimcheck.llm.untrusted.as_data`.

        Returns:
            The instructions and the request.

        Raises:
            PromptError: a variable is missing, unknown, or lacks what the prompt asks of it.
        """
        named = self.header.variables.keys()
        if wrong := named ^ variables.keys():
            raise PromptError(
                f"{self.path}: wants the variables {', '.join(named)}; missing or unknown: {', '.join(sorted(wrong))}.",
                "Give a value for each variable that the prompt's header names, and no others.",
            )
        try:
            text = self._template.render(variables)
        except (jinja2.TemplateError, ValueError) as error:
            raise PromptError(f"{self.path}: cannot be filled in: {error}.", "Correct the prompt.") from error
        return Message("system", self.instructions), Message("user", text.strip())


def counts(prompt: Prompt, variables: Mapping[str, Any]) -> dict[str, int]:
    """How many things of each sort the reply may point at: the context in which it is validated."""
    return {name: len(variables[variable]) for name, variable in prompt.header.points_at.items()}


def load_prompt(task: str, folder: Path | None = None) -> Prompt:
    """The prompt of a task.

    Args:
        task: its name: ``extract``, ``verify``, ``settle`` or ``brief``.
        folder: prompts of the user, which replace those of the same name.

    Raises:
        PromptError: there is no such task, or the file cannot be used.
        InstallationError: the prompts did not come with this installation.
    """
    shipped = prompts_folder()
    names = _tasks(shipped)
    if task not in names:
        raise PromptError(f"There is no prompt {task!r}.", f"There are: {', '.join(names)}.")
    own = None if folder is None else _replacement(task, folder, names)
    return read_prompt(own or shipped / f"{task}.md", replaced=own is not None)


def load_prompts(folder: Path | None = None) -> tuple[Prompt, ...]:
    """The prompts of all tasks.

    Args:
        folder: prompts of the user, which replace those of the same name.

    Raises:
        PromptError: a file cannot be used.
        InstallationError: the prompts did not come with this installation.
    """
    return tuple(load_prompt(task, folder) for task in _tasks(prompts_folder()))


def _tasks(shipped: Path) -> list[str]:
    return sorted(path.stem for path in shipped.glob("*.md") if path.name != _README)


def read_prompt(path: Path, *, replaced: bool = False) -> Prompt:
    """A prompt from its file: a YAML header between two lines ``---``, ``# Instructions``, ``# Request``.

    Args:
        path: the file; its name is the name of its task.
        replaced: whether it stands in for one that comes with claimcheck.

    Raises:
        PromptError: it cannot be read, or is not in that form, or its header and its text name different variables.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise PromptError(f"{path}: cannot be read: {error}.", "Give a text file in UTF-8.") from error
    parts = _FORM.match(text)
    if parts is None:
        raise PromptError(
            f"{path}: is not in the form of a prompt.",
            "Begin with a YAML header between two lines '---', then '# Instructions', then '# Request'.",
        )
    header, instructions, request = parts.groups()
    prompt = Prompt(
        header=_header(header, path),
        instructions=instructions.strip(),
        request=request,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        path=path,
        replaced=replaced,
    )
    _check(prompt)
    return prompt


def _replacement(task: str, folder: Path, names: list[str]) -> Path | None:
    if not folder.is_dir():
        raise PromptError(f"{folder} is no folder.", "Name a folder of prompts in the setting 'prompts', or unset it.")
    own = {path.stem: path for path in folder.glob("*.md") if path.name != _README}
    if strange := sorted(own.keys() - set(names)):
        raise PromptError(
            f"{own[strange[0]]}: there is no prompt of this name to replace.", f"Name it as one of: {', '.join(names)}."
        )
    return own.get(task)


def _header(text: str, path: Path) -> PromptHeader:
    try:
        header = PromptHeader.model_validate(yaml.safe_load(text))
    except (yaml.YAMLError, ValidationError) as error:
        raise PromptError(
            f"{path}: the header cannot be used: {' '.join(str(error).split())}",
            f"It must name {', '.join(f.alias or name for name, f in PromptHeader.model_fields.items())}.",
        ) from error
    if header.task != path.stem:
        raise PromptError(f"{path}: names the task {header.task!r}.", "Name the file and its task alike.")
    return header


def _check(prompt: Prompt) -> None:
    if re.search(r"\{[{%#]", prompt.instructions):
        raise PromptError(
            f"{prompt.path}: the instructions have a variable.",
            "Fill in variables in the request alone: untrusted text must not stand among instructions.",
        )
    try:
        tree = _ENVIRONMENT.parse(prompt.request)
    except jinja2.TemplateSyntaxError as error:
        raise PromptError(
            f"{prompt.path}: line {error.lineno} of the request: {error.message}.", "Correct it."
        ) from error
    if prompt.header.points_at.values() - prompt.header.variables.keys():
        raise PromptError(f"{prompt.path}: points at what is no variable.", "Correct points_at in the header.")
    if list(jinja2.meta.find_referenced_templates(tree)):
        raise PromptError(f"{prompt.path}: takes in another file.", "Put the whole prompt into one file.")
    if wrong := jinja2.meta.find_undeclared_variables(tree) ^ prompt.header.variables.keys():
        raise PromptError(
            f"{prompt.path}: header and text do not name the same variables: {', '.join(sorted(wrong))}.",
            "Describe in the header each variable that the text uses, and no others.",
        )


def _shown(value: Any) -> str:
    """What stands in the prompt for a value. Jinja calls it for every place that is filled in, without exception."""
    if isinstance(value, jinja2.Undefined | str):
        return as_data(str(value))  # an undefined one raises here
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"a {type(value).__name__} is filled in where a text or a number belongs")
    return str(value)


_ENVIRONMENT: Final = ImmutableSandboxedEnvironment(
    undefined=jinja2.StrictUndefined, finalize=_shown, trim_blocks=True, lstrip_blocks=True, autoescape=False
)
