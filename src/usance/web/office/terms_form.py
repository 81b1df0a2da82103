"""Terms as people type them: per cent, days, brackets a line each. The domain asks the rules."""

from collections.abc import Mapping
from dataclasses import astuple
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from usance.domain.finance import (
    PRODUCTS,
    Agreement,
    Base,
    Bracket,
    Brackets,
    Buying,
    Charges,
    DayCount,
    Extent,
    Foreign,
    How,
    Interest,
    Keeping,
    LegalBasis,
    Product,
    Refactoring,
    Start,
    TrustAccount,
    completed,
)
from usance.domain.money import Money

from . import desk
from .forms import CURRENCY, Form

NAMES = {
    Product.RECOURSE: _("Factoring with recourse"),
    Product.LIMITED_RECOURSE: _("Factoring with limited recourse"),
    Product.NON_RECOURSE: _("Factoring without recourse"),
    Product.SELECTIVE: _("Single invoices"),
    Product.WHOLE_TURNOVER: _("Whole turnover"),
    Product.MATURITY: _("Maturity factoring"),
    Product.CONFIRMING: _("Confirming (reverse factoring)"),
    Product.ADMINISTRATION: _("Administration only"),
    Product.CONFIDENTIAL: _("Confidential invoice discounting"),
}
assert set(NAMES) == set(Product), "every product has its name"
BASES = {LegalBasis.SALE: _("Sale"), LegalBasis.PLEDGE: _("Pledge")}
assert set(BASES) == set(LegalBasis), "every legal basis has its name"
STARTS = {
    Start.PURCHASE: _("the day of purchase"),
    Start.FUNDING: _("the next banking day"),
    Start.INVOICE: _("the date of the invoice"),
}
assert set(STARTS) == set(Start), "every start has its name"
OF = {
    Base.IN_USE: _("what of the advance is in use"),
    Base.ADVANCE: _("the advance"),
    Base.FACE: _("the invoice amount"),
}
assert set(OF) == set(Base), "every base has its name"
WAYS = {
    How.ALL: _("As they are handed in, without a question"),
    How.ASKED: _("When the client asks"),
    How.OFFERED: _("When the client accepts our offer"),
}
assert set(WAYS) == set(How), "every way of buying has its name"
TRUST = {
    TrustAccount.NONE: _("None"),
    TrustAccount.WANTED: _("Wanted"),
    TrustAccount.REQUIRED: _("Required: nothing is bought before it is checked"),
}
assert set(TRUST) == set(TrustAccount), "every demand has its words"
OF_BRACKETS = [(base.value, OF[base]) for base in (Base.FACE, Base.ADVANCE)]
KEEPING = ("list_days", "ask_days", "tell_days")
_KEPT = PRODUCTS[Product.CONFIDENTIAL].keeping
assert _KEPT is not None, "who is not told is in a ledger of the client's"
USUAL = astuple(_KEPT)
AMOUNTS = ("minimum", "maximum", "minimum_month", "minimum_year")
DATE = {"attrs": {"type": "date"}, "format": "%Y-%m-%d"}


def _choices(words: Mapping[Any, Any]) -> list[tuple[str, Any]]:
    return [(one.value, name) for one, name in words.items()]


def _percent(label: Any, *, low: int = 0, needed: bool = False, **more: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, min_value=Decimal(low), max_value=Decimal(100), max_digits=9,
        decimal_places=6, required=needed, **more,
    )  # fmt: skip


def _days(label: Any, **more: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=3650, required=False, **more)


