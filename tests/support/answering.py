"""A server that gives the answers a test has lined up, and keeps what it was asked."""

import json
import socket
import threading
import urllib.parse
from collections import deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

GONE = "gone"
"""The connection is reset after an answer has begun."""
SILENT = "silent"
"""Nothing is answered."""
HALF = "half"
"""Half of the body that was announced."""


@dataclass
class Asked:
    """One request."""

    method: str
    path: str
    params: dict[str, str]
    headers: dict[str, str]
    body: str

    @property
    def lines(self) -> list[str]:
        """The points that were sent."""
        return self.body.splitlines()


@dataclass
class Answer:
    """One answer."""

    status: int = 204
    body: object = b""
    headers: dict[str, str] = field(default_factory=dict)
    fault: str = ""


class Answering:
    """An InfluxDB of a version, as far as it is asked by us, that refuses when told to.

    Args:
        version: What `/ping` tells.
        bad: A piece of a line that makes a write be refused with 400.
    """

    def __init__(self, version: str = "1.8.10", bad: str = "") -> None:
        self.version, self.bad = version, bad
        self.asked: list[Asked] = []
        self.kept: set[str] = set()
        self.next: deque[Answer] = deque()
        self.routes: dict[tuple[str, str], Answer] = {}
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                parts = urllib.parse.urlsplit(self.path)
                length = int(self.headers.get("Content-Length") or 0)
                asked = Asked(
                    self.command,
                    parts.path,
                    dict(urllib.parse.parse_qsl(parts.query)),
                    {k.lower(): v for k, v in self.headers.items()},
                    self.rfile.read(length).decode(),
                )
                outer.asked.append(asked)
                outer.give(self, outer.answer_to(asked))

            do_GET = do_POST = do_PUT = do_PATCH = answer  # noqa: N815

            def log_message(self, *_words) -> None:
                """Nothing is printed."""

        self._open = threading.Event()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self._thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self._thread.start()

    def answer_to(self, asked: Asked) -> Answer:
        """What comes next for a request."""
        if asked.path == "/ping":
            return Answer(204, headers={"X-Influxdb-Version": self.version})
        if (asked.method, asked.path) in self.routes:
            return self.routes[asked.method, asked.path]
        if not asked.path.endswith("/write"):
            return Answer(200, {"results": [{"statement_id": 0}]})
        if self.next:
            return self.next.popleft()
        if self.bad and self.bad in asked.body:
            return Answer(400, {"error": "partial write: field type conflict"})
        self.kept |= set(asked.lines)
        return Answer()

    def give(self, handler: BaseHTTPRequestHandler, answer: Answer) -> None:
        """Send an answer, or only a part of it."""
        body = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
        if answer.fault == SILENT:
            self._open.wait(20)
            handler.close_connection = True
            return
        handler.send_response(answer.status)
        for name, value in answer.headers.items():
            handler.send_header(name, value)
        if answer.status != 204:
            handler.send_header("Content-Length", str(len(body) * (2 if answer.fault else 1)))
            handler.send_header("Content-Type", "application/json")
        if answer.fault == GONE:
            handler.connection.shutdown(socket.SHUT_RDWR)
            handler.close_connection = True
            return
        handler.end_headers()
        if answer.status != 204:
            handler.wfile.write(body)
        handler.close_connection = bool(answer.fault)

    @property
    def writes(self) -> list[Asked]:
        """The requests that wrote."""
        return [asked for asked in self.asked if asked.path.endswith("/write")]

    def close(self) -> None:
        """Stop it."""
        self._open.set()
        self.server.shutdown()
        self._thread.join()
        self.server.server_close()
