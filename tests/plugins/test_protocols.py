"""Channels and directories held against their protocols by the type checker."""


def test_a_type_checker_holds_the_modules_against_the_protocol() -> None:
    """Nothing to run: mypy reads the next lines."""
    from usance.plugins.channels import (
        Channel,
        Mailroom,
        Witness,
        brevo,
        digipost,
        elks,
        exchange,
        hybrid,
        kivra,
        mailgun,
        portal,
        postmark,
        sendgrid,
        smtp,
        storecove,
        webpush,
    )
    from usance.plugins.directories import Directory
    from usance.plugins.directories import digipost as digipost_users
    from usance.plugins.directories import kivra as kivra_users
    from usance.plugins.providers import Provider, stripe

    _channels: tuple[Channel, ...] = (digipost, elks, exchange, hybrid, kivra, portal, smtp)
    _others: tuple[Channel, ...] = (brevo, mailgun, postmark, sendgrid, storecove, webpush)
    _mailrooms: tuple[Mailroom, ...] = (digipost, exchange, storecove)
    _witnesses: tuple[Witness, ...] = (storecove,)
    _providers: tuple[Provider, ...] = (stripe,)
    _directories: tuple[Directory, ...] = (digipost_users, kivra_users)
