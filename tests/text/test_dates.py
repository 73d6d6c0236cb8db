from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claimcheck.text.dates import compare_dates, date_spans, days_named, find_dates
from claimcheck.text.wordlists import LANGUAGES

WRITTEN = date(2024, 6, 12)  # a Wednesday
PIECES = st.lists(
    st.sampled_from(
        [
            *[
                "3",
                "31",
                "May",
                "mai",
                "März",
                " 2024",
                "2024",
                "1999",
                "-",
                "/",
                ".",
                " ",
                " de ",
                "Q3",
                "by ",
                "since ",
            ],
            *[
                "the end of ",
                "last year",
                "in May",
                "2024년",
                " 5월",
                " 3일",
                "까지",
                "summer",
                "first half of ",
                "1990s",
            ],
            *["2월 30일", "next month", "fiscal "],
        ]
    )
).map("".join)


def only(text, lang, reference=WRITTEN):
    (period,) = find_dates(text, lang, reference)
    return period


@pytest.mark.parametrize(
    ("lang", "text", "written", "start", "end", "grain", "bound"),
    [
        ("en", "on 3 May 2024", "3 May 2024", "2024-05-03", "2024-05-03", "day", "within"),
        ("en", "on May 3rd, 2024", "May 3rd, 2024", "2024-05-03", "2024-05-03", "day", "within"),
        ("en", "on 3-5 May 2024", "3-5 May 2024", "2024-05-03", "2024-05-05", "day", "within"),
        ("en", "in May 2024", "May 2024", "2024-05-01", "2024-05-31", "month", "within"),
        ("en", "in 2024 sales rose", "2024", "2024-01-01", "2024-12-31", "year", "within"),
        ("en", "by the end of 2026", "by the end of 2026", "2026-09-01", "2026-12-31", "part", "by"),
        ("en", "before the end of 2026", "before the end of 2026", "2026-09-01", "2026-12-31", "part", "by"),
        ("en", "since 2022", "since 2022", "2022-01-01", "2022-12-31", "year", "since"),
        ("en", "before 2026", "before 2026", "2026-01-01", "2026-12-31", "year", "before"),
        ("en", "after May 2026", "after May 2026", "2026-05-01", "2026-05-31", "month", "after"),
        ("en", "in Q3 2024", "Q3 2024", "2024-07-01", "2024-09-30", "quarter", "within"),
        (
            "en",
            "in the third quarter of 2024",
            "the third quarter of 2024",
            "2024-07-01",
            "2024-09-30",
            "quarter",
            "within",
        ),
        ("en", "in the first half of 2025", "the first half of 2025", "2025-01-01", "2025-06-30", "half", "within"),
        ("en", "in H2 2025", "H2 2025", "2025-07-01", "2025-12-31", "half", "within"),
        ("en", "in the fall of 2024", "fall of 2024", "2024-09-01", "2024-12-31", "season", "within"),
        ("en", "Sales will fall this year", "this year", "2024-01-01", "2024-12-31", "year", "within"),
        ("en", "in summer 2024", "summer 2024", "2024-06-01", "2024-09-30", "season", "within"),
        ("en", "in winter 2024", "winter 2024", "2024-01-01", "2024-12-31", "year", "within"),
        ("en", "from 2019-2023", "from 2019-2023", "2019-01-01", "2023-12-31", "years", "since"),
        ("en", "in the 1990s", "1990s", "1990-01-01", "1999-12-31", "years", "within"),
        ("en", "in 2024/25", "2024/25", "2024-01-01", "2025-12-31", "years", "within"),
        ("en", "on 2024-05-03", "2024-05-03", "2024-05-03", "2024-05-03", "day", "within"),
        ("en", "on 25/6/2024", "25/6/2024", "2024-06-25", "2024-06-25", "day", "within"),
        ("en", "late last year", "late last year", "2023-09-01", "2023-12-31", "part", "within"),
        ("en", "last year", "last year", "2023-01-01", "2023-12-31", "year", "within"),
        ("en", "yesterday", "yesterday", "2024-06-11", "2024-06-11", "day", "within"),
        ("en", "last week", "last week", "2024-06-03", "2024-06-09", "week", "within"),
        ("en", "last month", "last month", "2024-05-01", "2024-05-31", "month", "within"),
        ("en", "next quarter", "next quarter", "2024-07-01", "2024-09-30", "quarter", "within"),
        ("en", "in May", "May", "2024-05-01", "2024-05-31", "month", "within"),
        ("en", "by July", "by July", "2024-07-01", "2024-07-31", "month", "by"),
        ("en", "on May 3", "May 3", "2024-05-03", "2024-05-03", "day", "within"),
        ("de", "am 3. März 2024", "3. März 2024", "2024-03-03", "2024-03-03", "day", "within"),
        ("de", "bis Ende 2026", "bis Ende 2026", "2026-09-01", "2026-12-31", "part", "by"),
        ("de", "im dritten Quartal 2024", "dritten Quartal 2024", "2024-07-01", "2024-09-30", "quarter", "within"),
        ("de", "am 03.05.2024", "03.05.2024", "2024-05-03", "2024-05-03", "day", "within"),
        ("de", "seit vergangenem Mai 2023", "Mai 2023", "2023-05-01", "2023-05-31", "month", "within"),
        ("de", "im vergangenen Jahr", "vergangenen Jahr", "2023-01-01", "2023-12-31", "year", "within"),
        ("fr", "le 1er mai 2024", "1er mai 2024", "2024-05-01", "2024-05-01", "day", "within"),
        ("fr", "d'ici fin 2026", "d'ici fin 2026", "2026-09-01", "2026-12-31", "part", "by"),
        (
            "fr",
            "au troisième trimestre 2024",
            "troisième trimestre 2024",
            "2024-07-01",
            "2024-09-30",
            "quarter",
            "within",
        ),
        ("fr", "le 12/11/2024", "12/11/2024", "2024-11-12", "2024-11-12", "day", "within"),
        ("fr", "depuis l'été 2023", "depuis l'été 2023", "2023-06-01", "2023-09-30", "season", "since"),
        ("fr", "l'an dernier", "l'an dernier", "2023-01-01", "2023-12-31", "year", "within"),
        ("es", "el 3 de mayo de 2024", "3 de mayo de 2024", "2024-05-03", "2024-05-03", "day", "within"),
        ("es", "a finales de 2026", "finales de 2026", "2026-09-01", "2026-12-31", "part", "within"),
        ("es", "en verano de 2024", "verano de 2024", "2024-01-01", "2024-12-31", "year", "within"),
        ("es", "ayer", "ayer", "2024-06-11", "2024-06-11", "day", "within"),
        ("pt", "em 3 de maio de 2024", "3 de maio de 2024", "2024-05-03", "2024-05-03", "day", "within"),
        ("pt", "até o fim de 2026", "até o fim de 2026", "2026-09-01", "2026-12-31", "part", "by"),
        ("pt", "no ano passado", "ano passado", "2023-01-01", "2023-12-31", "year", "within"),
        ("ko", "2024년 5월 3일에", "2024년 5월 3일", "2024-05-03", "2024-05-03", "day", "within"),
        ("ko", "2026년까지", "2026년까지", "2026-01-01", "2026-12-31", "year", "by"),
        ("ko", "2022년부터", "2022년부터", "2022-01-01", "2022-12-31", "year", "since"),
        ("ko", "2024. 5. 3. 열었다", "2024. 5. 3.", "2024-05-03", "2024-05-03", "day", "within"),
        ("ko", "지난해 3분기", "지난해 3분기", "2023-07-01", "2023-09-30", "quarter", "within"),
        ("ko", "2025년 상반기", "2025년 상반기", "2025-01-01", "2025-06-30", "half", "within"),
        ("it", "nel 2024", "2024", "2024-01-01", "2024-12-31", "year", "within"),
    ],
)
def test_one_date(lang, text, written, start, end, grain, bound):
    period = only(text, lang)
    assert period.span.of(text) == written
    assert (period.start, period.end) == (date.fromisoformat(start), date.fromisoformat(end))
    assert (period.grain, period.bound) == (grain, bound)


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "on 5/6/2024"),
        ("en", "in December"),
        ("en", "in fiscal 2024"),
        ("en", "on February 30, 2024"),
        ("en", "on 2024-13-01"),
        ("en", "in 2024-05"),
        ("en", "from 2024-20"),
        ("ko", "2월 30일"),
    ],
)
def test_what_is_uncertain_is_left_out_but_known_for_a_date(lang, text):
    assert find_dates(text, lang, WRITTEN) == ()
    assert date_spans(text, lang)


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "It may open. 2000 people came. $2024 2024 tonnes, model K2024, 3 marches"),
        ("de", "2000 Wohnungen"),
        ("ko", "3년간 2000여 명"),
        ("en", "on Tuesday"),
    ],
)
def test_no_date(lang, text):
    assert date_spans(text, lang) == ()


