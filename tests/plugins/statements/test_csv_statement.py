"""What a bank's CSV file leaves open is refused with its place; nothing becomes 0.00."""

import pytest

from usance.domain.money import Money
from usance.plugins import Unreadable, statements
from usance.plugins.statements import csv_statement

HEAD = "Account;Date;Description;Amount;Currency\n"


@pytest.mark.parametrize(("text", "where", "says"), [
    (HEAD + "A;2026-03-31;x;;EUR\n", "row 2, column 4", "no amount"),
    (HEAD + "A;2026-03-31;x;n/a;EUR\n", "row 2, column 4", "'n/a' is no amount"),
    (HEAD + "A;2026-03-31;x;1.234;EUR\n", "row 2, column 4", "thousands or a fraction"),
    (HEAD + "A;2026-03-31;x;1,50;EUR\nA;2026-03-31;x;1.50;EUR\n", "row 3, column 4",
     "another decimal sign"),
    (HEAD + "A;2026-03-31;x;1.505;EUR\nA;2026-03-31;x;1.50;EUR\n", "row 2, column 4",
     "no such fraction"),
    (HEAD + "A;03/04/2026;x;1.50;EUR\n", "row 2, column 2", "day and month"),
    (HEAD + "A;31/03/2026;x;1.50;EUR\nA;03/31/2026;x;1.50;EUR\n", "row 3, column 2",
     "change places"),
    (HEAD + "A;2026-02-30;x;1.50;EUR\n", "row 2, column 2", "no day of the calendar"),
    (HEAD + "A;;x;1.50;EUR\n", "row 2, column 2", "no date"),
    (HEAD + "A;2026-03-31;x;1.50;\n", "row 2, column 5", "currency"),
    (HEAD + "A;2026-03-31;x;1.50;EUR;more\n", "row 2, column 6", "6 cells in 5 columns"),
    (HEAD + 'A;2026-03-31;"x;1.50;EUR\n', "row 2", "broken"),
    ("Date;Text;Amount;Belopp\n2026-03-31;x;1.50;1.50\n", "row 1, column 4", "mean the same"),
    ("Date;Text;Amount;Credit\n2026-03-31;x;1.50;1.50\n", "row 1, column 4", "not certain"),
    ("Date;Text;Debit;Credit;Currency\n2026-03-31;x;1.50;2.50;EUR\n", "row 2, column 3",
     "both a debit and a credit"),
    ("Date;Text;Amount;D/C;Currency\n2026-03-31;x;1.50;?;EUR\n", "row 2, column 4", "neither"),
    ("Date;Text;Amount (EUR);Balance\n2026-03-30;x;1.50;11.50\n2026-03-31;y;2.00;14.00\n",
     "row 3", "the balance does not follow"),
])  # fmt: skip
def test_what_is_not_certain_is_refused_with_its_place(text: str, where: str, says: str) -> None:
    with pytest.raises(Unreadable) as refused:
        csv_statement.read(text.encode())

    assert refused.value.where == where
    assert says in refused.value.says


@pytest.mark.parametrize(("amount", "minor"), [
    ("1.234,50", 123450), ("1 234,50", 123450), ("1'234.50", 123450), ("12,50-", -1250),
    ("(12.50)", -1250), ("−12,50", -1250), ("100", 10000), ("+0,01", 1),
])  # fmt: skip
def test_amounts_are_read_as_banks_write_them(amount: str, minor: int) -> None:
    (one,) = csv_statement.read(f"{HEAD}A;2026-03-31;x;{amount};EUR\n".encode())

    assert one.lines[0].amount == Money(minor, "EUR")


@pytest.mark.parametrize(("word", "minor"), [("S", -150), ("H", 150), ("C", 150), ("Debit", -150)])
def test_a_word_beside_the_amount_gives_its_direction(word: str, minor: int) -> None:
    text = f"Datum;Text;Betrag;Soll/Haben;Währung\n31.03.2026;x;1,50;{word};EUR\n"

    (one,) = csv_statement.read(text.encode("utf-16"))

    assert one.lines[0].amount == Money(minor, "EUR")


def test_each_account_and_currency_is_a_statement() -> None:
    body = "A;2026-03-31;x;1.50;EUR\nB;2026-03-31;x;2.50;EUR\nA;2026-03-31;x;3.50;SEK\n"

    reading = statements.examine((HEAD + body).encode())

    assert reading.format == "csv_statement"
    assert [(x.account, x.currency) for x in reading.statements] == [
        ("A", "EUR"), ("B", "EUR"), ("A", "SEK"),
    ]  # fmt: skip
    assert reading.findings == ()


