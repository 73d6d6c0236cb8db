"""A language model's server that does what its script says, over real HTTP on this machine.

It speaks the languages of OpenAI (``/v1/chat/completions``), Anthropic (``/v1/messages``) and Ollama (``/api/chat``),
and gives embeddings where its script says so (``/v1/embeddings``, ``/api/embed``).
Each request takes the next step of the script; the last step is repeated. A step may be a function of the request, so
that a test can answer by what was asked.
"""

import hashlib
import json
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

JSON = "application/json"


@dataclass(frozen=True)
class Request:
    """What a client sent."""

    path: str
    headers: Mapping[str, str]
    body: dict[str, Any]

    @property
    def text(self) -> str:
        """All messages, joined."""
        turns = [turn["content"] for turn in self.body["messages"]] + [self.body.get("system", "")]
        return "\n".join(turn if isinstance(turn, str) else json.dumps(turn) for turn in turns)


@dataclass(frozen=True)
class Says:
    """A reply of the model."""

    text: str
    prompt_tokens: int = 100
    completion_tokens: int = 20
    cached_tokens: int = 0
    end: str = "stop"
    metered: bool = True
    refusal: str | None = None


@dataclass(frozen=True)
class Sends:
    """Any answer at all; a ``length`` beyond the body makes a reply that breaks off."""

    body: bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    kind: str = JSON
    length: int | None = None


@dataclass(frozen=True)
class Hangs:
    """No answer."""


@dataclass(frozen=True)
class HangsUp:
    """The connection is closed without an answer."""


Step = Says | Sends | Hangs | HangsUp
Script = Step | Callable[[Request], Step]


def says(value: Any, **more: Any) -> Says:
    """A reply of JSON."""
    return Says(json.dumps(value), **more)


def fails(status: int, message: str = "out of order", code: str | None = None, **headers: str) -> Sends:
    """An error in the form that OpenAI gives it."""
    error = {"message": message, "type": "error", "code": code}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Sends(json.dumps({"error": error}).encode(), status, named)


def embeds(request: Request, dimension: int = 32) -> Sends:
    """A model for embeddings, in the form that the request's address asks for: words hashed into some dimensions.

    The vectors are not of length 1, as those of many servers.
    """
    texts = request.body["input"]
    vectors = [_hashed(text, dimension) for text in ([texts] if isinstance(texts, str) else texts)]
    data = [{"object": "embedding", "index": index, "embedding": vector} for index, vector in enumerate(vectors)]
    usage = {"prompt_tokens": 1, "total_tokens": 1}
    answer = {"object": "list", "model": "fake", "data": data, "usage": usage, "embeddings": vectors}
    return Sends(json.dumps(answer).encode())


def _hashed(text: str, dimension: int) -> list[float]:
    vector = [1e-3] * dimension
    for word in re.findall(r"\w+", text.casefold()):
        vector[hashlib.sha256(word.encode()).digest()[0] % dimension] += 1.0
    return vector


class FakeServer:
    """Serves on a free port of loopback until it is closed."""

    def __init__(self) -> None:
        self.script: list[Script] = []
        self.requests: list[Request] = []
        self.at_once = 0
        self.most_at_once = 0
        self._guard = threading.Lock()
        self._closed = threading.Event()
        handler = type("Handler", (_Handler,), {"fake": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def base_url(self) -> str:
        return f"{self.origin}/v1"

    def will(self, *script: Script) -> "FakeServer":
        """Take these steps from now on."""
        self.script = list(script)
        return self

    def close(self) -> None:
        """Let go of those who wait, and stop."""
        self._closed.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def step(self, request: Request) -> Step:
        with self._guard:
            self.requests.append(request)
            script = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        return script(request) if callable(script) else script

    def wait_for_the_end(self) -> None:
        self._closed.wait()


class _Handler(BaseHTTPRequestHandler):
    fake: FakeServer
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        fake = self.fake
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with fake._guard:
            fake.at_once += 1
            fake.most_at_once = max(fake.most_at_once, fake.at_once)
        try:
            step = fake.step(Request(self.path, {name.lower(): value for name, value in self.headers.items()}, body))
            self._take(step)
        finally:
            with fake._guard:
                fake.at_once -= 1

    def _take(self, step: Step) -> None:
        if isinstance(step, Hangs):
            self.fake.wait_for_the_end()
            self.close_connection = True
        elif isinstance(step, HangsUp):
            self.close_connection = True
        else:
            sent = step if isinstance(step, Sends) else Sends(json.dumps(_FORMS[self.path](step)).encode())
            self._send(sent)

    def _send(self, sent: Sends) -> None:
        self.send_response(sent.status)
        self.send_header("Content-Type", sent.kind)
        self.send_header("Content-Length", str(len(sent.body) if sent.length is None else sent.length))
        for name, value in sent.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(sent.body)
        if sent.length is not None:
            self.close_connection = True

    def log_message(self, *_: Any) -> None:
        pass


def _as_openai(step: Says) -> dict[str, Any]:
    message = {"role": "assistant", "content": step.text, "refusal": step.refusal}
    answer = {
        "id": "chat-1",
        "object": "chat.completion",
        "created": 1,
        "model": "fake",
        "choices": [{"index": 0, "finish_reason": step.end, "message": message}],
    }
    usage = {
        "prompt_tokens": step.prompt_tokens,
        "completion_tokens": step.completion_tokens,
        "total_tokens": step.prompt_tokens + step.completion_tokens,
        "prompt_tokens_details": {"cached_tokens": step.cached_tokens},
    }
    return {**answer, "usage": usage} if step.metered else answer


def _as_anthropic(step: Says) -> dict[str, Any]:
    return {
        "id": "msg-1",
        "type": "message",
        "role": "assistant",
        "model": "fake",
        "content": [{"type": "text", "text": step.text}],
        "stop_reason": {"stop": "end_turn", "length": "max_tokens"}.get(step.end, step.end),
        "usage": {
            "input_tokens": step.prompt_tokens - step.cached_tokens,
            "cache_read_input_tokens": step.cached_tokens,
            "cache_creation_input_tokens": 0,
            "output_tokens": step.completion_tokens,
        },
    }


def _as_ollama(step: Says) -> dict[str, Any]:
    return {
        "model": "fake",
        "created_at": "2025-01-01T00:00:00Z",
        "message": {"role": "assistant", "content": step.text},
        "done": True,
        "done_reason": step.end,
        "prompt_eval_count": step.prompt_tokens,
        "eval_count": step.completion_tokens,
    }


_FORMS: dict[str, Callable[[Says], dict[str, Any]]] = {
    "/v1/chat/completions": _as_openai,
    "/v1/messages": _as_anthropic,
    "/api/chat": _as_ollama,
}
