"""E-mail addresses by the email-validator library, with a quick way for the ordinary ones.

Importing this module loads the library, so only the wiring does. Nothing here uses the network, and
no mailbox is remembered: only what was found out about a domain is, for the last few thousand.
"""

from __future__ import annotations

import functools
import re
from typing import NamedTuple

import email_validator

from customercore.domain.text import fold

__all__ = ["LibraryEmailRules"]

_MAX_BYTES = 254  # RFC 5321 4.5.3.1.3, errata 1690
_ATEXT = r"[A-Za-z0-9_!#$%&'*+\-/=?^`{|}~]+"
_DOT_ATOM = re.compile(rf"{_ATEXT}(?:\.{_ATEXT})*\Z")  # RFC 5322 3.2.3
_SPECIAL = re.compile(r"\.(test|local|invalid)\Z", re.ASCII | re.IGNORECASE)

_NO_AT_SIGN = "must have an @-sign"
_TOO_LONG = "must have 254 bytes at most"
_SPACES = "must not hold spaces"
_LOCAL_PART = "the part before the @-sign is not a mailbox name"
_DOMAIN = "the part after the @-sign is not a domain that can receive e-mail"
_RESERVED = "the part after the @-sign is a reserved domain, which receives no e-mail"


class LibraryEmailRules:
    """Implements `ports.email_rules.EmailRules` by email-validator (RFC 5321, 5322, 6531, UTS-46).

    Accepted is exactly what the library accepts with its defaults and without asking the DNS: also
    internationalised mailbox names and domains, but no quoted mailbox names, no IP addresses and no
    display names. The messages are fixed sentences of this module, because the library's quote what
    was typed.
    """

    def check(self, value: str, *, special_domains: bool = False) -> str | None:
        """Return None for a deliverable shape, else what is wrong (see `EmailRules`)."""
        local, _, domain = value.partition("@")
        found = _domain(domain) if len(value) <= _MAX_BYTES else None
        if found is None:
            return _shape_fault(value, _DOMAIN)
        if found.special and not special_domains:
            return _RESERVED
        # The library accepts every dot-atom; then only the length of the whole is left to doubt.
        if _DOT_ATOM.match(local):
            return None if len(local) + 1 + found.size <= _MAX_BYTES else _TOO_LONG
        accepted = _accepted(f"{local}@{found.stand_in}") is not None
        return None if accepted else _shape_fault(value, _LOCAL_PART)

    def key(self, value: str) -> str:
        """Return the identity key (see `EmailRules`); that of a refused value ends in an @-sign.

        The closing @-sign is there because folding can make a stored key of what is no address: it
        drops invisible characters and makes a real @-sign of a full-width one.
        """
        if self.check(value, special_domains=True) is not None:
            return f"{fold(value)}@"
        local, _, domain = value.partition("@")
        found = _domain(domain)
        return f"{fold(local)}@{found.encoded}" if found else f"{fold(value)}@"


class _Domain(NamedTuple):
    """An accepted domain: its encoding, the bytes of its longest form, and what stands in for it.

    email-validator refuses special domains whatever it is told, so another top-level domain of the
    same length stands in for theirs.
    """

    encoded: str
    size: int
    special: bool
    stand_in: str


@functools.lru_cache(maxsize=4096)
def _domain(domain: str) -> _Domain | None:
    special = _SPECIAL.search(domain)
    stand_in = domain[: special.start(1)] + "x" * len(special[1]) if special else domain
    found = _accepted(f"a@{stand_in}")
    if found is None:
        return None
    encoded = found.ascii_domain
    if special:
        encoded = encoded[: -len(special[1])] + special[1].lower()
    longest = max(len(form.encode()) for form in (stand_in, found.domain, encoded))
    return _Domain(encoded, longest, special is not None, stand_in)


def _accepted(value: str) -> email_validator.ValidatedEmail | None:
    try:
        return email_validator.validate_email(
            value,
            allow_smtputf8=True,
            allow_empty_local=False,
            allow_quoted_local=False,
            allow_domain_literal=False,
            allow_display_name=False,
            strict=False,
            check_deliverability=False,
            test_environment=False,
            globally_deliverable=True,
        )
    except ValueError:
        return None


def _shape_fault(value: str, otherwise: str) -> str:
    if "@" not in value:
        return _NO_AT_SIGN
    if len(value.encode(errors="replace")) > _MAX_BYTES:
        return _TOO_LONG
    return _SPACES if any(char.isspace() for char in value) else otherwise