@pytest.mark.parametrize("text", ["yesterday", "last year", "in May", "late last year", "last quarter"])
def test_relative_dates_need_a_day_of_reference(text):
    assert find_dates(text, "en", None) == ()
    assert find_dates(text, "en", date(1, 1, 1)) == () or text == "in May"


def test_a_month_without_its_capital_is_another_word():
    assert only("that may 2024 find", "en").span.of("that may 2024 find") == "2024"


def test_the_turn_of_the_year():
    assert only("last month", "en", date(2024, 1, 5)).start == date(2023, 12, 1)
    assert only("next quarter", "en", date(2024, 11, 5)).start == date(2025, 1, 1)
    assert only("in December", "en", date(2024, 1, 5)).start == date(2023, 12, 1)


@pytest.mark.parametrize(
    ("claimed", "found", "outcome"),
    [
        ("in May 2024", "on 3 May 2024", "same"),
        ("in May 2024", "in 2024", "same"),
        ("in May 2024", "in June 2024", "different"),
        ("in summer 2024", "in Q3 2024", "same"),
        ("in the first half of 2024", "in summer 2024", "incomparable"),
        ("in 2024", "in 2023", "different"),
        ("by 2026", "in May 2025", "same"),
        ("by 2026", "in 2026", "same"),
        ("by 2026", "in 2027", "different"),
        ("by 2026", "by 2027", "different"),
        ("by the end of 2026", "by 2026", "same"),
        ("in 2027", "by 2026", "different"),
        ("in 2025", "by 2026", "incomparable"),
        ("since 2022", "in May 2022", "same"),
        ("since 2022", "in 2020", "incomparable"),
        ("since 2022", "since 2021", "different"),
        ("since 2022", "in 2024", "incomparable"),
        ("before 2026", "in 2025", "same"),
        ("before 2026", "in 2026", "different"),
        ("after 2024", "in 2025", "same"),
        ("after 2024", "in 2024", "different"),
        ("before 2026", "before 2026", "same"),
    ],
)
def test_compare_dates(claimed, found, outcome):
    assert compare_dates(only(claimed, "en"), only(found, "en")) == outcome


