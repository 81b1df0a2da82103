"""Word a letter anew. What was sent stays as it was sealed; the next letter says the new."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max

from usance import models
from usance.domain.events import Kind
from usance.domain.finding import Finding
from usance.domain.mandate import Act, Role, require
from usance.domain.refusal import Refusal
from usance.letters.languages import texts
from usance.letters.wording import Fields, faults

from .diary import Line, note


class TemplateFaulty(Refusal):
    """Carries every finding, each with its field and line."""

    code = "template_faulty"
    todo = "Correct the lines that it names."

    def __init__(self, found: Sequence[Finding]) -> None:
        super().__init__("; ".join(f"{one.where}: {one.says}" for one in found))
        self.findings = tuple(found)


class TemplateChanged(Refusal):
    code = "template_changed"
    todo = "Look at the newer version, then change that one."


@transaction.atomic
def write(
    letter: str,
    language: str,
    said: Fields,
    *,
    client: UUID | None,
    replaces: int,
    role: Role,
    at: datetime,
    actor: str,
) -> models.Template:
    """A new version of the factor's wording, or of one client's. No fields: our own words again.

    `replaces` is the version that was looked at, 0 if there was none.

    :raises NotAllowed: if the role may not.
    :raises UnknownLetter, UnknownLanguage: for names that we do not have.
    :raises TemplateFaulty: with every field and line that is wrong.
    :raises TemplateChanged: if somebody wrote a version in between.
    """
    require(role, Act.WRITE_TEMPLATE)
    texts(letter, language)
    if found := faults(letter, said):
        raise TemplateFaulty(found)
    newest = models.Template.objects.filter(
        client=client, letter=letter, language=language
    ).aggregate(Max("version"))["version__max"]
    if (newest or 0) != replaces:
        raise TemplateChanged(f"version {newest or 0} holds, {replaces} was looked at")

    row = models.Template(
        client_id=client, letter=letter, language=language, version=replaces + 1,
        fields=dict(said), made_at=at, made_by=actor,
    )  # fmt: skip
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as raced:
        if "template_version_once" not in str(raced):
            raise
        raise TemplateChanged(f"version {row.version} was written just now") from raced
    particulars = {"what": f"template {letter} {language}", "value": f"version {row.version}"}
    line = Line(client or row.pk, None, particulars)
    note(Kind.MASTER_DATA_CHANGED, [line], at=at, actor=actor)
    return row
