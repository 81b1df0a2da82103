"""What tests of the outside world share: a receiver of callbacks, an invoice, parcels."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from usance.domain.distribution import Attachment, Kind, Parcel
from usance.domain.money import Money

OUR_ACCOUNT = "DE89370400440532013000"

ADDRESSES: dict[Kind, dict[str, str]] = {
    Kind.EMAIL: {"email": "ap@kund.example", "name": "Kund Åkeri AB"},
    Kind.LETTER: {
        "name": "Kund AB", "street": "Gatan 1", "postcode": "111 22", "city": "Malmö",
        "country": "SE",
    },
    Kind.EINVOICE: {"einvoice": "0007:5560001111"},
    Kind.MAILBOX: {"mailbox": "5560001111"},
    Kind.SMS: {"phone": "+46701234567"},
    Kind.PUSH: {},  # A browser's own: its case has one.
    Kind.PORTAL: {},
}  # fmt: skip


# The smallest letter: an A4 page with nothing on it.
PAGE = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595.276 841.89]>>endobj
trailer<</Root 1 0 R>>
%%EOF
"""
PAPER = Attachment(name="letter.pdf", media_type="application/pdf", content=PAGE)


def parcel(key: str, kind: Kind, **changed: Any) -> Parcel:
    address = ADDRESSES[kind] | changed.pop("address", {})
    given: dict[str, Any] = {
        "sender": "Nordic Factoring AB",
        "language": "sv",
        "subject": f"Faktura {key}",
        "text": "Hej!\n.\nEn rad som börjar med en punkt.\n",
        "attachments": (PAPER,) if kind is Kind.LETTER else (),
    }
    return Parcel(key=key, kind=kind, address=address, **(given | changed))


def ubl(number: str, reference: str, amount: Money, *, due_on: str, debtor: str) -> Attachment:
    """An invoice as far as a debtor's system looks into it, payable to our account."""
    content = f"""<?xml version="1.0"?>
<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
 xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
 xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
<cbc:ID>{number}</cbc:ID><cbc:DueDate>{due_on}</cbc:DueDate>
<cac:AccountingCustomerParty><cac:Party><cac:PartyLegalEntity>
<cbc:RegistrationName>{debtor}</cbc:RegistrationName>
</cac:PartyLegalEntity></cac:Party></cac:AccountingCustomerParty>
<cac:PaymentMeans><cbc:PaymentID>{reference}</cbc:PaymentID>
<cac:PayeeFinancialAccount><cbc:ID>{OUR_ACCOUNT}</cbc:ID></cac:PayeeFinancialAccount>
</cac:PaymentMeans>
<cac:LegalMonetaryTotal><cbc:PayableAmount currencyID="{amount.currency}">{amount.decimal}\
</cbc:PayableAmount></cac:LegalMonetaryTotal></Invoice>""".encode()
    return Attachment(name=f"{number}.xml", media_type="application/xml", content=content)


class Receiver:
    """Takes callbacks on loopback and keeps them: header names in lower case, and the body."""

    def __init__(self, *answers: int) -> None:
        """`answers` are the first status codes given; after them everything is 204."""
        self.got: list[tuple[dict[str, str], bytes]] = []
        left = list(answers)
        got = self.got

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                status = left.pop(0) if left else 204
                if status == 204:
                    headers = {k.lower(): v for k, v in self.headers.items()}
                    got.append((headers | {"x-received-query": urlsplit(self.path).query}, body))
                self.send_response(status)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                """Silent."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def __enter__(self) -> "Receiver":
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
