"""Set the stage: the factor, its accounts and people, clients with facilities, assessed debtors."""

import logging
import secrets
from dataclasses import replace
from datetime import date, datetime, timedelta

from stdnum.eu import vat
from stdnum.se import orgnr

from usance import models
from usance.actions import accounts, fees, ladders, parties, terms
from usance.actions import ledger as books
from usance.actions.parties import Company
from usance.domain import ledger
from usance.domain.distribution import Kind as Channel
from usance.domain.distribution import Paper, Settings, default
from usance.domain.finance import Agreement, LegalBasis
from usance.domain.mandate import Role
from usance.domain.money import Money
from usance.domain.party import name_key
from usance.domain.payee import CallBack
from usance.plugins import TryLater, Unreadable
from usance.plugins.bureaus import NotFound
from usance.queries import outside
from usance.sandbox.iban import made_up
from usance.shared.models import Book, User
from usance.shared.models import Role as UserRole

from .cast import CLIENTS, CLIENTS_OWN, DEBTORS, PEOPLE, ClientRole, DebtorRole

LOG = logging.getLogger(__name__)
ACTOR, SECOND = "demo", "demo:second"
ASKS = 5
CAPITAL = {"EUR": Money.of("6000000", "EUR"), "SEK": Money.of("40000000", "SEK")}
FACTOR = "Norrsken Factoring AB"
CALLED = CallBack(
    person="The managing director", number="+46 8 555 012 34",
    remark="Read the account out; the number stands in the contract.",
)  # fmt: skip


def people() -> dict[str, dict[str, str]]:
    """Add the people; name, role and password of each by login, the password made anew."""
    found = {}
    for name, login, role in PEOPLE:
        first, _, last = name.partition(" ")
        password = secrets.token_urlsafe(9)
        User.objects.create_user(
            login, password=password, role=role, first_name=first, last_name=last
        )
        found[login] = {"name": name, "role": role, "password": password}
    return found


def own_user(client: models.Client) -> dict[str, dict[str, str]]:
    """Add a user of the client's own; as `people`."""
    name, login = CLIENTS_OWN
    first, _, last = name.partition(" ")
    password = secrets.token_urlsafe(9)
    User.objects.create_user(
        login, password=password, role=UserRole.CLIENT, first_name=first, last_name=last,
        language="en", book=Book.objects.get(), client_id=client.pk,
    )  # fmt: skip
    return {login: {"name": name, "role": f"client {client.name}", "password": password}}


def company(*, at: datetime, seed: int) -> None:
    """The factor itself with an account in each currency, and its capital in the books."""
    Book.objects.create(slug="main", name=FACTOR, country="SE", simulated_at=at, created_at=at)
    models.Factor.objects.create(
        name=FACTOR, legal_id="5560747569", vat_id="SE556074756901", street="Sveavägen 44",
        postcode="111 34", city="Stockholm", country="SE", email="faktura@norrsken.example",
        phone="+46 8 555 010 00", web="norrsken.example", colour="#1f4e79", home_currency="SEK",
    )  # fmt: skip
    for currency, country, bic in (("EUR", "DE", "COBADEFFXXX"), ("SEK", "SE", "ESSESESS")):
        models.BankAccount.objects.create(
            name=FACTOR, iban=made_up(country, seed, FACTOR), bic=bic, currency=currency,
            bank="rest",
        )  # fmt: skip
        entry = ledger.capital(CAPITAL[currency], on=at.date(), voucher=f"deed-{currency}")
        books.book([entry], at=at, actor=ACTOR)
    fees.start(at.date(), role=Role.ADMIN, at=at, actor=ACTOR)


def clients(
    *, at: datetime, seed: int, since: date, invoices: int
) -> list[tuple[ClientRole, models.Client]]:
    """Add the clients, each with a facility that so many invoices in a season use to a third."""
    size = max(invoices, 400)
    done = []
    for place, role in enumerate(CLIENTS):
        row = parties.register_client(
            Company(
                name=role.name, country=role.country, legal_id=_legal_id(role.country, 100 + place),
                vat_id=_vat_id(role.country, 100 + place), street=role.street,
                postcode=role.postcode, city=role.city, language=role.language,
                email=f"ekonomi@{_domain(role.name)}",
            ),
            colour=role.colour, role=Role.ADMIN, at=at, actor=ACTOR,
        )  # fmt: skip
        before = at - timedelta(days=30)  # It has waited by the day on which the book opens.
        account = accounts.enter(
            row.pk, number=made_up(role.country, seed, role.name), currency=role.currency,
            role=Role.ADMIN, at=before, actor=ACTOR,
        )  # fmt: skip
        accounts.verify(account.pk, CALLED, role=Role.ADMIN, at=before, actor=SECOND)
        said = Agreement(
            product=role.product, basis=LegalBasis.SALE,
            limit=Money.of(str(size * (3000 if role.currency == "SEK" else 400)), role.currency),
            advance_rate=role.advance_rate, fee_rate=role.fee_rate,
            recourse_days=role.recourse_days, charges=role.charges, valid_from=since,
        )  # fmt: skip
        written = terms.propose(row.pk, said, role=Role.ADMIN, at=at, actor=ACTOR)
        terms.put_in_force(written.pk, seen=written.digest, role=Role.ADMIN, at=at, actor=SECOND)
        done.append((role, row))
    return done


