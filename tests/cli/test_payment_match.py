"""`usance payment match`: the matching rules on plain files, line by line."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from usance.cli import open_items
from usance.cli.payment import payment
from usance.plugins import Unreadable, statements

ITEMS = """Rechnungsnummer;Zahlungsreferenz;Offen;Währung;Kundennummer;Kundenname;IBAN;Fällig am
10001;RF18539007547034;1.000,00;EUR;K1;Acme GmbH;DE1;31.03.2026
10002;;500,00;EUR;K1;Acme GmbH;DE1;31.03.2026
10003;;75,00;EUR;K2;Bolt AB;;30.04.2026
"""
BANK = """Konto;Datum;Name;Text;Betrag;Währung
A;2026-03-31;X;RF18 5390 0754 7034;600,00;EUR
A;2026-03-31;Y;Gebühr;-3,00;EUR
A;2026-03-31;X;RF18 5390 0754 7034;600,00;EUR
A;2026-03-31;Bolt AB;danke;75,00;EUR
A;2026-03-31;Z;Miete;12,00;EUR
"""


def _match(tmp_path: Path, bank: str, items: str = ITEMS) -> tuple[int, list[dict[str, Any]], str]:
    (tmp_path / "bank.csv").write_text(bank)
    (tmp_path / "items.csv").write_text(items)
    result = CliRunner().invoke(payment, [
        "match", "--statement", str(tmp_path / "bank.csv"),
        "--items", str(tmp_path / "items.csv"), "--json",
    ])  # fmt: skip
    return result.exit_code, [json.loads(x) for x in result.stdout.splitlines()], result.stderr


def test_each_incoming_line_sees_what_the_ones_before_it_left(tmp_path: Path) -> None:
    code, lines, said = _match(tmp_path, BANK)

    assert code == 0
    assert [(x["line"], x["verdict"], x["left"]["minor"]) for x in lines] == [
        (1, "certain", 0), (3, "certain", 20000), (4, "probable", 7500), (5, "none", 1200),
    ]  # fmt: skip
    assert [[(a["number"], a["amount"]["minor"]) for a in x["allocations"]] for x in lines] == [
        [("10001", 60000)], [("10001", 40000)], [("10003", 7500)], [],
    ]  # fmt: skip
    assert lines[2]["allocations"][0]["because"] == [
        "The amount is exactly what is outstanding.", "The payer's name is the debtor's.",
    ]  # fmt: skip
    assert "4 lines: 2 certain, 1 probable, 1 none; 1 outgoing or pending passed over" in said


def test_a_bank_file_that_is_not_sound_matches_nothing(tmp_path: Path) -> None:
    code, lines, said = _match(tmp_path, BANK.replace("75,00", "?"))

    assert (code, lines) == (1, [])
    assert "row 5, column 5" in said


def test_items_that_cannot_be_read_are_refused_with_their_place(tmp_path: Path) -> None:
    code, lines, said = _match(tmp_path, BANK, ITEMS.replace("500,00", ""))

    assert (code, lines) == (3, [])
    assert "row 3, column 3" in said


@pytest.mark.parametrize(("text", "says"), [
    ("number;amount\n1;5,00\n", "is no currency"),
    ("number;name\n1;x\n", "the first row"),
    ("number;amount;currency\n;5,00;EUR\n", "neither a number nor a payment reference"),
    ("number;amount;currency\n1;5,005;EUR\n", "thousands or a fraction"),
])  # fmt: skip
def test_nothing_is_made_up_for_an_item(text: str, says: str) -> None:
    with pytest.raises(Unreadable, match=says):
        open_items.read(text.encode())


def test_an_advice_tells_what_a_line_pays_that_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "avis.csv").write_text(
        "Rechnung;Betrag EUR;Zahlungsdatum\n10001;900,00;2026-03-30\n10002;500,00;2026-03-30\n"
    )
    (tmp_path / "bank.csv").write_text(
        "Konto;Datum;Name;Text;Betrag;Währung\nA;2026-03-31;Acme GmbH;Sammler;1.400,00;EUR\n"
    )
    (tmp_path / "items.csv").write_text(ITEMS)
    words = ["match", "--statement", "bank.csv", "--items", "items.csv", "--json"]
    words = [str(tmp_path / word) if word.endswith(".csv") else word for word in words]
    plain = CliRunner().invoke(payment, words)
    told = CliRunner().invoke(payment, [*words, "--advice", str(tmp_path / "avis.csv")])
    assert json.loads(plain.stdout)["verdict"] == "probable"
    line = json.loads(told.stdout)
    assert (line["verdict"], line["left"]["minor"]) == ("certain", 0)
    assert [(one["number"], one["amount"]["minor"]) for one in line["allocations"]] == [
        ("10001", 90_000), ("10002", 50_000),
    ]  # fmt: skip
    wrong = CliRunner().invoke(payment, [*words, "--advice", str(tmp_path / "items.csv")])
    assert wrong.exit_code == 3


def test_a_long_file_is_matched_in_passing_as_a_short_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank = (
        ":20:A\n:25:DE89370400440532013000\n:28C:1\n:60F:C260301EUR0,00\n"
        ":61:2603010301C600,00NTRFNONREF//B1\n:86:166?20RF18539007547034?32X\n"
        ":61:2603010301D3,00NTRFNONREF//B2\n"
        ":61:2603010301C12,00NTRFNONREF//B3\n:86:166?20Miete\n:62F:C260301EUR609,00\n-\n"
    )
    short = _match(tmp_path, bank)
    monkeypatch.setattr(statements, "LONG", 100)  # Bytes; what is longer is not held in memory.
    assert _match(tmp_path, bank) == short
    assert [(one["line"], one["verdict"]) for one in short[1]] == [(1, "certain"), (3, "none")]
    unsound = _match(tmp_path, bank.replace("609,00", "610,00"))
    assert unsound[:2] == (1, [])
