from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claimcheck.text.quantities import compare, find_quantities
from claimcheck.text.wordlists import LANGUAGES

PIECES = st.lists(
    st.sampled_from(
        [
            *[
                "5",
                "1,212",
                "2.5",
                "2024",
                " ",
                "-",
                "%",
                "$",
                "€",
                " to ",
                " million",
                "bn",
                "m ",
                " people",
                "nearly ",
                "over ",
                "between ",
            ],
            *[
                " and ",
                "two ",
                " MW",
                "from ",
                "약 ",
                "명",
                "여 ",
                "억",
                " percent",
                " Euro",
                "bis ",
                " tanks",
                "phase ",
                "half of the ",
                "3. ",
            ],
        ]
    )
).map("".join)


def only(text, lang):
    (quantity,) = find_quantities(text, lang)
    return quantity


@pytest.mark.parametrize(
    ("lang", "text", "written", "bound", "unit", "value"),
    [
        ("en", "They cut nearly 5,000 jobs.", "nearly 5,000 jobs", "about", "job", 5000),
        ("en", "It cost $1.2bn.", "$1.2bn", "exact", "currency:USD", 1200000000),
        ("en", "It cost $5m in all.", "$5m", "exact", "currency:USD", 5000000),
        ("en", "It cost US$3 million.", "US$3 million", "exact", "currency:USD", 3000000),
        ("en", "It cost EUR500.", "EUR500", "exact", "currency:EUR", 500),
        ("en", "It serves 5m people.", "5m", "exact", "people", 5000000),
        ("en", "It is 5m long.", "5m", "exact", "metre", 5),
        ("en", "It ordered 54 new K2 tanks.", "54", "exact", "tanks", 54),
        ("en", "It is a 54-tank order.", "54", "exact", "tank", 54),
        ("en", "A 500-megawatt park.", "500-megawatt", "exact", "megawatt", 500),
        ("en", "Costs fell -3.5 percent.", "-3.5 percent", "exact", "percent", "-3.5"),
        ("en", "It hired 300+ staff.", "300+ staff", "at_least", "employee", 300),
        ("en", "It took 300 or so.", "300 or so", "about", None, 300),
        ("en", "It has 50 of the new local main key big ones.", "50", "exact", None, 50),
        ("en", "It covers over 20 hectares.", "over 20 hectares", "over", "hectare", 20),
        ("en", "It needs up to 300 people.", "up to 300 people", "at_most", "person", 300),
        ("en", "It needs 300 people or more.", "300 people or more", "at_least", "person", 300),
        ("en", "It has fewer than 12 members.", "fewer than 12", "under", "members", 12),
        ("en", "It bought two dozen ships.", "two dozen", "about", "ships", 24),
        ("en", "About half of the staff left.", "About half of", "about", "percent", 50),
        ("en", "Fewer than half of the staff left.", "Fewer than half of", "under", "percent", 50),
        ("es", "Se fue más de la mitad del personal.", "más de la mitad de", "over", "percent", 50),
        ("en", "It rose by 20 percentage points.", "20 percentage points", "exact", "percentage_point", 20),
        ("en", "It counted 2000 people.", "2000 people", "exact", "person", 2000),
        ("en", "Nearly 2000 ships came.", "Nearly 2000", "about", "ships", 2000),
        ("en", "Germany has 5,000 sites.", "5,000", "exact", "sites", 5000),
        ("de", "Rund 300 Mitarbeiter kamen.", "Rund 300 Mitarbeiter", "about", "employee", 300),
        ("de", "Ein 20-Millionen-Euro-Projekt.", "20-Millionen-Euro", "exact", "currency:EUR", 20000000),
        ("de", "Dort baut Hyundai 54 Panzer.", "54", "exact", "panzer", 54),
        ("de", "Bis zu 500 MW sind möglich.", "Bis zu 500 MW", "at_most", "megawatt", 500),
        ("de", "Zwei Drittel stimmten zu.", "Zwei Drittel", "about", "percent", "66.7"),
        ("fr", "Près de 5 000 emplois.", "Près de 5 000 emplois", "about", "job", 5000),
        ("fr", "Un coût de 5 M€.", "5 M€", "exact", "currency:EUR", 5000000),
        ("fr", "Il a reçu 3 Md€.", "3 Md€", "exact", "currency:EUR", 3000000000),
        ("fr", "Plus de 3 millions d'euros.", "Plus de 3 millions d'euros", "over", "currency:EUR", 3000000),
        ("fr", "Une dizaine de sites.", "Une dizaine", "about", "sites", 10),
        ("es", "Cuesta 1.500 millones de euros.", "1.500 millones de euros", "exact", "currency:EUR", 1500000000),
        ("es", "Al menos 300 personas.", "Al menos 300 personas", "at_least", "person", 300),
        ("es", "Subió un 20 por ciento.", "20 por ciento", "exact", "percent", 20),
        ("pt", "Custa R$ 1,5 bilhão.", "R$ 1,5 bilhão", "exact", "currency:BRL", 1500000000),
        ("pt", "Cerca de 5 mil empregos.", "Cerca de 5 mil empregos", "about", "job", 5000),
        ("ko", "약 5000명이 왔다.", "약 5000명", "about", "person", 5000),
        ("ko", "9조4000억 원을 썼다.", "9조4000억 원", "exact", "currency:KRW", 9400000000000),
        ("ko", "5000여 명이 왔다.", "5000여 명", "about", "person", 5000),
        ("ko", "300명 이상이 왔다.", "300명 이상", "at_least", "person", 300),
        ("ko", "전차 54대를 샀다.", "54대", "exact", "대", 54),
        ("ko", "두 곳을 열었다.", "두 곳", "exact", "곳", 2),
        ("ko", "500만 달러를 받았다.", "500만 달러", "exact", "currency:USD", 5000000),
        ("ko", "2.5%포인트 올랐다.", "2.5%포인트", "exact", "percentage_point", "2.5"),
        ("it", "Costa 1.212 €.", "1.212 €", "exact", "currency:EUR", 1212),
    ],
)
def test_one_quantity(lang, text, written, bound, unit, value):
    quantity = only(text, lang)
    assert quantity.span.of(text) == written
    assert (quantity.bound, quantity.unit) == (bound, unit)
    assert quantity.low == quantity.high == Decimal(value)


