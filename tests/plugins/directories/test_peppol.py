"""Look-ups in the Peppol network, over real sockets: DNS, SMP, and all that may be wrong."""

import shutil
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from usance import plugins, sandbox
from usance.domain.distribution import Capability, Kind
from usance.plugins.directories import Directory, _peppol_names, peppol
from usance.sandbox.houses.peppol import FATES

DOCS = Path(__file__).parents[3] / "docs" / "plugins.md"
AT = datetime(2026, 1, 2, 8, tzinfo=UTC)
HASHED = "eh5boavaktmbgzyh2a63dz4qov33fvp5nsdvqklucfraayoodw6a"


@pytest.fixture(scope="module")
def world() -> Iterator[sandbox.Running]:
    with sandbox.start(sandbox.Settings(seed=7, at=AT)) as running:
        yield running


@pytest.fixture
def config(world: sandbox.Running) -> dict[str, str]:
    asked = {"asked_at": AT.isoformat(), "timeout_seconds": "10"}
    return world.config("directories", "peppol") | asked


def one(identifier: str, config: dict[str, str]) -> Capability:
    (said,) = peppol.look_up([identifier], config)
    assert said.identifier == identifier
    return said


def test_the_name_in_dns_is_the_one_that_everybody_computes() -> None:
    """A known pair, found with other programs."""
    expected = f"{HASHED}.iso6523-actorid-upis.participant.sml.prod.tech.peppol.org"

    assert _peppol_names.dns_name(_peppol_names.canonical("9915:test")) == expected


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("9915:TEST", "9915:test"),
        (" 0007:5560001111 ", "0007:5560001111"),
        ("iso6523-actorid-upis::0007:5560001111", "0007:5560001111"),
        ("ISO6523-ACTORID-UPIS::9930:DE1", "9930:de1"),
        ("5560001111", ""),
        ("0007:", ""),
        ("0007:a b", ""),
        ("0007:a/b", ""),
        ("", ""),
        ("0007:" + "x" * 136, ""),
    ],
)
def test_an_identifier_has_one_spelling(written: str, canonical: str) -> None:
    assert _peppol_names.canonical(written) == canonical


@pytest.mark.parametrize(
    ("flags", "service", "regexp", "address"),
    [
        ("U", "Meta:SMP", "!^.*$!https://smp.example/!", "https://smp.example"),
        ("u", "meta:smp", "#.*#https://smp.example:8443/p#", "https://smp.example:8443/p"),
        ("S", "Meta:SMP", "!^.*$!https://smp.example/!", ""),
        ("U", "Other", "!^.*$!https://smp.example/!", ""),
        ("U", "Meta:SMP", "!^.*$!http://smp.example/!", ""),
        ("U", "Meta:SMP", "!^.*$!file:///etc/passwd!", ""),
        ("U", "Meta:SMP", "!^.*$!https://!", ""),
        ("U", "Meta:SMP", "!^.*$!https://[::1!", ""),
        ("U", "Meta:SMP", r"!^(.*)$!https://smp.example/\1!", ""),
        ("U", "Meta:SMP", "!^.*$!https://smp.example/?a=b!", ""),
        ("U", "Meta:SMP", "", ""),
    ],
)
def test_only_an_address_of_the_network_is_taken_from_dns(
    flags: str, service: str, regexp: str, address: str
) -> None:
    assert _peppol_names.smp_of(flags, service, regexp, plain=False) == address


def test_who_takes_invoices_is_found_with_what_he_takes(config: dict[str, str]) -> None:
    said = one("0007:5560001111", config)

    assert said.receives is True
    assert peppol.INVOICE in said.documents
    assert len(said.documents) == 3
    assert said.detail == ""


# Word of the sandbox -> yes, no or unknown, and what is said of it.
SAID = {
    "nobody": (False, "not registered"),
    "silent": (None, "DNS could not be asked: LifetimeTimeout"),
    "servfail": (None, "DNS could not be asked: NoNameservers"),
    "oddpattern": (None, "names no SMP"),
    "large": (True, ""),
    "forgotten": (False, "does not know him"),
    "noinvoice": (False, "takes no invoice"),
    "down": (None, "500 Internal Server Error"),
    "garbage": (None, "cannot be read: line 1"),
    "doctype": (None, "DOCTYPE"),
    "endless": (None, "more than 1048576 bytes"),
    "other": (None, "spoke of '0007:somebody'"),
    "ended": (False, "it ended on 2026-01-01"),
    "oldcert": (False, "certificate ended on 2026-01-01"),
    "wrongkey": (None, "nobody we trust vouches for CN=stranger"),
    "altered": (None, "signature does not hold"),
    "unsigned": (None, "not signed"),
    "moved": (True, ""),
    "circle": (None, "on to a third"),
}


