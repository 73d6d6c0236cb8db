"""Which language a text is in, from its characters alone and without a network."""

from __future__ import annotations

import unicodedata
from collections import Counter
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

_LOOKED_AT: Final = 4000
_SURE: Final = 0.5
_FEWEST_LETTERS: Final = 10

# Scripts that one modern language writes: the script settles it, however short the text.
_SOLE: Final = {
    "HANGUL": "ko",
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "GREEK": "el",
    "HEBREW": "he",
    "THAI": "th",
    "ARMENIAN": "hy",
    "GEORGIAN": "ka",
    "TAMIL": "ta",
    "TELUGU": "te",
    "KANNADA": "kn",
    "MALAYALAM": "ml",
    "GUJARATI": "gu",
    "GURMUKHI": "pa",
    "ORIYA": "or",
    "SINHALA": "si",
    "KHMER": "km",
    "LAO": "lo",
    "MYANMAR": "my",
    "ETHIOPIC": "am",
}
# Scripts that several languages share: the most widely written comes first and stands where the text is too short.
_SHARED: Final = {
    "CYRILLIC": ("ru", "uk", "be", "bg", "sr", "mk", "kk", "ky", "mn", "tg", "tt", "ba"),
    "ARABIC": ("ar", "fa", "ur", "ps", "ug", "ku"),
    "DEVANAGARI": ("hi", "mr", "ne", "sa"),
    "BENGALI": ("bn", "as"),
    "CJK": ("zh", "ja"),
}


@lru_cache(maxsize=4096)
def _script(character: str) -> str | None:
    return unicodedata.name(character, " ").split(" ", 1)[0].split("-", 1)[0] if character.isalpha() else None


@cache
def _identifier() -> LanguageIdentifier:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def load_language_model() -> None:
    """Load the model now, which takes a third of a second, ahead of the first text whose script does not settle it."""
    _identifier()


def _likeliest(text: str, among: tuple[str, ...] | None) -> tuple[str | None, float]:
    ranked = [
        (language, float(probability))
        for language, probability in _identifier().rank(text)
        if len(language) == 2 and (among is None or language in among)
    ]
    total = sum(probability for _, probability in ranked)
    return (ranked[0][0], ranked[0][1] / total) if total > 0 else (None, 0.0)


def detect_language(text: str) -> str | None:
    """The main language of a text.

    The dominant script decides where one language alone writes it; else naive Bayes over byte n-grams (Lui and
    Baldwin, "langid.py", ACL 2012) chooses among the languages of that script.

    Args:
        text: any text; its first 4000 characters are looked at.

    Returns:
        An ISO 639-1 code, or ``None`` where there is too little text to be fairly sure.
    """
    text = text[:_LOOKED_AT].encode("utf-8", "replace").decode("utf-8")
    scripts = Counter(script for script in map(_script, text) if script)
    if not scripts:
        return None
    if 4 * (scripts["HIRAGANA"] + scripts["KATAKANA"]) >= scripts["CJK"] > 0:
        return "ja"
    main, letters = scripts.most_common(1)[0]
    if main in _SOLE:
        return _SOLE[main]
    if main in _SHARED:
        language, probability = _likeliest(text, _SHARED[main])
        return language if probability >= _SURE else _SHARED[main][0]
    if letters < _FEWEST_LETTERS:
        return None
    language, probability = _likeliest(text, None)
    return language if probability >= _SURE else None
