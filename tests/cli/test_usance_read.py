"""`usance read` in its own process: what it prints, and with which exit code."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from tests.letters import samples
from tests.plugins.einvoices.papers import FULL, LEAST
from usance.letters import render, render_facturx
from usance.plugins.einvoices import cii, csv_schedule, ubl

SOURCE = str(Path(__file__).parents[2] / "src")
RUN = [sys.executable, "-c", "from usance.cli.read import command; command()"]


def run(*arguments: str | Path, says: str = "") -> tuple[int, str]:
    done = subprocess.run(
        [*RUN, *map(str, arguments)],
        input=says,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": SOURCE, "PYTHONUTF8": "1"},
    )
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout


def test_a_folder_becomes_one_line_for_each_file(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "1.xml").write_bytes(ubl.write(FULL, {}))
    (tmp_path / "a.csv").write_bytes(csv_schedule.write_rows([LEAST, LEAST]))

    code, out = run(tmp_path, "--json")

    first, second = (json.loads(line) for line in out.splitlines())
    assert code == 0
    assert (first["format"], len(first["invoices"]), first["findings"]) == ("csv_schedule", 2, [])
    assert second["file"] == str(tmp_path / "b" / "1.xml")
    assert second["invoices"][0]["totals"]["payable"] == "200.00"
    assert second["invoices"][0]["issued_on"] == "2026-05-04"


def test_a_file_that_is_none_is_a_line_like_the_others(tmp_path: Path) -> None:
    (tmp_path / "x.html").write_text("<html></html>")
    (tmp_path / "y.xml").write_bytes(ubl.write(LEAST, {}))

    code, out = run(tmp_path / "nowhere", tmp_path / "x.html", tmp_path / "y.xml", "--json")

    lines = [json.loads(line) for line in out.splitlines()]
    assert code == 1
    assert [[each["code"] for each in line["findings"]] for line in lines] == [
        ["no_file"], ["unreadable"], [],
    ]  # fmt: skip


def test_names_come_from_standard_input_too(tmp_path: Path) -> None:
    path = tmp_path / "with blank.xml"
    path.write_bytes(ubl.write(LEAST, {}))

    code, out = run("-", "--json", says=f"{path}\n\n")

    assert (code, json.loads(out)["file"]) == (0, str(path))


def test_people_get_a_table(tmp_path: Path) -> None:
    path = tmp_path / "1.xml"
    path.write_bytes(ubl.write(LEAST, {}).replace(b"2026-04-01", b"soon\xc2\x9b"))

    code, out = run(path)

    assert code == 1
    assert "Kustbygg i Piteå AB" in out
    assert "/Invoice/cbc:DueDate, line 9" in out
    assert "\x9b" not in out


def test_without_a_file_it_is_wrong_usage() -> None:
    assert run()[0] == 2


def test_many_files_are_read_on_all_cores_in_their_order(tmp_path: Path) -> None:
    for at in range(260):
        (tmp_path / f"{at:03}.xml").write_bytes(ubl.write(LEAST, {}))

    code, out = run(tmp_path, "--json")

    names = [Path(json.loads(line)["file"]).name for line in out.splitlines()]
    assert (code, names) == (0, [f"{at:03}.xml" for at in range(260)])


def test_a_pdf_without_data_is_read_by_its_pages(tmp_path: Path) -> None:
    path = tmp_path / "paper.pdf"
    path.write_bytes(render("invoice", "de", samples.german()))

    code, out = run(path, "--json")

    said = json.loads(out)
    number = next(field for field in said["fields"] if field["name"] == "number")
    assert (code, said["format"], said["kind"], said["language"]) == (
        0,
        "pdf_text",
        "invoice",
        "de",
    )
    assert said["invoices"][0]["totals"]["payable"] == "912.91"
    assert (number["value"], number["term"], number["box"]["page"]) == ("2026-04810", "BT-1", 1)
    assert number["confidence"] > 0.9
    assert number["reasons"][0]["code"] == "label"


def test_data_in_a_pdf_win_over_its_pages_and_the_difference_is_said(tmp_path: Path) -> None:
    letter = samples.german()
    other = replace(letter.invoice, number="2026-99999")
    path = tmp_path / "facturx.pdf"
    path.write_bytes(render_facturx("invoice", "de", letter, xml=cii.write(other, {})))

    _, out = run(path, "--json")

    said = json.loads(out)
    assert (said["format"], said["invoices"][0]["number"]) == ("facturx", "2026-99999")
    assert [one["code"] for one in said["findings"]] == ["page_differs"]
    assert "2026-04810" in said["findings"][0]["says"]
    assert said["fields"] == []