def test_every_fate_is_told_here() -> None:
    assert set(SAID) == FATES


@pytest.mark.parametrize("word", sorted(SAID))
def test_what_is_wrong_is_said_and_never_raised(word: str, config: dict[str, str]) -> None:
    receives, says = SAID[word]

    said = one(f"0007:{word}", config | ({"timeout_seconds": "1"} if word == "silent" else {}))

    assert (said.receives, says in said.detail) == (receives, True), said
    if word == "noinvoice":
        assert len(said.documents) == 1


def test_what_is_no_identifier_receives_nothing(config: dict[str, str]) -> None:
    said = one("5560001111", config)

    assert (said.receives, "no participant identifier" in said.detail) == (False, True)


def test_many_are_asked_at_once_and_answered_in_their_order(config: dict[str, str]) -> None:
    asked = [f"{n:010d}" for n in range(190)]  # No identifiers: the network is not asked.
    asked += [f"0007:{n:010d}" for n in range(20)] + ["0007:nobody", "0007:5560001111"]

    said = list(peppol.look_up(asked, config | {"timeout_seconds": "10"}))

    assert [each.identifier for each in said] == asked
    assert [each.receives for each in said] == [False] * 190 + [True] * 20 + [False, True]


def test_nobody_is_asked_for_nobody() -> None:
    assert list(peppol.look_up([], {"resolver": "127.0.0.1:1"})) == []


@pytest.mark.parametrize("resolver", ["127.0.0.1:1", "nonsense", "256.0.0.1:53", "127.0.0.1:x"])
def test_a_dns_that_is_not_there_is_asked_three_times_not_five_hundred(
    config: dict[str, str], resolver: str
) -> None:
    nowhere = config | {"resolver": resolver, "timeout_seconds": "0.2", "at_once": "1"}
    began = time.monotonic()

    said = list(peppol.look_up([f"0007:{n:010d}" for n in range(500)], nowhere))

    assert time.monotonic() - began < 5
    assert {each.receives for each in said} == {None}
    assert said[-1].detail == "not asked: DNS was silent 3 times before"


def test_one_smp_that_is_down_does_not_hold_up_the_rest(config: dict[str, str]) -> None:
    asked = ["0007:down"] * 3 + ["0007:5560001111", "0007:nobody"]

    said = list(peppol.look_up(asked, config | {"at_once": "1"}))

    assert [each.receives for each in said] == [None, None, None, None, False]
    assert "not asked: 127.0.0.1:" in said[3].detail


def test_without_authorities_it_is_said_that_nothing_was_checked(config: dict[str, str]) -> None:
    for word in ("5560001111", "unsigned", "wrongkey"):
        said = one(f"0007:{word}", config | {"smp_authorities": ""})

        assert (said.receives, said.detail) == (True, peppol.UNCHECKED)


@pytest.mark.parametrize("content", [None, b"", b"no certificate"])
def test_authorities_that_cannot_be_read_are_no_yes(
    config: dict[str, str], tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "authorities.pem"
    if content is not None:
        file.write_bytes(content)

    said = one("0007:5560001111", config | {"smp_authorities": str(file)})

    assert (said.receives, "smp_authorities cannot be read" in said.detail) == (None, True)


def test_a_renewed_file_of_authorities_is_read_anew(config: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "authorities.pem"
    with sandbox.start(sandbox.Settings()) as other:
        shutil.copy(other.config("directories", "peppol")["smp_authorities"], file)
    asked = config | {"smp_authorities": str(file)}

    assert one("0007:5560001111", asked).receives is None
    shutil.copyfile(config["smp_authorities"], file)
    assert one("0007:5560001111", asked).receives is True


def test_an_smp_without_tls_is_not_asked_outside_the_sandbox(config: dict[str, str]) -> None:
    said = one("0007:5560001111", config | {"plain_http": ""})

    assert (said.receives, said.detail) == (None, "DNS names no SMP that we may ask")


def test_a_directory_has_the_names_of_the_contract() -> None:
    held: Directory = peppol

    assert held.KIND is Kind.EINVOICE
    assert all(held.CONFIG.values())
    assert "peppol" in plugins.names("directories")
    assert "| directories | `peppol` |" in DOCS.read_text()
