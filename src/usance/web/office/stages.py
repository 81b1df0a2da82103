"""How stages and changes of parties are shown: a word, a tone, a line of the timeline."""

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from usance import models
from usance.domain.invoice import Stage
from usance.web.canvas import Number
from usance.web.charts import plain

from .diary_words import actor

TONES = {
    Stage.RECEIVED: (gettext_lazy("Received"), "plain"),
    Stage.VERIFIED: (gettext_lazy("Verified"), "info"),
    Stage.APPROVED: (gettext_lazy("Approved"), "info"),
    Stage.FUNDED: (gettext_lazy("Funded"), "good"),
    Stage.SETTLED: (gettext_lazy("Settled"), "good"),
    Stage.APPLIED: (gettext_lazy("Applied"), "good"),
    Stage.REJECTED: (gettext_lazy("Rejected"), "bad"),
    Stage.REPURCHASED: (gettext_lazy("Repurchased"), "warn"),
    Stage.WRITTEN_OFF: (gettext_lazy("Written off"), "bad"),
}


def drawn(rows: Iterable[models.Invoice]) -> list[dict[str, object]]:
    """Invoices for a short list."""
    return [
        {"row": row, "word": TONES[Stage(row.stage)][0], "tone": TONES[Stage(row.stage)][1]}
        for row in rows
    ]


def counted(stages: Mapping[str, int]) -> list[dict[str, object]]:
    """Stages in the order in which they are walked; empty ones are left out."""
    return [
        {"stage": stage.value, "word": word, "tone": tone, "count": stages[stage]}
        for stage, (word, tone) in TONES.items()
        if stages.get(stage)
    ]


def told(history: Iterable[models.Diary]) -> list[dict[str, object]]:
    """Changes of master data as a timeline, each with what it was and what it became."""
    return [
        {"says": _said(line.particulars), "at": line.at, "actor": actor(line.actor),
         "icon": "history", "tone": ""}
        for line in history
    ]  # fmt: skip


def _said(particulars: Mapping[str, object]) -> str:
    what = str(particulars.get("what", _("changed"))).capitalize()
    after, before = particulars.get("after"), particulars.get("before")
    if isinstance(after, dict) and isinstance(before, dict):
        parts = [f"{name.replace('_', ' ')} {before.get(name) or '–'} → {value or '–'}"
                 for name, value in after.items()]  # fmt: skip
        return f"{what}: {'; '.join(parts)}"
    value = particulars.get("value")
    return f"{what}: {value}" if value else what


def short(value: Number) -> str:
    """1,250,000 as "1.3M": what fits above a bar."""
    size = abs(value)
    if size >= 1_000_000:
        return f"{float(value) / 1_000_000:.1f}M"
    return f"{float(value) / 1_000:.1f}k" if size >= 1_000 else plain(value)


def whole(value: Number) -> str:
    """A count: an axis of few leaves its parts without a word."""
    return f"{value:.0f}" if value == round(value) else ""
