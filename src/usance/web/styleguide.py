"""Every part of the office on one page, with long names and large figures. Demo and test only.

Tests open it in a browser, so a part that breaks is seen before a screen uses it.
"""

from datetime import UTC, date, datetime
from decimal import Decimal

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from usance.domain.finding import Finding, Severity
from usance.domain.money import Money
from usance.web import charts, shell

AT = datetime(2026, 5, 5, 8, 14, tzinfo=UTC)
NAMES = (
    ("Nordhav Seafood AB", "Hansa Retail Group"),
    (
        "Kessler Feinblech GmbH",
        "Kaufmännische Verwaltungsgesellschaft Süddeutscher Maschinenbauer mbH",
    ),
    ("Atelier Moreau SARL", "Tre Kronor Livs AB"),
    ("Baltic Timber OÜ", "Île-de-France Bâtiment"),
    ("Lindqvist & Söner AB", "Überlandwerk Großräschen-Öderan GmbH & Co. KG"),
    ("Van Dijk Transport BV", "Łódź Żywność Sp. z o.o."),
)
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May")
STATES = (
    ("Verification", "info", "Call debtor"),
    ("Dispute", "bad", "Credit note expected"),
    ("Overdue 12 d", "warn", "Reminder 2"),
    ("Promise to pay", "good", "5 May"),
    ("Unknown outcome", "odd", "Print job: no answer after accept"),
    ("Received", "plain", "Waits for its batch"),
)


@login_not_required
def page(request: HttpRequest) -> HttpResponse:
    """The parts in order; `?books=off` shows the badge of books that do not balance."""
    if settings.ENVIRONMENT not in {"demo", "test"}:
        raise Http404("the styleguide is not part of a live installation")
    balanced = request.GET.get("books") != "off"
    state = shell.Books(balanced, "0.00" if balanced else "EUR 12.50", "#ledger")
    around = shell.drawn("/styleguide", {"invoices": 42}, state, "Åsa Björkström")
    around["places"] = [
        {"place": place, "url": f"#{place.url}", "count": 42 if n == 2 else 0, "here": n == 0}
        for n, place in enumerate(shell.PLACES)
    ]
    context = {
        "shell": around,
        "rows": rows(),
        "on": AT.date(),
        "at": AT,
        **tiles(),
        **lists(),
        **story(),
        **progress(),
        **drawings(),
    }
    return render(request, "styleguide.html", context)


def rows() -> list[dict[str, object]]:
    amounts = (5523012, 6714039, 1305279, 1669240, -3692037, 123456789012)
    return [
        {
            "number": f"INV-2026-0{4810 + 7 * n}",
            "client": client,
            "debtor": debtor,
            "amount": Money(amounts[n], "EUR"),
            "due": date(2026, 4, 13 + n),
            "state": STATES[n][0],
            "tone": STATES[n][1],
            "next": STATES[n][2],
        }
        for n, (client, debtor) in enumerate(NAMES)
    ]


def eur(minor: int) -> Money:
    return Money(minor, "EUR")


def tiles() -> dict[str, object]:
    return {
        "tiles": [
            {
                "name": "Funds in use",
                "money": eur(1841290640),
                "note": "+2.4 % vs. last week",
                "tone": "good",
                "url": "#x",
            },
            {
                "name": "Availability",
                "money": eur(387022115),
                "note": "17.4 % of approved",
                "tone": "",
            },
            {
                "name": "Purchased today",
                "money": eur(64211800),
                "note": "214 invoices · 11 batches",
                "tone": "good",
            },
            {
                "name": "Unapplied cash",
                "money": eur(4890377),
                "note": "9 receipts · oldest 2 d",
                "tone": "bad",
                "url": "#x",
            },
            {
                "name": "DSO (90 d)",
                "figure": "41.8",
                "unit": "days",
                "note": "−1.2 d vs. last month",
                "tone": "good",
            },
            {
                "name": "Overdue > 30 d",
                "figure": "4.1",
                "unit": "%",
                "note": "EUR 906,310.00 · 61 invoices",
                "tone": "bad",
            },
        ],
    }


def lists() -> dict[str, object]:
    return {
        "views": [
            {"name": "Needs a person", "url": "?view=person", "count": 42, "here": True},
            {"name": "To approve", "url": "?view=approve", "count": 7},
            {"name": "Überfällig", "url": "?view=overdue", "count": 1203},
            {"name": "All", "url": "?view=all"},
        ],
        "filters": [
            {"name": "Client", "value": "Lindqvist & Söner AB", "without": "?"},
            {"name": "Due before", "value": "2026-06-01", "without": "?"},
        ],
        "columns": [
            {"name": "Invoice", "sort": "?sort=number", "sorted": ""},
            {"name": "Client", "sort": "?sort=client", "sorted": ""},
            {"name": "Debtor"},
            {"name": "Amount EUR", "sort": "?sort=-amount", "sorted": "descending", "end": True},
            {"name": "Due", "sort": "?sort=due", "sorted": ""},
            {"name": "State"},
            {"name": "Next"},
        ],
        "bulk": [
            {"name": "Approve", "value": "approve"},
            {"name": "Postpone", "value": "postpone"},
        ],
        "states": STATES,
    }


