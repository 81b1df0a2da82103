"""From the weight of reasons to a probability: of the fields shown at 0.9, nine in ten are right.

The line was fitted to measured readings (docs/reading.md says on what, and how well it holds).
"""

import math

MIDDLE, STEEP = 0.6, 1.5  # Weight that is right every second time; how fast it gets surer.
MOST = 0.995
RIVAL = 0.35  # Share of the runner-up's weight that is taken off.


def confidence(score: float, *, rival: float = 0.0, seen: float = 1.0) -> float:
    """0 to MOST for a candidate's weight, the best other value's, and how well it was seen."""
    weight = score - RIVAL * max(rival, 0.0)
    return round(min(1 / (1 + math.exp(-STEEP * (weight - MIDDLE))), MOST) * seen, 3)
