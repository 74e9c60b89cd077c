"""Info types as fields: what follows from a definition is made once, and anew when the definition changes."""

from __future__ import annotations

import attrs
import pytest

from customercore.catalogue import info_fields
from customercore.catalogue.info_fields import InfoKind, field_of
from customercore.domain.field import Field
from customercore.domain.info_type import CUSTOMER, InfoType
from customercore.domain.kinds import RefusedError
from customercore.testing.sample_catalogue import catalogue_for_tests
from customercore.testing.sample_info import defined, info_type

KINDS = catalogue_for_tests().info_kinds
INFO = Field("info", "info")


def test_a_declaration_is_made_once_for_all_values(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []

    def counted(one: InfoType) -> Field:
        made.append(one.key)
        return field_of(one)

    definitions = defined(info_type("points", "integer"), info_type("club")).definitions
    monkeypatch.setattr(info_fields, "field_of", counted)
    kind = InfoKind(CUSTOMER, KINDS)
    for number in range(5):
        assert kind.parse({"points": number, "club": "A"}, INFO, definitions) == {"points": number, "club": "A"}
    assert sorted(made) == ["club", "points"]


def test_changed_definitions_have_declarations_of_their_own() -> None:
    kind = InfoKind(CUSTOMER, KINDS)
    was = defined(info_type("club", maximum=10)).definitions
    assert kind.parse({"club": "x" * 10}, INFO, was) == {"club": "x" * 10}
    now = attrs.evolve(was, info_types=defined(info_type("club", maximum=5)).definitions.info_types)
    with pytest.raises(RefusedError):
        kind.parse({"club": "x" * 10}, INFO, now)
    assert was == attrs.evolve(was)
