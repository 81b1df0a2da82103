"""Which column is which: by headings in eight languages, by values, by both together."""

from collections import Counter
from csv import reader
from io import StringIO

import pytest

from usance.domain.finding import Finding
from usance.domain.intake import fields
from usance.domain.intake.control import Control, Missed, differences, missed
from usance.domain.intake.mapping import Mapping, MappingIncomplete, Proposal, propose
from usance.domain.intake.table import Table, is_sum, tabled
from usance.domain.intake.values import is_iban
from usance.domain.intake.writing import (
    Writing,
    day_order,
    decimal_sign,
    heard,
    hundredths,
    is_amount,
    is_day,
)  # fmt: skip
from usance.domain.money import Money

ROW = "4711;2026-03-02;2026-04-01;EUR;100,00;25,00;125,00;Bolt AB"


def table(text: str) -> Table:
    made = tabled(list(enumerate(reader(StringIO(text), delimiter=";"), start=1)))
    assert made is not None
    return made


def proposed(text: str) -> tuple[Proposal, dict[str, int]]:
    proposal = propose(table(text))
    return proposal, dict(proposal.mapping.columns)


def test_no_heading_stands_for_two_fields() -> None:
    pairs = {(fields.folded(name), ours) for ours, all_ in fields.FIELDS.items() for name in all_}
    keys = Counter(key for key, _ in pairs)
    assert [key for key, count in keys.items() if count > 1] == []


@pytest.mark.parametrize(
    "headings",
    [
        "Fakturanr;Fakturadatum;Förfallodatum;Valuta;Exkl moms;Moms;Belopp;Kund",
        "Fakturanummer;Fakturadato;Forfallsdato;Valuta;Eks. mva;MVA;Beløp;Kunde",
        "Fakturanr.;Fakturadato;Forfaldsdato;Valuta;Nettobeløp;Momsbeløp;At betale;Kundenavn",
        "Laskun numero;Laskupäivä;Eräpäivä;Valuutta;Veroton;ALV;Maksettava;Asiakas",
        "Rechnungsnummer;Rechnungsdatum;Fällig am;Währung;Netto;MwSt;Brutto;Kunde",
        "N° de facture;Date de facture;Échéance;Devise;Montant HT;TVA;Montant TTC;Client",
        "Factuurnummer;Factuurdatum;Vervaldatum;Munt;Excl. btw;BTW;Te betalen;Klant",
        "Invoice no;Invoice date;Due date;Currency;Net;VAT;Total;Customer",
    ],
    ids=["sv", "no", "da", "fi", "de", "fr", "nl", "en"],
)
def test_headings_that_name_everything_leave_no_doubt(headings: str) -> None:
    proposal, columns = proposed(f"{headings}\n{ROW}\n")
    names = ("number", "issued_on", "due_on", "currency", "net", "tax", "gross", "debtor_name")
    assert proposal.doubts == ()
    assert columns == {name: at for at, name in enumerate(names)}


def test_values_alone_are_a_proposal_and_never_certain() -> None:
    rows = "\n".join(
        f"{n};2026-03-0{n};2026-04-0{n};EUR;{n}00,00;{n * 25},00;{n * 125},00;Bolt AB"
        for n in (1, 2, 3)
    )
    proposal, columns = proposed(rows)
    assert columns == {
        "number": 0, "issued_on": 1, "due_on": 2, "currency": 3, "net": 4, "tax": 5, "gross": 6,
        "debtor_name": 7,
    }  # fmt: skip
    assert not proposal.certain
    says = {reason.says for guess in proposal.guesses for reason in guess.reasons}
    assert "in every row net and tax come to the gross amount" in says
    assert max(guess.confidence for guess in proposal.guesses) <= 99


