"""Where an address must stand to be seen through the envelope's window. Millimetres on A4.

The country is that of the house which puts the letters into envelopes.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    sender: Zone  # The small line with the sender, seen above the address.
    recipient: Zone
    franking: Zone  # Kept free for the carrier's mark.
    info: Zone  # Beside the window: numbers and dates.
    subject_y: float
    folds: tuple[float, ...]


# DIN 5008:2020, form B: address field 85 x 45 mm at (20, 45); 17.7 mm of it for notes and the
# franking, 27.3 mm for the recipient; information block at (125, 50); folds at 105 and 210 mm,
# the punch mark at 148.5 mm. Text starts 5 mm inside the field.
DIN_5008_B = Window(
    sender=Zone(x=25, y=59.4, width=80, height=2.6),
    recipient=Zone(x=25, y=62.7, width=80, height=27.3),
    franking=Zone(x=20, y=45, width=85, height=12.7),
    info=Zone(x=125, y=50, width=65, height=42),
    subject_y=98.5,
    folds=(105, 148.5, 210),
)
# The Swedish window on the right ("H2"), C5 and E65: what lies inside of both, with play. The
# carrier marks the area above it. Folded once in the middle for C5.
SWEDISH_RIGHT = Window(
    sender=Zone(x=112, y=47.6, width=78, height=2.6),
    recipient=Zone(x=112, y=51.5, width=78, height=26),
    franking=Zone(x=112, y=29, width=88, height=17.5),
    info=Zone(x=25, y=47.5, width=75, height=38),
    subject_y=89,
    folds=(148.5,),
)
WINDOWS = {"DE": DIN_5008_B, "SE": SWEDISH_RIGHT}


def window_of(country: str) -> Window:
    """The country's window; DIN 5008 form B where we know no other."""
    return WINDOWS.get(country.upper(), DIN_5008_B)
