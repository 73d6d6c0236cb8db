import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimcheck.text import language
from claimcheck.text.language import detect_language


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("The company opened its second plant in May.", "en"),
        ("La empresa inauguró su segunda fábrica en mayo.", "es"),
        ("L'entreprise a ouvert sa deuxième usine en mai.", "fr"),
        ("Das Unternehmen hat im Mai sein zweites Werk eröffnet.", "de"),
        ("A empresa inaugurou a segunda fábrica em maio.", "pt"),
        ("회사는 5월에 두 번째 공장을 열었다.", "ko"),
        ("Het bedrijf opende in mei een tweede fabriek in Gent.", "nl"),
    ],
)
def test_sentences(text, lang):
    assert detect_language(text) == lang


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("서울", "ko"),
        ("삼성전자 HBM", "ko"),
        ("東京は", "ja"),
        ("北京", "zh"),
        ("Москва", "ru"),
        ("Київ столиця України", "uk"),
        ("Αθήνα", "el"),
        ("مرحبا", "ar"),
        ("ไทย", "th"),
    ],
)
def test_short_strings_by_script(text, lang):
    assert detect_language(text) == lang


@pytest.mark.parametrize("text", ["", "  \n", "5,000", "OK", "VW", "Berlin 2024", "123 %", "\ud800"])
def test_too_little_text(text):
    assert detect_language(text) is None


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("The ministry said that the plant in the north of the country will open in May.", "en"),
        ("Das Ministerium teilte mit, dass das Werk im Norden des Landes im Mai eröffnet wird.", "de"),
        ("Le ministère a déclaré que l'usine dans le nord du pays ouvrira ses portes au mois de mai.", "fr"),
    ],
)
def test_function_words_that_leave_no_doubt_need_no_model(text, lang, monkeypatch):
    monkeypatch.setattr(language, "_identifier", lambda: pytest.fail("the model was loaded"))
    assert detect_language(text) == lang


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("De minister zei in Den Haag dat het plan voor de haven in mei wordt goedgekeurd.", "nl"),
        ("Il ministro ha detto che la fabbrica nel nord del paese aprirà a maggio.", "it"),
        ("El ministre va dir que la fàbrica del nord del país obrirà al maig amb dos-cents treballadors.", "ca"),
        ("O ministro dixo que a fábrica do norte do país abrirá en maio con douscentos traballadores.", "gl"),
        ("Ministeren sagde, at fabrikken i den nordlige del af landet åbner i maj.", "da"),
        ("Ministern sade att fabriken i norra delen av landet öppnar i maj för att den är klar.", "sv"),
        ("Ministrul a spus că fabrica din nordul țării se va deschide în luna mai.", "ro"),
        ("Die minister het gesê dat die fabriek in die noorde van die land in Mei sal open.", "af"),
        ("Sinabi ng ministro na ang pabrika sa hilaga ng bansa ay magbubukas sa Mayo at may trabaho na.", "tl"),
    ],
)
def test_languages_with_like_words_are_not_taken_for_the_covered_ones(text, lang):
    assert detect_language(text) == lang


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("O aeroporto terá 12.000 lugares.", "pt"),
        ("The harbour in Porto Sereno cost 58 million euros.", "en"),
        ("Nexora has hired 180 permanent staff in Varden.", "en"),
        ("A Serra Clara reúne cerca de 340 famílias.", "pt"),
    ],
)
def test_short_claims_full_of_names_are_of_a_language_with_word_lists(text, lang):
    assert detect_language(text) == lang


@given(st.text(max_size=200))
def test_any_text_has_a_code_or_none(text):
    found = detect_language(text)
    assert found is None or (len(found) == 2 and found.islower())
