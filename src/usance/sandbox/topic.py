"""A topic of Amazon SNS: signs what it posts, and has the certificate for it at an address.

The signature and its versions are Amazon's; only the host is ours.
"""

import base64
import json
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

from usance.plugins.channels._sns_signature import HASHES, signed_text

from . import certificate

ARN = "arn:aws:sns:eu-north-1:123456789012:deliveries"


class Topic:
    """Serves its certificate over TLS as long as it is open."""

    def __init__(self, folder: Path) -> None:
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self._pem = _own(self._key)
        self.fetched = 0  # How often the certificate was asked for.
        papers = certificate.write(folder)
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.fetched += 1
                self.send_response(200)
                self.send_header("content-length", str(len(outer._pem)))
                self.end_headers()
                self.wfile.write(outer._pem)

            def log_message(self, format: str, *args: Any) -> None:
                """Silent."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.socket = papers.context.wrap_socket(self._server.socket, server_side=True)
        self.host = f"localhost:{self._server.server_port}"
        self.config = {
            "sns_topics": ARN, "sns_hosts": self.host, "sns_ca_file": str(papers.ca_file),
        }  # fmt: skip
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def signed(self, message: str, *, at: datetime, version: str = "1", **more: str) -> bytes:
        """The body of a post. `more` replaces or adds fields before it is signed."""
        told = {
            "Type": "Notification",
            "MessageId": "sns-1",
            "TopicArn": ARN,
            "Message": message,
            "Timestamp": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "SignatureVersion": version,
            "SigningCertURL": f"https://{self.host}/SimpleNotificationService-1.pem",
            **more,
        }
        text = signed_text(told)
        signature = self._key.sign(text, padding.PKCS1v15(), HASHES[version])
        return json.dumps(told | {"Signature": base64.b64encode(signature).decode()}).encode()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _own(key: rsa.RSAPrivateKey) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2099, 1, 1, tzinfo=UTC))
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM)
