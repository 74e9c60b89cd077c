"""What is left of balance traffic (`ledger_drill`): every entry is compared with what clients said and were told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import attrs
from ledger_drill import Step

from customercore import CustomerCore
from customercore.domain.entry import TRANSFER, Entry

__all__ = ["Audit", "Heard", "audit"]

_PAGE = 1_000


@attrs.define
class Heard:
    """What clients said, by key: what they were going to do, and how they were answered."""

    steps: dict[str, Step] = attrs.field(factory=dict)
    answers: dict[str, dict[str, Any]] = attrs.field(factory=dict)
    repeated: int = 0
    changed: int = 0
    """Keys whose repeated call was answered otherwise than the first one."""
    leaked: list[str] = attrs.field(factory=list)
    """How clients ended that nobody ended."""

    def take(self, line: Mapping[str, Any]) -> None:
        """Keep one line of a client's."""
        if "intent" in line:
            self.steps[line["intent"]["key"]] = line["intent"]
        elif "ack" in line:
            self.repeated += line["ack"] in self.answers
            before = self.answers.setdefault(line["ack"], dict(line))
            self.changed += before.get("entry") != line.get("entry")
        elif "leaked" in line:
            self.leaked.append(line["leaked"])

    @property
    def kept(self) -> dict[str, dict[str, Any]]:
        """The answers that acknowledge a write."""
        return {key: answer for key, answer in self.answers.items() if "entry" in answer}

    def unanswered(self, client: int) -> list[Step]:
        """Return what a client has to do again."""
        mine = f"c{client}."
        return [step for key, step in self.steps.items() if key.startswith(mine) and key not in self.answers]

    def entries_of(self, *kinds: str) -> list[str]:
        """Return the ids of the entries of such steps, oldest first."""
        return [answer["entry"] for key, answer in self.kept.items() if self.steps[key]["what"] in kinds]


@attrs.frozen
class Audit:
    """What was found; all but the first five are 0 where nothing is wrong."""

    kept: int
    """Writes that were acknowledged."""
    refused: int
    entries: int
    again: int
    """Calls under a key that had been answered before."""
    survived: int
    """Writes that were committed when their client died, and that its next life was told of under their key."""
    lost: int
    """Writes that were acknowledged and are not there."""
    doubled: int
    """Keys that were applied more than once."""
    changed: int
    """Keys that were answered differently the second time."""
    unasked: int
    """Entries that nobody asked for, or whose call was refused."""
    unanswered: int
    astray: int
    """Wallets whose balance is not what the acknowledged writes give."""
    wrong: int
    """Wallets whose sums, lots or holds are not those of their entries."""
    below: int
    """Entries after which more was spent or held than there was."""

    @property
    def right(self) -> bool:
        """Whether nothing is wrong."""
        faults = (self.lost, self.doubled, self.changed, self.unasked, self.unanswered, self.astray, self.wrong)
        return not any((*faults, self.below))


def _entries(core: CustomerCore, wallet: str) -> Iterator[Entry]:
    cursor: str | None = None
    while True:
        page = core.balances.entries(wallet, limit=_PAGE, cursor=cursor)
        yield from page.items
        cursor = page.next
        if cursor is None:
            return


def _mark(entry: Entry) -> str:
    return (entry.reference if entry.reason == "gift_card" else entry.reason) or ""


def audit(core: CustomerCore, heard: Heard, opened: Mapping[str, int]) -> Audit:
    """Read all accounts; ``opened`` is what each wallet had at first, in minor units, as its first entry."""
    entries = [entry for wallet in opened for entry in _entries(core, wallet) if entry.reason != "opened"]
    kept, balances = heard.kept, Counter(opened)
    for key, answer in kept.items():
        balances[answer["wallet"]] += answer["gained"]
        if heard.steps[key]["what"] == "transfer":
            balances[heard.steps[key]["to"]] -= answer["gained"]
    # Where a transfer arrives there is an entry for each lot; the one it leaves by is the one that was asked for.
    asked = Counter(_mark(one) for one in entries if one.kind != TRANSFER or one.amount.minor < 0)
    ids = {(one.id, _mark(one)) for one in entries}
    marks = {heard.steps[key]["mark"] for key in kept}
    return Audit(
        kept=len(kept),
        refused=len(heard.answers) - len(kept),
        entries=len(entries),
        again=heard.repeated,
        survived=sum(answer["survived"] for answer in kept.values()),
        lost=sum((answer["entry"], heard.steps[key]["mark"]) not in ids for key, answer in kept.items()),
        doubled=sum(times > 1 for times in asked.values()),
        changed=heard.changed,
        unasked=sum(_mark(one) not in marks for one in entries),
        unanswered=len(heard.steps) - len(heard.answers),
        astray=sum(core.balances.posted(wallet).minor != balances[wallet] for wallet in opened),
        wrong=sum(not verdict.ok for verdict in core.balances.verify_all()),
        below=sum(one.balance_after.minor < one.held_after.minor for one in entries),
    )
