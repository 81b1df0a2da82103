"""Does the confidence line hold for senders it was not fitted on? `python -m bench.calibration`.

The papers of `bench.reading` are parted by sender, so that no sender is on both sides. The line
(where a weight is right every second time, and how fast it gets surer) is fitted to four parts and
judged on the fifth, each part once. The rules and their weights are not made anew: what they know
of these papers is not measured here.
"""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from usance.domain import capture
from usance.domain.capture import confidence
from usance.plugins.scans import read_pages

from .reading import BANDS, scored, truths

PARTS = 5
STEPS = 60  # Of Newton's method; twenty are enough.
STEEPEST, EDGE = 6.0, 1e-6  # A part without a mistake would have an endless slope.


@dataclass(frozen=True)
class Case:
    """A field that was shown: its weight behind the confidence, and whether it was right."""

    part: int
    weight: float
    right: bool
    shown: float


def cases() -> list[Case]:
    found = []
    for path, truth in truths():
        pages, findings = read_pages(path.read_bytes())
        reading = capture.read(pages, findings=findings)
        sender = truth.get("seller", path.name).casefold()
        part = sha256(sender.encode()).digest()[0] % PARTS
        for one in scored(path.name, reading, truth):
            if one.shown and EDGE < one.confidence < 1 - EDGE:
                odds = math.log(one.confidence / (1 - one.confidence))
                weight = confidence.MIDDLE + odds / confidence.STEEP
                found.append(Case(part, weight, one.right, one.confidence))
    return found


def fitted(known: Sequence[Case]) -> tuple[float, float]:
    """Slope and offset of the most likely line, by Newton's method; the slope is held below
    STEEPEST by a weak prior of two imagined mistakes and two imagined hits at the middle."""
    seen = [(one.weight, float(one.right)) for one in known]
    seen += [(confidence.MIDDLE, 0.0), (confidence.MIDDLE, 1.0)] * 2
    slope, offset = confidence.STEEP, -confidence.STEEP * confidence.MIDDLE
    for _ in range(STEPS):
        g0 = g1 = h00 = h01 = h11 = 0.0
        for weight, right in seen:
            chance = 1 / (1 + math.exp(-(slope * weight + offset)))
            miss, spread = right - chance, chance * (1 - chance)
            g0, g1 = g0 + miss, g1 + miss * weight
            h00, h01, h11 = (
                h00 + spread, h01 + spread * weight, h11 + spread * weight * weight,
            )  # fmt: skip
        whole = h00 * h11 - h01 * h01
        if whole < EDGE:
            break
        offset += (h11 * g0 - h01 * g1) / whole
        slope = min(slope + (h00 * g1 - h01 * g0) / whole, STEEPEST)
    return slope, offset


def table(title: str, pairs: Sequence[tuple[float, bool]]) -> None:
    print(f"\n{title}\n{'confidence':12} {'fields':>7} {'said':>7} {'right':>7}")
    for low, high in BANDS:
        inside = [(said, right) for said, right in pairs if low <= said < high]
        if inside:
            told, was = (sum(one[at] for one in inside) / len(inside) for at in (0, 1))
            print(f"{low:.2f} to {min(high, 1):.2f} {len(inside):7} {told:7.1%} {was:7.1%}")
    sure = [right for said, right in pairs if said >= 0.9]
    off = sum((said - right) ** 2 for said, right in pairs) / len(pairs)
    print(f"at 0.9 and above: {sum(sure)} of {len(sure)} right, {sum(sure) / len(sure):.1%};"
          f" Brier score {off:.4f}")  # fmt: skip


def main() -> None:
    found = cases()
    parts = defaultdict(list)
    for one in found:
        parts[one.part].append(one)
    table(f"As usance says it, {len(found)} fields", [(one.shown, one.right) for one in found])
    judged = []
    for part, held in sorted(parts.items()):
        slope, offset = fitted([one for one in found if one.part != part])
        print(f"part {part}: {len(held)} fields of others' senders;"
              f" middle {-offset / slope:.2f}, steep {slope:.2f}")  # fmt: skip
        judged += [(1 / (1 + math.exp(-(slope * one.weight + offset))), one.right) for one in held]
    table("The line fitted to the senders of four parts, judged on the fifth", judged)


if __name__ == "__main__":
    main()
