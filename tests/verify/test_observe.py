"""What is read off a sentence by rule, in six languages and beyond."""

import re
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claimcheck.text.wordlists import LANGUAGES
from claimcheck.types import Rung
from claimcheck.verify.observe import Observation, observe
from claimcheck.verify.patterns import patterns_of, read_patterns

PUBLISHED, AS_OF = date(2025, 6, 1), date(2026, 1, 15)
PLAN = {
    "en": "Acme will build ten sites in Leeds.",
    "es": "Acme construirá diez plantas en Sevilla.",
    "fr": "Acme construira dix sites à Lyon.",
    "de": "Acme wird zehn Standorte in Kassel bauen.",
    "pt": "A Acme construirá dez fábricas em Braga.",
    "ko": "아크메는 부산에 공장 10곳을 지을 예정이다.",
}


def seen(
    sentence: str, lang: str = "en", claim: str | None = None, claim_lang: str | None = None, **more
) -> Observation:
    claim_lang = claim_lang or lang
    more = {"published": PUBLISHED, "as_of": AS_OF, **more}
    return observe(claim or PLAN[claim_lang], claim_lang, sentence, lang, **more)


class TestConditional:
    @pytest.mark.parametrize(
        ("lang", "sentence"),
        [
            ("en", "Acme will build the sites if the council approves them."),
            ("en", "Subject to approval, Acme will build the sites."),
            ("en", "The sites are subject to a permit."),
            ("es", "Acme construirá las plantas si el ayuntamiento las aprueba."),
            ("fr", "Acme construira les sites si la ville les approuve."),
            ("de", "Acme wird die Standorte bauen, sofern die Behörde zustimmt."),
            ("pt", "A Acme construirá as fábricas se a câmara as aprovar."),
            ("ko", "허가를 받으면 아크메는 부산에 공장을 지을 예정이다."),
        ],
    )
    def test_a_plan_that_waits(self, lang, sentence):
        assert seen(sentence, lang).conditional

    @pytest.mark.parametrize(
        ("lang", "sentence"),
        [
            ("en", "Acme will build ten sites in Leeds."),
            ("en", "Acme's region depends on tourism and Acme will build sites."),
            ("en", "The sites are not subject to a permit, and Acme will build them."),
            ("en", "The regulator approved the sites, which were subject to a review."),
            ("en", "Oysters are subject to a quota."),
            ("es", "Acme construirá diez plantas en Sevilla."),
            ("fr", "Acme construira dix sites à Lyon."),
            ("de", "Die Behörde genehmigte die Standorte."),
            ("pt", "A Acme construirá dez fábricas em Braga."),
            ("ko", "아크메는 부산에 공장 10곳을 지을 예정이다."),
        ],
    )
    def test_a_plan_that_does_not(self, lang, sentence):
        assert not seen(sentence, lang).conditional

    @pytest.mark.parametrize(
        ("lang", "sentence"),
        [
            ("en", "Acme will build ten sites in Leeds if the price of steel falls."),
            ("es", "Acme construirá diez plantas en Sevilla si baja el precio del acero."),
            ("fr", "Acme construira dix sites à Lyon si le prix de l'acier baisse."),
            ("de", "Acme wird zehn Standorte in Kassel bauen, falls der Stahlpreis sinkt."),
            ("pt", "A Acme construirá dez fábricas em Braga, se o preço do aço cair."),
            ("ko", "철강 가격이 내리면 아크메는 부산에 공장 10곳을 지을 예정이다."),
        ],
    )
    def test_any_if_leaves_a_plan_uncommitted(self, lang, sentence):
        assert not seen(sentence, lang).committed
        assert seen(PLAN[lang], lang).committed

    def test_the_condition_may_stand_in_the_claim(self):
        claim = "If approved, Acme launches the drug in Q3."
        assert seen("Acme will launch the drug in Q3.", claim=claim).conditional
        assert not seen("The regulator approved the drug.", claim=claim).conditional

    def test_across_languages(self):
        assert seen("Acme will die Standorte bauen, vorbehaltlich der Genehmigung.", "de", claim_lang="en").conditional


