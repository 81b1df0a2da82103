"""One invoice that keeps every rule; each row breaks it in one place and names the rules it breaks.

`old -> new` in the written XML. The rows stand for families, not for every rule: all rules are
measured against the official results in test_official.
"""

import time
from dataclasses import replace
from datetime import date

import pytest

from tests.plugins.einvoices.papers import LEAST
from usance.domain.finding import Severity
from usance.domain.party import Identifier
from usance.domain.verification.profiles import Profile, rule_sets
from usance.plugins.einvoices import cii, ubl
from usance.plugins.einvoices._verdict import verdict

TODAY = date(2026, 11, 22)
GOOD = replace(
    LEAST, buyer=replace(LEAST.buyer, endpoint=Identifier(value="5560360793", scheme="0007"))
)
UBL = ubl.write(GOOD, {}).decode()
CII = cii.write(replace(GOOD, specification="urn:cen.eu:en16931:2017"), {}).decode()
ALL_S, ALL_RATES = "<cbc:ID>S</cbc:ID>", "<cbc:Percent>25</cbc:Percent>"
CONTACT = (
    "<cac:Contact><cbc:Name>Ada</cbc:Name><cbc:Telephone>0123 456</cbc:Telephone>"
    "<cbc:ElectronicMail>ada@norr.se</cbc:ElectronicMail></cac:Contact>"
)
ALLOWANCE = (
    "<cac:AllowanceCharge><cbc:ChargeIndicator>false</cbc:ChargeIndicator>{0}"
    '<cbc:Amount currencyID="SEK">0.00</cbc:Amount></cac:AllowanceCharge><cac:TaxTotal>'
)


def broken(xml: str, profile: Profile | None = None) -> set[str]:
    found = verdict(xml.encode(), profile=profile, today=TODAY).findings
    return {finding.code for finding in found}


def changed(xml: str, old: str, new: str, times: int = -1) -> str:
    assert old in xml, old
    return xml.replace(old, new, times)


@pytest.mark.parametrize("profile", [Profile.EN16931, Profile.PEPPOL])
def test_a_good_invoice_breaks_nothing(profile: Profile) -> None:
    assert broken(UBL, profile) == set()


def test_a_good_invoice_in_cii_breaks_nothing() -> None:
    assert broken(CII) == set()


@pytest.mark.parametrize(
    ("old", "new", "rules"),
    [
        # What must be there.
        ("<cbc:ID>2026-17</cbc:ID>", "", {"BR-02"}),
        ("<cbc:IssueDate>2026-03-02</cbc:IssueDate>", "<cbc:IssueDate> </cbc:IssueDate>",
         {"BR-03", "PEPPOL-EN16931-R008", "PEPPOL-EN16931-F001"}),
        ("<cbc:Name>Montering av dörrar</cbc:Name>", "", {"BR-25"}),
        ('unitCode="HUR"', "", {"BR-23"}),
        # Sums and decimals.
        (">1250.00</cbc:TaxInclusiveAmount>", ">1250.01</cbc:TaxInclusiveAmount>",
         {"BR-CO-15", "BR-CO-16"}),
        (">1250.00</cbc:PayableAmount>", ">1250.000</cbc:PayableAmount>",
         {"BR-DEC-18", "UBL-DT-01"}),
        (">1000.00</cbc:LineExtensionAmount>", ">1000.05</cbc:LineExtensionAmount>",
         {"BR-CO-13", "PEPPOL-EN16931-R120"}),
        # Not a number: the rules that need it say so, and the others go on.
        (">1250.00</cbc:PayableAmount>", ">zwölf</cbc:PayableAmount>", {"BR-CO-16"}),
        # Codes.
        (">SEK</cbc:DocumentCurrencyCode>", ">SKR</cbc:DocumentCurrencyCode>",
         {"BR-CL-04", "BR-CO-15", "PEPPOL-EN16931-R051"}),
        ('unitCode="HUR"', 'unitCode="HOURS"', {"BR-CL-23"}),
        (">SE</cbc:IdentificationCode>", ">SV</cbc:IdentificationCode>", set()),
        (">SE</cbc:IdentificationCode>", ">ZX</cbc:IdentificationCode>", {"BR-CL-14"}),
        # VAT categories.
        (ALL_S, "<cbc:ID>Z</cbc:ID>", {"BR-Z-05", "BR-Z-09"}),
        (ALL_RATES, "<cbc:Percent>0</cbc:Percent>",
         {"BR-S-05", "BR-S-09", "BR-CO-17", "SE-R-006"}),
        # Writing.
        ("<cbc:DueDate>", "<cbc:UBLVersionID>2.2</cbc:UBLVersionID><cbc:DueDate>", {"UBL-CR-002"}),
        ("<cbc:DueDate>", "<cbc:IssueTime>10:00:00</cbc:IssueTime><cbc:DueDate>", {"UBL-CR-006"}),
        ("<cbc:ID>2026-17</cbc:ID>", '<cbc:ID schemeName="x">2026-17</cbc:ID>', {"UBL-DT-08"}),
        ("<cac:TaxTotal>", ALLOWANCE.format(""), {"BR-32", "BR-33", "BR-CO-21", "BR-CO-11"}),
        # Peppol and the countries.
        ("<cbc:ProfileID>urn:fdc:peppol.eu:2017:poacc:billing:01:1.0</cbc:ProfileID>", "",
         {"PEPPOL-EN16931-R001", "PEPPOL-EN16931-R007"}),
        ('schemeID="0007">5566778899<', 'schemeID="0007">5566778898<', {"PEPPOL-COMMON-R049"}),
        (">SE556677889901<", ">SE55667788990<", {"SE-R-001"}),
        ("<cbc:PaymentMeansCode>30", "<cbc:PaymentMeansCode>31", {"SE-R-012"}),
    ],
)  # fmt: skip
def test_a_broken_invoice_breaks_these_rules(old: str, new: str, rules: set[str]) -> None:
    assert broken(changed(UBL, old, new)) == rules


