"""Whether a participant of an e-invoice network is a party of an invoice, whoever sent it."""

from dataclasses import dataclass

from usance.domain.party import Identifier, Party, identifier_key
from usance.domain.party.identity import identities


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """A party as the invoice states it, and what the register has of it."""

    party: Party
    numbers: frozenset[str] = frozenset()  # As domain.party.identity writes them.
    address: str = ""  # Where it takes e-invoices, "0007:5566778899".

    def answers_to(self, participant: str) -> bool:
        """By the address that the invoice or the register has, or by a number in the address."""
        scheme, _, value = participant.partition(":")
        if not scheme or not identifier_key(value):
            return False
        endpoint = Identifier(value=value, scheme=scheme)
        stated = self.party.endpoint
        addresses = {_key(self.address), _key(f"{stated.scheme}:{stated.value}" if stated else "")}
        if _key(participant) in addresses:
            return True
        return bool(identities(Party(endpoint=endpoint)) & (identities(self.party) | self.numbers))


def _key(participant: str) -> tuple[str, str]:
    scheme, _, value = participant.partition(":")
    return scheme.strip(), identifier_key(value)