class TestCancelled:
    @pytest.mark.parametrize(
        ("lang", "sentence"),
        [
            ("en", "Acme scrapped plans to build the sites in Leeds."),
            ("en", "Acme will not build the sites."),
            ("en", "The plan for the sites in Leeds was abandoned."),
            ("en", "It was never easy, and Acme cancelled the sites."),
            ("es", "Acme canceló el proyecto de construir las plantas en Sevilla."),
            ("es", "Acme no construirá las plantas."),
            ("fr", "Acme a abandonné le projet de construire les sites à Lyon."),
            ("fr", "Acme ne construira pas les sites."),
            ("de", "Acme hat die Standorte in Kassel gestrichen."),
            ("de", "Acme wird die Standorte nicht bauen."),
            ("pt", "A Acme cancelou o projeto das fábricas em Braga."),
            ("pt", "A Acme não construirá as fábricas."),
            ("ko", "아크메는 부산 공장 계획을 취소했다."),
            ("ko", "아크메는 공장을 짓지 않기로 했다."),
        ],
    )
    def test_a_dropped_plan_reaches_no_rung(self, lang, sentence):
        observation = seen(sentence, lang)
        assert observation.cancelled
        assert observation.rung is None

    @pytest.mark.parametrize(
        ("lang", "sentence"),
        [
            ("en", "Acme will build ten sites in Leeds."),
            ("en", "Acme, which cancelled a plant in Ohio, will build ten sites in Leeds."),
            ("en", "Acme has not cancelled its plans to build the sites."),
            ("en", "Acme denied that it had cancelled the sites."),
            ("en", "Acme might have cancelled the sites."),
            ("en", "The concert was cancelled."),
            ("en", "Acme terminated a lease and will build ten sites in Leeds."),
            ("en", "Acme postponed the sites in Leeds."),
            ("es", "Acme no ha cancelado las plantas."),
            ("fr", "Acme n'a pas annulé les sites."),
            ("de", "Acme hat die Standorte nicht gestrichen."),
            ("pt", "A Acme não cancelou as fábricas."),
            ("ko", "아크메는 공장 계획을 취소하지 않았다."),
        ],
    )
    def test_a_plan_that_stands(self, lang, sentence):
        assert not seen(sentence, lang).cancelled

    def test_across_languages_a_name_or_number_is_shared(self):
        assert seen("Acme hat die Standorte gestrichen.", "de", claim_lang="en").cancelled
        assert not seen("Das Konzert wurde gestrichen.", "de", claim_lang="en").cancelled

    def test_putting_off_misses_a_date(self):
        claim = "Acme will open the sites in Leeds by May 2026."
        assert seen("Acme postponed the sites in Leeds.", claim=claim).cancelled

    @pytest.mark.parametrize(
        ("lang", "claim", "sentence"),
        [
            ("en", "Acme opens in April {}.", "The opening of Acme was delayed until April 2026."),
            ("es", "Acme abrirá en abril de {}.", "La apertura de Acme fue aplazada a abril de 2026."),
            ("fr", "Acme ouvrira en avril {}.", "L'ouverture d'Acme a été reportée à avril 2026."),
            ("de", "Acme öffnet im April {}.", "Die Eröffnung von Acme wurde auf April 2026 verschoben."),
            ("pt", "A Acme abrirá em abril de {}.", "A abertura da Acme foi adiada para abril de 2026."),
            ("ko", "아크메는 {}년 4월 문을 연다.", "아크메 개장이 내년 4월로 연기됐다."),
        ],
    )
    def test_a_plan_put_off_to_the_date_claimed_stands(self, lang, claim, sentence):
        observation = seen(sentence, lang, claim.format(2026))
        assert observation.renewed
        assert not observation.cancelled
        assert not seen(sentence, lang, claim.format(2025)).renewed

    def test_the_date_missed_is_not_the_new_one(self):
        observation = seen("The April 2026 launch by Acme was postponed.", claim="Acme launches in April 2026.")
        assert observation.cancelled
        assert not observation.renewed

    def test_a_claim_of_the_dropping_is_not_dropped_by_it(self):
        assert not seen("Acme scrapped the sites in Leeds.", claim="Acme abandoned its sites in Leeds.").cancelled


