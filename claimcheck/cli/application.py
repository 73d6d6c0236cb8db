"""The application: its commands, and how an error becomes one line and an exit code."""

from __future__ import annotations

import errno
import os
import sys
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from claimcheck import __version__
from claimcheck.cli import batch, brief, check, claim, corpus, demo, doctor, schema
from claimcheck.cli import eval as evaluation
from claimcheck.cli.exit_codes import ExitCode
from claimcheck.cli.progress import note
from claimcheck.errors import ClaimcheckError


class CommandGroup(TyperGroup):
    """Runs a command; an error raised on purpose becomes one line on standard error and its exit code."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command that the arguments name.

        Raises:
            typer.Exit: with the exit code of an error, an interruption, a closed pipe or a full disk.
        """
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except ClaimcheckError as error:
            note(str(error))
            raise typer.Exit(error.exit_code) from error
        except KeyboardInterrupt as error:
            note("interrupted.")
            raise typer.Exit(ExitCode.INTERRUPTED) from error
        except BrokenPipeError as error:
            _give_up_output()
            raise typer.Exit(ExitCode.BROKEN_PIPE) from error
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
            _give_up_output()
            note("The disk is full. Make room and run the command again.")
            raise typer.Exit(ExitCode.BAD_INPUT) from error
        return result


def _give_up_output() -> None:
    # The interpreter flushes standard output once more on its way out, which must not fail again.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


EXAMPLES = (
    "claimcheck demo",
    "claimcheck corpus add evidence/",
    "claimcheck check draft.docx",
    'claimcheck claim "The plant opened in May 2025."',
)


def _epilog(examples: tuple[str, ...]) -> str:
    # The mark keeps the lines below it as they are.
    return "\n".join(("\b", "Examples:", *(f"  {example}" for example in examples)))


app = typer.Typer(
    name="claimcheck",
    cls=CommandGroup,
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"claimcheck {__version__}")
        raise typer.Exit


@app.callback(epilog=_epilog(EXAMPLES))
def claimcheck(
    version: Annotated[
        bool, typer.Option("--version", help="Show the version and exit.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """Check the claims of a draft against your own evidence: proven, aspirational or speculative, with quotes.

    Reports go to standard output, progress and summaries to standard error. Everything runs on this machine, unless
    you name a language model.
    """


app.command("check", epilog=_epilog(check.EXAMPLES))(check.check)
app.command("claim", epilog=_epilog(claim.EXAMPLES))(claim.claim)
app.command("batch", epilog=_epilog(batch.EXAMPLES))(batch.batch)
app.command("brief", epilog=_epilog(brief.EXAMPLES))(brief.brief)
app.add_typer(corpus.app, name="corpus")
app.command("demo", epilog=_epilog(demo.EXAMPLES))(demo.demo)
app.command("doctor", epilog=_epilog(doctor.EXAMPLES))(doctor.doctor)
app.command("eval", epilog=_epilog(evaluation.EXAMPLES))(evaluation.evaluate)
app.command("schema", epilog=_epilog(schema.EXAMPLES))(schema.schema)
