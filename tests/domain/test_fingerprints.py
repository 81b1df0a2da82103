"""What leaves the house is a keyed hash and a month, and nothing else."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from tests.domain.test_duplicates import OLD
from usance.domain.verification.fingerprints import (
    Key,
    NotFingerprints,
    WeakKey,
    neighbours,
    prints,
    read,
    written,
)

KEY = Key(circle="nordic", id="2026a", secret=bytes(range(32)))
DEBTOR = "vat:DE811193231"
MINE = prints(OLD, debtor=DEBTOR, key=KEY)
HASHES = {one.kind: one.hash for one in MINE}
HEAD = {"format": "usance-fingerprints-1", "circle": "nordic", "key": "2026a", "factor": "Syd"}
SEAL = {"seal": "0" * 64}


def of(**changed: object) -> set[str]:
    claim = replace(OLD, **changed)  # type: ignore[arg-type] - by name
    found = (*prints(claim, debtor=DEBTOR, key=KEY), *neighbours(claim, debtor=DEBTOR, key=KEY))
    return {kind for kind, digest in HASHES.items() if digest in {one.hash for one in found}}


@pytest.mark.parametrize(
    ("changed", "kinds"),
    [
        ({}, {"exact", "number", "month"}),
        ({"seller": "vat:SE2"}, {"number"}),
        ({"number": "r9", "stem": ""}, {"month"}),
        ({"issued_on": date(2026, 3, 30)}, {"number", "month"}),
        ({"issued_on": date(2026, 4, 1)}, {"number", "month"}),  # Re-dated over the month's end.
        ({"issued_on": date(2026, 5, 1)}, {"number"}),
        ({"face_minor": 1}, set()),
        ({"currency": "SEK"}, set()),
    ],
)
def test_what_is_the_same_is_found_and_nothing_else(
    changed: dict[str, object], kinds: set[str]
) -> None:
    assert of(**changed) == kinds


def test_another_key_or_circle_makes_other_hashes() -> None:
    for key in (replace(KEY, secret=bytes(32)), replace(KEY, circle="south")):
        assert not {one.hash for one in prints(OLD, debtor=DEBTOR, key=key)} & set(HASHES.values())


def test_a_short_key_is_refused() -> None:
    with pytest.raises(WeakKey):
        prints(OLD, debtor=DEBTOR, key=replace(KEY, secret=b"secret"))


def test_without_a_debtor_nothing_is_made() -> None:
    assert prints(OLD, debtor="", key=KEY) == ()


def test_nothing_but_hashes_and_months_leaves_and_it_comes_back() -> None:
    lines = list(written(MINE, key=KEY, factor="Factor Nord AB", on=date(2026, 3, 2)))
    assert set(json.loads(lines[0])) == {"format", "circle", "key", "factor", "on"}
    assert set(json.loads(lines[-1])) == {"seal"}
    for line in lines[1:-1]:
        said = json.loads(line)
        assert set(said) == {"hash", "kind", "month"}
        assert re.fullmatch(r"[0-9a-f]{64}", said["hash"])
        assert re.fullmatch(r"\d{4}-\d\d", said["month"])
    text = "".join(lines)
    for secret in ("1001", "119000", "811193231", "SE1", KEY.secret.hex()):
        assert secret not in re.sub(r'"hash": "[0-9a-f]+"', "", text)
    assert lines[1:-1] == sorted(lines[1:-1])
    back = read(lines)
    assert (back.circle, back.key_id, back.factor) == ("nordic", "2026a", "Factor Nord AB")
    assert set(back.prints) == set(MINE)
    assert back.is_sealed(KEY)


@pytest.mark.parametrize(
    ("bend", "sealed"),
    [
        (lambda lines: [f"{line}\r\n" for line in lines], True),
        (lambda lines: [lines[0].replace("Nord", "Syd"), *lines[1:]], False),
        (lambda lines: [*lines[:2], *lines[3:]], False),
        (lambda lines: [*lines[:3], lines[2], *lines[3:]], False),
    ],
)
def test_a_file_that_was_altered_is_known_by_its_seal(
    bend: Callable[[list[str]], list[str]], sealed: bool
) -> None:
    lines = list(written(MINE, key=KEY, factor="Factor Nord AB", on=date(2026, 3, 2)))
    back = read(bend(lines))
    assert back.is_sealed(KEY) == sealed
    assert not back.is_sealed(replace(KEY, secret=bytes(32)))


@pytest.mark.parametrize(
    "lines",
    [
        [],
        ["{"],
        ["[]"],
        ["[" * 100_000],
        [json.dumps(HEAD)],  # Cut off.
        [json.dumps(HEAD), json.dumps(SEAL), json.dumps(SEAL)],
        [json.dumps(HEAD | {"format": "other"})],
        [json.dumps(HEAD | {"circle": "a b"})],
        [json.dumps(HEAD | {"factor": ""})],
        [json.dumps(HEAD), '{"hash": "R-1001", "kind": "exact", "month": "2026-03"}'],
        [json.dumps(HEAD), json.dumps({"hash": "0" * 64, "kind": "odd", "month": "2026-03"})],
        [json.dumps(HEAD), json.dumps({"hash": "0" * 64, "kind": "exact", "month": "2026-13"})],
    ],
)
def test_what_is_no_file_of_fingerprints_is_refused(lines: list[str]) -> None:
    with pytest.raises(NotFingerprints):
        read(lines)
