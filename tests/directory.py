"""A directory over real sockets, and the plug-in that asks it, as another package brings one."""

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
from django.db import connection

from usance.domain.distribution import Capability
from usance.domain.distribution import Kind as Channel

KIND = Channel.EINVOICE
CONFIG: Mapping[str, str] = {"url": "of the directory"}


def install(place: Path) -> None:
    """Write what an installed package has, so that its entry point is found on the path."""
    home = place / "asked-1.0.dist-info"
    home.mkdir(parents=True)
    (home / "METADATA").write_text("Metadata-Version: 2.1\nName: asked\nVersion: 1.0\n")
    (home / "entry_points.txt").write_text("[usance.directories]\nasked = tests.directory\n")


def look_up(identifiers: Sequence[str], config: Mapping[str, str]) -> Iterator[Capability]:
    assert not connection.in_atomic_block, "a transaction is open while a directory is asked"
    answer = httpx.post(config["url"], json=list(identifiers), timeout=5, trust_env=False)
    said = answer.json() if answer.status_code == 200 else {}
    for one in identifiers:
        yield Capability(identifier=one, receives=said.get(one))


class Directory:
    """A directory over HTTP that knows some participants; it can be away."""

    def __init__(self, *known: str) -> None:
        self.asked: list[list[str]] = []
        self.known, self.away = set(known), False
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
                outer.asked.append(asked)
                answer = json.dumps({one: one in outer.known for one in asked}).encode()
                self.send_response(503 if outer.away else 200)
                self.send_header("content-length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, format: str, *args: Any) -> None:
                """Silent."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
