"""Webhooks over TLS, to a receiver on loopback whose certificate is made here."""

from __future__ import annotations

import base64
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import trustme

from customercore.adapters.webhook import Webhook, verify_webhook
from customercore.errors import NotificationError
from customercore.testing.samples import event

KEY = f"whsec_{base64.b64encode(bytes([1] * 32)).decode()}"
AUTHORITY, STRANGER = trustme.CA(), trustme.CA()
EVENT = event(1)


class Receiver(HTTPServer):
    """Keeps what it gets, which is nothing from those who do not finish the handshake."""

    def __init__(self, certificate: trustme.LeafCert) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.got: list[tuple[dict[str, str], bytes]] = []
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate.configure_cert(context)
        self.socket = context.wrap_socket(self.socket, server_side=True)

    def hook(self, host: str = "127.0.0.1", trusted: trustme.CA | None = AUTHORITY) -> Webhook:
        """Return a webhook to this receiver that trusts an authority, or only those of the system."""
        context = None
        if trusted is not None:
            context = ssl.create_default_context()
            trusted.configure_trust(context)
        url = f"https://{host}:{self.server_address[1]}/hook"
        return Webhook(url, [KEY], allow_private=True, timeout=5, tls_context=context)


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.got.append((dict(self.headers), body))
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the name it has
        pass


@contextmanager
def receiving(certificate: trustme.LeafCert) -> Iterator[Receiver]:
    """Run a receiver with a certificate."""
    server = Receiver(certificate)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_receiver_whose_certificate_is_trusted_gets_what_is_signed(host: str) -> None:
    with receiving(AUTHORITY.issue_cert("127.0.0.1", "localhost")) as receiver:
        receiver.hook(host).deliver(EVENT, tenant="acme")
    ((headers, body),) = receiver.got
    assert verify_webhook(body, headers, [KEY])["data"]["tenant"] == "acme"
    assert headers["Host"] == f"{host}:{receiver.server_address[1]}"


@pytest.mark.parametrize(
    ("certificate", "trusted"),
    [
        (lambda: AUTHORITY.issue_cert("127.0.0.1"), None),
        (lambda: STRANGER.issue_cert("127.0.0.1"), AUTHORITY),
        (lambda: AUTHORITY.issue_cert("hook.example.com"), AUTHORITY),
    ],
    ids=["of no known authority", "of another authority", "of another name"],
)
def test_a_receiver_with_a_wrong_certificate_gets_nothing(
    certificate: Callable[[], trustme.LeafCert], trusted: trustme.CA | None
) -> None:
    with receiving(certificate()) as receiver, pytest.raises(NotificationError) as caught:
        receiver.hook(trusted=trusted).deliver(EVENT, tenant="acme")
    assert (caught.value.code, caught.value.retryable) == ("delivery_failed", True)
    assert "SSLCertVerificationError" in str(caught.value)
    assert receiver.got == []


def test_a_receiver_that_speaks_no_tls_gets_nothing_readable() -> None:
    plain = HTTPServer(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=plain.handle_request)
    thread.start()
    hook = Webhook(f"https://127.0.0.1:{plain.server_address[1]}/", [KEY], allow_private=True, timeout=5)
    with pytest.raises(NotificationError, match="SSLError"):
        hook.deliver(EVENT, tenant="acme")
    thread.join()
    plain.server_close()