def debtors(*, at: datetime, seed: int) -> list[tuple[DebtorRole, models.Debtor]]:
    """Add the debtors, and ask the bureau about each: who it does not know has no limit."""
    done = []
    for place, role in enumerate(DEBTORS):
        legal_id, vat_id = _legal_id(role.country, place), _vat_id(role.country, place)
        row = parties.register_debtor(
            Company(
                name=role.name, country=role.country, legal_id=legal_id, vat_id=vat_id,
                street=role.street, postcode=role.postcode, city=role.city,
                language=role.language,
                email=f"faktura@{_domain(role.name)}" if role.reached != "letter" else "",
                phone=_phone(role.country, place),
            ),
            einvoice_id=_participant(role, legal_id, vat_id),
            mailbox_id=legal_id if role.reached == "mailbox" else "",
            accounts=(made_up(role.country, seed, role.name),),
            role=Role.ADMIN, at=at, actor=ACTOR,
        )  # fmt: skip
        _assess(row, legal_id if role.country == "SE" else vat_id, at=at)
        done.append((role, row))
    return done


def _assess(row: models.Debtor, identifier: str, *, at: datetime) -> None:
    """Ask the bureau, again if it has trouble. Whom it does not know, or says nothing of, stays
    without a limit: what it owes is held until somebody asks again in the office."""
    bureau, config = outside.bureau()
    for left in reversed(range(ASKS)):
        try:
            report = bureau.ask(identifier, config)
            break
        except NotFound:
            return
        except (TryLater, Unreadable) as trouble:
            if not left:
                LOG.warning("The bureau does not answer about %s: %s", row.name, trouble)
                return
    if report.limit is not None:
        parties.set_limit(
            row.pk,
            report.limit,
            source=f"bureau, rated {report.rating}",
            report=report.raw,
            role=Role.CREDIT,
            at=at,
            actor=ACTOR,
        )
    if report.insolvent:
        row.insolvent_on = report.as_of
        row.save(update_fields=["insolvent_on"])


def _participant(role: DebtorRole, legal_id: str, vat_id: str) -> str:
    if role.reached != "einvoice":
        return ""
    schemes = {"SE": f"0007:{legal_id}", "DE": f"9930:{vat_id}", "AT": f"9914:{vat_id}",
               "FI": f"0216:0037{legal_id}"}  # fmt: skip
    return schemes[role.country]


def ladder(*, at: datetime) -> None:
    """A text message goes beside every reminder; all else is as usance brings it."""
    rungs = tuple(replace(one, beside=(Channel.SMS,)) for one in default().rungs)
    ladders.set_up(
        Settings(whose="", rungs=rungs), paper=Paper.REMINDER, role=Role.ADMIN, at=at, actor=ACTOR
    )


def _phone(country: str, number: int) -> str:
    """Numbers that nobody has: kept for stories by PTS (SE) and Bundesnetzagentur (DE)."""
    kept = {
        "SE": f"+467017406{5 + number % 5}{number % 10}",
        "DE": f"+49176040690{number % 100:02}",
    }
    return kept.get(country, "")


def _domain(name: str) -> str:
    return f"{name_key(name)[:24]}.example"


def _vat_id(country: str, number: int) -> str:
    """The `number`-th VAT id of the country that passes its check digits."""
    if country == "SE":
        return f"SE{_legal_id('SE', number)}01"
    patterns = {"DE": "DE81{:07d}", "AT": "ATU6{:07d}", "FI": "FI2{:07d}"}
    tried = (number + 1) * 7919
    while True:
        text = patterns[country].format(tried % 10**7)
        if vat.is_valid(text):
            return text
        tried += 1


def _legal_id(country: str, number: int) -> str:
    if country == "SE":
        tried = 5561000000 + (number + 1) * 7919
        while not orgnr.is_valid(str(tried)):
            tried += 1
        return str(tried)
    if country == "FI":
        return _vat_id("FI", number)[2:]
    return f"{'HRB' if country == 'DE' else 'FN'}{20000 + number * 37}"