@pytest.mark.parametrize(
    ("claimed", "found", "outcome"),
    [
        ("on 29 May", "on 29 May", "same"),
        ("in May", "on 29 May 2024", "same"),
        ("on 29 May", "yesterday", "same"),
        ("on 28 May", "on 29 May", "different"),
        ("in June", "on 29 May", "different"),
        ("on 29 February", "on 28 February 2023", "different"),
        ("on 29 May 2025", "on 29 May 2024", "different"),
        ("on 29 May 2025", "yesterday", "different"),
    ],
)
def test_a_year_that_nobody_wrote_contradicts_nothing(claimed, found, outcome):
    (mine,), (theirs,) = find_dates(claimed, "en", date(2028, 5, 1)), find_dates(found, "en", date(2024, 5, 30))
    assert compare_dates(mine, theirs) == outcome
    assert compare_dates(theirs, mine) == outcome


@settings(max_examples=300)
@given(
    PIECES | st.text(st.characters(exclude_categories=["Cs"])),
    st.sampled_from([*LANGUAGES, "it", None]),
    st.none() | st.dates(),
)
def test_dates_lie_in_any_text_and_agree_with_themselves(text, lang, reference):
    at = 0
    for span in date_spans(text, lang):
        assert at <= span.start < span.end <= len(text)
        at = span.end
    for period in find_dates(text, lang, reference):
        assert 0 <= period.span.start < period.span.end <= len(text)
        assert period.start <= period.end
        assert compare_dates(period, period) == "same"


@pytest.mark.parametrize(
    ("lang", "text", "days"),
    [
        ("en", "on Thursday", {date(2024, 9, 26), date(2024, 10, 3)}),
        ("fr", "jeudi soir", {date(2024, 9, 26), date(2024, 10, 3)}),
        ("de", "am Freitag", {date(2024, 9, 27), date(2024, 10, 4)}),
        ("es", "esta mañana", {date(2024, 9, 27)}),
        ("ko", "법원은 20일 판결했다", {date(2024, 8, 20), date(2024, 9, 20)}),
        ("ko", "9월 20일에 판결했다", set()),
        ("ko", "20일간 이어졌다", set()),
        ("it", "giovedì", set()),
    ],
)
def test_days_named_by_a_word(lang, text, days):
    reference = date(2024, 9, 27)
    named = days_named(text, lang, reference)
    assert set().union(*(one.days for one in named)) == days
    for one in named:
        (alone,) = days_named(one.span.of(text), lang, reference)
        assert alone.days == one.days


def test_words_for_days_come_with_their_place():
    text = "Lo firmó el jueves y lo anunció hoy."
    named = days_named(text, "es", date(2024, 9, 27))
    assert [one.span.of(text) for one in named] == ["jueves", "hoy"]


def test_no_day_is_named_without_a_day_of_reference():
    assert days_named("on Thursday", "en", None) == ()
