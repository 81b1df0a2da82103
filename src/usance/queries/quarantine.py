"""Documents in which the inspector found something: kept as evidence, handed to nobody."""

from usance import models
from usance.domain.refusal import Refusal

INFECTED = "infected"  # The format of a received file that is not read for that reason.


class Infected(Refusal):
    code = "document_infected"
    todo = "Ask the sender for the file again, from a computer that is clean."


def check(sha256: str) -> None:
    """:raises Infected: if a file with these bytes was refused by the inspector."""
    row = models.ReceivedFile.objects.filter(document=sha256, format=INFECTED).first()
    if row is not None:
        raise Infected(f"“{row.name}” is kept, but not handed out: malware was found in it")
