"""The product as it ships, whatever this machine's environment and files say."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from claimcheck.errors import EvaluationError
from claimcheck.settings import Settings


def as_shipped(**given: Any) -> Settings:
    """The default of every setting but those given.

    Args:
        given: settings by name.
    """
    return Settings(**{name: field.default for name, field in Settings.model_fields.items()} | given)


def run_bare(command: Sequence[str], folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command in a process of its own, in an environment without settings.

    Raises:
        EvaluationError: it fails.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CLAIMCHECK_")}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise EvaluationError(f"A measured process failed ({done.returncode}): {said}", f"Run it: {' '.join(command)}")
    return done