@pytest.mark.parametrize(
    ("headings", "row", "doubt"),
    [
        ("Nr;Datum;Valuta;Belopp;Total", "1;2026-03-01;SEK;1,00;2,00", "called gross amount"),
        ("Faktura;Datum;Belopp", "1;2026-03-01;1,00", "nothing says the currency"),
        ("Faktura;Datum;Belopp", "1;2026-03-01;1,00 SEK", "seems to be SEK"),
        ("Faktura;Datum;Valuta;Belopp", "1;2026-03-01;SEK;1.234", "one or a thousand"),
        ("Invoice;Date;Currency;Total", "1;03/04/2026;SEK;1.00", "March or April"),
        ("Faktura;Valuta;Belopp;när", "1;SEK;1,00;2026-03-01", "seems to be the issue date"),
        ("Faktura;Datum;Valuta;Belopp", "1;a while ago;SEK;1,00", "cells that are none"),
    ],
)
def test_what_speaks_against_the_headings_is_asked(headings: str, row: str, doubt: str) -> None:
    proposal, _ = proposed(f"{headings}\n{row}\n")
    assert any(doubt in said for said in proposal.doubts), proposal.doubts


def test_a_client_is_who_buys_in_a_french_table_and_who_sells_elsewhere() -> None:
    assert fields.known(["N° de facture", "Client"])[1] == "debtor_name"
    assert fields.known(["Invoice", "Client"])[1] == "seller_name"


def test_titles_and_merged_headings_stand_above_the_names() -> None:
    made = table("Acme GmbH;;;\nApril;;;\n;;;\nKunde;;Wert;\nName;Nr;Netto;Brutto\nA;1;1,00;2,00\n")
    assert made.names == ("Kunde Name", "Kunde Nr", "Wert Netto", "Wert Brutto")
    assert (made.headed_by, made.rows) == (5, ((6, ("A", "1", "1,00", "2,00")),))


def test_a_table_is_known_again_by_its_headings_alone() -> None:
    one = table("Faktura;Belopp\n1;2,00\n")
    assert one.fingerprint == table("\nFAKTURA ;  belopp\n7;9,00\n8;9,00\n").fingerprint
    assert one.fingerprint != table("Belopp;Faktura\n1;2,00\n").fingerprint
    assert table("1;2,00\n").fingerprint != table("1;2,00;3,00\n").fingerprint


@pytest.mark.parametrize(
    ("cells", "sum_"),
    [
        (("Summe", "", "12,00"), True),
        (("", "Total:", "12.00"), True),
        (("Summa SEK", "", "12,00"), True),
        (("Total (12 invoices):", "", "12.00"), True),
        (("", "", "12,00"), False),  # No word for a sum: an invoice without a number, and said so.
        (("4711", "Total AB", "12,00"), False),  # A number: an invoice of Total AB.
        (("Total", "2026-03-01", "12,00"), False),  # A day: an invoice, strangely numbered.
        (("Summe", "", ""), False),
    ],
)
def test_a_sum_is_no_invoice_and_no_invoice_is_taken_for_a_sum(
    cells: tuple[str, ...], sum_: bool
) -> None:
    assert is_sum(cells, number=0) is sum_


@pytest.mark.parametrize(
    ("cells", "sign"),
    [
        (["1.234", "99,50"], ","), (["1,234", "99.5"], "."), (["1.234"], ""), (["1.234.567"], ","),
        (["1,5", "1.5"], ""), (["1 234,50 kr"], ","), (["EUR 12.50"], "."), (["12"], ""),
    ],
)  # fmt: skip
def test_one_amount_tells_the_decimal_sign_of_all(cells: list[str], sign: str) -> None:
    assert decimal_sign(cells) == sign


@pytest.mark.parametrize(
    ("cells", "order"),
    [(["03/04/2026", "31/03/2026"], "dmy"), (["03/04/2026", "03/31/2026"], "mdy"),
     (["03/04/2026"], ""), (["31/03/2026", "03/31/2026"], ""), (["3.4.2026"], "dmy")],
)  # fmt: skip
def test_one_day_tells_which_figure_is_the_month(cells: list[str], order: str) -> None:
    assert day_order(cells) == order