@pytest.mark.parametrize(
    ("lang", "text", "low", "high", "unit"),
    [
        ("en", "10 to 12 percent", 10, 12, "percent"),
        ("en", "10-12%", 10, 12, "percent"),
        ("en", "between 10 and 12 percent", 10, 12, "percent"),
        ("en", "£5bn-£6bn", 5000000000, 6000000000, "currency:GBP"),
        ("en", "5 to 6 million euros", 5000000, 6000000, "currency:EUR"),
        ("de", "10 bis 12 Prozent", 10, 12, "percent"),
        ("es", "entre 10 y 12 por ciento", 10, 12, "percent"),
        ("fr", "10 à 12 %", 10, 12, "percent"),
        ("ko", "10~12%", 10, 12, "percent"),
    ],
)
def test_ranges(lang, text, low, high, unit):
    quantity = only(text, lang)
    assert (quantity.low, quantity.high, quantity.unit) == (low, high, unit)


@pytest.mark.parametrize(
    ("lang", "text"),
    [("en", "rose from 5 to 8 percent"), ("de", "stieg von 5 auf 8 Prozent"), ("en", "fell 8 to 5 percent")],
)
def test_a_change_is_no_range(lang, text):
    quantities = find_quantities(text, lang)
    assert [(q.low, q.high, q.unit) for q in quantities] == sorted(
        [(q.low, q.low, "percent") for q in quantities], key=lambda q: text.index(str(q[0]))
    )
    assert len(quantities) == 2


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "In 2024 the KF-21, the A320 and the K2 flew at 5 p.m. on 3 May."),
        ("en", "Phase 2 and Boeing 737 planes at Terminal 2 on the 5th floor."),
        ("en", "The 1850 house, in fiscal 2024, in 4K and 5G."),
        ("de", "Um 14 Uhr kam am 3. März der Zug auf Gleis 2."),
        ("fr", "À 15h30, le 2e train de la ligne 4."),
        ("es", "A las 10 llegó la fase 2, la 3ª."),
        ("pt", "Às 10h chegou a fase 2, a 3ª."),
        ("ko", "2024년 5월 3일 오후 3시 제3공장 3번째 3호기 세 번째"),
        ("ko", "네 알겠습니다"),
        ("ko", "두 기관은 합의했다."),
    ],
)
def test_no_quantity(lang, text):
    assert find_quantities(text, lang) == ()


