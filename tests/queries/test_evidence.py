"""What is told of an address: as it is read, and nothing by which others could use it."""

from typing import Any

import pytest

from usance.queries.evidence import line, reached


@pytest.mark.parametrize(
    ("address", "written"),
    [
        # As the database gives it: short names first.
        ({"city": "Kassel", "name": "Müller GmbH", "street": "Weg 1", "country": "DE",
          "postcode": "34117"}, "Müller GmbH, Weg 1, 34117 Kassel, DE"),
        ({"name": "Bo", "email": "bo@kund.example"}, "Bo, bo@kund.example"),
        ({"name": "Bo", "postcode": "111 22", "city": ""}, "Bo, 111 22"),
        ({"push": "01", "auth": "c2VjcmV0", "p256dh": "BKey", "page": "/d/signed",
          "endpoint": "https://push.example/capability"}, "push.example"),
        ({}, ""),
    ],
)  # fmt: skip
def test_an_address_is_written_as_people_read_it(address: dict[str, Any], written: str) -> None:
    assert ", ".join(line(reached(address))) == written
