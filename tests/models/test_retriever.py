"""Vectors of claims and passages, and states of tokens."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claimcheck.models.retriever import RetrieverModel

ENGLISH = "The shipyard signed a contract for four warships in April 2024."
TRANSLATIONS = {
    "es": "El astillero firmó en abril de 2024 un contrato por cuatro buques de guerra.",
    "fr": "Le chantier naval a signé en avril 2024 un contrat portant sur quatre navires de guerre.",
    "de": "Die Werft unterzeichnete im April 2024 einen Vertrag über vier Kriegsschiffe.",
    "pt": "O estaleiro assinou em abril de 2024 um contrato para quatro navios de guerra.",
    "ko": "그 조선소는 2024년 4월 군함 네 척의 건조 계약을 체결했다.",
}
UNRELATED = {
    "en": "Rain is expected over the northern valleys until the weekend.",
    "es": "El concierto del domingo se aplazó por la lluvia.",
    "fr": "La recette demande deux œufs et un peu de farine.",
    "de": "Das Museum zeigt Aquarelle aus dem 19. Jahrhundert.",
    "pt": "A biblioteca abre mais cedo durante os exames.",
    "ko": "주말까지 북부 지방에 비가 내릴 것으로 보인다.",
}


def test_vectors_have_length_one_and_the_stated_dimension(retriever: RetrieverModel):
    for vectors in (retriever.embed_claims([ENGLISH]), retriever.embed_passages(list(UNRELATED.values()))):
        assert {len(vector) for vector in vectors} == {retriever.dimension}
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)


@pytest.mark.parametrize("lang", TRANSLATIONS)
def test_a_claim_is_nearer_to_its_translation_than_to_other_matters(retriever: RetrieverModel, lang: str):
    claim = np.array(retriever.embed_claims([ENGLISH])[0])
    passages = np.array(retriever.embed_passages([TRANSLATIONS[lang], *UNRELATED.values()]))
    cosines = passages @ claim
    assert cosines[0] > cosines[1:].max()


def test_vectors_come_in_the_order_of_the_texts(retriever: RetrieverModel):
    texts = [*TRANSLATIONS.values(), *UNRELATED.values()]
    np.testing.assert_allclose(
        retriever.embed_passages(texts), [retriever.embed_passages([text])[0] for text in texts], rtol=0, atol=1e-6
    )


def test_claims_and_passages_are_embedded_each_in_their_own_way(retriever: RetrieverModel):
    assert retriever.embed_claims([ENGLISH]) != retriever.embed_passages([ENGLISH])


@pytest.mark.parametrize("text", ["", " ", "🚢" * 10, "word " * 2000])
def test_any_text_has_a_vector(retriever: RetrieverModel, text: str):
    (vector,) = retriever.embed_passages([text])
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-4)


def test_no_text_no_vector(retriever: RetrieverModel):
    assert retriever.embed_passages([]) == []
    assert retriever.token_states([]) == []


def test_the_name_tells_the_weights(retriever: RetrieverModel):
    assert retriever.name == RetrieverModel().name
    assert retriever.name.startswith("claimcheck-retriever-")


@settings(max_examples=15, deadline=None)
@given(text=st.text(max_size=80))
def test_token_offsets_lie_in_the_text(retriever: RetrieverModel, text: str):
    (found,) = retriever.token_states([text])
    assert found.offsets.shape == (len(found.states), 2)
    assert found.states.shape[1] == retriever.dimension
    assert ((found.offsets >= 0) & (found.offsets <= len(text))).all()
    assert (found.offsets[:, 0] <= found.offsets[:, 1]).all()


def test_token_offsets_cover_the_words(retriever: RetrieverModel):
    text = "Perú firmó 🚢 el contrato."
    (found,) = retriever.token_states([text])
    covered = {place for start, end in found.offsets for place in range(start, end)}
    assert covered >= {place for place, character in enumerate(text) if not character.isspace()}


def test_a_text_too_long_for_one_run_has_a_state_for_every_token(retriever: RetrieverModel):
    long, short = "ship " * 600, "ship "
    states = retriever.token_states([short, long])
    assert len(states[1].states) > 256
    assert (np.abs(states[1].states).max(axis=1) > 0).all()
    np.testing.assert_allclose(states[0].states, retriever.token_states([short])[0].states, rtol=0, atol=1e-5)
