"""Ask whether invoices are valid. Nothing is kept."""

from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Field, Router
from pydantic import BaseModel

from usance import clock
from usance.domain.finding import Finding
from usance.domain.verification.profiles import Profile
from usance.plugins.einvoices._judging import PLACES, Asked, Judged, judged

from . import once, uploads
from .uploads import FileIn
from .values import Asked as Said
from .values import Day

router = Router(tags=["Intake"])


class VerdictIn(Said):
    profile: Literal["auto", "en16931", "peppol", "peppol-selfbilling", "xrechnung"] = Field(
        "auto", description="Auto: the rules that each document names."
    )
    on: Day | None = Field(
        None, description="The rules of this day; without it those of each invoice's day of issue."
    )
    files: Annotated[list[FileIn], Field(min_length=1, max_length=uploads.MOST_FILES)]


class RuleBroken(BaseModel):
    """As `usance validate --json` says it."""

    rule: str = Field(examples=["BR-CO-15"])
    severity: str = Field(examples=["fatal"])
    message: str
    location: str = Field(description="An XPath, or the row and the terms of a table.")

    @classmethod
    def of(cls, finding: Finding) -> "RuleBroken":
        return cls(
            rule=finding.code, severity=finding.severity.value, message=finding.says,
            location=finding.where,
        )  # fmt: skip


class VerdictOut(BaseModel):
    file: str = Field(examples=["R-1001.xml"])
    syntax: str = Field(description="Empty: it cannot be read.", examples=["ubl"])
    profile: str = Field(examples=["peppol"])
    valid: bool
    findings: list[RuleBroken] = Field(
        description=f"Of each rule the first {PLACES} places that break it."
    )
    findings_left_out: int = Field(description="How many more places break these rules.")
    not_judged: list[str] = Field(
        description="Rules that a table or another format does not say enough for."
    )


class Verdicts(BaseModel):
    items: list[VerdictOut]


MULTIPART = {
    "profile": {"type": "string", "enum": ["auto", *(one.value for one in Profile)]},
    "on": {"type": "string", "format": "date"},
}


@router.post(
    "",
    response=Verdicts,
    summary="Judge invoices by the official rules",
    openapi_extra=uploads.described(
        MULTIPART, {"$ref": "#/components/schemas/VerdictIn"}, files="files"
    ),
)
@once.keyed(required=False, status=200)
def judge(request: HttpRequest) -> Verdicts:
    """EN 16931, Peppol BIS Billing 3 or XRechnung: the verdict on each file and every rule that it
    breaks, where and why. Nothing is taken in and no byte is kept."""
    if uploads.is_multipart(request):
        said = VerdictIn.model_validate(uploads.sent(request))
    else:
        uploads.limit(request)
        said = VerdictIn.model_validate_json(request.body)
    profile = None if said.profile == "auto" else Profile(said.profile)
    asked = Asked(profile=profile, on=said.on, today=clock.now().date())
    answers = judged((file.content for file in said.files), asked)
    return Verdicts(items=[_of(file, one) for file, one in zip(said.files, answers, strict=True)])


def _of(file: FileIn, found: Judged) -> VerdictOut:
    said = found.verdict
    return VerdictOut(
        file=file.name, syntax=said.syntax, profile=said.profile, valid=said.valid,
        findings=[RuleBroken.of(one) for one in said.findings],
        findings_left_out=found.left_out, not_judged=list(said.not_judged),
    )  # fmt: skip
