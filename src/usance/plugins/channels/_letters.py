"""What every channel that posts letters needs of a parcel: its PDF, and the recipient's words."""

from collections.abc import Mapping

from usance.domain.distribution import Attachment, Parcel

PDF = "application/pdf"
POSTAL = ("name", "street", "postcode", "city", "country")


def paper(parcel: Parcel) -> Attachment | None:
    """The letter itself, the first PDF; None: there is nothing to print."""
    return next((one for one in parcel.attachments if one.media_type == PDF), None)


def postal(address: Mapping[str, str]) -> dict[str, str]:
    """The postal address, every part there and on one line."""
    return {name: " ".join(address.get(name, "").split()) for name in POSTAL}


def missing(address: Mapping[str, str]) -> list[str]:
    """Parts without which no house takes a letter. A street may be missing: some live on a farm."""
    return [name for name, value in postal(address).items() if not value and name != "street"]
