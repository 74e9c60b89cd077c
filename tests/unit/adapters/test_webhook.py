"""Webhooks to a real receiver on loopback; and to where they must not go."""

from __future__ import annotations

import base64
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import attrs
import pytest

from customercore.adapters.outgoing import public
from customercore.adapters.webhook import Webhook, verify_webhook
from customercore.domain.message import Message
from customercore.errors import InvalidValueError, NotificationError
from customercore.testing.samples import event

CANARY = "xanthippe"
OLD, NEW, OTHER = (f"whsec_{base64.b64encode(bytes([number] * 32)).decode()}" for number in (1, 2, 3))
EVENT = attrs.evolve(
    event(1, changes={"language": (None, "sv")}, personal={"last_name": (None, CANARY)}, reason=CANARY),
    customer_id="7",
)


class Receiver(HTTPServer):
    """Keeps what it gets; answers with ``status``, after ``trickle`` seconds for each byte of a header."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.got: list[tuple[str, dict[str, str], bytes]] = []
        self.status = 204
        self.trickle = 0.0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/hook?shop=se"


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.got.append((self.path, dict(self.headers), body))
        for _ in range(200 if self.server.trickle else 0):
            try:
                self.wfile.write(b"H")
            except OSError:
                return
            time.sleep(self.server.trickle)
        self.send_response(self.server.status)
        self.send_header("location", f"{self.server.url}&redirected")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the name it has
        pass


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def webhook(url: str, *secrets: str, **options: Any) -> Webhook:
    given = {"allow_http": True, "allow_private": True, "timeout": 5, **options}
    return Webhook(url, secrets or (NEW,), **given)


def failure(call: Callable[[], object]) -> NotificationError:
    with pytest.raises(NotificationError) as caught:
        call()
    assert CANARY not in f"{caught.value!r} {caught.value} {caught.value.__cause__!r} {caught.value.__context__!r}"
    return caught.value


def test_an_event_is_signed_by_every_key_and_verified_by_any(receiver: Receiver) -> None:
    webhook(receiver.url, OLD, NEW).deliver(EVENT, tenant="acme")
    ((path, headers, body),) = receiver.got
    assert path == "/hook?shop=se"
    assert headers["webhook-id"] == EVENT.id
    for keys in ([OLD], [NEW], [OTHER, NEW]):
        told = verify_webhook(body, headers, keys)
        assert (told["type"], told["data"]["customer_id"], told["data"]["tenant"]) == ("customer.updated", "7", "acme")
        assert told["data"]["fields"] == ["language", "last_name"]
    assert CANARY not in body.decode()


def test_the_signature_is_that_of_the_standard() -> None:
    """The example of its specification, https://github.com/standard-webhooks/standard-webhooks."""
    headers = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    body = b'{"test": 2432232314}'
    key = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    assert verify_webhook(body, headers, [key], now=1614265330) == {"test": 2432232314}
    for moment in (1614265330 - 301, 1614265330 + 301):
        assert failure(lambda: verify_webhook(body, headers, [key], now=moment)).code == "invalid_signature"  # noqa: B023  called at once


@pytest.mark.parametrize("forged", ["webhook-id", "webhook-timestamp", "webhook-signature", "body", "key", "nothing"])
def test_what_was_changed_on_its_way_is_refused(receiver: Receiver, forged: str) -> None:
    webhook(receiver.url).deliver(EVENT, tenant="acme")
    ((_, headers, body),) = receiver.got
    if forged.startswith("webhook"):
        headers[forged] = {"webhook-timestamp": str(int(time.time()) + 1)}.get(forged, "v1,ö")
    if forged == "nothing":
        headers = {}
    keys = [OTHER] if forged == "key" else [NEW]
    error = failure(lambda: verify_webhook(body + b" " if forged == "body" else body, headers, keys))
    assert error.code == "invalid_signature"


def test_values_go_along_only_when_that_was_asked_for(receiver: Receiver) -> None:
    webhook(receiver.url, personal=True).deliver(EVENT, tenant="acme")
    data = json.loads(receiver.got[0][2])["data"]
    assert (data["personal"], data["changes"], data["reason"]) == (
        {"last_name": [None, CANARY]}, {"language": [None, "sv"]}, CANARY,
    )  # fmt: skip


