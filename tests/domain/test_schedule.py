"""What a schedule of assignment says, who may sign it, and what is seen when it was altered."""

from dataclasses import replace
from datetime import date

import pytest

from usance.domain.finance import schedule
from usance.domain.finance.schedule import Bought, Schedule
from usance.domain.refusal import Refusal

CLAIM = Bought(
    number="R-1", debtor="Bolt Ä", issued_on=date(2026, 3, 1), due_on=date(2026, 4, 30),
    face=1_000_000, advance=800_000, reserve=200_000, fee=15_000,
)  # fmt: skip
SAID = Schedule(
    number="S260302-00", client="Acme", client_id="HRB4711", facility="f", basis="sale",
    currency="EUR", bought_on=date(2026, 3, 2), claims=(CLAIM, replace(CLAIM, number="R-2")),
)  # fmt: skip
TEXT = schedule.manifest(SAID)
DIGEST = schedule.digest(TEXT)
WORDS = schedule.intent(number=SAID.number, count=2, face="20000.00 EUR", digest=DIGEST)


def test_the_text_is_the_same_for_the_same_purchase_and_says_all_of_it() -> None:
    assert schedule.manifest(replace(SAID)) == TEXT
    assert TEXT.isascii()
    assert '"totals":{"advance":1600000,"face":2000000,"fee":30000,"reserve":400000}' in TEXT
    assert schedule.digest(schedule.manifest(replace(SAID, basis="pledge"))) != DIGEST


def sign(**other: object) -> None:
    asked = {
        "signers": 1, "signed": (), "signer": "user:ellen", "digest": DIGEST, "manifest": TEXT,
        "seen": DIGEST, "words": WORDS, "asked": WORDS, "taken_back": False,
    }  # fmt: skip
    schedule.check_signing(**(asked | other))  # type: ignore[arg-type]  # A table of words.


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({}, None),
        ({"signers": 2, "signed": {"user:max"}}, None),
        ({"signers": 0}, "schedule_complete"),
        ({"signed": {"user:max"}}, "schedule_complete"),
        ({"signers": 2, "signed": {"user:ellen"}}, "schedule_signed_already"),
        ({"signed": {"user:ellen"}}, "schedule_signed_already"),
        ({"seen": "0" * 64}, "schedule_changed"),
        ({"manifest": TEXT.replace("800000", "800001", 1)}, "schedule_changed"),
        ({"words": ""}, "schedule_intent_missing"),
        ({"words": WORDS.lower()}, "schedule_intent_missing"),
        ({"taken_back": True}, "schedule_withdrawn"),
    ],
)
def test_only_a_signature_that_proves_something_is_taken(
    other: dict[str, object], code: str | None
) -> None:
    if code is None:
        sign(**other)
        return
    with pytest.raises(Refusal) as no:
        sign(**other)
    assert no.value.code == code


ONE = {"signer": "user:ellen", "name": "Ellen", "digest": DIGEST, "words": WORDS}
RAISED = TEXT.replace('"advance":800000', '"advance":800001', 1)


@pytest.mark.parametrize(
    ("text", "digest", "signatures", "codes"),
    [
        (TEXT, DIGEST, [], []),
        (TEXT, DIGEST, [ONE, ONE | {"signer": "user:max"}], []),
        (TEXT, DIGEST, [ONE, ONE], ["signer_twice"]),
        (TEXT, DIGEST, [ONE | {"digest": "0" * 64}], ["signature_of_other_content"]),
        (TEXT, DIGEST, [ONE | {"words": "Yes."}], ["signature_of_other_content"]),
        (RAISED, DIGEST, [], ["schedule_altered", "totals_wrong"]),
        (RAISED, schedule.digest(RAISED), [ONE], ["totals_wrong", "signature_of_other_content"]),
        ("{}", schedule.digest("{}"), [], ["schedule_unreadable"]),
        ("no", schedule.digest("no"), [], ["schedule_unreadable"]),
    ],
)
def test_everything_that_was_altered_is_named(
    text: str, digest: str, signatures: list[dict[str, object]], codes: list[str]
) -> None:
    found = schedule.examined(text, digest=digest, signatures=signatures)
    assert [one.code for one in found] == codes


@pytest.mark.parametrize(("signers", "wrong"), [(0, 0), (1, 0), (2, 0), (3, 1), (-1, 1)])
def test_two_sign_at_most(signers: int, wrong: int) -> None:
    assert len(schedule.faults(signers)) == wrong
