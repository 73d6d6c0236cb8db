from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from claimcheck.text.differences import find_differences
from claimcheck.text.wordlists import LANGUAGES

WRITTEN = date(2024, 6, 12)
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"])) | st.lists(
    st.sampled_from(["5,000", " jobs", " in 2024", " Kassel", " and", " 12 percent", " will", " said", "€", " nearly"])
).map("".join)


def differences(claim, sentence, claim_lang="en", sentence_lang="en"):
    return [
        (d.kind, d.outcome, d.claimed, d.found)
        for d in find_differences(
            claim, claim_lang, sentence, sentence_lang, claim_reference=WRITTEN, sentence_reference=WRITTEN
        )
    ]


@pytest.mark.parametrize(
    ("claim", "sentence"),
    [
        ("It employs nearly 5,000 people.", "It employs 4,873 people."),
        ("The bridge opened in May 2024.", "The bridge opened on 3 May 2024."),
        ("The bridge opened in May.", "The bridge opened on 3 May 2024."),
        ("The site covers 20 hectares.", "The site covers 0.2 km²."),
        ("The firm has 300 staff.", "The firm has 300 positions."),
        ("Then Angela Merkel spoke.", "Merkel spoke."),
        ("Then the European Union spoke.", "The EU spoke."),
        ("Nothing to compare.", "Nothing here."),
    ],
)
def test_agreement(claim, sentence):
    assert differences(claim, sentence) == []


@pytest.mark.parametrize(
    ("claim", "sentence", "kind", "claimed", "found"),
    [
        ("It employs 5,000 people.", "It employs 4,400 people.", "number", "5,000 people", "4,400 people"),
        (
            "It received 5 million euros.",
            "It received 5 billion euros.",
            "number",
            "5 million euros",
            "5 billion euros",
        ),
        ("Costs rose 12 percent.", "Costs rose 21 percent.", "number", "12 percent", "21 percent"),
        ("It opened in May 2024.", "It opened in June 2024.", "date", "May 2024", "June 2024"),
        ("It will open in 2026.", "It will open in 2027.", "date", "2026", "2027"),
    ],
)
def test_conflict(claim, sentence, kind, claimed, found):
    assert differences(claim, sentence) == [(kind, "conflict", claimed, found)]


@pytest.mark.parametrize(
    ("claim", "sentence", "missing"),
    [
        ("It employs 5,000 people.", "It is large.", [("number", "5,000 people")]),
        ("It employs 5,000 people.", "It employs 4,000 people and serves 9,500 people.", [("number", "5,000 people")]),
        ("It sold 50 cars.", "It sold 50,000 cars.", []),
        ("It cost $5m.", "It has assets of $3bn.", [("number", "$5m")]),
        ("It rose from 300 jobs to 500 jobs.", "It has 500 jobs.", [("number", "300 jobs")]),
        ("It will open 10 sites by 2027.", "Four sites have been built.", [("number", "10"), ("date", "by 2027")]),
        ("It opened in May 2024.", "The mayor said in June 2024 that it opened.", [("date", "May 2024")]),
        ("It opened in May 2024.", "It is due to open in June 2024.", [("date", "May 2024")]),
        ("It grew in 2022 and in 2023.", "It grew in 2021.", [("date", "2022"), ("date", "2023")]),
        ("Then Hyundai Rotem won.", "Then Samsung won.", [("name", "Hyundai Rotem")]),
        ("It hired two bankers.", "It hired two lawyers.", [("number", "two")]),
        ("It rose to 5,000.", "It rose to 7,300.", [("number", "5,000")]),
    ],
)
def test_missing(claim, sentence, missing):
    found = [(kind, claimed) for kind, outcome, claimed, _ in differences(claim, sentence) if outcome == "missing"]
    assert found == missing


def test_the_scale_slips_by_a_thousand():
    assert differences("It sold 50 cars.", "It sold 50,000 cars.")[0][1] == "conflict"


def test_across_languages():
    assert differences("It bought 54 tanks.", "회사는 전차 54대를 샀다.", "en", "ko") == []
    assert differences("It bought 54 tanks.", "회사는 전차 82대를 샀다.", "en", "ko") == [
        ("number", "missing", "54", None)
    ]
    assert differences("It sold more than 9,000 tickets.", "El club vendió 9.300 abonos.", "en", "es") == []
    assert differences("It has about 340 families.", "Cadastro: famílias, 338.", "en", "pt") == []
    assert differences("It sold more than 9,000 tickets.", "El club vendió 23.000 abonos.", "en", "es") != []
    assert differences("It sold 9,000 tickets.", "El club vendió 9.100 abonos.", "en", "es") != []
    assert differences("Es hat 2000 Mitarbeiter.", "It has 1,500 employees.", "de") == [
        ("number", "conflict", "2000 Mitarbeiter", "1,500 employees")
    ]
    assert differences("He went to Munich.", "Er ging nach München.", "en", "de") == []
    assert differences("He saw Hyundai Rotem.", "그는 현대로템을 봤다.", "en", "ko") == []


@settings(max_examples=100)
@given(ANY_TEXT, ANY_TEXT, st.sampled_from([*LANGUAGES, None]), st.sampled_from([*LANGUAGES, None]))
def test_differences_quote_both_texts(claim, sentence, claim_lang, sentence_lang):
    for _, outcome, claimed, found in differences(claim, sentence, claim_lang, sentence_lang):
        assert claimed in claim
        assert (found is not None and found in sentence) == (outcome == "conflict")


@settings(max_examples=100)
@example(text="0A0", lang="en")
@given(ANY_TEXT, st.sampled_from([*LANGUAGES, None]))
def test_a_text_does_not_differ_from_itself(text, lang):
    assert differences(text, text, lang, lang) == []


@pytest.mark.parametrize(
    ("claim", "sentence"),
    [
        ("It lost 11,500 people.", "It fell from 41,000 to 29,500 people."),
        ("It pays 1.50 euros more.", "It pays 5.50 euros instead of 4 euros."),
        ("It opened on 6 June 2024.", "It opened on Thursday."),
        ("It opened on 12 June 2024.", "It opened this morning."),
        ("It opened in June 2024.", "It opened."),
    ],
)
def test_what_follows_from_a_sentence_is_not_missing(claim, sentence):
    assert differences(claim, sentence) == []


@pytest.mark.parametrize(
    ("claim", "sentence"),
    [
        ("It is three years shorter.", "It is 27 years instead of 30 years."),
        ("About 5,000 people came.", "5,400 people came."),
        ("It opened on 6 June 2024.", "Built in 2019, it opened on Thursday."),
        ("It opened in June 2024.", "Ordered in 2019, it opened."),
        ("It made 50 in 2023.", "It made 60 in 2024, ten more than a year earlier."),
    ],
)
def test_what_may_follow_from_a_sentence_is_no_conflict(claim, sentence):
    assert "conflict" not in [outcome for _, outcome, _, _ in differences(claim, sentence)]


def test_a_weekday_contradicts_no_date():
    assert differences("It opened on 3 June 2024.", "It opened on Thursday.") == [
        ("date", "missing", "3 June 2024", None)
    ]
