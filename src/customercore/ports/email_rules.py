"""What an e-mail address is, and when two spellings are one mailbox."""

from __future__ import annotations

from typing import Protocol

__all__ = ["EmailRules"]


class EmailRules(Protocol):
    """Checks the syntax of e-mail addresses and gives the key by which they are one and the same."""

    def check(self, value: str, *, special_domains: bool = False) -> str | None:
        """Return None for a deliverable shape, else a sentence that says what is wrong (without the value).

        ``special_domains`` admits ``.test``, ``.local`` and ``.invalid`` (ruling 3). No network is used.
        """

    def key(self, value: str) -> str:
        """Return the identity key of an address that `check` accepts (ruling 1): equal keys are one mailbox.

        The local part is folded (`domain.text.fold`), the domain encoded by UTS-46, non-transitional,
        not case-folded first. For a value that `check` refuses, a text that no accepted address has as its key.
        """
