"""OIOUBL 2, the Danish UBL before Peppol: the same tree, other words in it.

Source: OIOUBL guidelines 2.02 (Danish Business Authority): G27 totals, where TaxExclusiveAmount is
the sum of the taxes; G28 tax, whose categories are words and whose scheme 63 is VAT; G16 parties.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from usance.domain.invoice import Invoice
from usance.domain.invoice.document import Account, Totals
from usance.domain.party import Party

CUSTOMIZATION = "OIOUBL-2"
CATEGORIES = {"StandardRated": "S", "ZeroRated": "Z", "ReverseCharge": "AE"}
_VAT_ID = re.compile(r"DK\d{8}")


def is_ours(invoice: Invoice) -> bool:
    return invoice.specification.upper().startswith(CUSTOMIZATION)


def in_our_words(invoice: Invoice) -> Invoice:
    return replace(
        invoice,
        seller=_party(invoice.seller),
        buyer=_party(invoice.buyer),
        totals=_totals(invoice.totals),
        payment_means=tuple(
            replace(means, accounts=tuple(map(_account, means.accounts)))
            for means in invoice.payment_means
        ),
        taxes=tuple(
            replace(tax, category=CATEGORIES.get(tax.category, tax.category))
            for tax in invoice.taxes
        ),
        allowances=_categorised(invoice.allowances),
        lines=_categorised(invoice.lines),
    )


def _categorised(parts: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(
        replace(part, tax_category=CATEGORIES.get(part.tax_category, part.tax_category))
        for part in parts
    )


def _party(party: Party) -> Party:
    """A party's PartyName is its name where no register's stands beside it; scheme 63 is VAT."""
    named = replace(party, name=party.name or party.trading_name)
    if not party.vat_id and _VAT_ID.fullmatch(party.tax_id):
        named = replace(named, vat_id=party.tax_id, tax_id="")
    return replace(named, trading_name="") if named.name == named.trading_name else named


def _account(account: Account) -> Account:
    """A bank's registration number of four digits is the first part of its accounts' numbers."""
    if not account.bic.isdecimal():
        return account
    return replace(account, number=account.bic + account.number.zfill(10), bic="")


def _totals(totals: Totals) -> Totals:
    """What stands as the net is the tax; the net is what is left of the gross. Senders that write
    the net all the same are believed."""
    if totals.net is None or totals.net != totals.tax or totals.gross is None:
        return totals
    return replace(totals, net=totals.gross - totals.net)
