"""Embeddings by a provider: unit vectors in batches, tried again, kept, and never mixed or asked for offline."""

import json
import math
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fake_server import FakeServer, Hangs, HangsUp, Request, Sends, embeds, fails
from typer.testing import CliRunner

from claimcheck.cli.application import app
from claimcheck.errors import (
    EmbeddingMismatch,
    KeyMissing,
    KeyRefused,
    LanguageModelError,
    ModelOffline,
    ModelUnknown,
    ModelUnreachable,
    RateLimited,
    SettingsError,
)
from claimcheck.library.library import Library
from claimcheck.llm.embedder import open_embedder
from claimcheck.llm.embeddings import ProviderEmbedder
from claimcheck.models.retriever import RetrieverModel
from claimcheck.settings import Settings, load_settings

Open = Callable[..., ProviderEmbedder]


class Embedders:
    def __init__(self, server: FakeServer) -> None:
        self.server = server
        self.waits: list[float] = []

    def settings(self, **flags: Any) -> Settings:
        given = {"embedding": "fake", "embedding_base_url": self.server.base_url, "llm_timeout_s": 20.0}
        return load_settings(**{**given, **flags})

    def __call__(self, **flags: Any) -> ProviderEmbedder:
        return ProviderEmbedder(self.settings(**flags), sleep=self.waits.append)


@pytest.fixture
def embedders(server: FakeServer) -> Embedders:
    server.will(embeds)
    return Embedders(server)


def test_vectors_have_length_one_and_the_order_of_the_texts(embedders: Embedders) -> None:
    texts = [f"depot {number}" for number in range(70)]
    vectors = embedders(batch_size=16).embed_passages(texts)
    assert [math.isclose(math.hypot(*vector), 1.0, abs_tol=1e-5) for vector in vectors] == [True] * 70
    one_by_one = embedders(batch_size=1).embed_passages(texts)
    assert vectors == one_by_one


def test_texts_go_in_batches_as_they_are_and_several_at_a_time(embedders: Embedders, server: FakeServer) -> None:
    embedders(batch_size=16, concurrency=2).embed_passages([f"depot {number}" for number in range(70)])
    assert sorted(len(request.body["input"]) for request in server.requests) == [6, 16, 16, 16, 16]
    assert {request.path for request in server.requests} == {"/v1/embeddings"}
    assert server.most_at_once <= 2


def test_no_text_asks_nothing(embedders: Embedders, server: FakeServer) -> None:
    embedder = embedders()
    assert embedder.embed_passages([]) == embedder.embed_claims([]) == []
    assert server.requests == []


def test_claims_are_asked_for_once(embedders: Embedders, server: FakeServer) -> None:
    first = embedders().embed_claims(["It opened.", "It closed.", "It opened."])
    assert [len(request.body["input"]) for request in server.requests] == [2]
    assert embedders(offline=True).embed_claims(["It opened.", "It closed.", "It opened."]) == first
    embedders(embedding="other").embed_claims(["It opened."])
    assert len(server.requests) == 2


def test_the_dimension_is_found(embedders: Embedders) -> None:
    assert embedders().dimension == 32


def test_ollama_is_asked_in_its_own_language(embedders: Embedders, server: FakeServer) -> None:
    embedder = embedders(embedding="ollama:tiny:latest", embedding_base_url=server.origin)
    assert embedder.name == "ollama:tiny:latest"
    assert len(embedder.embed_passages(["a", "b"])) == 2
    assert [request.path for request in server.requests] == ["/api/embed"]


@pytest.mark.parametrize("step", [fails(429, retry_after="2"), fails(503), HangsUp()])
def test_what_may_pass_is_tried_again(embedders: Embedders, server: FakeServer, step: Any) -> None:
    server.will(step, step, embeds)
    assert len(embedders().embed_passages(["a"])) == 1
    assert len(embedders.waits) == 2


@pytest.mark.parametrize(
    ("step", "error", "says"),
    [
        (fails(401), KeyRefused, "refuses the key"),
        (fails(404), ModelUnknown, "'embedding' and 'embedding_base_url'"),
        (fails(429), RateLimited, "no more calls"),
        (fails(500), ModelUnreachable, "fails"),
        (Hangs(), ModelUnreachable, "in time"),
        (HangsUp(), ModelUnreachable, "'embedding_base_url'"),
        (Sends(b"<html>"), ModelUnreachable, "'embedding_base_url'"),
        (Sends(b'{"data": []}'), ModelUnreachable, "'embedding_base_url'"),
    ],
)
def test_what_stays_wrong_is_told(
    embedders: Embedders, server: FakeServer, step: Any, error: type[LanguageModelError], says: str
) -> None:
    server.will(step)
    with pytest.raises(error) as raised:
        embedders(llm_retries=1, llm_timeout_s=0.5).embed_passages(["a"])
    assert says in str(raised.value)


