"""Mails through a real server on loopback, encrypted with a certificate made here."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from typing import Any, Literal

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

from customercore.adapters.log import LogNotifier
from customercore.adapters.smtp import SmtpNotifier
from customercore.domain.message import Message
from customercore.errors import InvalidValueError, NotificationError

CANARY = "xanthippe"
AUTHORITY = trustme.CA()
SENDER = "Te & Kaffe <shop@example.com>"
How = Literal["starttls", "tls", "none"]


def tls_of_server() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    AUTHORITY.issue_cert("127.0.0.1").configure_cert(context)
    return context


def trusting() -> ssl.SSLContext:
    context = ssl.create_default_context()
    AUTHORITY.configure_trust(context)
    return context


class Post:
    """Takes mails, or answers with ``refusal``."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.refusal = ""

    async def handle_RCPT(  # noqa: N802  as aiosmtpd calls it
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if self.refusal:
            return f"{self.refusal} {address}"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  the same
        self.mails.append(BytesParser(EmailMessage, policy=default).parsebytes(envelope.content))
        self.recipients += envelope.rcpt_tos
        return "250 OK"


class Server(Controller):
    """Listens at a port that is free."""

    def _trigger_server(self) -> None:
        """Make the first connection to the port that was found, not to port 0."""
        self.port = self.listens_at
        super()._trigger_server()  # type: ignore[no-untyped-call]  # aiosmtpd's own

    @property
    def listens_at(self) -> int:
        assert isinstance(self.server, asyncio.Server)
        port: int = self.server.sockets[0].getsockname()[1]
        return port


class StartTls(Server):
    """Offers STARTTLS, and a login behind it."""

    def factory(self) -> SMTP:
        known = AuthResult(success=True)
        wrong = AuthResult(success=False, handled=False)

        def login(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
            return known if (data.login, data.password) == (b"shop", b"secret word") else wrong

        return SMTP(self.handler, tls_context=tls_of_server(), require_starttls=True, authenticator=login)


@pytest.fixture(params=["starttls", "tls", "none"])
def how(request: pytest.FixtureRequest) -> How:
    found: How = request.param
    return found


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def port(how: How, post: Post) -> Iterator[int]:
    options: dict[str, Any] = {"hostname": "127.0.0.1", "port": 0}
    server: Server
    if how == "starttls":
        server = StartTls(post, **options)
    else:
        server = Server(post, **options, ssl_context=tls_of_server() if how == "tls" else None)
    server.start()
    yield server.listens_at
    server.stop()


Make = Callable[..., SmtpNotifier]


@pytest.fixture
def make(how: How, port: int) -> Make:
    def smtp(**options: Any) -> SmtpNotifier:
        given = {"sender": SENDER, "security": how, "tls_context": trusting(), "timeout": 5, **options}
        return SmtpNotifier("127.0.0.1", port, **given)

    return smtp


def message(**parts: Any) -> Message:
    given = {"id": "0190-7", "kind": "customer.welcome", "recipient": f"{CANARY}@example.com", "subject": "Hej då"}
    return Message(**{**given, "text": "Hej Ö,\nvälkommen.", **parts})


def failure(call: Callable[[], object]) -> NotificationError:
    with pytest.raises(NotificationError) as caught:
        call()
    shown = f"{caught.value!r} {caught.value} {caught.value.__cause__!r} {caught.value.__context__!r}"
    assert CANARY not in shown
    return caught.value


def test_a_mail_arrives_as_it_was_meant(make: Make, post: Post) -> None:
    one = message(html="<p>Hej Ö</p>", headers={"Auto-Submitted": "auto-generated"})
    make().send(one)
    make().send(one)
    mail, again = post.mails
    assert mail["Message-ID"] == again["Message-ID"] == "<0190-7@example.com>"
    assert (mail["From"], mail["To"], mail["Subject"]) == (
        "Te & Kaffe <shop@example.com>", f"{CANARY}@example.com", "Hej då",
    )  # fmt: skip
    assert mail["Auto-Submitted"] == "auto-generated"
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert plain.get_content().split() == ["Hej", "Ö,", "välkommen."]
    assert html.get_content().strip() == "<p>Hej Ö</p>"
    assert post.recipients == [f"{CANARY}@example.com"] * 2


def test_a_domain_of_other_letters_is_written_as_the_wire_wants_it(make: Make, post: Post) -> None:
    make().send(message(recipient="ada@straße.example"))
    assert post.recipients == ["ada@xn--strae-oqa.example"]


@pytest.mark.parametrize("recipient", ["żółw@example.com", "用户@straße.example"])
@pytest.mark.parametrize("how", ["tls", "none"])
def test_a_mailbox_of_other_letters_gets_its_mail_from_a_server_that_knows_them(
    how: How, make: Make, post: Post, recipient: str
) -> None:
    make().send(message(recipient=recipient, subject="Żółw"))
    make(sender="Żółw <żółw@example.com>").send(message())
    wanted = recipient.replace("straße", "xn--strae-oqa")
    assert post.recipients == [wanted, f"{CANARY}@example.com"]
    first, second = post.mails
    assert (first["To"], first["Subject"], second["From"]) == (wanted, "Żółw", "Żółw <żółw@example.com>")


@pytest.mark.parametrize("how", ["starttls"])
@pytest.mark.parametrize("parts", [{"recipient": f"{CANARY}ö@example.com"}, {"sender": f"{CANARY}ö@example.com"}])
def test_a_server_that_does_not_know_other_letters_is_a_failure_for_good(
    how: How, make: Make, post: Post, parts: dict[str, str]
) -> None:
    sender = {name: value for name, value in parts.items() if name == "sender"}
    rest = {name: value for name, value in parts.items() if name == "recipient"}
    error = failure(lambda: make(**sender).send(message(**rest)))
    assert (error.code, error.retryable) == ("delivery_refused", False)
    assert "beyond ASCII" in str(error)
    assert post.mails == []


@pytest.mark.parametrize("how", ["starttls", "tls"])
def test_a_server_whose_certificate_is_not_trusted_gets_nothing(how: How, make: Make, post: Post) -> None:
    error = failure(lambda: make(tls_context=None).send(message()))
    assert (error.code, error.retryable) == ("delivery_failed", True)
    assert post.mails == []


@pytest.mark.parametrize("how", ["none"])
def test_a_server_without_encryption_gets_nothing_unless_that_was_asked_for(how: How, make: Make, post: Post) -> None:
    assert failure(lambda: make(security="starttls").send(message())).retryable  # it may be set right
    failure(lambda: make(security="tls").send(message()))
    assert post.mails == []


@pytest.mark.parametrize("how", ["starttls"])
def test_a_login_is_said_once_the_connection_is_encrypted(how: How, make: Make, post: Post) -> None:
    make(username="shop", password="secret word").send(message())
    assert len(post.mails) == 1
    error = failure(lambda: make(username="shop", password=CANARY).send(message()))
    assert (error.code, error.retryable) == ("delivery_failed", True)
    with pytest.raises(InvalidValueError):
        make(username="shop", password="secret word", security="none")


@pytest.mark.parametrize("how", ["none"])
@pytest.mark.parametrize(("reply", "code"), [("450", "delivery_failed"), ("550", "delivery_refused")])
def test_a_refusal_for_good_is_told_from_one_for_now(how: How, make: Make, post: Post, reply: str, code: str) -> None:
    post.refusal = f"{reply} no such mailbox"
    assert failure(lambda: make().send(message())).code == code


def test_a_server_that_is_not_there_is_a_failure_that_may_pass() -> None:
    error = failure(lambda: SmtpNotifier("127.0.0.1", 1, sender=SENDER, timeout=1).send(message()))
    assert (error.code, error.retryable) == ("delivery_failed", True)


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
@pytest.mark.parametrize("part", ["subject", "recipient", "id"])
def test_no_part_of_a_message_can_end_a_header(part: str, end: str) -> None:
    with pytest.raises(InvalidValueError):
        message(**{part: f"x{end}Bcc: eve@example.com"})
    with pytest.raises(InvalidValueError):
        message(headers={"Reply-To": f"a@example.com{end}Bcc: eve@example.com"})
    with pytest.raises(InvalidValueError):
        message(headers={"Bcc": "eve@example.com"})
    with pytest.raises(InvalidValueError):
        SmtpNotifier("127.0.0.1", sender=f"Shop <shop@example.com>{end}Bcc: eve@example.com")


@pytest.mark.parametrize("how", ["none"])
@pytest.mark.parametrize(
    "recipient",
    ["a@example.com, eve@example.com", "a@example.com>", "nobody", "@example.com", "a b@example.com, c@d",
     "ö@example.com, eve@example.com",
     "ö b@example.com", "ö\u2028@example.com", "<ö@example.com>"],
)  # fmt: skip
def test_a_recipient_is_one_mailbox(how: How, make: Make, post: Post, recipient: str) -> None:
    assert failure(lambda: make().send(message(recipient=recipient))).code == "delivery_refused"
    assert post.mails == []


def test_what_is_personal_is_in_no_repr_and_no_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    one = message(subject=CANARY, text=CANARY, html=CANARY)
    LogNotifier().send(one)
    smtp = SmtpNotifier("localhost", sender=SENDER, username="shop", password=CANARY)
    assert CANARY not in f"{one!r} {smtp!r} {caplog.text}"
    assert "customer.welcome of event 0190-7" in caplog.text
