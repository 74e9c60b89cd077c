"""Whether a telephone number can be one."""

from __future__ import annotations

from typing import Protocol

__all__ = ["PhoneRules"]


class PhoneRules(Protocol):
    """Checks telephone numbers. Numbers are kept as typed; nothing is rewritten."""

    def check(self, value: str, country: str | None = None) -> str | None:
        """Return None for a possible number, else a sentence that says what is wrong (without the value).

        ``country`` (ISO 3166 alpha-2) is where a number without an international prefix is read;
        with neither a prefix nor a country nothing can be said, and the number is possible if it
        holds 3 to 20 digits and only the usual punctuation.
        """
