"""ClamAV's daemon: bytes go there over a socket, its verdict comes back. No file is shared.

Source: clamd(8), section COMMANDS: INSTREAM, commands with the prefix z; its setting
StreamMaxLength says how much it looks at.
"""

import socket
import struct
from collections.abc import Mapping
from urllib.parse import urlsplit

from usance.plugins import TryLater

from . import TooLarge

CONFIG = {
    "address": "tcp://host:port or unix:///path/of/the/socket",
    "timeout_seconds": "for each answer; without it 60",
}
PORT = 3310
PIECE = 1024 * 1024  # Bytes sent at once.
LONGEST_ANSWER = 4_096
TOO_LARGE = "size limit exceeded"


def inspect(data: bytes, config: Mapping[str, str]) -> str:
    try:
        with _connected(config) as line:
            said = _asked(line, data)
    except OSError as trouble:
        raise TryLater(f"clamd at {config['address']}: {trouble}") from trouble
    return _understood(said)


def _connected(config: Mapping[str, str]) -> socket.socket:
    where, seconds = urlsplit(config["address"]), int(config.get("timeout_seconds") or 60)
    if where.scheme == "unix":
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(seconds)
        try:
            line.connect(where.path)
        except OSError:
            line.close()
            raise
        return line
    return socket.create_connection((where.hostname or "", where.port or PORT), timeout=seconds)


def _asked(line: socket.socket, data: bytes) -> str:
    try:
        line.sendall(b"zINSTREAM\0")
        for at in range(0, len(data), PIECE):
            piece = data[at : at + PIECE]
            line.sendall(struct.pack(">I", len(piece)) + piece)
        line.sendall(bytes(4))
    except (BrokenPipeError, ConnectionResetError) as closed:
        # It says why and closes when it gets too much, while we are still sending.
        said = _heard(line)
        if not said:
            raise ConnectionError("it closed the line while it was sent to") from closed
        return said
    return _heard(line)


def _heard(line: socket.socket) -> str:
    said = b""
    while b"\0" not in said and len(said) < LONGEST_ANSWER:
        try:
            piece = line.recv(LONGEST_ANSWER)
        except ConnectionResetError:
            break
        if not piece:
            break
        said += piece
    return said.partition(b"\0")[0].decode("utf-8", "replace").strip()


def _understood(said: str) -> str:
    """`stream: OK`, `stream: <name> FOUND`, or `<what> ERROR`."""
    if said == "stream: OK":
        return ""
    if said.startswith("stream: ") and said.endswith(" FOUND"):
        return said.removeprefix("stream: ").removesuffix(" FOUND")
    if TOO_LARGE in said:
        raise TooLarge(said)
    raise TryLater(f"clamd answers {said[:200]!r}" if said else "clamd closed without a word")
