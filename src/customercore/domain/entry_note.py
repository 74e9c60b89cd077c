"""Free text beside an entry: entries are unalterable and hold no personal value, so this can be erased (ruling 23)."""

from __future__ import annotations

import attrs

from customercore.domain.field import Privacy, declared
from customercore.domain.note import LONGEST_NOTE

__all__ = ["EntryNote"]

_KEPT = Privacy.BOOKKEEPING


@attrs.frozen(kw_only=True, slots=False, repr=False)
class EntryNote:
    """What somebody wrote about one entry; ``id`` is the entry's. The text stands here and nowhere else."""

    id: str = declared("id", default="", read_only=True, exported=False, privacy=_KEPT)
    version: int = declared("integer", default=0, read_only=True, exported=False, privacy=_KEPT)
    wallet: str = declared("id", default="", indexed=True, read_only=True, privacy=_KEPT)
    text: str = declared("long_text", default="", privacy=Privacy.PERSONAL, max_length=LONGEST_NOTE)

    def __repr__(self) -> str:
        """Name the note without its text."""
        return f"<EntryNote {self.id} of {self.wallet}>"
