"""The fault dial: how often which trouble comes, decided by seed, key and attempt."""

from collections.abc import Mapping

from . import dice

# Trouble of a call, and what the caller may think of it.
CALLS = (
    "error_500",  # Not taken. The caller cannot know.
    "busy_429",  # Not taken, said so: 429 with Retry-After, 451 by mail.
    "timeout_after_accept",  # Taken, no answer.
    "reset_after_accept",  # Taken, connection broken.
    "bad_gateway_after_accept",  # Taken, 502.
    "garbage",  # Taken, 200 with an answer that is none.
    "slow",  # Taken, late.
)
# Trouble of reports.
REPORTS = (
    "event_twice",
    "events_shuffled",
    "strange_word",
)
KINDS = CALLS + REPORTS


class Faults:
    def __init__(self, seed: int, share: float) -> None:
        self.seed = seed
        self.shares: dict[str, float] = {}
        self.spread(share)
        self._attempts: dict[str, int] = {}

    def spread(self, share: float) -> None:
        """This share of all calls goes wrong, each kind as often as the other; reports too."""
        self.shares = dict.fromkeys(CALLS, share / len(CALLS))
        self.shares |= dict.fromkeys(REPORTS, share / len(REPORTS))

    def dial(self, shares: Mapping[str, float]) -> None:
        """Set the shares named.

        :raises ValueError: for an unknown kind or a share outside 0 to 1.
        """
        for kind, share in shares.items():
            if kind not in KINDS or not 0 <= share <= 1:
                raise ValueError(f"{kind}: {share}; kinds are {', '.join(KINDS)}, shares 0 to 1")
        self.shares |= shares

    def of_call(self, key: str) -> str:
        """The trouble of this attempt at this key, or nothing."""
        attempt = self._attempts[key] = self._attempts.get(key, 0) + 1
        left = dice.throw(self.seed, "fault", key, str(attempt)) / 2**64
        for kind in CALLS:
            if left < self.shares[kind]:
                return kind
            left -= self.shares[kind]
        return ""

    @property
    def spoils_reports(self) -> bool:
        return any(self.shares[kind] for kind in REPORTS)

    def of_report(self, kind: str, name: str) -> bool:
        return dice.within(self.shares[kind], self.seed, kind, name)
