"""`usance bounce read` says of each mail what it is, or that it is none."""

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from usance.cli.bounce import bounce

SAMPLES = Path(__file__).parents[1] / "plugins" / "channels" / "bounces"


def _read(*paths: Path) -> tuple[int, list[dict[str, Any]]]:
    result = CliRunner().invoke(bounce, ["read", "--json", *map(str, paths)])
    return result.exit_code, [json.loads(line) for line in result.stdout.splitlines()]


def test_every_file_is_one_line_of_json() -> None:
    code, files = _read(SAMPLES / "dsn_of_two.eml", SAMPLES / "person_answers.eml")

    assert code == 0
    assert [file["kind"] for file in files] == ["hard", "none"]
    assert files[0]["recipients"][1] == {
        "address": "ekonomi@kund.example",
        "kind": "soft",
        "reason": "mailbox_full",
        "status": "5.2.2",
        "status_stated": True,
        "reply": "552",
        "fate": "failed",
        "says": "552 5.2.2 Mailbox over quota",
    }
    assert files[1]["recipients"] == files[1]["findings"] == []


def test_a_folder_is_every_mail_in_it() -> None:
    code, files = _read(SAMPLES)

    assert code == 0
    assert len(files) == len(list(SAMPLES.glob("*.eml")))
    assert {file["kind"] for file in files} == {"hard", "soft", "complaint", "auto-reply", "none"}


def test_what_is_no_mail_is_said_and_the_others_go_on(tmp_path: Path) -> None:
    empty = tmp_path / "empty.eml"
    empty.write_bytes(b"")

    code, files = _read(empty, tmp_path / "absent.eml", SAMPLES / "away.eml")

    assert code == 1
    assert [[one["code"] for one in file["findings"]] for file in files] == [
        ["mail_unreadable"], ["file_unreadable"], [],
    ]  # fmt: skip
    assert files[2]["kind"] == "auto-reply"


def test_without_json_it_is_told_in_lines() -> None:
    result = CliRunner().invoke(bounce, ["read", str(SAMPLES / "dsn_user_unknown.eml")])

    assert result.stdout.splitlines()[1].split("  ")[1:5] == [
        "ap@kund.example", "hard", "user_unknown", "5.1.1",
    ]  # fmt: skip
