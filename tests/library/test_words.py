import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st

from claimcheck.library.words import folded, searchable, words_of


def test_korean_words_share_pairs_whatever_their_particles() -> None:
    assert "정부" in words_of("정부는")
    assert "정부" in words_of("정부가")


def test_composed_and_decomposed_hangul_are_the_same_words() -> None:
    assert words_of(unicodedata.normalize("NFD", "정부는 발표했다")) == words_of("정부는 발표했다")


def test_runs_without_blanks_are_cut_into_pairs_beside_other_scripts() -> None:
    assert words_of("東京都がK2を導入") == ("東京", "京都", "都が", "k2", "を導", "導入")
    assert words_of("中") == ("中",)


def test_words_of_other_scripts_stay_whole() -> None:
    assert words_of("Perú firmó 195 K-2") == ("perú", "firmó", "195", "k", "2")
    assert words_of("हिन्दी समाचार") == ("हिन्दी", "समाचार")


def test_folding_takes_accents_and_nothing_else() -> None:
    assert folded("perú") == "peru"
    assert folded("हिन्दी") == "हिन्दी"


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60))
def test_query_words_hold_nothing_that_full_text_search_could_take_as_syntax(text: str) -> None:
    for word in words_of(text):
        assert all(unicodedata.category(character)[0] in "LNM" for character in word)
    assert searchable(text) == searchable(text)
