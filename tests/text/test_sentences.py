import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claimcheck.text.sentences import split_sentences

ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]))
STOPS = st.lists(
    st.sampled_from(
        [*"aBc .!?\n\t\"“”«»()[]'’。다😀𝔘3-–…:;\u2028\u1680#|*", "Mr.", "\n\n", "1.", "e.g.", "M. ", ". ", ".” "]
    )
).map("".join)
LANGS = st.sampled_from(["en", "es", "fr", "de", "pt", "ko", "ja", "zh", "ar", "xx", None])


def split(text, lang):
    return [span.of(text) for span in split_sentences(text, lang)]


@pytest.mark.parametrize(
    ("lang", "sentences"),
    [
        ("en", ["Hello, J. Smith of the U.S. agency said.", "It was so."]),
        ("en", ["The plant is in the U.S.", "It grew."]),
        ("en", ["He bought shares of Apple Inc.", "The price was high."]),
        ("en", ["Mr. Smith took No. 5 at approx. 3.5 percent."]),
        ("en", ["“We opened in May.", "It has 300 staff,” he said.", "He left."]),
        ("en", ["“Why?” he asked.", "Nobody knew."]),
        ("en", ["It closed (in May.)", "It reopened.[2]", "It closed again."]),
        ("en", ["😀😀 First.", "Then second 😀.", "Third."]),
        ("en", ["it was good.", "then we left."]),
        ("en", ["It opened in May.", "Workers left."]),
        ("es", ["Salió el Núm. 5 del libro.", "Es bueno."]),
        ("pt", ["A fila n. 5 anda.", "É boa."]),
        ("en", ["... and so on."]),
        ("en", ["He came. ...", "She left."]),
        ("es", ["La ciudad da al mar.", "Vecinos protestan."]),
        ("fr", ["Il a vu M. Dupont hier.", "Mme. Roux est là."]),
        ("fr", ["Il a vu avec P. Dupont et J. Roux la ville.", "Oui."]),
        ("de", ["Dort sprach A. Merkel lange.", "Er ging."]),
        ("fr", ["« Bonjour.", "Ça va ? » dit-il.", "Oui."]),
        ("de", ["Am 3. März kam Nr. 5 dran.", "Dr. Müller und z. B. Hans auch.", "Ja."]),
        ("de", ["Sie kam auf den 2. Platz.", "Das war im Jahr 2024.", "Dann kam der Rest."]),
        ("de", ["„Wir bauen.", "Es dauert.“", "Er ging."]),
        ("es", ["El Sr. Pérez vive en EE. UU. desde mayo.", "¿Qué dijo?", "¡Nada!"]),
        ("pt", ["O Sr. Silva leu a pág. 3.", "A Dra. Ana mora na Av. Paulista.", "Sim."]),
        ("ko", ["그는 “간다.", "온다.”라고 말했다.", "3.5% 올랐다."]),
        ("ko", ["2024. 5. 3. 문을 열었다.", "손님이 왔다."]),
        ("xx", ["One.", "Two."]),
        ("en-GB", ["One.", "Two."]),
        (None, ["One.", "Two."]),
    ],
)
def test_boundaries(lang, sentences):
    assert split(" ".join(sentences), lang) == sentences


def test_scripts_without_blanks():
    assert split("彼は「行く。来る。」と言った。次。", "ja") == ["彼は「行く。", "来る。」と言った。", "次。"]
    assert split("그는 말했다.(서울=통신) 끝.", "ko") == ["그는 말했다.", "(서울=통신) 끝."]


def test_an_address_is_not_cut():
    assert split("See http://example.org/a.B for more.", "en") == ["See http://example.org/a.B for more."]


def test_headings_paragraphs_and_lists_end_a_sentence():
    text = (
        "# Title\nThe company said on Tuesday that it\nwould open a plant. It has\n300 staff.\n\n"
        "Heading\nThe company also said that it would close another one.\n* * *\n"
        "- item one\n- item two\n1. first\n2. second\n| a | b |\nEnd"
    )
    assert split(text, "en") == [
        "# Title",
        "The company said on Tuesday that it\nwould open a plant.",
        "It has\n300 staff.",
        "Heading",
        "The company also said that it would close another one.",
        "* * *",
        "- item one",
        "- item two",
        "1. first",
        "2. second",
        "| a | b |",
        "End",
    ]


def test_an_underlined_heading_stands_alone():
    assert split("The heading\n-----------\nThe text goes on.", "en") == [
        "The heading",
        "-----------",
        "The text goes on.",
    ]
    assert split("The heading\n~~~~~~~~~~~\nThe text goes on.", "en") == [
        "The heading",
        "~~~~~~~~~~~",
        "The text goes on.",
    ]


def test_blank_text_has_no_sentences():
    assert split_sentences(" \n\t ", "en") == ()


@settings(max_examples=200)
@given(ANY_TEXT | STOPS, LANGS)
def test_every_character_is_covered_in_order(text, lang):
    at = 0
    for span in split_sentences(text, lang):
        assert not text[at : span.start].strip()
        assert span.of(text) == span.of(text).strip() != ""
        at = span.end
    assert not text[at:].strip()
