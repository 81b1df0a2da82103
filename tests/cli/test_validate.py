"""`usance validate`: a line for each file, in their order, whatever is in them."""

import json
from pathlib import Path

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
