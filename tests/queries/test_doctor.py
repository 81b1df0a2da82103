"""Every promise is broken on purpose, past all guards, and exactly its rule says so."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection, transaction

from tests import world
from tests.belt import drain, wait_for_others
from tests.stories.reading import Step
from tests.stories.telling import Teller
from usance import models
from usance.actions import audit
from usance.engine import APP, Cluster
from usance.queries import doctor
from usance.shared import address

pytestmark = pytest.mark.django_db(transaction=True)

TOLD = (
    ("capital", {"": "50000.00 EUR"}),
    ("agrees", {"": "interest", "of": "0.08"}),
    ("hands", {"": "R-1", "for": "10000.00 EUR", "by": "bolt", "due": "2026-04-30"}),
    ("hands", {"": "R-2", "for": "5000.00 EUR", "by": "kaufmann", "due": "2026-04-30"}),
    ("ends", {"": "the day"}),
    ("releases", {"": "the payouts"}),
    ("executes", {"": "the payouts"}),
    ("pays", {"": "10000.00 EUR", "quoting": "R-1"}),
    ("pays", {"": "1000.00 EUR", "quoting": "R-2"}),
    ("credits", {"": "C-2", "for": "100.00 EUR", "by": "kaufmann", "of": "R-2"}),
    ("ends", {"": "the day"}),
    ("releases", {"": "the payouts"}),
)

WORTH = (
    "INSERT INTO worth (account, currency, booked_on, debit_minor, credit_minor, home_debit_minor,"
    " home_credit_minor, realised_minor, realised_on, valued_at) VALUES ('{account}', 'USD',"
    " '2026-03-02', {units}, 0, 1, 0, 0, '2026-03-02', now())"
)
BROKEN = {
    "M1": ["INSERT INTO entry (id, key, content, booked_on, because, voucher, at, actor) VALUES"
           " (gen_random_uuid(), 'x', '', '2026-03-02', 'x', 'x', now(), 'x')"],
    "M1a": ["UPDATE move SET debtor_id = client_id WHERE debtor_id IS NOT NULL"],
    "M2": ["UPDATE day_total SET debit_minor = debit_minor + 1 WHERE account = '3000'"],
    "M2a": ["UPDATE balance SET debit_minor = debit_minor + 1 WHERE account = '4000'"],
    "M2b": ["UPDATE day_total SET written_on = written_on - 1 WHERE account = '3000'"],
    "M3": ["UPDATE entry SET voucher = '' WHERE key LIKE 'capital%'"],
    "M4": ["ALTER TABLE move DISABLE TRIGGER append_only"],
    "M4a": ["UPDATE credit_decision SET invoice_id = gen_random_uuid()"],
    "M6": ["INSERT INTO period (id, first_on, last_on, state, checks, remark, closed_at, closed_by,"
           " asked_by, asked_because, reopened_by) VALUES (gen_random_uuid(), '2026-03-01',"
           " '2026-03-31', 'hard', '[]', '', '2026-01-01', 'user:x', '', '', '')"],
    "M7": ["UPDATE allocation SET amount_minor = amount_minor - 1 WHERE amount_minor = 100000",
           "UPDATE bank_line SET amount_minor = amount_minor - 1 WHERE amount_minor = 100000"],
    "M7a": ["UPDATE invoice SET stage = 'settled' WHERE number = 'R-2'"],
    "M8": ["UPDATE move SET amount_minor = amount_minor - 1 WHERE entry_id = (SELECT id FROM entry"
           " WHERE because = 'Purchase of invoice R-1') AND credit = '2100'"],
    "M9": ["UPDATE balance SET debit_minor = credit_minor + 1 WHERE account = '2100'"
           " AND invoice_id = (SELECT id FROM invoice WHERE number = 'R-2')"],
    "M10": ["INSERT INTO eligibility_set (id, client_id, currency, concentration_base, countries,"
            " government, retention_minor, valid_from, reason, agreed_at, agreed_by) SELECT"
            " gen_random_uuid(), client_id, currency, 'gross', '{}', true, 0, '2026-01-01', 'x',"
            " '2026-01-01', 'x' FROM invoice WHERE number = 'R-1'"],
    "M10a": ["INSERT INTO over_advance (id, client_id, currency, amount_minor, reason, valid_to,"
             " state, content, proposed_at, proposed_by, decided_at, decided_by) SELECT"
             " gen_random_uuid(), client_id, 'EUR', 1, 'x', '2026-01-01', 'approved', '', now(),"
             " 'user:a', now(), 'user:a via us_1' FROM invoice WHERE number = 'R-1'"],
    "M11": ["UPDATE credit_limit SET limit_minor = 1"],
    "M11a": ["UPDATE debtor SET same_as_id = (SELECT id FROM debtor ORDER BY id LIMIT 1)"
             " WHERE id = (SELECT id FROM debtor ORDER BY id DESC LIMIT 1)"],
    "M12": ["UPDATE statement SET closing_minor = closing_minor + 1"],
    "M13": ["UPDATE bank_line SET unapplied_minor = 1 WHERE amount_minor = 1000000"],
    "M14": ["UPDATE balance SET credit_minor = debit_minor + 1 WHERE account = '1200'"
            " AND invoice_id = (SELECT id FROM invoice WHERE number = 'R-2')"],
    "M15": ["INSERT INTO bank_line SELECT (jsonb_populate_record(l, jsonb_build_object('id',"
            " gen_random_uuid(), 'identity', l.identity || '2', 'amount_minor', l.amount_minor,"
            " 'unapplied_minor', l.unapplied_minor))).* FROM bank_line l WHERE amount_minor < 0"],
    "M16": ["UPDATE invoice SET number_key = 'SAME'"],
    "M17": ["ALTER TABLE payout DROP CONSTRAINT payout_four_eyes",
            "UPDATE payout SET released_by = proposed_by"],
    "M17b": ["UPDATE client_account SET wait_until = '2036-01-01'"],
    "M17a": ["UPDATE payout SET state = 'paid' WHERE state = 'sent'"],
    "M17c": ["UPDATE payout SET amount_minor = amount_minor - 1 WHERE state <> 'proposed'"],
    "M27": ["INSERT INTO debit_mandate (id, debtor_id, reference, scheme, iban, bic, signed_on,"
            " notice_days, evidence, ends, entered_at, entered_by, confirmed_at, confirmed_by,"
            " closed_by, closed_because) SELECT gen_random_uuid(), debtor_id, 'M', 'CORE', 'x', '',"
            " '2026-01-01', 14, 'x', false, '2026-01-01', 'a', '2026-01-01', 'b', '', ''"
            " FROM invoice WHERE number = 'R-2'",
            "INSERT INTO debit (id, mandate_id, invoice_id, amount_minor, currency, collect_on,"
            " notice_days, state, content, planned_at, planned_by, announced_at, announced_how,"
            " sequence, released_at, released_by, file_id, line_id, reason) SELECT"
            " gen_random_uuid(), m.id, i.id, 1, 'EUR', '2026-03-20', 14, 'collected', '',"
            " '2026-03-01', 'day', '2026-03-01', '', 'RCUR', '2026-03-02', 'user:x', m.id, l.id, ''"
            " FROM debit_mandate m, invoice i, bank_line l WHERE i.number = 'R-2'"
            " AND l.amount_minor = 100000"],
    "M18": ["UPDATE accrual SET amount_minor = amount_minor + 1, total_minor = total_minor + 1"
            " WHERE day = (SELECT max(day) FROM accrual)"],
    "M18a": ["UPDATE accrual SET total_minor = total_minor + 1"
             " WHERE day = (SELECT max(day) FROM accrual)"],
    "M18b": ["ALTER TABLE facility DROP CONSTRAINT facility_four_eyes",
             "UPDATE facility SET approved_by = proposed_by || ' via us_1'"],
    "M19": ["UPDATE dispatch SET state = 'calling', lease_until = now() - interval '1 hour'"],
    "M19a": ["UPDATE dispatch SET state = 'queued'",
             "INSERT INTO carrier (id, name, breaker, since, until, pauses, recent, lowered, says)"
             " SELECT gen_random_uuid(), carrier, 'open', now() - interval '25 hours', now(), 9,"
             " '-----', 0, 'ConnectError' FROM dispatch GROUP BY carrier"],
    "M23": ["INSERT INTO dispatch SELECT (jsonb_populate_record(d, jsonb_build_object('id',"
            " gen_random_uuid(), 'walk', d.id, 'rung', 1, 'state', 'delivered'))).* FROM dispatch d"
            " WHERE walk IS NULL", "UPDATE dispatch SET walk = least(walk, id)",
            "UPDATE dispatch SET state = 'delivered'"],
    "M24": ["UPDATE dispatch SET judged_at = NULL, deadline_at = '2026-01-01'"],
    "M25": ["INSERT INTO response (id, dispatch_id, carrier, response_id, stance, reasons, text,"
            " at, received_at) SELECT gen_random_uuid(), id, 'x', id::text, 'UQ', '[]', '',"
            " '2026-01-01', '2026-01-01' FROM dispatch"],
    "M26": ["INSERT INTO voucher_target (id, name, format, chart, series, year_begins, since,"
            " numbers, settings) VALUES (gen_random_uuid(), 'x', 'sie4', 'bas', 'U', 1,"
            " '2026-01-01', '{}', '{}')",
            "INSERT INTO voucher_batch (id, target_id, name, currency, year, first_on, last_on,"
            " vouchers, postings, total_minor, document_id, made_at, made_by) SELECT"
            " gen_random_uuid(), t.id, 'x', 'EUR', 2026, '2026-03-01', '2026-03-01', 1, 1, 1,"
            " d.sha256, now(), 'x' FROM voucher_target t, document d LIMIT 1"],
    "M28": ["INSERT INTO write_off (id, client_id, invoice_id, amount_minor, currency, cause,"
            " reason, bearer, people, state, proposed_at, proposed_by, decided_at, decided_by,"
            " remark, loss_minor, client_minor) SELECT gen_random_uuid(), client_id, id, 1, 'EUR',"
            " 'insolvent', 'x', 'factor', 1, 'done', now(), 'a', now(), 'b', '', 1, 0 FROM invoice"
            " WHERE number = 'R-2'"],
    "M32": ["INSERT INTO buy_back (id, client_id, currency, kind, way, state, for_day, price_minor,"
            " content, reason, quoted_at, quoted_by, decided_at, decided_by, remark) SELECT id,"
            " client_id, 'EUR', 'chosen', 'set_off', 'done', '2026-03-02', 1, '', 'x', now(), 'a',"
            " now(), 'b', '' FROM invoice WHERE number = 'R-2'",
            "INSERT INTO buy_back_line (id, buy_back_id, invoice_id, outstanding_minor,"
            " reserve_minor, fees_minor, interest_minor, vat_minor, is_open) SELECT id, id, id, 1,"
            " 0, 0, 0, 0, false FROM invoice WHERE number = 'R-2'"],
    "M29": ["INSERT INTO fee_invoicing (id, since, pattern, credit_pattern, at, actor) VALUES"
            " (1, '2026-03-01', 'F{n}', 'C{n}', now(), 'x')",
            "INSERT INTO period (id, first_on, last_on, state, checks, remark, closed_at,"
            " closed_by, asked_by, asked_because, reopened_by) VALUES (gen_random_uuid(),"
            " '2026-03-01', '2026-03-31', 'hard', '[]', '', '2036-01-01', 'x', '', '', '')"],
    "M30": ["INSERT INTO fee_invoice (id, kind, number, client_id, currency, first_on, last_on,"
             " issued_on, lines, net_minor, vat_minor, taken_minor, least_minor, due_minor,"
             " is_credited, reason, pdf_id, xml_id, at, actor) SELECT gen_random_uuid(),"
             " 'invoice', 'F1', i.client_id, 'EUR', '2026-03-01', '2026-03-31', '2026-04-01',"
             " '[]', 0, 1, 0, 0, 1, false, '', d.sha256, d.sha256, now(), 'x' FROM invoice i,"
             " document d WHERE i.number = 'R-1' LIMIT 1"],
    "M31": ["INSERT INTO counter (name, value) VALUES ('fee:i:2026', 1)"],
    "M33": ["INSERT INTO provider_payout (id, account_id, reference, amount_minor, fee_minor,"
            " currency, arrives_on, marks, state, detail, told_at) SELECT gen_random_uuid(), id,"
            " 'po_1', 1, 0, 'EUR', '2026-03-02', '[]', 'told', '', now() FROM bank_account"],
    "M39": ["INSERT INTO difference (id, line_id, invoice_id, reason, follows, over, amount_minor,"
            " client_minor, reserve_minor, currency, because, at, actor, undone_by) SELECT"
            " gen_random_uuid(), l.id, i.id, 'rounding', 'write_off', false, 1, 0, 0, 'EUR', '',"
            " now(), 'x', '' FROM bank_line l, invoice i WHERE i.number = 'R-1' LIMIT 1"],
    "M34": [WORTH.format(account="6100", units=1)],
    "M35": [WORTH.format(account="1000", units=0)],
    "M36": ["INSERT INTO revaluation (account, currency, day, units_minor, carried_minor,"
             " worth_minor, before_minor, unrealised_minor, valued_at) VALUES ('1000', 'USD',"
             " '2026-03-02', 1, 0, 1, 0, 1, now())"],
    "M37": ["INSERT INTO balance (account, currency, client_id, debtor_id, invoice_id, debit_minor,"
            " credit_minor) SELECT '1250', currency, client_id, debtor_id, id, 1, 1 FROM invoice"
            " WHERE number = 'R-1'"],
    "M38": ["INSERT INTO conversion (id, key, client_id, currency, into_currency, due_minor,"
            " claims_minor, into_due_minor, into_claims_minor, numerator, denominator,"
            " published_on, booked_on, at, actor) SELECT gen_random_uuid(), 'x', client_id, 'USD',"
            " 'EUR', 100, 0, 80, 0, 4, 5, '2026-02-27', '2026-03-02', now(), 'x' FROM invoice"
            " WHERE number = 'R-1'"],
    "M40": ["UPDATE funding SET schedule_id = NULL WHERE invoice_id = (SELECT id FROM invoice"
            " WHERE number = 'R-1')"],
    "M40a": ["INSERT INTO schedule_signature (id, schedule_id, signer, name, digest, words, agent,"
             " at) SELECT id, id, 'user:x', 'x', digest, digest, '', now() FROM schedule LIMIT 1"],
    "M21": ["UPDATE diary SET actor = 'somebody else' WHERE kind = 'invoice.settled'"],
    "M22": ["UPDATE document SET sha256 = repeat('0', 64) WHERE name = 'R-1.xml'"],
}  # fmt: skip
# What the same damage must also show, because two promises speak of one amount.
ALSO = {
    "M35": {"M34"},
    "M39": {"M7"},
    "M2": {"M2b"},
    "M7": {"M13"},
    "M1a": {"M2a"},
    "M7a": {"M18"},
    "M8": {"M2a", "M2b"},
    "M9": {"M2a"},
    "M37": {"M2a"},
    "M14": {"M2a", "M7"},
    "M17c": {"M17a"},
}


@pytest.fixture
def told() -> Teller:
    """A day with everything in it, sealed; every promise is kept."""
    teller = Teller()
    for number, (word, says) in enumerate(TOLD):
        on = world.TODAY + timedelta(days=number)
        teller.tell(Step(on, word, says, (), number))
    drain(send=False)
    wait_for_others()
    audit.seal(at=world.NOW)
    return teller


@pytest.fixture
def unguarded(cluster: Cluster) -> Iterator[None]:
    """The doctor sees through the eyes of one whom no guard stops."""
    kept = dict(connection.settings_dict)
    connection.close()
    connection.settings_dict.update(
        address.database(cluster.superuser_url, search_path="book_main,public")
    )
    yield
    connection.close()
    connection.settings_dict.update(kept)


def test_a_day_with_everything_in_it_keeps_every_promise(told: Teller) -> None:
    assert [answer.rule for answer in doctor.examine(files=-1) if not answer.kept] == []
    assert not any(doctor.balanced().values())


def said_after(damage: list[str]) -> set[str]:
    """The rules that speak after some damage, which is undone."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for statement in damage:
            cursor.execute(statement)
        cursor.execute(f"SET LOCAL ROLE {APP}")  # Its rights are among what is asked.
        said = {answer.rule for answer in doctor.examine(files=-1) if not answer.kept}
        transaction.set_rollback(True)
    return said


