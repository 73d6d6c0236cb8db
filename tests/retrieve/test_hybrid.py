import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from claimcheck.library.library import Library
from claimcheck.retrieve.fusion import WORDS_WEIGHT
from claimcheck.retrieve.hybrid import HybridRetriever
from claimcheck.settings import Settings
from claimcheck.types import Claim, Span


class ByLength:
    """An embedder that sees nothing in a text but its length."""

    name = "by-length"
    dimension = 2

    def __init__(self) -> None:
        self.calls = 0

    def embed_passages(self, texts: list[str]) -> list[list[float]]:
        return [[min(len(text), 100) / 100, (1 - (min(len(text), 100) / 100) ** 2) ** 0.5] for text in texts]

    def embed_claims(self, texts: list[str]) -> list[list[float]]:
        self.calls += 1
        return self.embed_passages(texts)


NOTES = [
    {"id": "en-ship", "lang": "en", "kind": "social", "text": "The shipyard Zoncal delivered the frigate."},
    {"id": "en-copy", "lang": "en", "kind": "primary_record", "text": "The shipyard “Zoncal” delivered the frigate."},
    {"id": "en-rail", "lang": "en", "text": "A railway was opened by the minister on Monday, with a band that played."},
    {"id": "es-ship", "lang": "es", "text": "Zoncal, Zoncal, Zoncal: the shipyard delivered the frigate en el puerto."},
    {"id": "ko-ship", "lang": "ko", "text": "조선소가 호위함을 해군에 인도했다."},
]


@pytest.fixture
def embedder() -> ByLength:
    return ByLength()


@pytest.fixture
def library(tmp_path: Path, embedder: ByLength) -> Iterator[Library]:
    notes = tmp_path / "notes.jsonl"
    notes.write_text("\n".join(json.dumps(note) for note in NOTES), encoding="utf-8")
    with Library.open(tmp_path / "library", embedder, create=True) as opened:
        list(opened.add([notes]))
        yield opened


def claim(text: str, lang: str | None) -> Claim:
    return Claim(id="c", span=Span(start=0, end=len(text)), quote=text, text=text, lang=lang)


def found(library: Library, embedder: ByLength, wanted: Claim, **settings: int) -> list[str]:
    retriever = HybridRetriever(library, embedder, Settings(**settings))
    return [hit.passage.document for hit in retriever.retrieve(wanted)]


def test_words_count_in_the_language_of_the_claim_alone(library: Library, embedder: ByLength) -> None:
    english = claim("Zoncal shipyard frigate", "en")
    assert set(found(library, embedder, english, candidates=1)) == {"ko-ship", "en-ship"}
    assert set(found(library, embedder, claim("Zoncal shipyard frigate", "es"), candidates=1)) == {"ko-ship", "es-ship"}
    assert found(library, embedder, claim("Zoncal shipyard frigate", None), candidates=1) == ["ko-ship"]


def test_a_korean_claim_finds_its_words_under_other_particles(library: Library, embedder: ByLength) -> None:
    assert "ko-ship" in found(library, embedder, claim("호위함의 조선소는 " + "다른 " * 40, "ko"), candidates=1)


def test_vectors_find_passages_in_any_language(library: Library, embedder: ByLength) -> None:
    everything = found(library, embedder, claim("?" * 30, "en"))
    assert set(everything) == {"en-copy", "en-rail", "es-ship", "ko-ship"}


def test_of_copied_sources_the_weightier_is_shown(library: Library, embedder: ByLength) -> None:
    hits = found(library, embedder, claim("The shipyard Zoncal delivered the frigate.", "en"))
    assert hits[0] == "en-copy"
    assert "en-ship" not in hits


def test_no_more_passages_than_the_settings_say(library: Library, embedder: ByLength) -> None:
    assert len(found(library, embedder, claim("shipyard", "en"), passages_per_claim=2)) == 2


def test_many_claims_are_embedded_together_and_found_as_if_alone(library: Library, embedder: ByLength) -> None:
    claims = [claim("Zoncal frigate", "en"), claim("a railway with a band", "en"), claim("조선소", "ko")]
    retriever = HybridRetriever(library, embedder, Settings())
    together = retriever.retrieve_many(claims)
    assert embedder.calls == 1
    assert together == [retriever.retrieve(one) for one in claims]
    assert retriever.retrieve_many([]) == []


def test_scores_fall_and_passages_are_the_librarys(library: Library, embedder: ByLength) -> None:
    hits = HybridRetriever(library, embedder, Settings()).retrieve(claim("frigate railway", "en"))
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    for hit in hits:
        assert hit.passage == library.passage(hit.passage.id)


def test_a_passage_found_by_words_alone_scores_its_cosine_and_what_words_add(
    library: Library, embedder: ByLength
) -> None:
    wanted = claim("Zoncal shipyard frigate", "en")
    hits = {
        hit.passage.document: hit.score
        for hit in HybridRetriever(library, embedder, Settings(candidates=1)).retrieve(wanted)
    }
    cosines = {
        passage.document: cosine
        for passage, cosine in library.nearest(embedder.embed_claims([wanted.text])[0], len(NOTES))
    }
    assert hits["ko-ship"] == pytest.approx(cosines["ko-ship"], abs=1e-3)
    assert hits["en-ship"] == pytest.approx(cosines["en-ship"] + WORDS_WEIGHT, abs=1e-3)


def test_unknown_passages_have_no_cosine(library: Library) -> None:
    assert library.cosines([1.0, 0.0], []) == {}
    assert library.cosines([1.0, 0.0], ["nothing"]) == {}
