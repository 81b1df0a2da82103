"""Charts: numbers in, safe SVG and a table out."""

from decimal import Decimal

import pytest
from lxml import etree

from usance.web import charts, ranks
from usance.web.canvas import scale
from usance.web.charts import Chart, Flow, Series

SVG = "{http://www.w3.org/2000/svg}"
EVIL = '<script>alert("&")</script>'


def _tree(svg: str) -> etree._Element:
    """As a browser reads it; a chart that is no XML would be a chart with a hole."""
    return etree.fromstring(svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))


def _every_kind(name: str, *values: int | Decimal) -> list[Chart]:
    labels = [name] * len(values)
    return [
        charts.line(name, labels, [Series(name, values)]),
        charts.bars(name, labels, values),
        charts.stacked(name, labels, [Series(name, values)]),
        charts.waterfall(name, (name, 1), [(name, value) for value in values], name),
    ]


@pytest.mark.parametrize(
    "values", [(1,), (0,), (0, 0), (-3, 5, -1), (Decimal("0.001"), 10**12), ()]
)
def test_a_chart_of_any_values_is_well_formed_and_without_style(values: tuple[int, ...]) -> None:
    for chart in _every_kind("Funds", *values):
        if chart.svg:
            tree = _tree(chart.svg)
            assert not tree.xpath("//@style")
            assert "nan" not in chart.svg
            assert "inf" not in chart.svg
            assert not [v for v in tree.xpath("//@height | //@width") if float(v) < 0]


def test_names_are_escaped_in_the_picture_and_kept_in_the_table() -> None:
    flows = charts.funnel(EVIL, [Flow(EVIL, 3, 2)], begun="Queued", arrived="Delivered")
    ranked = ranks.ranks(EVIL, [(EVIL, 2)])
    for chart in [*_every_kind(EVIL, 1, 2), flows, ranked]:
        assert "<script" not in chart.svg
        assert _tree(chart.svg).find(f"{SVG}title").text == EVIL
    assert flows.rows == ((EVIL, "3", "2"),)
    assert "<script" not in charts.sparkline(EVIL, [1, 2])


def test_a_picture_is_named_and_described() -> None:
    chart = charts.bars("Ageing", ["Not due", "1–15"], [118, 33])
    tree = _tree(chart.svg)
    assert tree.get("role") == "img"
    assert tree.get("aria-labelledby") == tree.find(f"{SVG}title").get("id")
    assert tree.find(f"{SVG}desc").text == "Not due: 118, 1–15: 33"


def test_nothing_to_draw_draws_nothing() -> None:
    assert charts.line("Funds", [], [Series("Funds", ())]).svg == ""
    assert charts.line("Funds", ["May"], [Series("Funds", (None,))]).svg == ""
    assert charts.bars("Ageing", [], []).svg == ""
    assert charts.stacked("Cash", [], []).svg == ""
    assert charts.funnel("Delivery", [], begun="Queued", arrived="Delivered").svg == ""
    assert charts.sparkline("Days", []) == ""


def test_a_single_point_is_a_dot() -> None:
    tree = _tree(charts.line("Funds", ["May"], [Series("Funds", (5,))]).svg)
    assert len(tree.findall(f"{SVG}circle")) == 1
    assert not tree.findall(f"{SVG}polyline")


def test_a_gap_parts_the_line() -> None:
    tree = _tree(charts.line("Funds", list("abcde"), [Series("Funds", (1, 2, None, 3, 4))]).svg)
    assert len(tree.findall(f"{SVG}polyline")) == 2


def test_bars_below_zero_hang_from_the_zero_line() -> None:
    up, down = _tree(charts.bars("P&L", ["May", "June"], [10, -10]).svg).findall(f"{SVG}rect")
    assert float(up.get("y")) + float(up.get("height")) == float(down.get("y"))
    assert up.get("height") == down.get("height")


def test_a_pile_never_covers_its_own_parts() -> None:
    parts = [Series("a", (3,)), Series("b", (4,)), Series("c", (-2,))]
    first, second, third = _tree(charts.stacked("Cash", ["W19"], parts).svg).findall(f"{SVG}rect")
    assert float(second.get("y")) + float(second.get("height")) == pytest.approx(
        float(first.get("y"))
    )
    assert float(third.get("y")) == pytest.approx(
        float(first.get("y")) + float(first.get("height"))
    )


def test_a_waterfall_ends_where_its_steps_lead() -> None:
    chart = charts.waterfall(
        "Funded", ("Offered", 642), [("Over limit", -129), ("Back", 12)], "Funded"
    )
    assert chart.rows == (
        ("Offered", "642"),
        ("Over limit", "−129"),
        ("Back", "12"),
        ("Funded", "525"),
    )


def test_a_funnel_of_nothing_begun_has_no_share() -> None:
    chart = charts.funnel("Delivery", [Flow("Portal", 0, 0)], begun="Queued", arrived="Delivered")
    assert chart.says == "Portal: 0 / 0 · –"


def test_a_series_with_a_value_too_few_is_refused() -> None:
    with pytest.raises(ValueError, match="Funds: 1 values for 2 labels"):
        charts.line("Funds", ["May", "June"], [Series("Funds", (1,))])


@pytest.mark.parametrize(
    ("values", "ticks"),
    [
        ((0, 19), [0, 5, 10, 15, 20]),
        ((0, 1), [0, 0.25, 0.5, 0.75, 1]),
        ((-7, 3), [-7.5, -5, -2.5, 0, 2.5, 5]),
        ((), [0, 0.25, 0.5, 0.75, 1]),
        ((9_000_000,), [0, 2_500_000, 5_000_000, 7_500_000, 10_000_000]),
    ],
)
def test_the_axis_has_round_numbers(values: tuple[int, ...], ticks: list[float]) -> None:
    assert scale(values, top=0, bottom=100)[1] == pytest.approx(ticks)
