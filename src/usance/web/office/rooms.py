"""The pages that belong to Delivery, in a row on each of them, with what waits there."""

from django.urls import reverse
from django.utils.translation import gettext as _

from usance.queries import mails, pages, parked, reach, registrations


def rooms(here: str) -> list[dict[str, object]]:
    """For office/rooms.html: name, url, count and whether it is the page called `here`.

    One query, over rows that are open only.
    """
    proposed, spoilt, reported, written, registered = pages.counted_each(
        [reach.proposals(), reach.suppressions(), parked.waiting(), mails.open_ones(),
         registrations.waiting()]
    )  # fmt: skip
    back = reverse("came_back")
    found = (
        ("deliveries", _("Deliveries"), reverse("deliveries"), 0),
        ("came_back", _("What came back"), back, proposed),
        ("spoilt", _("Spoilt addresses"), f"{back}?view=spoilt", spoilt),
        ("reports", _("Reports to place"), reverse("parked_reports"), reported),
        ("registrations", _("Registered in banks"), reverse("registrations"), registered),
        ("mails", _("Mail"), reverse("mails"), written),
        ("ladder", _("Ladder of channels"), reverse("ladder"), 0),
        ("templates", _("Templates"), reverse("templates"), 0),
    )
    return [
        {"name": name, "url": url, "count": count, "here": page == here}
        for page, name, url, count in found
    ]