def answer(*vectors: Any) -> Sends:
    data = [{"object": "embedding", "index": index, "embedding": vector} for index, vector in enumerate(vectors)]
    usage = {"prompt_tokens": 1, "total_tokens": 1}
    return Sends(json.dumps({"object": "list", "model": "m", "data": data, "usage": usage}).encode())


@pytest.mark.parametrize(
    "step",
    [
        answer([1.0, 0.0]),
        answer([1.0, 0.0], [1.0]),
        answer([0.0, 0.0], [1.0, 0.0]),
        answer([], []),
        answer([float("nan"), 1.0], [1.0, 0.0]),
        answer(None, [1.0, 0.0]),
        answer(["x", 1.0], [1.0, 0.0]),
    ],
)
def test_vectors_that_cannot_be_used_are_an_error(embedders: Embedders, server: FakeServer, step: Sends) -> None:
    server.will(step)
    with pytest.raises(ModelUnreachable, match="answers with"):
        embedders().embed_passages(["a", "b"])


def test_offline_refuses_and_looks_for_no_key(embedders: Embedders, server: FakeServer) -> None:
    with pytest.raises(ModelOffline, match="'offline' is set"):
        embedders(offline=True).embed_claims(["It opened."])
    with pytest.raises(ModelOffline):
        ProviderEmbedder(load_settings(embedding="openai:any", offline=True)).embed_passages(["It opened."])
    assert server.requests == []


def test_the_key_of_the_language_model_is_not_sent_to_the_server_for_embeddings(
    embedders: Embedders, server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLAIMCHECK_API_KEY", "sk-of-the-language-model")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-openai")
    embedders().embed_passages(["a"])
    monkeypatch.setenv("CLAIMCHECK_EMBEDDING_API_KEY", "sk-of-the-embeddings")
    embedders().embed_passages(["a"])
    keys = [request.headers["authorization"] for request in server.requests]
    assert keys == ["Bearer none", "Bearer sk-of-the-embeddings"]


