"""What people type about clients, debtors and their terms. Checks of form only; rules are asked in
actions."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from usance.domain import payee
from usance.domain.distribution import EINVOICE
from usance.domain.money import Money

from . import desk

COUNTRY = RegexValidator("^[A-Z]{2}$", _("Two capital letters, such as SE or DE."))
EINVOICE_ADDRESS = RegexValidator(
    f"^{EINVOICE}$", _("Four digits of the scheme, a colon and the value, such as 0007:5560001111.")
)
CURRENCY = RegexValidator("^[A-Z]{3}$", _("Three capital letters, such as EUR."))
LANGUAGES = [
    ("en", "English"),
    ("de", "Deutsch"),
    ("fr", "Français"),
    ("sv", "Svenska"),
    ("nb", "Norsk bokmål"),
    ("da", "Dansk"),
    ("fi", "Suomi"),
]
WISHES = [
    ("", _("The best channel")),
    ("einvoice", _("E-invoice")),
    ("mailbox", _("Digital mailbox")),
    ("email", _("E-mail")),
    ("letter", _("Letter")),
]


class Form(forms.Form):
    """Labels without colons, as parts/field.html draws them."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, label_suffix="", **more)


SURE_FROM = Decimal("0.95")  # As models.Client has it.


class Company(Form):
    name = forms.CharField(label=_("Name"), max_length=200)
    country = forms.CharField(label=_("Country"), max_length=2, validators=[COUNTRY])
    vat_id = forms.CharField(label=_("VAT id"), max_length=20, required=False)
    legal_id = forms.CharField(label=_("Registration number"), max_length=40, required=False)
    street = forms.CharField(label=_("Street"), max_length=200, required=False)
    postcode = forms.CharField(label=_("Postcode"), max_length=20, required=False)
    city = forms.CharField(label=_("City"), max_length=100, required=False)
    language = forms.ChoiceField(label=_("Language of letters"), choices=LANGUAGES)
    email = forms.EmailField(label=_("E-mail"), required=False)
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)


class Door(Form):
    code = forms.CharField(
        label=_("Code"), max_length=40,
        help_text=_("In its folder and address: small letters, digits, hyphens."),
    )  # fmt: skip
    senders = forms.CharField(
        label=_("Believed senders"), required=False, max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One in each line: an address, or a whole domain as @acme.example."),
    )  # fmt: skip
    acknowledges = forms.BooleanField(
        label=_("Tell senders what was taken"), required=False, initial=True
    )


class Client(Company):
    brand_colour = forms.RegexField(
        "^#[0-9a-fA-F]{6}$", label=_("Colour on letters"), initial="#1f3a5f",
        help_text=_("As #rrggbb."),
    )  # fmt: skip
    sure_from = forms.DecimalField(
        label=_("Pages need no person from a confidence of"), min_value=Decimal("0.5"),
        max_value=Decimal("1.001"), decimal_places=3, initial=SURE_FROM, required=False,
        help_text=_("Between 0.5 and 1; 1.001: a person always looks. Empty: 0.95."),
    )  # fmt: skip

    def clean_sure_from(self) -> Decimal:
        return self.cleaned_data["sure_from"] or SURE_FROM


class Debtor(Company):
    einvoice_id = forms.CharField(
        label=_("E-invoice address"), max_length=80, required=False, validators=[EINVOICE_ADDRESS],
        help_text=_("Scheme and value, such as 0007:5560001111."),
    )  # fmt: skip
    mailbox_id = forms.CharField(label=_("Digital mailbox"), max_length=80, required=False)
    wish = forms.ChoiceField(label=_("Wants its invoices by"), choices=WISHES, required=False)
    public = forms.BooleanField(
        label=_("A public body"), required=False,
        help_text=_("Many countries demand e-invoices to public bodies."),
    )  # fmt: skip
    insolvent_on = forms.DateField(
        label=_("Insolvent since"), required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("From this day nothing more is bought."),
    )  # fmt: skip


class _Amount(Form):
    amount = forms.CharField(label=_("Limit"), max_length=30)
    currency = forms.CharField(label=_("Currency"), max_length=3, validators=[CURRENCY])

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if "amount" in said and "currency" in said:
            money = desk.amount(said["amount"], said["currency"])
            if money is None or money.minor < 0:
                self.add_error("amount", _("Write an amount such as 250,000.00."))
            said["money"] = money
        return said

    @property
    def money(self) -> Money:
        money: Money = self.cleaned_data["money"]
        return money


class Limit(_Amount):
    source = forms.CharField(label=_("Who says so"), max_length=80)


class PayoutAccount(Form):
    scheme = forms.ChoiceField(
        label=_("Kind of account"),
        choices=[("iban", "IBAN"), ("bankgiro", "Bankgiro"), ("plusgiro", "Plusgiro")],
        initial="iban",
        required=False,
    )
    number = forms.CharField(label=_("IBAN, or number of the giro"), max_length=42)
    bic = forms.CharField(label=_("BIC"), max_length=11, required=False)
    currency = forms.CharField(label=_("Currency"), max_length=3, validators=[CURRENCY])
    reference = forms.CharField(
        label=_("Reference the client wants quoted (OCR, KID, RF)"), max_length=35, required=False
    )

    def clean_scheme(self) -> str:
        return self.cleaned_data["scheme"] or "iban"

    def clean(self) -> dict[str, object]:
        said: dict[str, object] = super().clean() or self.cleaned_data
        if not {"number", "currency", "scheme"} <= said.keys():
            return said
        try:
            payee.numbered(
                str(said["number"]), payee.Scheme(said["scheme"]), currency=str(said["currency"])
            )
        except payee.AccountWrong as no:
            self.add_error("number", f"{str(no)[:1].upper()}{str(no)[1:]}. {no.todo}")
        return said


class Bank(Form):
    """How the bank of an account of ours takes orders."""

    account = forms.UUIDField(widget=forms.HiddenInput)
    order_version = forms.ChoiceField(
        label=_("Orders as"), choices=[("09", "pain.001.001.09"), ("03", "pain.001.001.03")]
    )
    cut_off = forms.TimeField(label=_("Takes orders until"))
    eve_cut_off = forms.TimeField(label=_("On the eve of a holiday"))
