"""Where the figures of a report lead: to the rows they are made of, asked for in the same way."""

from collections.abc import Mapping

from .asked import NOBODY, Asked
from .table import Column, Link, Raw

NAMED = {"client": "Client", "debtor": "Debtor", "invoice": "Invoice"}


def to_report(name: str, asked: Asked, raw: Raw, **more: str) -> Link:
    """Another report of the same day, knowledge and period, of this row's subject and currency."""
    said = {key: value for key, value in asked.words().items() if key in {"on", "known"}}
    for key in ("client", "debtor", "invoice"):
        value = getattr(asked, key)
        if value is not None:
            said[key] = str(value)
    said["currency"] = raw["currency"]
    said |= dict.fromkeys(asked.nobody, NOBODY)
    if "subject" in raw:
        said[asked.by] = str(raw["subject"] or NOBODY)
    return Link("report", name, said | more)


def subject(raw: Raw, asked: Asked) -> Mapping[str, Link]:
    """The name of a row leads to the page of its party; a total has none."""
    if raw.get("subject") is None:
        return {}
    return {asked.by: Link(asked.by, str(raw["subject"]))}


def named(asked: Asked) -> tuple[Column, Column]:
    """The first two columns of a report by party."""
    return Column(asked.by, NAMED[asked.by]), Column("currency", "Currency")