def test_a_provider_without_its_key_says_which(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(KeyMissing, match="OPENAI_API_KEY or CLAIMCHECK_EMBEDDING_API_KEY"):
        ProviderEmbedder(load_settings(embedding="openai:text-embedding-3-small"))
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-openai")
    assert ProviderEmbedder(load_settings(embedding="openai:any")).name == "openai:any"


def test_names_without_a_provider_and_unknown_providers_are_told() -> None:
    with pytest.raises(SettingsError, match="'embedding' is 'text-embedding-3-small'"):
        ProviderEmbedder(load_settings(embedding="text-embedding-3-small"))
    with pytest.raises(SettingsError, match="for embeddings"):
        ProviderEmbedder(load_settings(embedding="nobody:any")).embed_passages(["a"])


def test_a_key_never_shows(embedders: Embedders, server: FakeServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLAIMCHECK_EMBEDDING_API_KEY", "very-secret-indeed")
    server.will(fails(400, "no such key: very-secret-indeed"))
    with pytest.raises(LanguageModelError) as raised:
        embedders().embed_passages(["a"])
    assert "very-secret" not in str(raised.value)


def test_the_shipped_retriever_stays_the_default() -> None:
    assert isinstance(open_embedder(load_settings(threads=1)), RetrieverModel)
    settings = load_settings(embedding="fake", embedding_base_url="http://127.0.0.1:9/v1")
    assert isinstance(open_embedder(settings), ProviderEmbedder)


@pytest.fixture
def evidence(tmp_path: Path) -> Path:
    folder = tmp_path / "evidence"
    folder.mkdir()
    for number, text in enumerate(
        ("The depot in Crane opened in May.", "A ferry sank off Ostley.", "Bees like clover.")
    ):
        (folder / f"note-{number}.txt").write_text(text, encoding="utf-8")
    return folder


def test_a_library_is_made_with_it_and_bound_to_it(
    embedders: Embedders, server: FakeServer, evidence: Path, tmp_path: Path
) -> None:
    settings = embedders.settings()
    with Library.open(tmp_path / "library", open_embedder(settings), create=True) as library:
        assert len(list(library.add([evidence], settings))) == 3
        calls = len(server.requests)
        list(library.add([evidence], settings))
        assert len(server.requests) == calls  # unchanged files are not embedded again
        assert library.embedding == "openai:fake"
        (vector,) = library.embedder.embed_claims(["Did the depot in Crane open?"])
        assert "depot" in library.nearest(vector, 1)[0][0].text
    with pytest.raises(EmbeddingMismatch, match="Set embedding to 'openai:fake'"):
        Library.open(tmp_path / "library", open_embedder(load_settings(threads=1)))


def test_a_library_of_the_shipped_model_is_not_opened_with_another(embedders: Embedders, tmp_path: Path) -> None:
    Library.open(tmp_path / "library", open_embedder(load_settings(threads=1)), create=True).close()
    with pytest.raises(EmbeddingMismatch, match="Unset 'embedding'"):
        Library.open(tmp_path / "library", embedders())


def test_another_model_under_the_same_name_is_found_out(
    embedders: Embedders, server: FakeServer, evidence: Path, tmp_path: Path
) -> None:
    settings = embedders.settings()
    with Library.open(tmp_path / "library", open_embedder(settings), create=True) as library:
        list(library.add([evidence], settings))
        server.will(lambda request: embeds(request, dimension=16))
        (evidence / "new.txt").write_text("Another depot opened.", encoding="utf-8")
        with pytest.raises(EmbeddingMismatch, match="vectors of 32 numbers, and the embedding model gives 16"):
            list(library.add([evidence], settings))
        with pytest.raises(EmbeddingMismatch):
            library.nearest(library.embedder.embed_claims(["It opened."])[0], 1)
        assert len(list(library.documents())) == 3


def test_a_server_that_dies_loses_nothing_that_is_stored(
    embedders: Embedders, server: FakeServer, evidence: Path, tmp_path: Path
) -> None:
    settings = embedders.settings()
    with Library.open(tmp_path / "library", embedders(), create=True) as library:
        list(library.add([evidence / "note-0.txt"], settings))
        server.will(fails(500))
        with pytest.raises(ModelUnreachable):
            list(library.add([evidence], settings))
        server.will(embeds)
        list(library.add([evidence], settings))
        assert len(list(library.documents())) == 3


def test_the_commands_take_it(server: FakeServer, evidence: Path, tmp_path: Path) -> None:
    server.will(embeds)
    run = CliRunner().invoke
    where = ["--library", str(tmp_path / "library")]
    named = ["--embedding", "fake", "--embedding-base-url", server.base_url]
    assert run(app, ["corpus", "add", str(evidence), *where, *named]).exit_code == 0
    stats = run(app, ["corpus", "stats", *where])
    assert "openai:fake" in stats.output
    variables = {"CLAIMCHECK_EMBEDDING": "fake", "CLAIMCHECK_EMBEDDING_BASE_URL": server.base_url}
    found = run(app, ["corpus", "search", "depot in Crane", *where], env=variables)
    assert "depot" in found.output.splitlines()[1]


def test_no_table_of_tokens_is_fetched(embedders: Embedders, monkeypatch: pytest.MonkeyPatch) -> None:
    def fetched(name: str) -> None:
        raise AssertionError(f"the table of {name} would be fetched")

    monkeypatch.setattr("tiktoken.encoding_for_model", fetched)
    monkeypatch.setattr("tiktoken.get_encoding", fetched)
    assert embedders().embed_passages(["a"])
    assert os.environ["LANGSMITH_TRACING_V2"] == "false"


def test_settings_are_recorded_and_checked() -> None:
    recorded = load_settings(embedding="openai:any").recorded()
    assert recorded["embedding"] == "openai:any"
    assert "embedding" not in load_settings().recorded()
    with pytest.raises(SettingsError, match=r"'embedding_base_url'.*'embedding'"):
        load_settings(embedding_base_url="http://127.0.0.1:9/v1")
    with pytest.raises(SettingsError):
        load_settings(embedding="fake", embedding_base_url="http://me:hush@host/v1")


def test_a_request_has_no_more_than_texts_and_model(embedders: Embedders, server: FakeServer) -> None:
    embedders().embed_passages(["a text"])
    request: Request = server.requests[0]
    assert request.body == {"input": ["a text"], "model": "fake", "encoding_format": "float"}
