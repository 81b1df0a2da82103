"""A mailbox over IMAP (TLS): the mails that the outside world writes to us, if nobody brings them.

As much of RFC 3501 and RFC 6851 as a program needs that fetches mail and puts it aside: one user,
any folders, no IDLE. Login: sandbox, with the password sandbox.
"""

import asyncio
import re
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field

INBOX = "INBOX"
CAPABILITY = "IMAP4rev1 UIDPLUS MOVE"
_LINE = re.compile(rb"(\S+) (?:(UID) )?(\S+) ?(.*)", re.S)
_FOLDER = re.compile(r'"([^"]*)"|(\S+)$')


@dataclass(slots=True)
class Letter:
    uid: int
    data: bytes
    folder: str = INBOX
    flags: set[str] = field(default_factory=set)


class Postbox:
    """What lies in the mailbox. It outlives the connections to it."""

    def __init__(self, mails: Sequence[tuple[str, bytes]]) -> None:
        self._mails = mails  # Of the outbox; it grows.
        self._letters: list[Letter] = []

    def letters(self, folder: str) -> list[Letter]:
        for to, data in self._mails[len(self._letters) :]:
            brought = f"Delivered-To: {to}\r\n".encode() + data
            self._letters.append(Letter(len(self._letters) + 1, brought))
        return [one for one in self._letters if one.folder == folder]

    def expunge(self, folder: str, uids: set[int]) -> None:
        for letter in self.letters(folder):
            if letter.uid in uids and r"\Deleted" in letter.flags:
                letter.folder = ""


class Talk:
    """One connection."""

    def __init__(
        self, box: Postbox, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._box, self._reader, self._writer = box, reader, writer
        self._user, self._folder = "", ""

    async def run(self) -> None:
        self._say(f"* OK [CAPABILITY {CAPABILITY}] sandbox")
        try:
            while line := await self._reader.readline():
                found = _LINE.fullmatch(line.strip())
                if found is None:
                    self._say("* BAD what?")
                    continue
                tag, _, command, words = (part.decode() if part else "" for part in found.groups())
                self._say(f"{tag} {self._answer(command.upper(), words)}")
                await self._writer.drain()
                if command.upper() == "LOGOUT":
                    return
        except ConnectionError:
            return
        finally:
            self._writer.close()

    def _say(self, line: str) -> None:
        self._writer.write(line.encode() + b"\r\n")

    def _answer(self, command: str, words: str) -> str:
        """What is said without a tag is said; what comes back is said with it."""
        if command in ("CAPABILITY", "NOOP", "LOGOUT"):
            says = {"CAPABILITY": f"CAPABILITY {CAPABILITY}", "LOGOUT": "BYE"}.get(command)
            if says:
                self._say(f"* {says}")
            return "OK done"
        if command == "LOGIN":
            self._user = words.replace('"', "")
            return "OK in" if self._user == "sandbox sandbox" else "NO wrong login"
        if self._user != "sandbox sandbox":
            return "NO log in first"
        if command == "CREATE":
            return "OK made"
        if command == "SELECT":
            self._folder = _folder(words)
            self._say(f"* {len(self._box.letters(self._folder))} EXISTS")
            self._say("* OK [UIDVALIDITY 1] here")
            return "OK [READ-WRITE] selected"
        return self._of_letters(command, words)

    def _of_letters(self, command: str, words: str) -> str:
        letters = self._box.letters(self._folder)
        if command == "SEARCH":
            unwanted = {rf"\{word[2:].title()}" for word in words.split() if word.startswith("UN")}
            found = [str(one.uid) for one in letters if not one.flags & unwanted]
            self._say(f"* SEARCH {' '.join(found)}".rstrip())
            return "OK searched"
        these, _, rest = words.partition(" ")
        meant = [one for one in letters if one.uid in _uids(these)]
        if command == "FETCH":
            for number, letter in enumerate(meant, start=1):
                self._fetch(number, letter, rest)
        elif command == "MOVE":
            for letter in meant:
                letter.folder = _folder(rest)
                self._say("* 1 EXPUNGE")
        elif command == "STORE":
            for letter in meant:
                letter.flags |= set(re.findall(r"\\\w+", rest))
        elif command == "EXPUNGE":
            self._box.expunge(self._folder, _uids(these))
        else:
            return "BAD what?"
        return "OK done"

    def _fetch(self, number: int, letter: Letter, wanted: str) -> None:
        if "RFC822.SIZE" in wanted:
            self._say(f"* {number} FETCH (UID {letter.uid} RFC822.SIZE {len(letter.data)})")
        else:
            head = f"* {number} FETCH (UID {letter.uid} BODY[] {{{len(letter.data)}}}\r\n"
            self._writer.write(head.encode() + letter.data + b")\r\n")


def _folder(words: str) -> str:
    found = _FOLDER.search(words)
    return (found[1] or found[2] or "") if found else ""


def _uids(these: str) -> set[int]:
    return {int(one) for one in these.split(",") if one.isdigit()}


async def serve(box: Postbox, context: ssl.SSLContext) -> asyncio.Server:
    """On a free port of loopback; whoever started it closes it."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await Talk(box, reader, writer).run()

    return await asyncio.start_server(talk, "127.0.0.1", 0, ssl=context)
