"""What SendGrid cannot be told: its own limits, held before it refuses."""

from dataclasses import replace

import pytest

from tests.outside import parcel
from usance import sandbox
from usance.domain.distribution import Handed, Kind
from usance.plugins.channels import sendgrid


@pytest.mark.parametrize("name", ["Müller, Schmidt & Söhne GmbH", "Kund AB; c/o Fakturor", "Kund"])
def test_a_name_with_a_comma_is_no_reason_to_refuse_a_mail(name: str) -> None:
    mail = parcel("sg-1", Kind.EMAIL)
    with sandbox.start(sandbox.Settings(seed=7, bouncing=0, failing=0)) as world:
        named = replace(mail, address={**mail.address, "name": name})
        (handed,) = sendgrid.send([named], world.config("channels", "sendgrid"))
    assert handed.came_to is Handed.ACCEPTED, handed.detail


def test_the_name_is_shown_as_it_is_sent() -> None:
    mail = parcel("sg-2", Kind.EMAIL)
    named = replace(mail, address={"name": "Müller, Schmidt; Söhne", "email": "ap@kund.example"})
    config = {"sender": "invoices@factor.example", "token": "x"}
    assert "Müller Schmidt Söhne" in sendgrid.shown(named, config)
