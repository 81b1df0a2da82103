"""Make Letter Sans, the part of Inter that letters are mostly set in: `python ui/letter_fonts.py`.

Shaping is a fifth of the work on a letter. A font that has Western letters alone, kerning and
tabular figures and no other feature spares the shaper the lookups of 2,849 characters; everything
else is set in Inter itself, which stands behind it. Needs fonttools, and writes the same bytes.
Run it again when Inter is renewed. Licence: SIL Open Font License 1.1, as Inter's.
"""

from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

FONTS = Path(__file__).parents[1] / "src/usance/letters/fonts"
NAME = "Letter Sans"
FAMILY, FULL, POSTSCRIPT, TYPOGRAPHIC = 1, 4, 6, 16  # OpenType 1.9, table name.
HIGHEST_NAME = 255  # Above stand the labels of features that are gone.
# Basic Latin, Latin-1, Extended-A, ș ț ẞ, and the signs of letters; no soft hyphen, no marks.
CHARACTERS = (
    *range(0x20, 0x7F), *(set(range(0xA0, 0x180)) - {0xAD}), 0x218, 0x219, 0x21A, 0x21B, 0x1E9E,
    0x2009, *range(0x2010, 0x2016), *range(0x2018, 0x201F), 0x2020, 0x2021, 0x2022, 0x2026, 0x202F,
    0x2030, 0x2032, 0x2033, 0x2039, 0x203A, 0x20AC, 0x2122, 0x2212,
)  # fmt: skip


def part_of(inter: Path) -> TTFont:
    font = TTFont(inter, recalcTimestamp=False)
    options = subset.Options(layout_features=["kern", "tnum"], name_IDs=["*"], notdef_outline=True)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=CHARACTERS)
    subsetter.subset(font)
    names = font["name"]
    names.names = [one for one in names.names if one.nameID <= HIGHEST_NAME]
    for one in names.names:
        if one.nameID in (FAMILY, TYPOGRAPHIC, FULL):
            one.string = str(one).replace("Inter", NAME)
        elif one.nameID == POSTSCRIPT:
            one.string = str(one).replace("Inter", NAME.replace(" ", ""))
    return font


def main() -> None:
    for inter in sorted(FONTS.glob("Inter_*.ttf")):
        part_of(inter).save(inter.with_name(inter.name.replace("Inter_", "LetterSans_")))


if __name__ == "__main__":
    main()
