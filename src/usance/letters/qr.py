"""The square that a banking app reads, drawn. What it says is ruled in domain.invoice.square."""

import re
from collections.abc import Sequence
from datetime import date
from functools import cache

from usance.domain.invoice import square
from usance.domain.invoice.square import Party, Payable, Square, Standard
from usance.domain.money import Money
from usance.domain.party import Address

from . import symbol
from .facts import Account, Recipient

_RUN = re.compile(rb"\x01+|\x00+")  # Of dark or light modules.


def of(
    account: Account,
    amount: Money,
    reference: str,
    *,
    issued_on: date,
    due_on: date,
    payer: Recipient | None = None,
) -> Square | None:
    """The square of a payment to this account; None: none is lawful for it."""
    return square.square(
        payable(account, amount, reference, issued_on=issued_on, due_on=due_on, payer=payer)
    )


def payable(
    account: Account,
    amount: Money,
    reference: str,
    *,
    issued_on: date,
    due_on: date,
    payer: Recipient | None = None,
) -> Payable:
    """What the rules of squares want to know."""
    return Payable(
        amount=amount, reference=reference,
        payee=Party(name=account.holder, address=account.address or Address()),
        iban=account.iban, bic=account.bic, qr_iban=account.qr_iban, bankgiro=account.bankgiro,
        swish=account.swish,
        payer=Party(name=payer.name, address=payer.address) if payer else None,
        issued_on=issued_on, due_on=due_on,
    )  # fmt: skip


def drawn(found: Square) -> str:
    """A payment's square as SVG, as its standard wants it drawn."""
    if found.standard is Standard.UPN:
        import segno  # A tenth of a second: whoever prints nothing does without.

        code = segno.make_qr(
            found.says, error="m", boost_error=False, mask=symbol.MASK, version=15,
            encoding="iso-8859-2", eci=True, mode="byte",
        )  # fmt: skip
        return _svg(code.matrix)
    if found.standard is Standard.SWISS:
        return _svg(symbol.modules(found.says, "m"), cross=True)
    return svg(found.says)


def svg(said: str, *, error: str = "m") -> str:
    """A text as SVG, strokes where modules are dark.

    `error`: "l" where it is printed so small that larger modules read better than corrected ones.
    """
    return _svg(symbol.modules(said, error))


def _svg(matrix: Sequence[bytes | bytearray], *, cross: bool = False) -> str:
    path = "".join(
        f"M0 {y}.5" + "".join([_strokes(bytes(row[at : at + 8])) for at in range(0, len(row), 8)])
        for y, row in enumerate(matrix)
    )
    wide = len(matrix)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {wide}">'
        f'<path stroke="#000" d="{path}"/>{_cross(wide) if cross else ""}</svg>'
    )


@cache
def _strokes(modules: bytes) -> str:
    """Eight of a row, or what is left of it: they stand in every square."""
    return "".join(
        f"{'h' if run[0][0] else 'm'}{len(run[0])}{'' if run[0][0] else ' 0'}"
        for run in _RUN.finditer(modules)
    )


def _cross(wide: int) -> str:
    """The Swiss cross in the middle: 7 mm of the square's 46 mm, white about it.

    Source: SIX, Swiss Implementation Guidelines QR-bill 2.3, 5.4.2.
    """
    milli = 1000 * wide // 46  # Thousandths of a module in a millimetre.

    def box(across: int, down: int, colour: str) -> str:
        """Tenths of a millimetre, about the middle."""
        width, height = across * milli // 10, down * milli // 10
        left, top = (wide * 1000 - width) // 2, (wide * 1000 - height) // 2
        sizes = [f"{n // 1000}.{n % 1000:03d}" for n in (left, top, width, height)]
        return '<rect x="{}" y="{}" width="{}" height="{}" fill="{}"/>'.format(*sizes, colour)

    # The arms of the federal cross are a sixth longer than wide: 3.9 mm by 1.17 mm in 6 mm.
    return box(70, 70, "#fff") + box(60, 60, "#000") + box(39, 12, "#fff") + box(12, 39, "#fff")
