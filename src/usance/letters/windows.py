"""Where an address must stand to be seen through the envelope's window. Millimetres on A4.

An envelope is larger than the folded sheet, so the sheet slides: C5 gives 19 mm of play across and
13.5 mm down. A recipient's zone is what the window shows wherever the sheet lies. The country is
that of the house which puts the letters into envelopes; a house with envelopes of its own names its
window in the carrier's setting `window`.
"""

from dataclasses import dataclass

from usance.domain.refusal import Refusal


class UnknownWindow(Refusal):
    code = "window_unknown"
    todo = "Name one of the windows in docs/letters.md."


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    sender: Zone | None  # The small line with the sender; None: the house prints it.
    recipient: Zone
    franking: Zone  # Kept free for the carrier's mark.
    info: Zone  # Beside the window: numbers and dates.
    subject_y: float
    folds: tuple[float, ...]
    source: str  # Who says so. "Not found" says what is assumed instead.


DIN_5008_B = Window(
    sender=Zone(x=25, y=59.4, width=80, height=2.6),
    recipient=Zone(x=25, y=62.7, width=80, height=27.3),
    franking=Zone(x=20, y=45, width=85, height=12.7),
    info=Zone(x=125, y=50, width=65, height=42),
    subject_y=98.5,
    folds=(105, 148.5, 210),
    source="DIN 5008:2020 form B: field 85 x 45 at (20, 45), 17.7 of it for notes and franking,"
    " 27.3 for the recipient; folds at 105 and 210",
)
# Two franking boxes are printed between sender and recipient.
EPOST = Window(
    sender=Zone(x=25, y=46.5, width=80, height=2.6),
    recipient=Zone(x=25, y=66.5, width=80, height=23),
    franking=Zone(x=20, y=53, width=85, height=13),
    info=Zone(x=125, y=50, width=65, height=42),
    subject_y=107,
    folds=(),
    source="Deutsche Post E-POST as told at swspedia.atlassian.net: field 85 x 45 at (20, 45),"
    " sender 8 high, 13 from 53 on free, text below the fold at 105",
)
# The sender is told to the house, which prints it together with the mark.
PINGEN_LEFT = Window(
    sender=None,
    recipient=Zone(x=24, y=61, width=81, height=23.5),
    franking=Zone(x=20, y=40, width=89.5, height=20),
    info=Zone(x=125, y=50, width=65, height=42),
    subject_y=98.5,
    folds=(),
    source="help.pingen.com, Letter standards: address 85.5 x 25.5 at (22, 60), postage 89.5 x 20"
    " at (20, 40)",
)
AUSTRIAN = Window(
    sender=Zone(x=25, y=46.5, width=80, height=2.6),
    recipient=Zone(x=25, y=52, width=80, height=31),
    franking=Zone(x=20, y=32, width=90, height=13),
    info=Zone(x=131, y=45, width=59, height=44),
    subject_y=97,
    folds=(100, 148.5, 205),
    source="livepost.at, Briefgestaltung: field 90 x 40 at (20, 45), free 15 above, 20 to the right"
    " and 10 below; folds at 100 and 205",
)
SWISS_RIGHT = Window(
    sender=Zone(x=119, y=54, width=78, height=2.6),
    recipient=Zone(x=119, y=58.5, width=78, height=24),
    franking=Zone(x=117, y=36, width=81, height=16),
    info=Zone(x=25, y=47.5, width=85, height=40),
    subject_y=92,
    folds=(148.5,),
    source="SN 010130 as told at studylibfr.com/doc/2273411: C5 window 100 x 45, 65 from below, 12"
    " from the right, so (117, 52) to (198, 83.5) on the sheet",
)
FRENCH = Window(
    sender=Zone(x=25, y=44, width=75, height=2.6),
    recipient=Zone(x=112, y=56.5, width=81, height=30.5),
    franking=Zone(x=110, y=36, width=85, height=19),
    info=Zone(x=25, y=50, width=75, height=40),
    subject_y=97,
    folds=(99, 198),
    source="edics.fr, Rédiger vos adresses: frame 85 x 33 at (110, 55), room above it for the bar"
    " code of a registered letter",
)
NORDIC_LEFT = Window(
    sender=Zone(x=25, y=41, width=76, height=2.6),
    recipient=Zone(x=25, y=44.6, width=76, height=20.4),
    franking=Zone(x=20, y=32.5, width=81, height=8),
    info=Zone(x=125, y=38, width=65, height=42),
    subject_y=86,
    folds=(148.5,),
    source="officeconsult.no, Brevmaler: C5 window 105 x 35 at (15, 44), so (15, 44) to"
    " (101, 65.5) on the sheet",
)
SWEDISH_RIGHT = Window(
    sender=Zone(x=112, y=47.6, width=78, height=2.6),
    recipient=Zone(x=112, y=51.5, width=78, height=26),
    franking=Zone(x=112, y=33, width=78, height=13.5),
    info=Zone(x=25, y=47.5, width=75, height=38),
    subject_y=89,
    folds=(148.5,),
    source="The window on the right is the Swedish standard H2 (harrykuvert.se); its millimetres"
    " were not found: what lies inside of C5 and E65, to be checked with the house",
)
BRITISH = Window(
    sender=Zone(x=25, y=52, width=75, height=2.6),
    recipient=Zone(x=25, y=57.5, width=75, height=23),
    franking=Zone(x=20, y=34, width=80, height=16),
    info=Zone(x=125, y=50, width=65, height=42),
    subject_y=98.5,
    folds=(99, 198),
    source="Royal Mail wants 15 above and beside and 18 below (Premier Customer Guide); the usual"
    " DL window 90 x 35, 20 from the left and 18 from below, was not found in a source",
)

WINDOWS: dict[str, Window] = {
    "din_5008_b": DIN_5008_B,
    "epost": EPOST,
    "pingen_left": PINGEN_LEFT,
    "austrian": AUSTRIAN,
    "swiss_right": SWISS_RIGHT,
    "french": FRENCH,
    "nordic_left": NORDIC_LEFT,
    "swedish_right": SWEDISH_RIGHT,
    "british": BRITISH,
}
# Danish and Finnish measures were not found: the Norwegian window lies within the customary ones.
BY_COUNTRY = {
    "DE": "din_5008_b", "AT": "austrian", "CH": "swiss_right", "LI": "swiss_right", "FR": "french",
    "SE": "swedish_right", "NO": "nordic_left", "DK": "nordic_left", "FI": "nordic_left",
    "GB": "british", "IE": "british",
}  # fmt: skip


def window_of(country: str) -> Window:
    """The country's window; DIN 5008 form B where we know no other."""
    return WINDOWS[BY_COUNTRY.get(country.upper(), "din_5008_b")]


def window_named(name: str) -> Window:
    """:raises UnknownWindow: for a name that is not in the table."""
    if name not in WINDOWS:
        raise UnknownWindow(f"there is no window {name!r}")
    return WINDOWS[name]