class Terms(Form):
    product = forms.ChoiceField(label=_("Product"), choices=_choices(NAMES), required=False)
    basis = forms.ChoiceField(label=_("Legal basis"), choices=_choices(BASES), required=False)
    amount = forms.CharField(label=_("Limit"), max_length=30)
    currency = forms.CharField(label=_("Currency"), max_length=3, validators=[CURRENCY])
    advance_rate = _percent(_("Advance, per cent of the face"), needed=True)
    fee_rate = _percent(_("Service fee, per cent of the face"), needed=True)
    recourse_days = _days(
        _("Recourse, days after the due date"), help_text=_("Empty: without recourse.")
    )
    recourse_share = _percent(
        _("Recourse, per cent of what is not paid"), help_text=_("Empty: all of it.")
    )
    recourse_most = forms.CharField(
        label=_("Recourse, at most for an invoice"), max_length=30, required=False,
        help_text=_("Empty: whatever it comes to."),
    )  # fmt: skip
    refactor_days = _days(_("Recourse is put off, days"), help_text=_("Empty: it is not put off."))
    refactor_fee = _percent(_("For it, per cent of what is outstanding"))
    refactor_times = _days(_("At most so many times"), help_text=_("Empty: once."))
    schedule_signers = forms.TypedChoiceField(
        label=_("Who sign what is bought, before it is paid"), coerce=int, empty_value=0,
        choices=[(0, _("Nobody")), (1, _("One person of the client")),
                 (2, _("Two people of the client"))], required=False,
    )  # fmt: skip
    trust_account = forms.ChoiceField(
        label=_("Account in trust, held by the client"), choices=_choices(TRUST), required=False
    )
    list_days = _days(
        _("The client's list of open items is due, days after a month"),
        help_text=format_lazy(
            _("Where debtors are not told. All three empty: {days} days."),
            days=", ".join(map(str, USUAL)),
        ),
    )
    ask_days = _days(_("The client is asked about what is late, days after the due date"))
    tell_days = _days(_("Then its debtor may be told, days later"))
    valid_from = forms.DateField(
        label=_("Holds from"), widget=forms.DateInput(**DATE),
        help_text=_("The terms before it end on the day before."),
    )  # fmt: skip
    steps = forms.CharField(
        label=_("Fee in brackets"), required=False, max_length=800,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("A line each, days and per cent: 30 1.5. The last one repeats."),
    )  # fmt: skip
    ends = forms.BooleanField(label=_("The last bracket does not repeat"), required=False)
    daily = forms.BooleanField(label=_("A bracket is charged day by day"), required=False)
    of_brackets = forms.ChoiceField(label=_("Brackets are of"), choices=OF_BRACKETS, required=False)
    margin = _percent(_("Interest, per cent a year"), low=-100)
    reference = forms.CharField(
        label=_("On top of the reference rate"), required=False, max_length=24,
        help_text=_("Such as EURIBOR3M. Empty: the interest is all of it."),
    )  # fmt: skip
    floor = _percent(_("The reference rate counts at least"), low=-100)
    count = forms.ChoiceField(
        label=_("Days are counted"), choices=[(one.value, one.value) for one in DayCount],
        required=False,
    )  # fmt: skip
    of_interest = forms.ChoiceField(label=_("Interest is of"), choices=_choices(OF), required=False)
    monthly = forms.BooleanField(
        label=_("Interest of a month bears interest in the next"), required=False
    )
    to_due = forms.BooleanField(
        label=_("A discount: to the due date, kept back at once"), required=False
    )
    start = forms.ChoiceField(label=_("Time counts from"), choices=_choices(STARTS), required=False)
    day_one = forms.BooleanField(
        label=_("The first day and the day of payment both count"), required=False
    )
    minimum_days = _days(_("At least so many days"))
    float_days = _days(_("Days until a payment counts"))
    minimum = forms.CharField(label=_("An invoice costs at least"), max_length=30, required=False)
    maximum = forms.CharField(label=_("An invoice costs at most"), max_length=30, required=False)
    minimum_month = forms.CharField(
        label=_("Fees of a month are at least"), max_length=30, required=False
    )
    minimum_year = forms.CharField(
        label=_("Fees of a contract's year are at least"), max_length=30, required=False
    )
    vat_rate = _percent(
        _("Tax deducted with fees, per cent"),
        help_text=_("Empty: the month's invoice claims what the law asks for."),
    )
    currencies = forms.CharField(
        label=_("Invoices in other currencies"), max_length=150, required=False,
        help_text=_("Such as JPY USD. They are paid in the facility's. Empty: none is bought."),
    )  # fmt: skip
    haircut = _percent(
        _("Of these, per cent of the face less is advanced"), help_text=_("Empty: nothing less.")
    )
    how = forms.ChoiceField(label=_("Invoices are bought"), choices=_choices(WAYS), required=False)
    valid_days = forms.IntegerField(
        label=_("An offer holds, days"), min_value=0, max_value=30, required=False,
        help_text=_("0: to the end of the day on which it is made. Empty: to the next."),
    )  # fmt: skip
    instant = forms.CharField(
        label=_("Offered without a person, a day"), max_length=30, required=False,
        help_text=_("Faces in sum. Empty: two people decide on every offer."),
    )  # fmt: skip
    fallback_days = _days(
        _("Without cover: recourse, days after the due date"),
        help_text=_("For terms without recourse. Empty: then nothing is offered."),
    )

    def clean_steps(self) -> tuple[Bracket, ...]:
        steps = []
        for line in str(self.cleaned_data["steps"]).splitlines():
            words = line.replace("%", " ").replace(":", " ").replace(",", ".").split()
            if not words:
                continue
            try:
                days, rate = words
                steps.append(Bracket(days=int(days), rate=Decimal(rate) / 100))
            except (ValueError, InvalidOperation):
                raise forms.ValidationError(
                    _("Write days and per cent, such as 30 1.5: %(line)s"), params={"line": line}
                ) from None
        return tuple(steps)

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        for name in (*AMOUNTS, "amount", "instant", "recourse_most"):
            if said.get(name) and "currency" in said:
                money = desk.amount(said[name], said["currency"])
                if money is None or money.minor < 0:
                    self.add_error(name, _("Write an amount such as 250,000.00."))
                said[name] = money
        typed = [name for name in KEEPING if said.get(name) is not None]
        for name in KEEPING:
            if typed and name not in typed and name not in self.errors:
                self.add_error(name, _("Write all three, or none."))
        return said

    def agreement(self) -> Agreement:
        """What was typed, once the form is valid."""
        said = self.cleaned_data
        limit: Money = said["amount"]
        time = {
            "start": Start(said["start"] or Start.PURCHASE),
            "day_one": said["day_one"],
            "minimum_days": said["minimum_days"] or 0,
            "float_days": said["float_days"] or 0,
        }
        terms = Agreement(
            product=Product(said["product"] or Product.SELECTIVE),
            basis=LegalBasis(said["basis"] or LegalBasis.SALE),
            limit=limit,
            advance_rate=said["advance_rate"] / 100,
            fee_rate=said["fee_rate"] / 100,
            recourse_days=said["recourse_days"],
            charges=Charges(
                brackets=_brackets(said, time),
                interest=_interest(said, time),
                minimum=said["minimum"].minor if said["minimum"] else 0,
                maximum=said["maximum"].minor if said["maximum"] else None,
                minimum_month=said["minimum_month"].minor if said["minimum_month"] else 0,
                minimum_year=said["minimum_year"].minor if said["minimum_year"] else 0,
                vat_rate=(said["vat_rate"] or Decimal(0)) / 100,
            ),
            valid_from=said["valid_from"],
            buying=_buying(said),
            extent=_extent(said),
            refactoring=_refactoring(said),
            foreign=Foreign(
                currencies=tuple(sorted(set(said["currencies"].upper().replace(",", " ").split()))),
                haircut=((said["haircut"] or Decimal(0)) / 100).normalize(),
            ),
            schedule_signers=said["schedule_signers"],
            trust_account=TrustAccount(said["trust_account"] or TrustAccount.NONE),
            keeping=_keeping(said),
        )
        return completed(terms)