@pytest.mark.parametrize(
    ("amounts", "days", "decimal", "order"),
    [
        (["1,234"], ["03/04/2026"], ",", "dmy"),  # It tells nothing: what was said holds.
        (["1,234", "9.50"], ["03/04/2026", "03/13/2026"], ".", "mdy"),  # It tells otherwise.
        (["1,234", "9.50", "9,50"], ["13/03/2026", "03/13/2026"], "", ""),  # Both: nothing holds.
    ],
)
def test_what_a_table_tells_counts_more_than_what_was_said_of_earlier_ones(
    amounts: list[str], days: list[str], decimal: str, order: str
) -> None:
    said = Writing(decimal=",", days="dmy")
    assert heard(said, amounts=amounts, days=days) == Writing(decimal=decimal, days=order)


@pytest.mark.parametrize(
    ("text", "amount", "day", "minor"),
    [
        ("1.234,50", True, False, 123450), ("(12,00)", True, False, -1200),
        ("7-", True, False, -700), ("20260331", False, True, None),
        ("31.03.2026", False, True, None), ("4711", True, False, 471100),
        ("R-1", False, False, None), ("€ 5", True, False, 500), ("1e5", False, False, None),
        ("12 %", False, False, None), ("", False, False, None),
    ],
)  # fmt: skip
def test_what_a_cell_is(text: str, amount: bool, day: bool, minor: int | None) -> None:
    assert (is_amount(text), is_day(text), hundredths(text)) == (amount, day, minor)


def test_an_iban_has_right_check_digits() -> None:
    assert is_iban("DE89 3704 0044 0532 0130 00")
    assert not is_iban("DE88 3704 0044 0532 0130 00")
    assert not is_iban("DE89")


@pytest.mark.parametrize(
    ("said", "says"),
    [
        (Mapping(columns={}), "number, issued_on, gross or net, currency"),
        (Mapping(columns={"number": 0, "issued_on": 1, "gross": 9}, currency="EUR"), "2 columns"),
        (Mapping(columns={"number": 0, "issued_on": 0, "gross": 1}, currency="EUR"), "twice"),
        (Mapping(columns={"number": 0, "issued_on": 1, "gross": 1, "x": 0}, currency="E"), "x"),
        (Mapping(columns={"number": 0, "issued_on": 1, "gross": 1}, currency="eu"), "twice"),
    ],
)
def test_a_mapping_is_whole_or_refused(said: Mapping, says: str) -> None:
    with pytest.raises(MappingIncomplete, match=says):
        said.check(table("a;b\n1;2,00\n"))


def test_what_was_missed_is_named_once_with_all_its_reasons() -> None:
    findings = [
        Finding(code="date_unreadable", says="", where="row 3, column 2 (issued_on)"),
        Finding(code="issue_date_missing", says="", where="row 3 (BT-2)"),
        Finding(code="number_missing", says="", where="sheet 'März', row 12 (BT-1)"),
        Finding(code="amount_missing", says="", where="/Invoices/4 (BT-115)"),
    ]
    lost = missed([("a.csv", 3, findings), ("b.pdf", 0, []), ("c.xml", 1, [])])
    assert [str(one) for one in lost] == [
        "a.csv, row 3 (date unreadable, issue date missing)",
        "a.csv, sheet 'März', row 12 (number missing)",
        "a.csv, /Invoices/4 (amount missing)",
        "b.pdf",
    ]


def test_totals_that_agree_are_not_spoken_of() -> None:
    control = Control(count=2, totals=(Money(300, "EUR"),))
    assert differences(control, count=2, sums={"EUR": 300}, lost=()) == ()
    (untold,) = differences(control, count=2, sums={"EUR": 300, "SEK": 1}, lost=())
    assert (untold.code, untold.blocks) == ("control_currency_untold", False)
    (more,) = differences(Control(count=1), count=2, sums={}, lost=())
    assert more.says.endswith("Everything that was handed in was taken in.")


def test_of_many_that_were_missed_the_first_are_named() -> None:
    lost = [Missed(file="a.csv", place=f"row {n}") for n in range(30)]
    (said,) = differences(Control(count=30), count=0, sums={}, lost=lost)
    assert said.says.endswith("a.csv, row 19; and 10 more.")
