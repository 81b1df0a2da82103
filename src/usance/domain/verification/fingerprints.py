"""Keyed fingerprints that factors may compare without showing each other an invoice.

A circle of factors shares a key. Of each invoice three hashes leave the house: of everything that
names it, of debtor, number and amount (another seller), and of seller, debtor, amount and month
(renumbered or re-dated). Without the key nothing can be tried out; with it, who guesses seller,
debtor, number, day and amount can ask whether they exist. docs/trust.md has what follows.

Source: RFC 2104 (HMAC); the canonical fields are ours.
"""

import hmac
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256

from ..refusal import Refusal
from .duplicates import Claimed

VERSION = "usance-fingerprints-1"
MOST = 1_000_000  # Fingerprints of a file.
LONGEST_LINE = 1_000
SHORTEST_KEY = 32  # Bytes: as long as the hash.
KINDS = ("exact", "number", "month")
_HASH = re.compile(r"[0-9a-f]{64}")
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
_ID = re.compile(r"[A-Za-z0-9._-]{1,40}")


class WeakKey(Refusal):
    code = "fingerprint_key_weak"
    todo = "Make one of 32 random bytes or more, and hand it to the circle by a safe way."


class NotFingerprints(Refusal):
    code = "not_fingerprints"
    todo = "Ask the other factor to export again, with the same version."


class NotSealed(Refusal):
    code = "fingerprints_not_sealed"
    todo = (
        "Ask for the file again; if it stays so, compare the keys, which have only the name alike."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """What a circle shares. A circle that changes its key has two for a while."""

    circle: str
    id: str
    secret: bytes


@dataclass(frozen=True, slots=True, order=True)
class Print:
    hash: str
    kind: str
    bucket: str  # The month of issue, in plain: so that it can be forgotten in time.


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """A file of fingerprints, read."""

    circle: str
    key_id: str
    factor: str
    prints: tuple[Print, ...]
    digest: str  # Of all lines before the seal.
    seal: str

    def is_sealed(self, key: Key) -> bool:
        """Whether somebody who has the key wrote it so, and nothing of it is missing."""
        return hmac.compare_digest(self.seal, _hash(key, "seal", self.digest))


def prints(claim: Claimed, *, debtor: str, key: Key) -> tuple[Print, ...]:
    """The fingerprints of one invoice; fewer if a field is missing.

    :param debtor: its number in the register, as `identities` writes it; empty: none is known.
    :raises WeakKey: if the key is too short.
    """
    if len(key.secret) < SHORTEST_KEY:
        raise WeakKey(f"the key {key.id} has {len(key.secret)} bytes")
    if not debtor:
        return ()
    bucket = f"{claim.issued_on:%Y-%m}"
    amount = f"{claim.face_minor} {claim.currency}"
    made = [
        Print(
            _hash(key, "exact", claim.seller, debtor, claim.number, str(claim.issued_on), amount),
            "exact", bucket,
        ),
        Print(_hash(key, "month", claim.seller, debtor, amount, bucket), "month", bucket),
    ]  # fmt: skip
    if claim.stem:
        made.append(Print(_hash(key, "number", debtor, claim.stem, amount), "number", bucket))
    return tuple(made)


def neighbours(claim: Claimed, *, debtor: str, key: Key) -> tuple[Print, ...]:
    """The month before and after: an invoice re-dated over the end of a month is found there."""
    if not debtor:
        return ()
    amount = f"{claim.face_minor} {claim.currency}"
    first = claim.issued_on.replace(day=1)
    beside = {f"{first - timedelta(days=1):%Y-%m}", f"{first + timedelta(days=31):%Y-%m}"}
    return tuple(
        Print(_hash(key, "month", claim.seller, debtor, amount, bucket), "month", bucket)
        for bucket in sorted(beside)
    )


def written(found: Iterable[Print], *, key: Key, factor: str, on: date) -> Iterator[str]:
    """Lines of the file. Sorted by hash: the order says nothing about ours. The last one seals
    those before it: a file that is cut off, altered or of another key is known by it."""
    head = {"format": VERSION, "circle": key.circle, "key": key.id, "factor": factor,
            "on": on.isoformat()}  # fmt: skip
    digest = sha256()
    rows = ({"hash": one.hash, "kind": one.kind, "month": one.bucket} for one in sorted(set(found)))
    for row in (head, *rows):
        line = json.dumps(row)
        digest.update(f"{line}\n".encode())
        yield line
    yield json.dumps({"seal": _hash(key, "seal", digest.hexdigest())})


def read(lines: Iterable[str]) -> Exported:
    """:raises NotFingerprints: with the line that is none."""
    rows = iter(enumerate((line.strip() for line in lines), start=1))
    number, line = next(rows, (0, ""))
    circle, key_id, factor = _named(_object(number, line))
    digest = sha256()
    found: list[Print] = []
    seal = ""
    for number, after in rows:
        if not after:
            continue
        if seal:
            raise NotFingerprints(f"line {number} stands behind the seal")
        digest.update(f"{line}\n".encode())
        line, said = after, _object(number, after)
        if _HASH.fullmatch(str(said.get("seal", ""))):
            seal = str(said["seal"])
            continue
        found.append(_print(number, said))
        if len(found) > MOST:
            raise NotFingerprints(f"more than {MOST:,} fingerprints")
    if not seal:
        raise NotFingerprints("the last line, which seals the file, is missing: it is cut off")
    return Exported(
        circle=circle, key_id=key_id, factor=factor, prints=tuple(found),
        digest=digest.hexdigest(), seal=seal,
    )  # fmt: skip


def _named(head: dict[str, object]) -> list[str]:
    """Circle, key and factor."""
    if head.get("format") != VERSION:
        raise NotFingerprints(f"the first line does not say {VERSION}")
    named = [str(head.get(name, "")) for name in ("circle", "key", "factor")]
    if not (_ID.fullmatch(named[0]) and _ID.fullmatch(named[1]) and 0 < len(named[2]) <= 80):
        raise NotFingerprints("the first line does not name circle, key and factor")
    return named


def _print(number: int, said: dict[str, object]) -> Print:
    one = Print(*(str(said.get(name, "")) for name in ("hash", "kind", "month")))
    if not (_HASH.fullmatch(one.hash) and one.kind in KINDS and _MONTH.fullmatch(one.bucket)):
        raise NotFingerprints(f"line {number} is no fingerprint")
    return one


def _object(number: int, line: str) -> dict[str, object]:
    if len(line) > LONGEST_LINE:
        raise NotFingerprints(f"line {number} is longer than any fingerprint")
    try:
        said = json.loads(line)
    except ValueError as wrong:
        raise NotFingerprints(f"line {number} is no JSON") from wrong
    if not isinstance(said, dict):
        raise NotFingerprints(f"line {number} is no object")
    return said


def _hash(key: Key, kind: str, *fields: str) -> str:
    # Each field with its length: no two different rows of fields make one text.
    text = "".join(f"{len(field)}:{field}" for field in (VERSION, key.circle, kind, *fields))
    return hmac.new(key.secret, text.encode(), "sha256").hexdigest()
