"""Our verdicts are those of the official artefacts, on their own suites and on whole invoices.

The packs lie beside the repository or where USANCE_PACKS says; they are not ours to ship. What is
counted, and why the few others differ, stands in docs/validation.md.
"""

import json
import os
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from usance.domain.finding import Severity
from usance.domain.verification.profiles import Profile, rule_sets
from usance.plugins.einvoices._verdict import Verdict, verdict

ROOT = Path(__file__).parents[3]
PACKS = Path(os.environ.get("USANCE_PACKS") or ROOT.parent / "shared" / "packs") / "einvoices"
TODAY = date(2026, 11, 22)
# Suite: rule set that the results are about, profile, cases agreed of all. None may be lost.
SUITES = {
    "tc434-ubl": (0, Profile.EN16931, 459),
    "tc434-cii": (0, Profile.EN16931, 4),
    "peppolbis-en16931-base-3.0-ubl": (1, Profile.PEPPOL, 284),
    "peppolbis-en16931-base-3.0-cii": (1, Profile.PEPPOL, 143),
    "xr": (None, Profile.XRECHNUNG, 815),  # None: of both rule sets.
}
# Whole invoices: those with other fatal rules than the artefacts report, with the reason.
OTHER = {
    "whole/0582-pha2ma5v.vpc.xml": "no invoice of CII D16B, as above",
    "whole/0604-zugferd_23_namespace.xml": "R008 of XRechnung looks at the prefix “ram:”",
}
WHOLE_SETS = {"cen": Profile.EN16931, "peppol": Profile.PEPPOL, "xr": Profile.XRECHNUNG}


def listed(name: str) -> list[dict[str, Any]]:
    path = PACKS / name
    if not path.exists():
        pytest.skip(
            f"no packs at {PACKS}: set USANCE_PACKS to measure against the official results"
        )
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def judged(entry: dict[str, Any], profile: Profile | None) -> Verdict:
    return verdict((PACKS / entry["path"]).read_bytes(), profile=profile, today=TODAY)


@pytest.mark.parametrize("suite", SUITES)
def test_a_case_breaks_the_rules_that_the_artefacts_report(
    suite: str, capsys: pytest.CaptureFixture[str]
) -> None:
    chosen, profile, floor = SUITES[suite]
    known = None
    if chosen is not None:
        known = {rule.id for one in rule_sets(profile)[chosen] for rule in one.rules}
    agreed, named, others = 0, 0, []
    for entry in (one for one in listed("cases.jsonl") if one["rules"] == suite):
        found = {finding.code for finding in judged(entry, profile).findings}
        found = found if known is None else found & known
        named += set(entry["expect_fail"]) <= found and not set(entry["expect_pass"]) & found
        if found == set(entry["fired"]):
            agreed += 1
        else:
            others.append((entry["path"], sorted(found ^ set(entry["fired"]))))

    with capsys.disabled():
        print(f"\n{suite}: {agreed} with the same rules, {named} with the rule the case is about")
    assert agreed >= floor, others
    assert named >= floor, others


def test_a_whole_invoice_has_the_official_verdict(capsys: pytest.CaptureFixture[str]) -> None:
    sums: Counter[str] = Counter()
    others = {}
    for entry in listed("whole.jsonl"):
        # Where the artefacts of EN 16931 stopped, there is nothing to compare.
        if entry["oracle_crash"]:
            continue
        found = judged(entry, WHOLE_SETS[entry["rulesets"][-1]])
        fatal = {one.code for one in found.findings if one.severity is Severity.FATAL}
        sums["invoices"] += 1
        sums["same verdict"] += found.valid == (not entry["fatal"])
        sums["same fatal rules"] += fatal == set(entry["fatal"])
        sums["same rules"] += {one.code for one in found.findings} == set(entry["fired"])
        if fatal != set(entry["fatal"]):
            others[entry["path"]] = sorted(fatal ^ set(entry["fatal"]))

    with capsys.disabled():
        print(f"\nwhole invoices: {dict(sums)}")
    assert set(others) <= set(OTHER), others


def test_the_profile_of_a_whole_invoice_is_known_without_being_told() -> None:
    for entry in listed("whole.jsonl"):
        if entry["path"] in OTHER:
            continue
        found = judged(entry, None)
        if "selfbilling" in entry["customization"]:  # The packs ask billing of them.
            assert (found.profile, found.valid) == (Profile.SELF_BILLING, True), entry["path"]
        else:
            assert found.profile == WHOLE_SETS[entry["rulesets"][-1]], entry["path"]