@pytest.mark.parametrize(("text", "minor", "pending"), [
    # A status, a note or the day says that a line is not booked; it is in no balance.
    ("Date;Text;Amount;Currency;Balance;State\n2026-03-30;x;1.50;EUR;11.50;COMPLETED\n"
     "2026-03-31;y;-2.00;EUR;;PENDING\n", [150, -200], [False, True]),
    ("Buchungstag;Verwendungszweck;Betrag;Waehrung;Info\n30.03.26;x;1,50;EUR;Umsatz gebucht\n"
     "31.03.26;y;-2,00;EUR;Umsatz vorgemerkt\n", [150, -200], [False, True]),
    ("Bokföringsdag;Belopp;Avsändare;Saldo;Valuta\n2026/03/30;1,50;x;11,50;SEK\n"
     "Reserverad;-2,00;y;;SEK\n", [150, -200], [False, True]),
    # Two currencies: the one behind the amount is the amount's.
    ("Buchung;Verwendungszweck;Saldo;Währung;Betrag;Währung\n30.03.2026;x;11,50;EUR;1,50;EUR\n",
     [150], [False]),
    ("Kirjauspäivä;Määrä EUROA;Selitys\n30.03.2026;1,50;x\n", [150], [False]),
    ("Bokförd;Text;Insättningar SEK;Uttag\n2026-03-30;x;1,50;\n2026-03-31;y;;-2,00\n",
     [150, -200], [False, False]),
])  # fmt: skip
def test_columns_of_banks(text: str, minor: list[int], pending: list[bool]) -> None:
    (statement,) = csv_statement.read(text.encode())

    assert [line.amount.minor for line in statement.lines] == minor
    assert [line.pending for line in statement.lines] == pending


def test_a_bic_behind_an_account_is_no_part_of_it() -> None:
    head = "Kirjauspäivä;Määrä EUROA;Saaja/Maksaja;Saajan tilinumero ja pankin BIC\n"
    (statement,) = csv_statement.read(
        (head + "30.03.2026;1,50;Oy;FI21 1234 5600 0007 85 NDEAFIHH\n").encode()
    )

    assert statement.lines[0].counterparty_account == "FI2112345600000785"


@pytest.mark.parametrize(("text", "account", "currency"), [
    ("Date;Text;Amount\n2026-03-31;x;1.50\n", "DE1", "EUR"),
    ("Date;Text;Amount SEK\n2026-03-31;x;1.50\n", "DE1", "SEK"),
    ("Account;Date;Text;Amount\nSE2;2026-03-31;x;1.50\n", "SE2", "EUR"),
])  # fmt: skip
def test_what_the_file_says_goes_before_what_a_person_says(
    text: str, account: str, currency: str
) -> None:
    (told,) = csv_statement.read_told(text.encode(), account="DE1", currency="EUR")

    assert (told.account, told.currency) == (account, currency)


@pytest.mark.parametrize(("head", "row", "name", "account"), [
    ("Bokföringsdag;Belopp;Avsändare;Mottagare;Namn;Saldo;Valuta;",
     "2025/12/29;-1158,75;1 2;5343-2795;Webb AB;9911,33;SEK;", "Webb AB", "5343-2795"),
    ("Bokföringsdag;Belopp;Avsändare;Mottagare;Namn;Saldo;Valuta;",
     "2025/12/29;1158,75;5343-2795;1 2;Webb AB;9911,33;SEK;", "Webb AB", "5343-2795"),
    ("Bokföringsdag;Belopp;Avsändare;Mottagare;Valuta", "2025/12/29;-1,00;Vi;De;SEK", "De", ""),
    ("Utført dato;Bokført dato;Rentedato;Fra konto;Avsender;Til konto;Mottakernavn;Beløp inn;"
     "Beløp ut;Valuta;Melding/KID/Fakt.nr",
     "06.05.2026;06.05.2026;06.05.2026;1111 22 33334;Kunde AS;9000 12 34567;Vi;1,50;;NOK;x\n"
     "Totalt beløp ut av konto:;;-123,45 NOK;;;;;;;;", "Kunde AS", "11112233334"),
    ("Datum,Naam / Omschrijving,Rekening,Tegenrekening,Af Bij,Bedrag (EUR),Mededelingen",
     '20261010,Klant BV,NL01INGB0001234567,NL02ABNA0123456789,Bij,"2.500,00",x',
     "Klant BV", "NL02ABNA0123456789"),
    ("Bokföringsdag;Belopp;Avsändare;Mottagare;Namn;Valuta;",
     "2025/12/29;1,00;Kalle;;Swish;SEK;", "Swish", ""),
])  # fmt: skip
def test_the_other_party_is_the_side_that_is_not_us(
    head: str, row: str, name: str, account: str
) -> None:
    (statement,) = csv_statement.read(f"{head}\n{row}\n".encode())
    (line,) = statement.lines

    assert (line.counterparty, line.counterparty_account) == (name, account)


def test_a_row_at_the_end_that_moves_money_is_no_total() -> None:
    with pytest.raises(Unreadable, match="no date"):
        csv_statement.read(f"{HEAD}A;2026-03-31;x;1,50;EUR\nTotal:;;x;1,50;EUR\n".encode())
