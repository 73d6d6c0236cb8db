"""The one tree of errors. Each says what happened and what to do next; the command line turns them into one line."""

from __future__ import annotations


class ClaimcheckError(Exception):
    """Root of all errors that claimcheck raises on purpose.

    ``message`` says what happened, ``next_step`` what the user can do about it.
    """

    exit_code = 2

    def __init__(self, message: str, next_step: str) -> None:
        super().__init__(message)
        self.message = message
        self.next_step = next_step

    def __str__(self) -> str:
        return f"{self.message} {self.next_step}".strip()


class SettingsError(ClaimcheckError):
    """A setting, flag or environment variable has a value that cannot be used."""


class ReadError(ClaimcheckError):
    """A draft or an evidence file could not be read."""


class UnsupportedFormat(ReadError):
    """No reader exists for this sort of file."""


class EmptyDocument(ReadError):
    """The file holds no text."""


class TooLarge(ReadError):
    """The file or page is larger than the limit."""


class MetadataError(ReadError):
    """What was noted about an evidence file (``NAME.meta.toml``, ``manifest.csv``) cannot be used."""


class FetchError(ReadError):
    """A web page could not be fetched."""


class ForbiddenAddress(FetchError):
    """The address is not http or https, or leads to a private or loopback machine."""


class LibraryError(ClaimcheckError):
    """The evidence library is missing, damaged or in use in a way that cannot be served."""


class LibraryNotFound(LibraryError):
    """No library at this place."""


class EmbeddingMismatch(LibraryError):
    """The library was made with another embedding model."""


class DocumentNotFound(LibraryError):
    """No document with this id in the library."""


class ModelError(ClaimcheckError):
    """The weights of a model are missing or damaged."""


class InstallationError(ClaimcheckError):
    """A file that comes with claimcheck is missing."""


class OutputError(ClaimcheckError):
    """A report could not be written."""


class EvaluationError(ClaimcheckError):
    """Quality could not be measured."""


class BadRow(EvaluationError):
    """A row of a set that measures cannot be used."""
