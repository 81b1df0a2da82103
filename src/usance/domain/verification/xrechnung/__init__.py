"""XRechnung 3.0, the German specification for invoices to the public sector."""

from datetime import date

from ..rulebook import Release


def _releases() -> tuple[Release, ...]:
    from . import core, extension, peppol

    return (
        Release(
            name="XRechnung",
            version="3.0",
            valid_from=date(2026, 1, 31),
            rules=tuple(
                rule for chapter in (core, extension, peppol) for rule in chapter.CHAPTER.rules
            ),
        ),
    )


RELEASES = _releases()