def test_a_message_is_posted_whole(receiver: Receiver) -> None:
    one = Message(
        "7", "customer.welcome", "a@example.com", "Hej", "Hej Ö", headers={"Auto-Submitted": "auto-generated"}
    )
    webhook(receiver.url).send(one)
    told = verify_webhook(receiver.got[0][2], receiver.got[0][1], [NEW])
    assert told["type"] == "message.customer.welcome"
    assert told["data"] == attrs.asdict(one, filter=lambda field, _: field.name != "id")


@pytest.mark.parametrize(
    ("status", "code", "retryable"),
    [(500, "delivery_failed", True), (429, "delivery_failed", True), (400, "delivery_failed", True),
     (302, "delivery_failed", True), (307, "delivery_failed", True), (410, "delivery_refused", False)],
)  # fmt: skip
def test_only_a_2xx_is_a_success_and_no_redirect_is_followed(
    receiver: Receiver, status: int, code: str, retryable: bool
) -> None:
    receiver.status = status
    error = failure(lambda: webhook(receiver.url).deliver(EVENT, tenant="acme"))
    assert (error.code, error.retryable, error.details["status"]) == (code, retryable, status)
    assert len(receiver.got) == 1


def test_a_receiver_that_trickles_is_cut_off(receiver: Receiver) -> None:
    receiver.trickle = 0.05
    begun = time.monotonic()
    error = failure(lambda: webhook(receiver.url, timeout=0.5).deliver(EVENT, tenant="acme"))
    assert (error.code, error.retryable) == ("delivery_failed", True)
    assert time.monotonic() - begun < 4


def test_nobody_at_the_address_is_a_failure_that_may_pass() -> None:
    error = failure(lambda: webhook("http://127.0.0.1:1/").deliver(EVENT, tenant="acme"))
    assert (error.code, error.retryable) == ("delivery_failed", True)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0"])
def test_our_own_machines_are_not_posted_to(receiver: Receiver, host: str) -> None:
    url = f"http://{host}:{receiver.server_address[1]}/"
    error = failure(lambda: webhook(url, allow_private=False).deliver(EVENT, tenant="acme"))
    assert (error.code, error.retryable) == ("address_not_allowed", False)
    assert receiver.got == []


def test_a_name_is_resolved_once_and_all_its_addresses_are_looked_at(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    answers = ["93.184.215.14", "127.0.0.1"]

    def resolve(host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in answers]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    url = f"http://hook.example.com:{receiver.server_address[1]}/"
    assert (
        failure(lambda: webhook(url, allow_private=False).deliver(EVENT, tenant="acme")).code == "address_not_allowed"
    )
    assert (asked, receiver.got) == (["hook.example.com"], [])


@pytest.mark.parametrize(
    ("address", "is_public"),
    [("93.184.215.14", True), ("2606:2800:21f:cb07::1", True), ("10.1.2.3", False), ("172.16.0.1", False),
     ("192.168.1.1", False), ("169.254.169.254", False), ("127.0.0.1", False), ("0.0.0.0", False),  # noqa: S104  refused
     ("100.64.0.1", False), ("224.0.0.1", False), ("255.255.255.255", False), ("::1", False), ("::", False),
     ("fe80::1%eth0", False), ("fd00::1", False), ("ff02::1", False), ("::ffff:10.0.0.1", False),
     ("64:ff9b::7f00:1", False), ("2002:7f00:1::", False)],
)  # fmt: skip
def test_which_addresses_are_public(address: str, is_public: bool) -> None:
    assert public(address) is is_public


@pytest.mark.parametrize(
    ("url", "secrets"),
    [("http://example.com/", [NEW]), ("ftp://example.com/", [NEW]), ("https:///x", [NEW]), ("https://u:p@x.y/", [NEW]),
     ("https://x.com/\r\nHost: y", [NEW]), ("https://x.com/a b", [NEW]), ("https://x.com/", []),
     ("https://x.com/", [""]), ("https://x.com/", ["whsec_" + base64.b64encode(b"short").decode()]),
     ("https://x.com/", NEW)],
)  # fmt: skip
def test_a_webhook_that_could_not_be_safe_is_refused(url: str, secrets: Any) -> None:
    with pytest.raises(InvalidValueError):
        Webhook(url, secrets)


def test_neither_url_nor_key_is_in_its_repr() -> None:
    assert repr(Webhook(f"https://x.com/{CANARY}", [NEW])) == "<Webhook webhook>"
