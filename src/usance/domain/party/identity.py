"""The numbers that a company is known by, wherever an invoice states them."""

from collections.abc import Iterator

from . import Party, identifier_key

# Electronic addresses that are the registration number of a country (EAS code list).
REGISTERS = {"0007": "SE", "0192": "NO", "0184": "DK", "0208": "BE", "0212": "FI"}
# Countries whose VAT number is the registration number, with what stands around it.
_AROUND = {"SE": ("SE", "01"), "DK": ("DK", ""), "FI": ("FI", ""), "NO": ("NO", "MVA"),
           "BE": ("BE", "")}  # fmt: skip


def identities(party: Party) -> frozenset[str]:
    """What the paper says, as "vat:DE136695976" and "reg:SE:5566778899"."""
    return frozenset(_said(party))


def stated(party: Party) -> frozenset[str]:
    """Only what stands in the fields for VAT id and registration number."""
    country = party.address.country if party.address else ""
    said = set()
    if vat := identifier_key(party.vat_id):
        said.add(f"vat:{vat}")
    if party.legal_id and (number := identifier_key(party.legal_id.value)):
        said.add(f"reg:{country}:{number}")
    return frozenset(said)


def of_columns(*, vat_id: str, legal_id: str, country: str) -> frozenset[str]:
    """The same of a row of the register."""
    said = {f"vat:{vat_id}"} if vat_id else set()
    if legal_id:
        said.add(f"reg:{country}:{legal_id}")
    return frozenset(said | {also for one in said for also in _same(one)})


def _said(party: Party) -> Iterator[str]:
    for one in stated(party):
        yield one
        yield from _same(one)
    if party.endpoint and (number := identifier_key(party.endpoint.value)):
        scheme = party.endpoint.scheme
        if scheme in REGISTERS:
            yield f"reg:{REGISTERS[scheme]}:{number}"
        elif scheme.startswith("99") and number[:2].isalpha():  # 9930 and its like: VAT ids.
            yield f"vat:{number}"


def _same(identity: str) -> Iterator[str]:
    """The registration number in a VAT id, and the other way about, where one makes the other."""
    kind, _, rest = identity.partition(":")
    if kind == "vat" and (around := _AROUND.get(rest[:2])):
        before, after = around
        yield f"reg:{rest[:2]}:{rest.removeprefix(before).removesuffix(after)}"
    elif kind == "reg":
        country, _, number = rest.partition(":")
        if around := _AROUND.get(country):
            yield f"vat:{around[0]}{number}{around[1]}"
