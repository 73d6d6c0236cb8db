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


class OfflineError(ClaimcheckError):
    """A connection would be needed, and the settings forbid all connections."""


class FetchOffline(FetchError, OfflineError):
    """A page would have to be fetched, and the settings forbid all connections."""


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


class LanguageModelError(ClaimcheckError):
    """A language model gave no usable answer. What was asked stays unchecked; it is never given a default."""


class ModelOffline(LanguageModelError, OfflineError):
    """A language model would have to be asked, and the settings forbid all connections."""


class BudgetSpent(LanguageModelError):
    """The next call could go over the set limit of calls, tokens or cost, and was not made."""


class ModelUnreachable(LanguageModelError):
    """The server of a language model cannot be reached, fails, or takes too long, after all tries."""


class RateLimited(LanguageModelError):
    """The server turns calls away for now, after all tries."""


class KeyRefused(LanguageModelError):
    """The server refuses the key, or the key may not use the model."""


class KeyMissing(SettingsError):
    """The provider of a language model wants a key, and none is set."""


class RequestRefused(LanguageModelError):
    """The server refuses the request: it does not know the model, or what the call asks for."""


class ModelUnknown(RequestRefused):
    """The server does not know the model, or is not where the settings say."""


class ContextOverflow(LanguageModelError):
    """What was asked is longer than the model can read at once."""


class ReplyUnusable(LanguageModelError):
    """The model's reply does not fit the schema, also after it was shown what was wrong."""


class ReplyCut(ReplyUnusable):
    """The model's reply ended at the limit of its length."""


class ReplyRefused(LanguageModelError):
    """The model, or a filter in front of it, declined to answer."""


class CacheError(LanguageModelError):
    """The kept replies of language models cannot be read or written."""


class PromptError(ClaimcheckError):
    """A prompt's file cannot be used, or was given other variables than it names."""


class PriceError(SettingsError):
    """A table of prices cannot be used, or lacks the price that a limit of cost needs."""


class InstallationError(ClaimcheckError):
    """A file that comes with claimcheck is missing."""


class OutputError(ClaimcheckError):
    """A report could not be written."""


class EvaluationError(ClaimcheckError):
    """Quality could not be measured."""


class BadRow(EvaluationError):
    """A row of a set that measures cannot be used."""
