"""The texts of messages: per shop and language, with named places for what differs from customer to customer."""

from __future__ import annotations

import datetime as dt
import html
import re
import string
from collections.abc import Mapping

import attrs

from customercore.domain.field import Privacy, declared
from customercore.errors import Problem

__all__ = ["Template", "rendered", "template_key", "wrong_places"]

_KEPT = Privacy.BOOKKEEPING


@attrs.frozen(kw_only=True, slots=False)
class Template:
    """The texts of one message, for a shop and a language or, where these are None, for every other one.

    ``text`` is the plain part and ``html`` the marked-up one beside it; what is None is taken from the
    message's own plain default. One that is not ``enabled`` keeps the message from being sent.
    """

    id: str = declared("id", default="", read_only=True, exported=False, privacy=_KEPT)
    version: int = declared("integer", default=0, read_only=True, exported=False, privacy=_KEPT)
    message: str = declared("slug", default="", required=True)
    shop: str | None = declared("shop")
    language: str | None = declared("language")
    subject: str | None = declared("text")
    text: str | None = declared("long_text", max_length=50_000)
    html: str | None = declared("long_text", max_length=100_000)
    enabled: bool = declared("boolean", default=True)
    created_at: dt.datetime = declared("datetime", read_only=True, exported=False, privacy=_KEPT)
    updated_at: dt.datetime = declared("datetime", read_only=True, exported=False, privacy=_KEPT)


def template_key(one: Template) -> str | None:
    """Return the unique key of a template: its message, shop and language."""
    return f"{one.message}:{one.shop or ''}:{one.language or ''}" if one.message else None


class _Places(string.Template):
    """A text with places such as ``${customer.first_name}``; a dollar sign of its own is ``$$``."""

    idpattern = r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*"
    braceidpattern = idpattern
    flags = re.ASCII


def wrong_places(field: str, text: str, known: frozenset[str]) -> list[Problem]:
    """Return a problem for each place in a text that is none of those known, and for a stray dollar sign."""
    places = _Places(text)
    if not places.is_valid():
        return [Problem(field, "invalid_variable", "has a $ that names no variable: write ${name}, and $$ for a $")]
    return [
        Problem(field, "unknown_variable", f"has a variable that this message does not have: {name}")
        for name in places.get_identifiers()
        if name not in known
    ]


def rendered(text: str, values: Mapping[str, str], *, markup: bool = False) -> str:
    """Return a text with its places filled; in ``markup`` what is filled in is escaped for HTML."""
    filled = {name: html.escape(value) for name, value in values.items()} if markup else values
    return _Places(text).substitute(filled)