def story() -> dict[str, object]:
    return {
        "facts": [
            ("Face", eur(1328400)),
            ("Advance 80 %", eur(1062720)),
            ("Reserve", eur(265680)),
            ("Fee 1.5 %", eur(19926)),
        ],
        "timeline": [
            {
                "says": "Invoice received by e-mail",
                "at": AT,
                "actor": "rechnung@kessler-feinblech.example",
                "icon": "mail",
                "tone": "",
            },
            {
                "says": "Total differs from its lines by 0.02",
                "at": AT,
                "actor": "check sum_of_lines",
                "icon": "triangle-alert",
                "tone": "warn",
            },
            {
                "says": "Purchased: advance 10,627.20 EUR",
                "at": AT,
                "actor": "Åsa Björkström",
                "icon": "banknote",
                "tone": "good",
            },
            {
                "says": "Letter handed to the distributor, no answer",
                "at": AT,
                "actor": "channel post",
                "icon": "send",
                "tone": "odd",
            },
        ],
        "journal": [
            {
                "debit": "1510 Purchased receivables",
                "credit": "2410 Owed to clients",
                "amount": eur(1328400),
                "about": "Kessler Feinblech GmbH",
            },
            {
                "debit": "2410 Owed to clients",
                "credit": "1930 Bank",
                "amount": eur(1062720),
                "about": "Kessler Feinblech GmbH",
            },
            {
                "debit": "2410 Owed to clients",
                "credit": "3010 Factoring fees",
                "amount": eur(19926),
                "about": "Kessler Feinblech GmbH",
            },
        ],
    }


def progress() -> dict[str, object]:
    return {
        "findings": [
            Finding(
                code="sum_of_lines",
                says="The lines add up to 13,283.98 EUR, the total says 13,284.00.",
                where="/Invoice/cac:LegalMonetaryTotal/cbc:LineExtensionAmount",
                todo="Ask the client for a corrected invoice.",
            ),
            Finding(
                code="due_missing",
                says="The due date is missing.",
                where="/Invoice/cbc:DueDate",
                severity=Severity.WARNING,
                todo="The terms on file apply: 30 days.",
            ),
        ],
        "steps": [
            {"name": "Received", "note": "42", "is": "done", "icon": "circle-check"},
            {"name": "Read", "note": "42", "is": "done", "icon": "circle-check"},
            {"name": "Checked", "note": "38 of 42", "is": "now", "icon": "circle-dot"},
            {"name": "Approved", "note": "", "is": "", "icon": "circle"},
            {"name": "Purchased", "note": "", "is": "", "icon": "circle"},
            {"name": "Funded", "note": "", "is": "", "icon": "circle"},
        ],
    }


def drawings() -> dict[str, object]:
    days = [f"{n % 28 + 1:02} {MONTHS[n // 28]}" for n in range(120)]
    funds = tuple(Decimal(1400 + (n * 37 % 50) + n * 4) / 100 for n in range(120))
    free = tuple(Decimal(1050 - (n * 29 % 40) - n * 2) / 100 for n in range(120))
    return {
        "line": charts.line(
            "Funds in use and availability, EUR million",
            days,
            [charts.Series("Funds in use", funds), charts.Series("Availability", free)],
        ),
        "ageing": charts.bars(
            "Ageing by days overdue, EUR million",
            ["Not due", "1–15", "16–30", "31–60", "61–90", "> 90"],
            [Decimal(v) for v in ("11.8", "3.3", "2", "0.7", "0.3", "0.3")],
            looks=charts.BY_AGE,
        ),
        "delivery": charts.funnel(
            "Delivery by channel, 7 days",
            [
                charts.Flow("Peppol", 812, 797),
                charts.Flow("E-mail", 1204, 1121),
                charts.Flow("Print & post", 318, 304),
                charts.Flow("Portal", 96, 96),
            ],
            begun="Queued",
            arrived="Delivered",
        ),
        "weeks": charts.stacked(
            "Cash forecast, EUR thousand",
            [f"W{n}" for n in range(19, 32)],
            [
                charts.Series("Expected", tuple(90 + n * 13 % 60 for n in range(13))),
                charts.Series("Promised", tuple(20 + n * 7 % 30 for n in range(13))),
                charts.Series("Payouts", tuple(-30 - n * 5 % 25 for n in range(13))),
            ],
        ),
        "eligible": charts.waterfall(
            "From offered to funded, EUR thousand",
            ("Offered", 642),
            [("Not eligible", -88), ("Over limit", -41), ("Released", 12), ("Reserve", -105)],
            "Funded",
        ),
        "spark": charts.sparkline("Payment days", [31, 30, 34, 36, 33, 41, 39, 44]),
    }