def test_what_is_broken_is_said_by_its_own_rule(told: Teller, unguarded: None) -> None:
    said = {rule: said_after(damage) for rule, damage in BROKEN.items()}
    assert {rule for rule in BROKEN if rule not in said[rule]} == set(), "broken, and not said"
    other = {rule: said[rule] - {rule} - ALSO.get(rule, set()) for rule in BROKEN}
    assert {rule: more for rule, more in other.items() if more} == {}, "said without a reason"


def test_a_sample_of_files_finds_a_lost_one_under_some_seed(told: Teller, unguarded: None) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(BROKEN["M22"][0])
        cursor.execute(f"SET LOCAL ROLE {APP}")
        half = models.Document.objects.count() // 2
        asked = (doctor.examine(files=half, seed=seed) for seed in range(30))
        lost = {one.broken for answers in asked for one in answers if one.rule == "M22"}
        transaction.set_rollback(True)
    assert lost == {0, 1}, "half of the files, others under other seeds"


def test_every_table_that_only_grows_is_watched() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'append_only'"
                       " AND tgrelid IN (SELECT oid FROM pg_class WHERE relnamespace ="
                       " current_schema()::regnamespace)")  # fmt: skip
        assert {table for (table,) in cursor.fetchall()} == set(doctor.GUARDED)


def test_every_rule_is_broken_by_some_test() -> None:
    tested = set(BROKEN) | {rule for also in ALSO.values() for rule in also}
    known = set(doctor.QUESTIONS) | {"M21", "M22"}
    assert known == tested
