"""Why this channel and why not that one, as people read it."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from usance import models
from usance.domain.distribution import Enough, Kind, Ladder, is_bank
from usance.queries import ladders

from .standing import KINDS

ENOUGH = {
    Enough.ACCEPTED: gettext_lazy("the carrier's word is enough"),
    Enough.SENT: gettext_lazy("it has to be passed on"),
    Enough.CONFIRMED: gettext_lazy("the receiver has to confirm"),
}
assert set(ENOUGH) == set(Enough), "every proof has its words"


def shown(found: Ladder) -> dict[str, object]:
    """A ladder with its reasons, for office/why_ladder.html."""
    return {
        "whose": found.whose,
        "rungs": [
            {
                "kind": KINDS[rung.kind],
                "because": rung.because,
                "time": hours(rung.hours),
                "enough": ENOUGH[rung.enough],
                "beside": [KINDS[kind] for kind in rung.beside],
            }
            for rung in found.rungs
        ],
        "left_out": [
            {"kind": KINDS[no.kind], "because": no.because, "code": no.code}
            for no in found.left_out
        ],
    }


def hours(count: int) -> str:
    """48 as "2 days", 30 as "30 hours"."""
    if count % 24 == 0:
        days = count // 24
        return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}
    return ngettext("%(n)s hour", "%(n)s hours", count) % {"n": count}


def known(debtor: models.Debtor, rows: Iterable[models.Capability]) -> list[dict[str, object]]:
    """What directories said of the addresses that the debtor has now."""
    return [
        {
            "kind": KINDS[Kind(row.kind)],
            "row": row,
            "by_bank": is_bank(row.identifier),
            "word": _("receives") if row.receives
            else _("not known") if row.receives is None else _("does not receive"),
            "tone": "good" if row.receives else "plain" if row.receives is None else "bad",
        }
        for row in rows
        if row.identifier == ladders.identifier(debtor, Kind(row.kind))
    ]  # fmt: skip
