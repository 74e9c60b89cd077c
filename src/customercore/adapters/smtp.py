"""Messages as mails, by the standard library's client."""

from __future__ import annotations

import datetime as dt
import re
import smtplib
import ssl
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import Literal

import idna

from customercore.domain.message import Message
from customercore.errors import InvalidValueError, NotificationError

__all__ = ["SmtpNotifier"]

Security = Literal["starttls", "tls", "none"]
_LASTING = 500
"""Replies from here on are for good (RFC 5321, 4.2.1)."""
_BEYOND = re.compile(r"[^\x00-\x7f]")


class SmtpNotifier:
    """Implements `ports.notifier.Notifier` with one connection for each mail.

    ``sender`` is an address, or a name with one (``Shop <shop@example.com>``). ``security`` is ``starttls``
    (the connection is encrypted before anything is said, or the mail is not sent), ``tls`` from the start,
    or ``none``; the server's certificate is checked by ``tls_context``, by default against the system's
    authorities. ``timeout`` is in seconds, for the connection and for each reply.

    Raises `InvalidValueError`: ``sender``, ``security``; and ``username`` where a password would be sent
    without encryption.
    """

    def __init__(
        self,
        host: str,
        port: int = 587,
        *,
        sender: str,
        username: str | None = None,
        password: str | None = None,
        security: Security = "starttls",
        timeout: float = 10.0,
        tls_context: ssl.SSLContext | None = None,
    ) -> None:
        if security not in ("starttls", "tls", "none"):
            raise InvalidValueError.of("security", "unknown_choice", "must be starttls, tls or none")
        if username is not None and security == "none":
            raise InvalidValueError.of("username", "not_allowed", "needs a connection that is encrypted")
        name, address = parseaddr(sender)
        self._sender = _address(address, name)
        if self._sender is None or any(one in sender for one in "\r\n"):
            raise InvalidValueError.of("sender", "invalid_email", "must be an e-mail address, or a name with one")
        self._host = host
        self._port = port
        self._login = None if username is None else (username, password or "")
        self._security = security
        self._timeout = timeout
        self._context = tls_context

    def __repr__(self) -> str:
        return f"<SmtpNotifier {self._host}:{self._port} {self._security}>"

    def send(self, message: Message) -> None:
        """Send a mail to the message's recipient, with the same ``Message-ID`` each time.

        Raises `NotificationError`: ``delivery_refused`` when the server said no for good, the recipient is no
        address, or is one beyond ASCII and the server has no SMTPUTF8; ``delivery_failed`` otherwise. No
        address is in either.
        """
        try:
            wrong = self._sent(self._mail(message))
        except (OSError, smtplib.SMTPException) as error:
            wrong = _failure(error)
        if wrong is not None:  # raised out here, so that what the server said of a person is not in its context
            raise wrong

    def _mail(self, message: Message) -> EmailMessage | None:
        recipient, sender = _address(message.recipient), self._sender
        if recipient is None or sender is None:
            return None
        mail = EmailMessage(policy=SMTP)
        try:
            mail["From"], mail["To"], mail["Subject"] = sender, recipient, message.subject
            mail["Message-ID"] = f"<{message.id}@{sender.domain}>"
            mail["Date"] = format_datetime(dt.datetime.now(dt.UTC))
            for name, value in message.headers.items():
                mail[name] = value
            mail.set_content(message.text)
            if message.html is not None:
                mail.add_alternative(message.html, subtype="html")
        except (ValueError, HeaderParseError):
            return None
        return mail

    def _sent(self, mail: EmailMessage | None) -> NotificationError | None:
        if mail is None:
            return NotificationError("delivery_refused", "the message cannot be a mail")
        context = self._context or ssl.create_default_context()
        if self._security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(self._host, self._port, timeout=self._timeout, context=context)
        else:
            server = smtplib.SMTP(self._host, self._port, timeout=self._timeout)
        with server:
            if self._security == "starttls":
                server.starttls(context=context)
            if self._login is not None:
                server.login(*self._login)
            server.ehlo_or_helo_if_needed()
            if not _plain(mail) and not server.has_extn("smtputf8"):
                return NotificationError("delivery_refused", "the mail server takes no addresses beyond ASCII")
            server.send_message(mail)
        return None


def _address(text: str, name: str = "") -> Address | None:
    """Return an address whose domain is as the wire wants it (RFC 5891), None for what is none."""
    user, at, domain = text.rpartition("@")
    try:
        plain = domain if domain.isascii() else idna.encode(domain, uts46=True).decode()
        if not at or not user or not plain or any(one.isspace() and not one.isascii() for one in user):
            return None
        asked = Address(name, addr_spec=f"{_BEYOND.sub('x', user)}@{plain}")  # refuses what is no address
        # Letters beyond ASCII stand there as they are (RFC 6531), which only the parts are allowed to.
        return asked if user.isascii() else Address(name, username=user, domain=plain)
    except (ValueError, IndexError, HeaderParseError, idna.IDNAError):
        return None


def _plain(mail: EmailMessage) -> bool:
    return all(one.username.isascii() for name in ("From", "To") for one in mail[name].addresses)


def _failure(error: Exception) -> NotificationError:
    """Return what went wrong, without what the server said: it may repeat the address."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _ in error.recipients.values()]
    else:
        codes = [getattr(error, "smtp_code", 0)]
    # A password that was refused may be set right; that the server is not as it must be, too.
    if min(codes) >= _LASTING and not isinstance(error, smtplib.SMTPAuthenticationError):
        return NotificationError("delivery_refused", f"the mail server refused ({type(error).__name__} {codes[0]})")
    text = f"the mail server did not take it ({type(error).__name__} {codes[0]})"
    return NotificationError("delivery_failed", text, retryable=True)
