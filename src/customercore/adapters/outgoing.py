"""One request to an address of somebody else's choice, which must not become one to our own machines.

The name is resolved once, every address it has is looked at, and the connection is made to one of those: so
no later answer of a name server can lead elsewhere. No proxy is asked and no redirect followed.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress

import attrs

from customercore.errors import NotificationError

__all__ = ["Target", "posted", "public"]

_MOST = 65_536
"""How many bytes of an answer are read; nobody needs it, but a connection should end in order."""
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


@attrs.frozen
class Target:
    """Where to: ``timeout`` is in seconds, for all of a request; ``private`` allows addresses that are not public.

    The certificate is checked by ``context``, by default against the system's authorities.
    """

    tls: bool
    host: str
    port: int
    path: str = attrs.field(repr=False)
    timeout: float
    private: bool = attrs.field(kw_only=True)
    context: ssl.SSLContext | None = attrs.field(default=None, kw_only=True)


def public(address: str) -> bool:
    """Tell whether an IP address is one of the internet's, also by way of the IPv4 address within it."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = [ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ())]
        if ip in _NAT64:
            inner.append(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF))
        if any(one is not None and not _global(one) for one in inner):
            return False
    return _global(ip)


def _global(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    return ip.is_global and not ip.is_multicast


def posted(target: Target, headers: Mapping[str, str], body: bytes) -> int:
    """Post a body and return the status of the answer.

    Raises `NotificationError`: ``address_not_allowed``, and ``delivery_failed`` when there was no answer in time.
    """
    failure = ""
    try:
        return _exchange(target, headers, body)
    except (OSError, http.client.HTTPException, UnicodeError) as error:
        failure = type(error).__name__
    # Raised out here: what the other side said need not be in the error's context.
    raise NotificationError("delivery_failed", f"the receiver did not answer ({failure})", retryable=True)


def _exchange(target: Target, headers: Mapping[str, str], body: bytes) -> int:
    address = _checked(target)
    connection = http.client.HTTPConnection(target.host, target.port, timeout=target.timeout)
    wire = socket.create_connection(address, target.timeout)
    if target.tls:
        context = target.context or ssl.create_default_context()
        wire = context.wrap_socket(wire, server_hostname=target.host, do_handshake_on_connect=False)
    # A time-out of a socket is for one wait; a receiver that trickles would have as many as it likes.
    timer = threading.Timer(target.timeout, _cut, [wire])
    timer.daemon = True
    timer.start()
    with wire:
        try:
            if isinstance(wire, ssl.SSLSocket):
                wire.do_handshake()
            connection.sock = wire
            connection.request("POST", target.path, body, dict(headers))
            response = connection.getresponse()
            response.read(_MOST)
            return response.status
        finally:
            timer.cancel()


def _cut(wire: socket.socket) -> None:
    """End a connection under the hands of the thread that waits for it."""
    with suppress(OSError):
        socket.socket.shutdown(wire, socket.SHUT_RDWR)


def _checked(target: Target) -> tuple[str, int]:
    """Return the address to connect to; every one that the name has must be allowed."""
    found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    addresses = [str(one[4][0]) for one in found]
    if not target.private and not all(map(public, addresses)):
        raise NotificationError("address_not_allowed", "the receiver's address is not a public one")
    return addresses[0], target.port