@pytest.mark.parametrize(
    ("old", "new", "rules"),
    [
        ("<ram:ID>2026-17</ram:ID>", "", {"BR-02"}),
        (">1250.00</ram:DuePayableAmount>", ">1250.001</ram:DuePayableAmount>",
         {"BR-DEC-18", "BR-CO-16"}),
        (">1250.00</ram:GrandTotalAmount>", ">1251.00</ram:GrandTotalAmount>",
         {"BR-CO-15", "BR-CO-16"}),
        ("<ram:CategoryCode>S</ram:CategoryCode>", "<ram:CategoryCode>E</ram:CategoryCode>",
         {"BR-E-05", "BR-E-09", "BR-E-10"}),
        ("<ram:CategoryCode>S</ram:CategoryCode>", "<ram:CategoryCode>O</ram:CategoryCode>",
         {"BR-O-02", "BR-O-05", "BR-O-09", "BR-O-10"}),
        (">20260302<", ">20260231<", set()),  # The pattern of the artefacts knows no calendar.
        (">20260302<", ">20261302<", {"CII-DT-097"}),
        ('unitCode="HUR"', 'unitCode="HOURS"', {"BR-CL-23"}),
    ],
)  # fmt: skip
def test_a_broken_invoice_in_cii_breaks_these_rules(old: str, new: str, rules: set[str]) -> None:
    assert broken(changed(CII, old, new)) == rules


@pytest.mark.parametrize(
    ("net", "taxable", "breaks"),
    [
        ("1000.00", "999.01", False),
        ("1000.00", "999.00", True),  # One apart, and binary numbers say the same.
        ("625743.54", "625742.54", False),  # In binary numbers it is a hair less than one.
    ],
)
def test_a_taxable_amount_one_apart_is_judged_as_the_artefacts_count(
    net: str, taxable: str, breaks: bool
) -> None:
    other = changed(UBL, ">1000.00</cbc:LineExtensionAmount>", f">{net}</cbc:LineExtensionAmount>")
    other = changed(other, ">1000.00</cbc:TaxableAmount>", f">{taxable}</cbc:TaxableAmount>")
    assert ("BR-S-08" in broken(other)) == breaks


@pytest.mark.parametrize(
    ("line", "stated", "breaks"),
    [
        ("100.005", "100.00", False),  # In binary numbers a hair less than half a cent.
        ("100.005", "100.01", True),
        ("8.345", "8.35", False),  # A hair more.
        ("8.345", "8.34", True),
    ],
)
def test_half_a_cent_in_cii_is_rounded_as_the_artefacts_count(
    line: str, stated: str, breaks: bool
) -> None:
    first, last = (
        CII.index(">1000.00</ram:LineTotalAmount>"),
        CII.rindex(">1000.00</ram:LineTotalAmount>"),
    )
    other = CII[:first] + CII[first:last].replace("1000.00", line, 1)
    other += CII[last:].replace("1000.00", stated, 1)
    assert ("BR-CO-10" in broken(other)) == breaks


def test_xrechnung_asks_for_a_contact_and_takes_it() -> None:
    german = changed(UBL, "<cac:PartyLegalEntity>", CONTACT + "<cac:PartyLegalEntity>", 1)

    assert broken(UBL, Profile.XRECHNUNG) == {"BR-DE-2", "BR-DE-21", "BR-DE-TMP-32"}
    assert broken(german, Profile.XRECHNUNG) == {"BR-DE-21", "BR-DE-TMP-32"}


