"""Events and messages as signed requests: Standard Webhooks (https://www.standardwebhooks.com), version 1."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
import hmac
import json
import ssl
import time
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from customercore.adapters.outgoing import Target, posted
from customercore.domain.event import Event
from customercore.domain.message import Message
from customercore.errors import InvalidValueError, NotificationError

__all__ = ["Webhook", "verify_webhook"]

_PREFIX = "whsec_"
_SHORTEST, _LONGEST = 24, 64
_GONE = 410


class Webhook:
    """Implements `ports.subscriber.Subscriber` and `ports.notifier.Notifier`: both post JSON to one URL.

    ``secrets`` are keys of 24 to 64 bytes as ``whsec_`` and base64; each signs, so that a receiver can be
    given a new one before the old one goes. An event is told by what it is about and which fields changed;
    with ``personal`` the values go along too, also those that tell who a person is. ``types`` are the events
    that are told, all without. ``timeout`` is in seconds, for the whole request. The receiver's certificate is
    checked by ``tls_context``, by default against the system's authorities.

    Nothing is posted to addresses that are not public, and nothing unencrypted, unless ``allow_private`` and
    ``allow_http`` say so; a redirect is a failure. Raises `InvalidValueError` (``url``, ``secrets``).
    """

    def __init__(
        self,
        url: str,
        secrets: Sequence[str],
        *,
        name: str = "webhook",
        types: Collection[str] | None = None,
        personal: bool = False,
        timeout: float = 10.0,
        tls_context: ssl.SSLContext | None = None,
        allow_http: bool = False,
        allow_private: bool = False,
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme not in (("https", "http") if allow_http else ("https",)) or not parts.hostname:
            raise InvalidValueError.of("url", "invalid_url", "must be a web address, https unless http is allowed")
        if parts.username or parts.password or any(not 0x20 < ord(one) < 0x7F for one in url):  # noqa: PLR2004  printable
            raise InvalidValueError.of("url", "invalid_url", "must hold no user, and ASCII alone")
        if isinstance(secrets, str) or not secrets:
            raise InvalidValueError.of("secrets", "required", "must be a list of keys")
        self.name = name
        self.types = None if types is None else frozenset(types)
        self._keys = [_key(one) for one in secrets]
        self._personal = personal
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        port = parts.port or (443 if parts.scheme == "https" else 80)
        to = (parts.scheme == "https", parts.hostname, port, path, timeout)
        self._target = Target(*to, private=allow_private, context=tls_context)

    def __repr__(self) -> str:
        return f"<Webhook {self.name}>"  # a URL may hold a token

    def deliver(self, event: Event, *, tenant: str) -> None:
        """Post an event; raise `NotificationError` unless the receiver answers with a 2xx."""
        data: dict[str, Any] = {
            name: getattr(event, name)
            for name in ("aggregate", "aggregate_id", "customer_id", "version", "ordinal", "schema")
        }
        data |= {"tenant": tenant, "fields": sorted({**event.changes, **event.personal})}
        data["actor"] = {"kind": event.actor.kind, "id": event.actor.id, "on_behalf_of": event.actor.on_behalf_of}
        if self._personal:
            data |= {"changes": event.changes, "personal": event.personal, "reason": event.reason}
        self._post(event.id, event.type, event.at, data)

    def send(self, message: Message) -> None:
        """Post a message, whole, as the type ``message.<kind>``; raise `NotificationError` likewise."""
        names = ("kind", "recipient", "subject", "text", "html")
        data = {**{name: getattr(message, name) for name in names}, "headers": dict(message.headers)}
        self._post(message.id, f"message.{message.kind}", dt.datetime.now(dt.UTC), data)

    def _post(self, id: str, type: str, at: dt.datetime, data: Mapping[str, Any]) -> None:
        body = json.dumps({"type": type, "timestamp": at.isoformat(), "data": data}, ensure_ascii=False).encode()
        now = str(int(time.time()))
        headers = {
            "content-type": "application/json",
            "user-agent": "customercore",
            "webhook-id": id,
            "webhook-timestamp": now,
            "webhook-signature": " ".join(_signature(key, id, now, body) for key in self._keys),
        }
        status = posted(self._target, headers, body)
        if status == _GONE:
            raise NotificationError("delivery_refused", "the receiver is gone for good", status=status)
        if not 200 <= status < 300:  # noqa: PLR2004  the successful ones (RFC 9110)
            raise NotificationError("delivery_failed", "the receiver did not take it", retryable=True, status=status)


def verify_webhook(
    body: bytes, headers: Mapping[str, str], secrets: Sequence[str], *, now: float | None = None, tolerance: int = 300
) -> Any:
    """Return what the JSON of a received request says, once its signature is found to be right.

    ``body`` is as it was received, ``headers`` by their names in any case, ``now`` seconds since 1970. What was
    signed more than ``tolerance`` seconds ago, or that much later, is refused: remember the ``webhook-id`` of
    what came within it, since a delivery can come twice. Raises `NotificationError` (``invalid_signature``).
    """
    given = {name.lower(): value for name, value in headers.items()}
    id, stamp = given.get("webhook-id", ""), given.get("webhook-timestamp", "")
    moment = int(stamp) if stamp.isascii() and stamp.isdigit() and len(stamp) < 16 else 0  # noqa: PLR2004  far enough
    signed = [one.encode("utf-8", "replace") for one in given.get("webhook-signature", "").split(" ")]
    wanted = [_signature(_key(one), id, stamp, body).encode() for one in secrets]
    good = any([hmac.compare_digest(one, key) for one in signed for key in wanted])  # noqa: C419  all, in equal time
    if not id or not good or abs((time.time() if now is None else now) - moment) > tolerance:
        raise NotificationError("invalid_signature", "the request is not signed with these keys, or is too old")
    return json.loads(body)


def _signature(key: bytes, id: str, stamp: str, body: bytes) -> str:
    digest = hmac.new(key, f"{id}.{stamp}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


def _key(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except (ValueError, TypeError, AttributeError, binascii.Error):
        key = b""
    if not _SHORTEST <= len(key) <= _LONGEST:
        raise InvalidValueError.of("secrets", "invalid_key", "must each be 24 to 64 bytes, as whsec_ and base64")
    return key
