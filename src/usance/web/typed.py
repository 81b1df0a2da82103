"""Amounts as people type them."""

from usance.domain.money import Money, NotMoney


def amount(text: str, currency: str) -> Money | None:
    """An amount as people type it: 1 234,50 or 1,234.50 or 1234.5. None if it is none."""
    bare = "".join(text.split()).replace("\N{RIGHT SINGLE QUOTATION MARK}", "").replace("'", "")
    comma, point = bare.rfind(","), bare.rfind(".")
    if comma > point:
        behind = len(bare) - comma - 1
        decimal = behind != 3 or point >= 0  # "1,234" is one thousand and more.
        bare = bare.replace(".", "").replace(",", "." if decimal else "")
    else:
        bare = bare.replace(",", "")
    try:
        return Money.of(bare, currency)
    except NotMoney:
        return None