def agreement(claimed, found, lang="en", found_lang="en"):
    return compare(only(claimed, lang), only(found, found_lang))


@pytest.mark.parametrize(
    ("claimed", "found", "outcome"),
    [
        ("nearly 5,000 jobs", "4,873 jobs", "same"),
        ("nearly 5,000 jobs", "4,700 jobs", "different"),
        ("5,000 jobs", "4,950 jobs", "same"),
        ("5,000 jobs", "4,873 jobs", "different"),
        ("5,000 jobs", "4,400 jobs", "different"),
        ("5,000 jobs", "nearly 5,000 jobs", "same"),
        ("5,000 jobs", "more than 5,000 jobs", "same"),
        ("5,000 jobs", "up to 5,000 jobs", "incomparable"),
        ("300 jobs", "over 500 jobs", "different"),
        ("1,212 jobs", "1,213 jobs", "different"),
        ("over 5,000 jobs", "6,000 jobs", "same"),
        ("over 5,000 jobs", "4,000 jobs", "different"),
        ("over 5,000 jobs", "5,000 jobs", "incomparable"),
        ("over 5,000 jobs", "over 3,000 jobs", "incomparable"),
        ("at least 5,000 jobs", "5,000 jobs", "same"),
        ("up to 500 jobs", "300 jobs", "same"),
        ("up to 500 jobs", "600 jobs", "different"),
        ("under 500 jobs", "up to 300 jobs", "same"),
        ("10 to 12 percent", "11 percent", "same"),
        ("10 to 12 percent", "15 percent", "different"),
        ("11 percent", "10 to 12 percent", "incomparable"),
        ("5 percent", "5 dollars", "incomparable"),
        ("$5", "€5", "incomparable"),
        ("5 percent", "5 percentage points", "incomparable"),
        ("1,500 kg", "1.5 tonnes", "same"),
        ("1.5 km", "1,500 metres", "same"),
        ("2 GW", "2,000 MW", "same"),
        ("0.5 km²", "50 hectares", "same"),
        ("2 km", "5,000 m", "different"),
        ("two years", "24 months", "same"),
        ("$2 billion", "$2,000 million", "same"),
        ("54 tanks", "54-tank order", "same"),
        ("54 tanks", "82 tanks", "different"),
        ("54 tanks", "54 ships", "incomparable"),
        ("three cities", "the 3 city halls", "same"),
        ("54 tanks", "54", "incomparable"),
        ("5,000", "4,000", "different"),
        ("zero emissions", "3 emissions", "different"),
    ],
)
def test_compare(claimed, found, outcome):
    assert agreement(claimed, found) == outcome


def test_compare_across_languages():
    assert agreement("$5 million", "500만 달러", "en", "ko") == "same"
    assert agreement("20 percent", "30 Prozent", "en", "de") == "different"


@settings(max_examples=300)
@given(PIECES | st.text(st.characters(exclude_categories=["Cs"])), st.sampled_from([*LANGUAGES, "it", None]))
def test_quantities_lie_in_order_in_any_text_and_agree_with_themselves(text, lang):
    at = 0
    quantities = find_quantities(text, lang)
    for quantity in quantities:
        assert at <= quantity.span.start < quantity.span.end <= len(text)
        assert quantity.low <= quantity.high
        assert compare(quantity, quantity) == "same"
        at = quantity.span.start
    for one in quantities:
        for other in quantities:
            if one.unit != other.unit or one.step != other.step:  # a coarser claim may hold of a finer number
                continue
            assert (compare(one, other) == "different") <= (compare(other, one) != "same")