def _keeping(said: Mapping[str, Any]) -> Keeping | None:
    days = {name: said[name] for name in KEEPING if said[name] is not None}
    return Keeping(**days) if days else None


def _extent(said: Mapping[str, Any]) -> Extent:
    share, most = said["recourse_share"], said["recourse_most"]
    return Extent(
        share=None if share is None else (share / 100).normalize(),
        # An amount of nothing is no empty field: the rule says what is wrong with it.
        most=most.minor if isinstance(most, Money) else None,
    )


def _refactoring(said: Mapping[str, Any]) -> Refactoring | None:
    if said["refactor_days"] is None:
        return None
    times = said["refactor_times"]
    return Refactoring(
        days=said["refactor_days"], fee_rate=(said["refactor_fee"] or Decimal(0)) / 100,
        times=1 if times is None else times,
    )  # fmt: skip


def _buying(said: Mapping[str, Any]) -> Buying:
    if How(said["how"] or How.ALL) is How.ALL:
        return Buying()
    return Buying(
        how=How(said["how"]),
        valid_days=1 if said["valid_days"] is None else said["valid_days"],
        instant=said["instant"].minor if said["instant"] else 0,
        fallback_days=said["fallback_days"],
    )


def _brackets(said: Mapping[str, Any], time: dict[str, Any]) -> Brackets | None:
    if not said["steps"]:
        return None
    return Brackets(
        steps=said["steps"], repeats=not said["ends"], whole=not said["daily"],
        base=Base(said["of_brackets"] or Base.FACE), **time,
    )  # fmt: skip


def _interest(said: Mapping[str, Any], time: dict[str, Any]) -> Interest | None:
    if said["margin"] is None and not said["reference"]:
        return None
    return Interest(
        margin=(said["margin"] or Decimal(0)) / 100,
        reference=said["reference"].strip().upper(),
        floor=None if said["floor"] is None else said["floor"] / 100,
        count=DayCount(said["count"] or DayCount.ACT_360),
        base=Base(said["of_interest"] or (Base.FACE if said["to_due"] else Base.IN_USE)),
        monthly=said["monthly"],
        to_due=said["to_due"],
        **time,
    )


class Rate(Form):
    name = forms.RegexField(
        r"^[A-Za-z0-9€._-]{1,24}$", label=_("Reference rate"), help_text=_("Such as EURIBOR3M.")
    )
    rate = _percent(_("Per cent a year"), low=-100, needed=True)
    first = forms.DateField(label=_("First day"), widget=forms.DateInput(**DATE))
    last = forms.DateField(label=_("Last day"), widget=forms.DateInput(**DATE))
    source = forms.CharField(label=_("Who published it"), max_length=200)
