"""Which wording of a letter holds: our own, the factor's, or that for one client."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from usance import letters, models
from usance.letters.wording import Fields, worded

Key = tuple[UUID | None, str, str]  # Client (None: all), letter, language.


@dataclass(frozen=True, slots=True)
class Templates:
    """The latest version of each, read at once for a batch."""

    latest: Mapping[Key, models.Template]

    def wording(self, client: UUID | None, letter: str, language: str) -> letters.Texts:
        """The whole wording: what the client's template leaves out the factor's says, then ours."""
        layers = [self.fields(None, letter, language)]
        if client is not None:
            layers.append(self.fields(client, letter, language))
        return worded(letter, language, *layers)

    def fields(self, client: UUID | None, letter: str, language: str) -> Fields:
        row = self.latest.get((client, letter, language))
        return row.fields if row else {}


def now() -> Templates:
    """One query: the last version of every template."""
    rows = models.Template.objects.order_by("client_id", "letter", "language", "-version").distinct(
        "client_id", "letter", "language"
    )
    return Templates({(row.client_id, row.letter, row.language): row for row in rows})


def versions(client: UUID | None, letter: str, language: str) -> list[models.Template]:
    """All versions, the newest first."""
    rows = models.Template.objects.filter(client=client, letter=letter, language=language)
    return list(rows.order_by("-version"))
