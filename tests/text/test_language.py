import pytest

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
