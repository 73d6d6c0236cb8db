import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claimcheck.text.cues import FAMILIES, find_cues, highest_rung
from claimcheck.text.wordlists import LANGUAGES, fold, read_word_list
from claimcheck.types import Rung

EVERY_CUE = [
    (lang, family, *cue)
    for lang, table in read_word_list("cues").items()
    for family in FAMILIES
    for cue in table[family]
]


def families(text, lang):
    return {cue.family for cue in find_cues(text, lang)}


def test_every_language_has_every_family():
    assert set(read_word_list("cues")) == set(LANGUAGES)
    for table in read_word_list("cues").values():
        assert set(table) == {*FAMILIES, "clause_ends"}
        assert all(table[family] for family in FAMILIES)


@pytest.mark.parametrize(("lang", "family", "pattern", "example"), EVERY_CUE)
def test_every_cue_has_an_example_that_it_matches(lang, family, pattern, example):
    assert re.search(pattern, fold(example))
    assert family in families(example, lang)


@pytest.mark.parametrize(
    ("lang", "sentence", "rung"),
    [
        ("en", "The plant will be completed in 2026.", Rung.ANNOUNCED),
        ("en", "The plant is expected to be delivered by 2027.", Rung.ANNOUNCED),
        ("en", "The plant was completed in May, and it will employ 300.", Rung.DELIVERED),
        ("en", "The bridge has not opened.", None),
        ("en", "The firm may have completed the plant.", None),
        ("en", "The cat sat on the mat.", None),
        ("en", "If the regulator approved it, all is well.", None),
        ("en", "The grant is paid if the plant is completed by May.", None),
        ("en", "The grant was paid, and the plant was completed in May.", Rung.DELIVERED),
        ("en", "It has not in the past 1.5 years been completed.", None),
        ("de", "Die Genehmigung erlischt, wenn bis zum 31. Dezember nicht gebaut ist.", None),
        ("de", "Das Werk ist nicht bis zum 31. Dezember fertiggestellt worden.", None),
        ("de", "Die Firma hat die Genehmigung für eine neue Halle in Kassel erhalten.", Rung.FUNDED),
        ("de", "Der Bau der neuen Brücke über die Weser hat begonnen.", Rung.UNDER_WAY),
        ("en", "Construction of the second tram line in Porto began.", Rung.UNDER_WAY),
        ("en", "Under the memorandum the two sides will explore a sale.", Rung.MEMORANDUM),
        ("es", "Las obras del nuevo hospital de la ciudad comenzaron.", Rung.UNDER_WAY),
        ("de", "Der Zuschuss fließt, falls das Werk fertiggestellt ist.", None),
        ("es", "La ayuda llega si la planta fue inaugurada.", None),
        ("fr", "L'aide arrive si l'usine a été inaugurée.", None),
        ("fr", "Même si l'usine a été inaugurée, tout manque.", Rung.DELIVERED),
        ("pt", "A verba chega se a fábrica for inaugurada.", None),
        ("pt", "A fábrica se tornou, após inaugurada, um caso de sucesso.", Rung.DELIVERED),
        ("en", "The ministries signed a memorandum of understanding.", Rung.MEMORANDUM),
        ("en", "The regulator approved the plan in June.", Rung.FUNDED),
        ("en", "The yard won a contract for two ferries.", Rung.CONTRACTED),
        ("en", "Construction of the tunnel has begun.", Rung.UNDER_WAY),
        ("en", "The figures were audited by an outside firm.", Rung.VERIFIED),
        ("es", "La planta se inaugurará en 2026.", Rung.ANNOUNCED),
        ("es", "La planta fue inaugurada en mayo.", Rung.DELIVERED),
        ("es", "La planta no ha abierto.", None),
        ("fr", "L'usine sera livrée en 2026.", Rung.ANNOUNCED),
        ("fr", "L'usine a été inaugurée en mai.", Rung.DELIVERED),
        ("fr", "L'usine n'est pas ouverte.", None),
        ("de", "Das Werk wird 2026 eröffnet.", Rung.ANNOUNCED),
        ("de", "Das Werk soll 2026 fertiggestellt werden.", Rung.ANNOUNCED),
        ("de", "Das Werk wurde im Mai eröffnet.", Rung.DELIVERED),
        ("de", "Das Werk ist noch nicht eröffnet.", None),
        ("pt", "A fábrica será inaugurada em 2026.", Rung.ANNOUNCED),
        ("pt", "A fábrica foi inaugurada em maio.", Rung.DELIVERED),
        ("pt", "A fábrica não foi inaugurada.", None),
        ("ko", "공장은 2026년 완공될 예정이다.", Rung.ANNOUNCED),
        ("ko", "공장은 5월 완공됐다.", Rung.DELIVERED),
        ("ko", "두 회사는 양해각서를 체결했다.", Rung.MEMORANDUM),
        ("ja", "工場は完成した。", None),
        (None, "The plant was completed.", None),
    ],
)
def test_highest_rung(lang, sentence, rung):
    assert highest_rung(sentence, lang) == rung


def test_a_capital_inside_a_sentence_makes_a_name():
    assert families("The plant opened in May.", "en") == {"delivered"}
    assert "plan" not in families("The actor Will Smith opened the bar.", "en")
    assert "plan" in families("Ministry Will Open Second Plant Next Year", "en")
    assert "hedge" in families("May the plant close? It may.", "en")


def test_a_condition_and_a_cancellation_are_told_from_a_plan():
    assert "conditional" in families("If the regulator approves it, work starts in May.", "en")
    assert "cancelled" in families("The company will not build the plant.", "en")
    assert "plan" not in families("The company will not build the plant.", "en")
    assert "plan" not in families("La empresa no construirá la planta.", "es")
    assert "plan" not in families("A empresa não construirá a fábrica.", "pt")
    assert "plan" not in families("La société ne construira pas l'usine.", "fr")
    assert "cancelled" not in families("Die Firma hat 300 Mitarbeiter eingestellt.", "de")


@settings(max_examples=100)
@given(st.text(st.characters(exclude_categories=["Cs"])), st.sampled_from([*LANGUAGES, "xx", None]))
def test_cues_lie_in_any_text_in_order(text, lang):
    cues = find_cues(text, lang)
    assert list(cues) == sorted(cues, key=lambda cue: (cue.span.start, cue.span.end))
    assert all(0 <= cue.span.start < cue.span.end <= len(text) for cue in cues)
    assert highest_rung(text, lang) in (None, *Rung)
