"""The day a claim is due, the period of its event, and whether it is of now."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claimcheck.text.wordlists import LANGUAGES
from claimcheck.verify.claim_time import sentence_deadline
from claimcheck.verify.observe import claim_deadline, claim_event_start, is_present_state

DAY = date(2026, 1, 15)


class TestDeadline:
    @pytest.mark.parametrize(
        ("lang", "claim", "day"),
        [
            ("en", "Ten sites by 2027.", date(2027, 12, 31)),
            ("en", "Acme will open the plant in May 2026.", date(2026, 5, 31)),
            ("en", "Acme will open the plant before 2027.", date(2026, 12, 31)),
            ("en", "In 2027, Acme will open the plant.", date(2027, 12, 31)),
            ("en", "The plant opened in May 2025.", date(2025, 5, 31)),
            ("en", "Acme will open one plant in 2026 and one in 2028.", date(2028, 12, 31)),
            ("es", "Acme abrirá la planta en mayo de 2026.", date(2026, 5, 31)),
            ("fr", "Acme ouvrira le site en mai 2026.", date(2026, 5, 31)),
            ("de", "Das Werk soll im Mai 2026 öffnen.", date(2026, 5, 31)),
            ("de", "Acme sagt, dass das Werk 2027 öffnen soll.", date(2027, 12, 31)),
            ("pt", "A Acme abrirá a fábrica em maio de 2026.", date(2026, 5, 31)),
            ("ko", "아크메는 2027년에 공장을 지을 예정이다.", date(2027, 12, 31)),
        ],
    )
    def test_the_last_day_of_the_period(self, lang, claim, day):
        assert claim_deadline(claim, lang, DAY) == day

    @pytest.mark.parametrize(
        "claim",
        [
            "Acme will open the plant.",
            "Acme, founded in 1998, will open the plant.",
            "Acme will open the plant that it announced in 2023.",
            "Acme will open the plant after 2030.",
            "Acme signed a contract for 54 tanks in May 2024.",
            "In May 2024, Acme signed a contract for tanks that it will deliver.",
        ],
    )
    def test_no_day(self, claim):
        assert claim_deadline(claim, "en", DAY) is None

    def test_a_sentence_cannot_be_due_before_it_was_published(self):
        sentence = "Acme plans to finish what it began in 2023."
        assert sentence_deadline(sentence, "en", date(2023, 5, 1)) == date(2023, 12, 31)
        assert sentence_deadline(sentence, "en", date(2024, 5, 1)) is None

    def test_the_day_of_a_signing_is_no_deadline(self):
        assert sentence_deadline("Both signed a letter of intent in May 2025.", "en", date(2025, 5, 17)) is None

    def test_next_year_counts_from_the_day_of_publication(self):
        assert sentence_deadline("Acme will open the plant next year.", "en", date(2024, 5, 1)) == date(2025, 12, 31)

    def test_without_a_day_of_publication_a_date_needs_a_word_of_planning(self):
        assert sentence_deadline("The launch takes place in 2027.", "en", date(2025, 1, 1)) == date(2027, 12, 31)
        assert sentence_deadline("The launch takes place in 2027.", "en", None) is None
        assert sentence_deadline("The launch is planned for 2027.", "en", None) == date(2027, 12, 31)


class TestEventStart:
    @pytest.mark.parametrize(
        ("lang", "claim", "day"),
        [
            ("en", "The plant opened in May 2025.", date(2025, 5, 1)),
            ("en", "The plant opened on 12 May 2025.", date(2025, 5, 12)),
            ("en", "The plant opened last year.", date(2025, 1, 1)),
            ("es", "La planta abrió en mayo de 2025.", date(2025, 5, 1)),
            ("fr", "Le site a ouvert en mai 2025.", date(2025, 5, 1)),
            ("de", "Das Werk öffnete im Mai 2025.", date(2025, 5, 1)),
            ("pt", "A fábrica abriu em maio de 2025.", date(2025, 5, 1)),
            ("ko", "공장은 2025년 5월 문을 열었다.", date(2025, 5, 1)),
        ],
    )
    def test_the_first_day_of_the_period(self, lang, claim, day):
        assert claim_event_start(claim, lang, DAY) == day

    @pytest.mark.parametrize(
        "claim",
        [
            "The plant opened.",
            "The plant closed between May 2024 and, again, in June 2025.",
            "The plant has run since 2020.",
            "The plant had opened by 2025.",
            "Acme announced in May 2025 that the plant opened.",
            "Acme plans to open the plant in 2025.",
            "The plant opened in 2027.",
        ],
    )
    def test_no_day(self, claim):
        assert claim_event_start(claim, "en", DAY) is None


class TestPresentState:
    @pytest.mark.parametrize(
        ("lang", "claim"),
        [
            ("en", "Acme employs 900 people."),
            ("en", "Acme has nearly 900 staff."),
            ("en", "Acme is currently certified."),
            ("es", "Acme emplea a 900 personas."),
            ("es", "Acme tiene más de 900 empleados."),
            ("fr", "Acme emploie 900 personnes."),
            ("de", "Acme beschäftigt 900 Menschen."),
            ("de", "Acme hat 900 Mitarbeiter."),
            ("pt", "A Acme emprega 900 pessoas."),
            ("ko", "아크메는 현재 직원 900명을 고용하고 있다."),
        ],
    )
    def test_now(self, lang, claim):
        assert is_present_state(claim, lang, DAY)

    @pytest.mark.parametrize(
        ("lang", "claim"),
        [
            ("en", "Acme had 900 staff in 2022."),
            ("en", "Acme employs 900 people as of 2022."),
            ("en", "Acme hired 900 people."),
            ("en", "Acme has hired 900 people."),
            ("en", "Acme will employ 900 people and has 300 staff."),
            ("en", "Acme signed a contract."),
            ("de", "Acme hat 900 Wohnungen gebaut."),
            ("fr", "Acme a livré 900 maisons."),
            ("es", "Acme ha construido 900 casas."),
            ("it", "Acme impiega 900 persone."),
            (None, "Acme 900"),
        ],
    )
    def test_not_plainly_now(self, lang, claim):
        assert not is_present_state(claim, lang, DAY)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60), st.sampled_from([*LANGUAGES, "it", None]), st.none() | st.dates())
def test_any_text_can_be_read(text, lang, reference):
    deadline = sentence_deadline(text, lang, reference)
    assert deadline is None or reference is None or deadline >= reference
    start = claim_event_start(text, lang, DAY)
    assert start is None or start <= DAY
    assert is_present_state(text, lang, reference) in (True, False)
    claim_deadline(text, lang, reference)
