"""Claims of a draft, checked against evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from claimcheck.pipeline import Checker

__all__ = ["Checker", "__version__"]

__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    """Loads ``Checker`` on first use: it brings the models and Chroma with it, which ``--help`` can do without."""
    if name == "Checker":
        from claimcheck.pipeline import Checker

        return Checker
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