class TestProgress:
    @pytest.mark.parametrize(
        ("lang", "sentence"),
        [
            ("en", "Four of the ten sites have been built."),
            ("en", "So far 4 out of 10 sites are built."),
            ("en", "Four sites of the planned ten were opened."),
            ("en", "Acme has opened four sites."),
            ("es", "Se han construido cuatro de las diez plantas."),
            ("es", "Acme ha inaugurado cuatro plantas."),
            ("fr", "Quatre des dix sites ont été ouverts."),
            ("fr", "4 sites sur 10 ont été ouverts."),
            ("fr", "Acme a inauguré quatre sites."),
            ("de", "Vier der zehn Standorte sind gebaut."),
            ("de", "4 von 10 Standorten wurden eröffnet."),
            ("de", "Acme hat vier Standorte eröffnet."),
            ("pt", "Quatro das dez fábricas já foram concluídas."),
            ("pt", "A Acme inaugurou quatro fábricas."),
            ("ko", "공장 10곳 중 4곳이 완공됐다."),
            ("ko", "아크메는 공장 4곳을 준공했다."),
        ],
    )
    def test_four_of_ten(self, lang, sentence):
        assert seen(sentence, lang).progress == (4, 10)

    @pytest.mark.parametrize(
        ("lang", "sentence"),
        [
            ("en", "Four of the ten sites are in use."),
            ("es", "Cuatro de los diez centros funcionan desde mayo."),
            ("fr", "Quatre des dix sites fonctionnent."),
            ("de", "Vier der zehn Standorte arbeiten seit Mai."),
            ("pt", "Quatro dos dez locais funcionam desde maio."),
            ("ko", "10곳 가운데 4곳이 운영 중이다."),
        ],
    )
    def test_four_of_ten_at_work(self, lang, sentence):
        assert seen(sentence, lang).progress == (4, 10)

    @pytest.mark.parametrize("claim_lang", LANGUAGES)
    def test_across_languages_where_both_numbers_stand(self, claim_lang):
        assert seen("Four of the ten sites have been built.", "en", claim_lang=claim_lang).progress == (4, 10)

    @pytest.mark.parametrize(
        "sentence",
        [
            "Four of the ten sites will be built by May.",
            "Four of the ten sites have not been built.",
            "Four of the twelve sites have been built.",
            "Ten sites have been built.",
            "Twelve sites have been built.",
            "Four sites and six sites have been built.",
            "Four ferries have been built.",
            "Acme built four sites and will build more.",
            "Four percent of the sites have been built.",
        ],
    )
    def test_no_progress(self, sentence):
        assert seen(sentence).progress is None

    def test_all_of_them(self):
        assert seen("Ten of the ten sites have been built.").progress == (10, 10)

    def test_the_part_may_be_the_claim(self):
        assert seen("Four of the ten sites have been built.", claim="Acme has built four sites.").progress is None
        claim = "Acme has built four of the ten sites that it will open."
        assert seen("Four of the ten sites have been built.", claim=claim).progress is None

    def test_a_claim_of_the_past_makes_no_progress(self):
        assert seen("Acme has opened four sites.", claim="Acme has opened ten sites.").progress is None

    def test_a_deadline_makes_a_plan(self):
        assert seen("Acme has opened four sites.", claim="Ten sites by 2027.").progress == (4, 10)


