"""The widths that are counted are enough for what is printed, and not much more."""

import pytest
import typst

from usance.letters import press
from usance.letters.columns import INSET_MM, widths

CELLS = ["1", "12", "999 999,50 Std.", "1 pauschal", "22 timmar", "86,40", "1.234.567,89", "19 %",
         "25,5 %", "−3 190,00", "-7", "40 MWh", "12 kpl", "1 000 000,00", "m² 3"]  # fmt: skip


def printed(cell: str, tmp_path: object) -> float:
    """Millimetres of the cell as the template sets it."""
    source = (
        '#set text(font: ("Letter Sans", "Inter", "Noto Sans"), size: 8.8pt, weight: 500,'
        ' number-width: "tabular", features: (calt: 0))\n'
        "#context [#metadata(measure(sys.inputs.cell).width / 1mm) <wide>]"
    )
    place = tmp_path / "measure.typ"  # type: ignore[operator]  # It is a Path.
    place.write_text(source)
    fonts = [str(press.FONTS)]
    said = typst.query(
        str(place), "<wide>", field="value", one=True, font_paths=fonts, sys_inputs={"cell": cell}
    )
    return float(said)


@pytest.mark.parametrize("cell", CELLS)
def test_a_counted_cell_is_wide_enough_and_hardly_wider(cell: str, tmp_path: object) -> None:
    (counted, _) = widths(["", ""], [[cell, ""]])

    room = counted - INSET_MM
    assert printed(cell, tmp_path) <= room <= printed(cell, tmp_path) * 1.25 + 1


def test_a_head_makes_its_column_wide() -> None:
    wide, narrow = widths(["Einzelpreis", "USt"], [["1", "19 %"]])

    assert wide > 18
    assert narrow < 12


def test_figures_that_leave_no_room_are_left_to_the_setter() -> None:
    assert widths(["", ""], [["9" * 60, "1"]]) == []
    assert widths(["", ""], []) != []
