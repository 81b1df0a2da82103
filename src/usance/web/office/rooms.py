"""The pages that belong to Delivery, in a row on each of them, with what waits there."""

from django.urls import reverse
from django.utils.translation import gettext as _

from usance.queries import mails, pages, parked, reach


def rooms(here: str) -> list[dict[str, object]]:
    """For office/rooms.html: name, url, count and whether it is the page called `here`.

    Four counts, over rows that are open only.
    """
    back = reverse("came_back")
    found = (
        ("deliveries", _("Deliveries"), reverse("deliveries"), 0),
        ("came_back", _("What came back"), back, pages.counted(reach.proposals())),
        ("spoilt", _("Spoilt addresses"), f"{back}?view=spoilt",
         pages.counted(reach.suppressions())),
        ("reports", _("Reports to place"), reverse("parked_reports"), parked.count()),
        ("mails", _("Mail"), reverse("mails"), pages.counted(mails.open_ones())),
        ("ladder", _("Ladder of channels"), reverse("ladder"), 0),
        ("templates", _("Templates"), reverse("templates"), 0),
    )  # fmt: skip
    return [
        {"name": name, "url": url, "count": count, "here": page == here}
        for page, name, url, count in found
    ]