class TestRungAndDifferences:
    @pytest.mark.parametrize(
        ("lang", "claim", "sentence"),
        [
            ("en", "Acme agreed a 2 bn deal with Peru.", "Acme and Peru signed a non-binding memorandum."),
            ("en", "Acme won a contract in Peru.", "Acme signed a memorandum of understanding."),
            ("es", "Acme cerró un acuerdo de 2.000 millones.", "Firmaron un memorando de entendimiento."),
            ("fr", "Acme a conclu un accord de 2 milliards.", "Ils ont signé un protocole d'accord non contraignant."),
            (
                "de",
                "Acme vereinbarte ein Geschäft über zwei Milliarden.",
                "Sie unterzeichneten eine Absichtserklärung.",
            ),
            ("pt", "A Acme fechou um acordo de 2 bilhões.", "Assinaram um memorando de entendimento."),
            ("ko", "두 회사는 2조 원 공급 계약을 체결했다.", "두 회사는 양해각서를 체결했다."),
        ],
    )
    def test_a_deal_is_not_a_memorandum(self, lang, claim, sentence):
        observation = seen(sentence, lang, claim)
        (difference,) = [d for d in observation.differences if d.kind == "rung"]
        assert difference.outcome == "conflict"
        assert difference.claimed in claim
        assert difference.found in sentence
        assert observation.rung is Rung.MEMORANDUM

    @pytest.mark.parametrize(
        ("claim", "sentence"),
        [
            ("Acme agreed a deal with Peru.", "Acme signed a contract after its memorandum of understanding."),
            ("Acme signed a memorandum on a deal.", "Acme signed a memorandum of understanding."),
            ("Acme will sign a contract.", "Acme signed a memorandum of understanding."),
            ("Acme opened a plant.", "Acme signed a memorandum of understanding."),
            ("Acme agreed a deal with Peru.", "Acme announced the deal."),
            ("Acme won an order in Peru.", "Acme and Peru concluded a framework contract."),
            ("Acme reached a tentative deal with Peru.", "Both agreed in principle."),
        ],
    )
    def test_no_conflict_of_rungs(self, claim, sentence):
        assert not [d for d in seen(sentence, claim=claim).differences if d.kind == "rung"]

    def test_another_number_conflicts(self):
        claim = "Acme employs 5,000 people."
        (difference,) = seen("Acme employs 4,400 people.", claim=claim).differences
        assert (difference.kind, difference.outcome) == ("number", "conflict")

    def test_what_the_passage_gives_is_not_missing(self):
        claim = "Acme employs 5,000 people in Leeds."
        missing = seen("It employs 5,000 people.", claim=claim).differences
        assert {d.claimed for d in missing} == {"Leeds"}
        passage = "Acme opened in Leeds. It employs 5,000 people."
        assert seen("It employs 5,000 people.", claim=claim, context=passage).differences == ()

    def test_what_the_passage_gives_does_not_settle_a_conflict(self):
        claim = "Acme employs 5,000 people."
        passage = "Acme had 5,000 people. Acme employs 4,400 people."
        (difference,) = seen("Acme employs 4,400 people.", claim=claim, context=passage).differences
        assert difference.outcome == "conflict"


class TestAnyText:
    def test_a_language_without_lists_gives_numbers_and_dates_only(self):
        observation = observe("Acme 5000", "it", "Acme annullò il progetto.", "it", published=PUBLISHED, as_of=AS_OF)
        assert (observation.rung, observation.conditional, observation.cancelled) == (None, False, False)
        assert observation.progress is None

    @settings(max_examples=60, deadline=None)
    @given(st.text(max_size=60), st.text(max_size=60), st.sampled_from([*LANGUAGES, "it", None]))
    def test_nothing_fails_and_progress_is_a_part(self, claim, sentence, lang):
        observation = observe(claim, lang, sentence, lang, published=None, as_of=AS_OF)
        assert observation.progress is None or 0 <= observation.progress[0] <= observation.progress[1]

    @pytest.mark.parametrize("lang", LANGUAGES)
    def test_every_sentence_is_read_the_same_twice(self, lang):
        assert seen(PLAN[lang], lang) == seen(PLAN[lang], lang)


class TestPatterns:
    def test_every_language_has_a_list(self):
        assert set(read_patterns()) == set(LANGUAGES)
        assert patterns_of("it") is None
        assert patterns_of(None) is None

    @pytest.mark.parametrize("lang", LANGUAGES)
    @pytest.mark.parametrize("name", ["postponed", "put_off_to", "binding", "present"])
    def test_every_pattern_matches_its_example(self, lang, name):
        pattern, example = read_patterns()[lang][name]
        assert re.search(pattern, example.lower())

    @pytest.mark.parametrize("lang", [lang for lang in LANGUAGES if lang != "ko"])
    def test_every_verb_of_state_stands_before_the_number_of_its_example(self, lang):
        pattern, example = read_patterns()[lang]["state"]
        assert re.search(pattern, example.lower()[: example.index("900")])
