"""Our chart in the numbers of others: a row for each account of ours, a column for each chart.

A proposal that an accountant confirms: every number can be set for the bookkeeping that takes it.
No two accounts of ours share a number, so that their balances there equal ours account by account.

Sources: BAS 2025, BAS-intressenternas Förening (kontotabell); DATEV Kontenrahmen SKR 03
(Art.-Nr. 11174) and SKR 04 (Art.-Nr. 11175), 2025; § 256a HGB, which is about the closing rate:
unrealised differences stand on its accounts, realised ones on those beside them. In SKR only
accounts are taken that compute no VAT of their own (no AM or AV accounts). BAS has no account for
suspended debits; 2999 is its account for what is to be cleared up. No chart has one for the
valuation of positions: it stands on a free number beside other receivables, and in BAS so do
conversions. In BAS unrealised differences have free numbers as well. Those of pledged claims are
from memory: 1682 of BAS, 1550 and 1360 of SKR are accounts for loans; both contras stand on free
numbers.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from .journal import NAMES, Account


class Unwritable(ValueError):
    """The format cannot say this: a setting is missing or wrong, or an amount does not fit."""


class Sort(StrEnum):
    """Where an account stands in the balance sheet or the result."""

    ASSET = "asset"
    LIABILITY = "liability"  # Equity as well.
    INCOME = "income"
    COST = "cost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """An account of the other chart. `ours`: None for the result of earlier years."""

    number: str
    name: str
    sort: Sort
    ours: Account | None = None


A = Account
# Account of ours: (BAS, its name there), (SKR 03, SKR 04, their name).
ROWS: dict[Account, tuple[str, str, str, str, str]] = {
    A.BANK: ("1930", "Företagskonto", "1200", "1800", "Bank"),
    A.AT_PROVIDERS: ("1580", "Fordringar för kontokort och kuponger", "1361", "1461",
                     "Geldtransit, Zahlungsdienstleister"),
    A.FACTORED_RECEIVABLES: ("1510", "Kundfordringar, förvärvade", "1410", "1210",
                             "Forderungen, angekauft"),
    A.PLEDGED_CONTRA: ("1517", "Pantsatta kundfordringar, motkonto", "1411", "1211",
                       "Forderungen, verpfändet, Gegenkonto"),
    A.CLIENT_LOANS: ("1682", "Kortfristiga lånefordringar", "1550", "1360", "Darlehen"),
    A.CLIENT_CLAIMS: ("1684", "Kortfristiga fordringar hos leverantörer", "1500", "1300",
                      "Sonstige Vermögensgegenstände, Kunden"),
    A.ACCRUED_CHARGES: ("1790", "Övriga förutbetalda kostnader och upplupna intäkter", "1501",
                        "1301", "Sonstige Vermögensgegenstände, Restlaufzeit bis 1 Jahr"),
    A.UNEXPLAINED_DEBITS: ("2999", "OBS-konto", "1590", "1370", "Durchlaufende Posten"),
    A.CLIENT_RESERVES: ("2897", "Mottagna depositioner", "1732", "3550", "Erhaltene Kautionen"),
    A.PLEDGED_RESERVES_CONTRA: ("2896", "Mottagna depositioner, pantsatt, motkonto", "1733",
                                "3551", "Erhaltene Kautionen, verpfändet, Gegenkonto"),
    A.DUE_TO_CLIENTS: ("2890", "Övriga kortfristiga skulder", "1700", "3500",
                       "Sonstige Verbindlichkeiten, Kunden"),
    A.PAYOUTS_IN_TRANSIT: ("2490", "Övriga kortfristiga skulder, utbetalningar", "1360", "1460",
                           "Geldtransit"),
    A.UNAPPLIED_CASH: ("2420", "Förskott från kunder", "1792", "3620",
                       "Sonstige Verrechnungskonten"),
    A.DUE_TO_DEBTORS: ("2899", "Övriga kortfristiga skulder, till gäldenärer", "1701", "3501",
                       "Sonstige Verbindlichkeiten, Debitoren"),
    A.VAT_PAYABLE: ("2610", "Utgående moms, 25 %", "1770", "3800", "Umsatzsteuer"),
    A.CAPITAL: ("2093", "Erhållna aktieägartillskott", "0840", "2920", "Kapitalrücklage"),
    A.FEE_INCOME: ("3040", "Försäljning tjänster, factoring", "8200", "4200", "Erlöse"),
    A.INTEREST_INCOME: ("8313", "Ränteintäkter från kortfristiga fordringar", "2650", "7100",
                        "Sonstige Zinsen und ähnliche Erträge"),
    A.FUNDS_INCOME: ("8310", "Ränteintäkter från omsättningstillgångar", "2680", "7120",
                     "Zinsähnliche Erträge"),
    A.CREDIT_LOSSES: ("6351", "Konstaterade förluster på kundfordringar", "2400", "6930",
                      "Forderungsverluste"),
    A.BANK_CHARGES: ("6570", "Bankkostnader", "4970", "6855", "Nebenkosten des Geldverkehrs"),
    A.CONVERSIONS: ("1688", "Övriga kortfristiga fordringar, valutaväxling", "1362", "1462",
                    "Geldtransit, Währungstausch"),
    A.SMALL_DIFFERENCES: ("3740", "Öres- och kronutjämning", "2309", "6969",
                          "Sonstige Aufwendungen unregelmäßig"),
    A.EXCHANGE_VALUATION: ("1689", "Övriga kortfristiga fordringar, valutakursvärdering", "1509",
                           "1309", "Sonstige Vermögensgegenstände, Währungsbewertung"),
    A.EXCHANGE_GAINS: ("3960", "Valutakursvinster av rörelsekaraktär", "2661", "4847",
                       "Erträge aus der Währungsumrechnung (nicht § 256a HGB)"),
    A.UNREALISED_GAINS: ("3969", "Valutakursvinster, orealiserade", "2660", "4840",
                         "Erträge aus der Währungsumrechnung"),
    A.EXCHANGE_LOSSES: ("7960", "Valutakursförluster av rörelsekaraktär", "2151", "6881",
                        "Aufwendungen aus der Währungsumrechnung (nicht § 256a HGB)"),
    A.UNREALISED_LOSSES: ("7969", "Valutakursförluster, orealiserade", "2150", "6880",
                          "Aufwendungen aus der Währungsumrechnung"),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """`retained`: number and name of the account that takes the result of earlier years."""

    says: str
    accounts: Mapping[Account, tuple[str, str]]
    retained: tuple[str, str]


CHARTS: dict[str, Chart] = {
    "bas": Chart(
        says="BAS (Sweden)",
        accounts={ours: (row[0], row[1]) for ours, row in ROWS.items()},
        retained=("2098", "Vinst eller förlust från föregående år"),
    ),
    "skr03": Chart(
        says="SKR 03 (Germany)",
        accounts={ours: (row[2], row[4]) for ours, row in ROWS.items()},
        retained=("0860", "Gewinnvortrag vor Verwendung"),
    ),
    "skr04": Chart(
        says="SKR 04 (Germany)",
        accounts={ours: (row[3], row[4]) for ours, row in ROWS.items()},
        retained=("2970", "Gewinnvortrag vor Verwendung"),
    ),
    "own": Chart(
        says="The numbers of usance",
        accounts={ours: (ours.value, NAMES[ours]) for ours in Account},
        retained=("3900", "Result of earlier years"),
    ),
}
_SORTS = {"1": Sort.ASSET, "2": Sort.LIABILITY, "3": Sort.LIABILITY, "4": Sort.INCOME}


def sort(account: Account) -> Sort:
    """What the account is, by the first digit of our own number."""
    return _SORTS.get(account.value[0], Sort.COST)


def accounts(chart: str, numbers: Mapping[str, str]) -> tuple[Named, ...]:
    """Every account of ours as it is called there, and that of earlier results, by number.

    :param numbers: what an accountant set otherwise: our number → the one there.
    :raises Unwritable: for an account without a number, and for a number that two would share.
    """
    known = CHARTS[chart]
    found = []
    for ours in Account:
        number, name = known.accounts.get(ours, ("", NAMES[ours]))
        number = numbers.get(ours.value, number)
        if not number:
            raise Unwritable(f"{ours.value} {NAMES[ours]} has no number in the chart {chart}")
        found.append(Named(number=number, name=name, sort=sort(ours), ours=ours))
    number, name = known.retained
    found.append(Named(number=numbers.get("retained", number), name=name, sort=Sort.LIABILITY))
    seen: dict[str, Named] = {}
    for one in found:
        if one.number in seen:
            raise Unwritable(f"{one.number} stands for {seen[one.number].name} and {one.name}")
        seen[one.number] = one
    return tuple(sorted(found, key=lambda one: one.number))