@pytest.mark.parametrize(
    ("terms", "good"),
    [
        ("#SKONTO#TAGE=14#PROZENT=2.00#\n", True),
        ("Danke!\n#SKONTO#TAGE=14#PROZENT=2.00#BASISBETRAG=100.00#\n", True),
        ("#SKONTO#TAGE=14#PROZENT=2.00#", False),  # No line break at its end.
        ("#SKONTO#TAGE=14#PROZENT=2,00#\n", False),
        ("#Skonto#TAGE=14#PROZENT=2.00#\n", False),
        ("Zahlbar in 30 Tagen", True),
    ],
)
def test_a_german_discount_is_written_as_agreed(terms: str, good: bool) -> None:
    note = f"<cac:PaymentTerms><cbc:Note>{terms}</cbc:Note></cac:PaymentTerms><cac:TaxTotal>"
    assert ("BR-DE-18" in broken(changed(UBL, "<cac:TaxTotal>", note), Profile.XRECHNUNG)) != good


def test_a_finding_says_what_is_asked_and_where() -> None:
    (finding,) = verdict(
        changed(UBL, 'unitCode="HUR"', "").encode(), profile=Profile.EN16931, today=TODAY
    ).findings

    assert finding.says == "The quantity of a line names its unit (BT-130)."
    assert finding.where == "/Invoice/cac:InvoiceLine"
    assert finding.severity is Severity.FATAL


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "is empty"),
        (b"%PDF-1.7", "PDF is broken"),
        (b"<Invoice><a></Invoice>", "broken XML"),
        (b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', "DOCTYPE"),
        ('<?xml version="1.0"?><!DOCTYPE a><a/>'.encode("utf-16"), "DOCTYPE"),
        (b'<?xml version="1.0" encoding="no-such"?><a/>', "broken XML"),
        (b"<Order/>", "an order, not an invoice"),
        (b"<a>" * 200_000, "broken XML"),
    ],
)
def test_what_cannot_be_read_is_a_finding(data: bytes, says: str) -> None:
    found = verdict(data, profile=None, today=TODAY)

    assert not found.valid
    assert [finding.code for finding in found.findings] == ["readable"]
    assert says in found.findings[0].says


def test_an_invoice_nested_without_end_is_a_finding() -> None:
    deep = changed(UBL, "<cac:TaxTotal>", "<cac:X>" * 5000 + "</cac:X>" * 5000 + "<cac:TaxTotal>")
    assert broken(deep) == {"readable"}


def test_the_profile_is_the_one_that_the_invoice_names() -> None:
    assert verdict(UBL.encode(), profile=None, today=TODAY).profile == "peppol"
    assert verdict(CII.encode(), profile=None, today=TODAY).profile == "en16931"


BILLED_BY_THE_BUYER = UBL.replace("poacc:billing:", "poacc:selfbilling:").replace("380<", "389<")


@pytest.mark.parametrize(
    ("was", "now", "rules"),
    [
        (">389<", ">389<", set()),
        (">389<", ">380<", {"PEPPOL-EN16931-P0100"}),
        ("poacc:selfbilling:01:1.0", "poacc:billing:01:1.0", {"PEPPOL-EN16931-R007"}),
        ("selfbilling:3.0", "selfbilling:3.0::2.1", {"PEPPOL-EN16931-R004"}),
        ("selfbilling:3.0", "selfbilling:2.0", {"PEPPOL-EN16931-R004"}),
    ],
)
def test_what_the_buyer_bills_has_identifiers_and_types_of_its_own(
    was: str, now: str, rules: set[str]
) -> None:
    data = changed(BILLED_BY_THE_BUYER, was, now).encode()
    found = verdict(data, profile=None, today=TODAY)
    assert (found.profile, {one.code for one in found.findings}) == ("peppol-selfbilling", rules)


def test_every_rule_speaks_and_stands_once() -> None:
    for profile in Profile:
        for releases in rule_sets(profile):
            for release in releases:
                words = [(rule.id, rule.syntax, rule.at) for rule in release.rules]
                assert len(set(words)) == len(words)
                assert all(rule.says.endswith((".", ")")) for rule in release.rules)


@pytest.mark.parametrize(
    ("xml", "line", "row"),
    [
        (UBL, "cac:InvoiceLine", "cac:TaxSubtotal"),
        (CII, "ram:IncludedSupplyChainTradeLineItem", "ram:ApplicableTradeTax"),
    ],
    ids=["ubl", "cii"],
)
def test_the_work_grows_with_the_lines_and_not_with_their_square(
    xml: str, line: str, row: str
) -> None:
    many = xml
    for tag in (line, row):  # In CII the first row stands on a line, the last is the header's.
        start, end = many.rindex(f"<{tag}>"), many.rindex(f"</{tag}>") + len(tag) + 3
        many = many[:start] + many[start:end] * 1_500 + many[end:]
    begun = time.process_time()

    assert "BR-CO-14" in broken(many, Profile.EN16931)

    assert time.process_time() - begun < 1.5  # By the square it were more than two seconds.


def test_the_work_grows_with_the_kinds_of_elements_and_not_with_their_square() -> None:
    kinds = "".join(f"<a{number}/>" for number in range(16_000))
    begun = time.process_time()

    assert "PEPPOL-EN16931-R008" in broken(UBL.replace("</Invoice>", f"{kinds}</Invoice>"))

    assert time.process_time() - begun < 1.5  # By the square it were more than three seconds.
