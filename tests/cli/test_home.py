"""Commands that work with a home: certificates, users and keys, ladders, registrations.

A home of its own with its own database, in a process of its own, because a command sets Django up.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests import database
from usance.cli import home
from usance.engine import operators

ROOT = Path(__file__).parents[2]
Said = dict[str, str | int]
OUTSIDE = {
    "kinds": {"email": "hybrid", "letter": "hybrid", "einvoice": "netbank"},
    "carriers": {
        "hybrid": {"plugin": "hybrid", "config": {}},
        "netbank": {"plugin": "netbank", "config": {}},
    },
}
MESSAGES = {
    "messages": [
        {"id": "r-7", "what": "registered", "at": "2026-03-02T09:00:00+01:00", "address": "7",
         "name": "Bolt", "new": 1},
        {"id": "m-7", "what": "shown", "at": "2026-03-02T09:00:00+01:00", "key": "unknown"},
    ]
}  # fmt: skip
LINES = {
    "certificate": ["certificate", "R-1", "--output", "proof.pdf", "--language", "sv"],
    "no certificate": ["certificate", "R-9"],
    "other client": ["certificate", "R-1", "--client", "Nordhav Seafood AB"],
    "user of client": ["user", "add", "ellen", "--client", "Acme Feinblech GmbH"],
    "user of two": ["user", "add", "eva", "--client", "Acme", "--role", "cash"],
    "user of nobody": ["user", "add", "eva", "--client", "Nobody Ltd"],
    "user again": ["user", "add", "anna", "--role", "cash"],
    "users": ["user", "list"],
    "key": ["key", "add", "erp", "--owner", "anna", "--days", "30", "--scope", "read"],
    "key of nobody": ["key", "add", "erp", "--owner", "nobody"],
    "key of client": ["key", "add", "portal", "--client", "Acme Feinblech GmbH"],
    "desk of client": ["key", "add", "x", "--client", "Acme Feinblech GmbH", "--scope", "cash"],
    "desk of nobody": ["key", "add", "x", "--scope", "write", "--scope", "ledger"],
    "desk of another": ["key", "add", "x", "--owner", "vera", "--scope", "admin"],
    "desk that writes nothing": ["key", "add", "x", "--scope", "finance"],
    "key of a client's user": ["key", "add", "x", "--owner", "ellen"],
    "keys": ["key", "list"],
    "no such key": ["key", "revoke", "us_0000000000"],
    "ladder": ["ladder", "show", "Bolt"],
    "ladder as JSON": ["ladder", "show", "DE126563585", "--paper", "reminder", "--json"],
    "whose ladder": ["ladder", "show", "a"],
    "no ladder": ["ladder", "show", "Nobody"],
    "registrations": ["registrations", "list"],
    "take": ["registrations", "take", "netbank", "messages.json", "nonsense.json"],
    "take again": ["registrations", "take", "netbank", "messages.json"],
    "take nowhere": ["registrations", "take", "hybrid", "messages.json"],
    "tables": ["mapping", "list"],
    "table": ["mapping", "show", "TABLE"],
    "table as JSON": ["mapping", "show", "TABLE", "--json"],
    "incomplete": ["mapping", "confirm", "TABLE", "--column", "number=0"],
    "confirm": ["mapping", "confirm", "TABLE", "--days", "dmy"],
    "confirm again": ["mapping", "confirm", "TABLE"],
    "no tables": ["mapping", "list"],
    "confirmed": ["mapping", "list", "--confirmed"],
    "questions": ["verification", "list"],
    "ask": ["verification", "ask", "QUESTION"],
    "ask nowhere": ["verification", "ask", "QUESTION", "--to", "Eva"],
    "answer": [
        "verification",
        "answer",
        "QUESTION",
        "confirmed",
        "--person",
        "Eva Bolt",
        "--number",
        "+49 40 123456",
    ],
    "answer again": [
        "verification",
        "answer",
        "QUESTION",
        "objected",
        "--person",
        "Eva Bolt",
        "--number",
        "+49 40 123456",
        "--text",
        "Too much",
    ],
    "all questions": ["verification", "list", "--all", "--json"],
    "drafts": ["issue", "list"],
    "draft": [
        "issue",
        "draft",
        "DE136695976",
        "DE811193231",
        "--currency",
        "EUR",
        "--as",
        "vera",
        "--line",
        "Frästeile",
        "3",
        "100.00",
        "19",
        "--line",
        "Porto",
        "1",
        "4.90",
        "19",
    ],
    "draft of a stranger": [
        "issue",
        "draft",
        "DE136695976",
        "DE000000000",
        "--currency",
        "EUR",
        "--as",
        "vera",
        "--line",
        "Porto",
        "1",
        "4.90",
        "19",
    ],
    "draft of nothing": [
        "issue",
        "draft",
        "DE136695976",
        "DE811193231",
        "--currency",
        "EUR",
        "--as",
        "vera",
        "--line",
        "Porto",
        "1",
        "4,90",
        "19",
    ],
    "activate": ["issue", "activate", "DRAFT", "--as", "vera"],
    "activate as nobody": ["issue", "activate", "DRAFT"],
    "activate as a stranger": ["issue", "activate", "DRAFT", "--as", "mallory"],
    "drafts that wait": ["issue", "list", "--state", "waiting", "--json"],
    "activate as second": ["issue", "activate", "DRAFT", "--as", "jonas"],
    "activate again": ["issue", "activate", "DRAFT", "--as", "jonas"],
    "monthly": ["issue", "recurring", "list"],
    "monthly as JSON": ["issue", "recurring", "list", "--json"],
    "stop monthly": ["issue", "recurring", "stop", "MONTHLY"],
    "stop monthly again": ["issue", "recurring", "stop", "MONTHLY"],
    "advice": ["advice", "import", "advice.csv", "messages.json"],
    "advices": ["advice", "list"],
    "advice away": ["advice", "withdraw", "RULE"],
    "payers": ["payer", "list"],
    "payer away": ["payer", "withdraw", "RULE"],
    "payer away again": ["payer", "withdraw", "RULE"],
    "no payers": ["payer", "list", "--json"],
    "order": ["payment", "order", "--set", "law"],
    "client by id": ["facility", "show", "ACME"],
    "client by number": ["offer", "choices", "de 136 695 976"],
    "client by name": ["vat-relief", "ACME Feinblech GmbH"],
    "client by a part": ["availability", "feinblech"],
    "which client": ["facility", "show", "a"],
    "report of which client": ["report", "sub-ledger", "--client", "a"],
    "place nobody": ["registrations", "place", "0197b1c2-d3e4-7f50-8172-8394a5b6c7d8", "Bolt"],
}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Said]:
    """What each command said."""
    if operators.address():
        pytest.skip("USANCE_DATABASE_URL is set: the embedded engine is not in use")
    place = tmp_path_factory.mktemp("commands")
    home = Path(tempfile.mkdtemp(prefix=f"{database.MARK}{os.getpid()}-commands-"))
    home.chmod(0o755)
    (home / "secrets").mkdir()
    (home / "secrets" / "outside.json").write_text(json.dumps(OUTSIDE))
    (place / "messages.json").write_text(json.dumps(MESSAGES))
    (place / "nonsense.json").write_text("{")
    (place / "advice.csv").write_text("Invoice;Paid;Currency\nR-1;500.00;EUR\nR-2;1000.00;EUR\n")
    ours = {"USANCE_DATABASE_URL", "USANCE_APP_URL", "USANCE_OUTSIDE", "USANCE_SECRET_KEY"}
    environment = {name: text for name, text in os.environ.items() if name not in ours}
    paths = f"{ROOT / 'src'}{os.pathsep}{ROOT}"
    try:
        ran = subprocess.run(
            [sys.executable, "-m", "tests.cli.home_child"],
            input=json.dumps(list(LINES.values())), capture_output=True, text=True, cwd=place,
            env=environment | {"USANCE_HOME": str(home), "PYTHONPATH": paths}, check=False,
            timeout=300,
        )  # fmt: skip
    finally:
        database.remove(home)
    assert ran.returncode == 0, ran.stderr[-3000:]
    found: dict[str, Said] = dict(zip(LINES, json.loads(ran.stdout), strict=True))
    pdf = (place / "proof.pdf").read_bytes()
    assert pdf.startswith(b"%PDF-"), "the certificate was written"
    return found


@pytest.mark.parametrize(
    ("line", "code", "says"),
    [
        ("certificate", 0, r"^proof\.pdf$"),
        ("no certificate", 3, "There is no invoice R-9"),
        ("other client", 3, "There is no invoice R-1"),
        ("user of client", 0, r"^ellen \S{16}$"),
        ("user of two", 2, "Give --role for a colleague, or --client"),
        ("user of nobody", 3, "No client is called Nobody Ltd"),
        ("user again", 3, "There is a user anna already"),
        ("users", 0, r"ellen +client +never"),
        ("key", 0, r"^us_[0-9a-f]{10}\.\S{43}$"),
        ("key of nobody", 3, "There is no user nobody"),
        ("key of client", 0, r"^us_[0-9a-f]{10}\.\S{43}$"),
        ("desk of client", 3, r"Refused \(scope_not_given\): .* cash: it may have read, write\."),
        ("desk of nobody", 3, "the scope ledger: it may have read, write, intake, .*, admin"),
        ("desk of another", 3, "the scope admin: it may have read, write, verification"),
        ("desk that writes nothing", 3, r"Refused \(scope_idle\): finance would do nothing"),
        ("key of a client's user", 3, "the scope read: its owner is a client's"),
        ("keys", 0, r"erp +anna +in force +last used never\n.*portal +nobody's +in force"),
        ("no such key", 3, "No key us_0000000000 is in force"),
        ("ladder", 0, r"  1 email +24 h  The debtor's e-mail address is known\.\n  2 letter"),
        ("whose ladder", 3, r"More than one debtor is called a\. .*:\n  DE811193231  Bolt"),
        ("no ladder", 3, "No debtor is called Nobody"),
        ("registrations", 1, r"registered bank:1 +K\. Kaufmann: No debtor has this"),
        ("take", 3, r"messages\.json: 2 messages, 2 new\n"),
        ("take again", 0, r"messages\.json: 2 messages, 0 new\n"),
        ("take nowhere", 3, "No carrier called hybrid reaches internet banks"),
        ("tables", 0, r"posten\.csv"),
        (
            "advice",
            3,
            r"advice\.csv: 1 new advice, 0 known before\nmessages\.json: refused: No list",
        ),
        ("advices", 1, r"waits +\d{4}-\d\d-\d\d +1500\.00 EUR  2 invoices"),
        ("advice away", 3, r"Refused \(advice_not_waiting\)"),
        ("payers", 0, r"account  DE02100500000054540402  →  debtor Bolt"),
        ("payer away", 0, "is withdrawn"),
        ("payer away again", 3, r"Refused \(payer_rule_gone\)"),
        ("no payers", 0, r"^No rule holds\.$"),
        ("order", 0, r"rule: law\nDE  costs, interest, claim"),
        ("table", 0, r"1  Beleg +number \d+ %"),
        ("incomplete", 3, r"Refused \(mapping_incomplete\)"),
        ("confirm", 0, r"posten\.csv: 2 invoices taken in"),
        ("confirm again", 3, "No table waits under"),
        ("no tables", 0, "No table waits"),
        ("confirmed", 0, "Acme Feinblech GmbH"),
        ("questions", 1, r"to_ask +- +R-3 "),
        ("ask", 0, r"asked  rechnung@bolt\.example  \d{4}-\d\d-\d\d  http\S+/v/"),
        ("ask nowhere", 3, r"Refused \(no_email_address\)"),
        ("answer", 0, "confirmed$"),
        ("answer again", 3, r"Refused \("),
        ("draft", 0, r"draft +- +362\.83 EUR +Acme Feinblech GmbH to Bolt"),
        ("draft of a stranger", 3, r"No debtor is called DE000000000\. Give its VAT id"),
        ("draft of nothing", 2, r"4,90 is no number\. Write 1234\.50"),
        ("drafts", 0, r"draft +- +1,?248\.31 EUR +Acme Feinblech GmbH to Bolt"),
        ("activate", 1, "It waits: no rule lets invoices in EUR out"),
        ("activate as nobody", 2, "Missing option '--as'"),
        ("activate as a stranger", 3, "That is not the password, or there is no such user"),
        ("activate as second", 0, "Issued as 2026-00001"),
        ("activate again", 3, r"Refused \("),
        ("monthly", 0, r"day 31 .* Miete: Acme Feinblech GmbH to Bolt"),
        ("monthly as JSON", 0, '"name": "Miete"'),
        ("stop monthly", 0, "Miete is written no more"),
        ("stop monthly again", 3, r"Refused \(recurring_stopped\)"),
        ("client by id", 0, "^Acme Feinblech GmbH, EUR"),
        ("client by number", 0, ""),
        ("client by name", 0, ""),
        ("client by a part", 0, "^Acme Feinblech GmbH, EUR"),
        ("which client", 3, r"called a\. .*:\n  DE136695976  Acme Feinblech GmbH, .*\n  \S+  Nord"),
        ("report of which client", 3, r"party_unknown.*Acme Feinblech GmbH \(DE136695976\), Nord"),
        ("place nobody", 3, "There is nothing with this id"),
    ],
)
def test_a_command_says_what_it_did(line: str, code: int, says: str, told: dict[str, Said]) -> None:
    said = told[line]
    spoken = f"{said['out']}{said['err']}"
    assert said["exit"] == code, spoken
    assert re.search(says, spoken.strip() if says.endswith("$") else spoken), spoken


def test_the_ladder_as_json_holds_every_channel(told: dict[str, Said]) -> None:
    said = json.loads(str(told["ladder as JSON"]["out"]))
    assert [one["kind"] for one in said["rungs"]] == ["letter"]
    assert {one["kind"]: one["code"] for one in said["left_out"]} == {
        "einvoice": "no_invoice", "mailbox": "no_address", "email": "no_address",
    }  # fmt: skip


def test_tables_questions_and_drafts_are_told_to_programs(told: dict[str, Said]) -> None:
    table = json.loads(str(told["table as JSON"]["out"]))
    assert next(one["field"] for one in table["columns"]) == "number"
    (question,) = map(json.loads, str(told["all questions"]["out"]).splitlines())
    assert (question["number"], question["state"], question["person"]) == (
        "R-3", "confirmed", "Eva Bolt, +49 40 123456",
    )  # fmt: skip
    (draft,) = map(json.loads, str(told["drafts that wait"]["out"]).splitlines())
    assert (draft["state"], draft["gross"]) == ("waiting", "1248.31 EUR")


def test_commands_that_open_a_new_home_at_once_agree_on_its_key(tmp_path: Path) -> None:
    place = tmp_path / "secrets" / "django.key"
    with ThreadPoolExecutor(8) as pool:
        (key,) = set(pool.map(home.signing_key, [place] * 8))
    assert len(key) >= 64
    assert [file.name for file in place.parent.iterdir()] == ["django.key"]
    assert place.stat().st_mode & 0o777 == 0o600
