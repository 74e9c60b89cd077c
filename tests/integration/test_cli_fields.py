"""`customercore fields`: everything about a field of the merchant's own, without a line of Python."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from customercore.cli.field_options import TRUTHS
from customercore.cli.running import run


class Done(NamedTuple):
    """What a command line ended with."""

    code: int
    out: str
    err: str

    @property
    def item(self) -> Any:
        assert self.code == 0, self.err
        (item,) = json.loads(self.out)["items"]
        return item

    @property
    def problems(self) -> list[tuple[str, str]]:
        assert self.code == 1, self.out
        return [(one["field"], one["code"]) for one in json.loads(self.err)["error"]["problems"]]


Fields = Callable[..., Done]
SMALL = ("--choice-label", "s", "en", "Small")


@pytest.fixture
def fields(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Fields:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CUSTOMERCORE_URL", "sqlite:///shop.db")
    run(["init"])
    for shop in ("se", "no"):
        run(["shops", "create", shop])
    capsys.readouterr()

    def fields(*arguments: str, group: str = "fields", form: str = "--json") -> Done:
        code = run([one for one in (group, *arguments, form) if one])
        return Done(code, *capsys.readouterr())

    return fields


def customer(fields: Fields, name: str, *values: str) -> None:
    pairs = [part for value in values for part in ("--field", value)]
    person = ["--email", f"{name}@example.com", "--first-name", name, "--last-name", name]
    assert fields(*person, *pairs, group="create").code == 0


@pytest.mark.parametrize(
    ("kind", "options", "right"),
    [
        ("integer", ["--default", "5", "--minimum", "0", "--maximum", "9"], {"default": 5, "minimum": 0, "maximum": 9}),
        ("integer", ["--minimum=-5"], {"minimum": -5}),
        ("decimal", ["--default", "1.50", "--maximum", "9.9"], {"default": "1.5", "maximum": "9.9"}),
        ("money", ["--default", "5 SEK", "--minimum", "0 SEK"], {"default": "5.00 SEK", "minimum": "0.00 SEK"}),
        ("date", ["--minimum", "2026-01-31"], {"minimum": "2026-01-31"}),
        ("datetime", ["--default", "2026-01-31T12:00:00Z"], {"default": "2026-01-31T12:00:00.000Z"}),
        ("boolean", ["--default", "yes"], {"default": True}),
        ("boolean", ["--default", "no"], {"default": False}),
        ("text", ["--minimum", "2", "--maximum", "9", "--pattern", "[a-z]+", "--default", "ab"],
         {"minimum": 2, "maximum": 9, "pattern": "[a-z]+", "default": "ab"}),
        ("multi_choice", ["--choice", "a", "--choice", "b", "--default", "b; a"], {"default": ["a", "b"]}),
        ("text", ["--shop", "se", "--shop", "NO", "--position", "7"], {"shops": ["se", "no"], "position": 7}),
        ("text", ["--label", "Size", "--label", "sv=Storlek", "--label", "pt-BR=Tamanho"],
         {"label": {"en": "Size", "sv": "Storlek", "pt-BR": "Tamanho"}}),
        ("text", ["--label", "a = b", "--label", "a+b=c"], {"label": {"en": "a+b=c"}}),
        ("choice", ["--choice", "s", "--choice", "m", *SMALL, "--choice-label", "s", "sv", "Liten"],
         {"choices": {"s": {"en": "Small", "sv": "Liten"}, "m": {}}}),
        ("text", [f"--{name.replace('_', '-')}" for name in TRUTHS], dict.fromkeys(TRUTHS, True)),
        ("text", ["--not-required"], {"required": False}),
    ],
)  # fmt: skip
def test_every_option_can_be_given_and_is_shown(
    fields: Fields, kind: str, options: list[str], right: dict[str, Any]
) -> None:
    item = fields("define", "x", kind, *options).item
    assert {name: item[name] for name in right} == right
    assert json.loads(fields("list").out)["items"] == [item]
    assert fields("define", "y", kind, *options, "--applies-to", "customer", form="").code == 0


def test_texts_that_are_no_values_are_told_together(fields: Fields) -> None:
    wrong = ["--default", "many", "--minimum", "few", "--maximum", "5"]
    assert fields("define", "x", "integer", *wrong).problems == [("default", "wrong_type"), ("minimum", "wrong_type")]
    assert fields("define", "x", "text", "--minimum", "few").problems == [("minimum", "wrong_type")]
    assert fields("define", "x", "text", "--shop", "nowhere").problems == [("shops[0]", "unknown_shop")]
    assert fields("define", "x", "colour", "--default", "red").problems == [("kind", "unknown_kind")]
    assert fields("define", "x", "integer", "--default", "11", "--maximum", "5").problems == [
        ("default", "out_of_range")
    ]
    assert fields("define", "x", "choice", "--choice", "a", "--choice-label", "b", "en", "B").code == 2
    assert json.loads(fields("list").out)["items"] == []


def test_a_field_is_changed_option_by_option(fields: Fields) -> None:
    fields(
        "define", "x", "choice", "--choice", "s", "--choice", "m", "--choice-label", "s", "en", "Small", "--label", "X"
    )
    assert fields("update", "x", "--label", "sv=Ex").item["label"] == {"en": "X", "sv": "Ex"}
    assert fields("update", "x", "--label", "sv=").item["label"] == {"en": "X"}
    assert fields("update", "x", "--choice-label", "m", "sv", "Mellan").item["choices"] == {
        "s": {"en": "Small"},
        "m": {"sv": "Mellan"},
    }
    assert fields("update", "x", "--choice", "s", "--choice", "l").item["choices"] == {"s": {"en": "Small"}, "l": {}}
    changed = fields("update", "x", "--required", "--default", "l", "--shop", "se", "--position", "3").item
    assert (changed["required"], changed["default"], changed["shops"], changed["position"]) == (True, "l", ["se"], 3)
    cleared = fields("update", "x", "--not-required", "--clear", "default", "--clear", "shops", "--clear", "label").item
    assert (cleared["required"], cleared["default"], cleared["shops"], cleared["label"]) == (False, None, [], {})
    assert cleared["version"] == 7
    shown = fields("update", "x", "--default", "s", "--shop", "no", form="").out
    assert "default s" in shown
    assert "for no" in shown


def test_a_change_that_would_break_values_is_told_and_refused(fields: Fields) -> None:
    fields("define", "x", "integer")
    for name, value in (("a", "5"), ("b", "50"), ("c", "50")):
        customer(fields, name, f"info.x={value}")
    told = json.loads(fields("update", "x", "--maximum", "10", "--dry-run").out)
    assert (told["checked"], told["broken"], told["codes"], len(told["ids"])) == (3, 2, {"out_of_range": 2}, 2)
    shown = fields("update", "x", "--maximum", "10", "--dry-run", form="").out
    assert "2 (2 out_of_range)" in shown
    assert told["ids"][0] in shown
    refused = fields("update", "x", "--maximum", "10")
    assert (refused.code, json.loads(refused.err)["error"]["code"]) == (1, "values_would_break")
    assert fields("update", "x", "--maximum", "10", "--break-values").item["maximum"] == 10
    told = json.loads(fields("update", "x", "--unique", "--clear", "maximum", "--dry-run").out)
    assert (told["codes"], len(told["ids"])) == ({"duplicate_value": 1}, 2)
    refused = fields("update", "x", "--unique", "--clear", "maximum", "--break-values")
    assert json.loads(refused.err)["error"]["code"] == "values_would_break"


def test_fields_of_addresses_are_changed_and_filled_too(fields: Fields) -> None:
    fields("define", "x", "text")
    fields("define", "x", "integer", "--applies-to", "address", "--default", "1")
    changed = fields("update", "x", "--applies-to", "address", "--maximum", "9").item
    assert (changed["applies_to"], changed["kind"], changed["maximum"]) == ("address", "integer", 9)
    assert fields("backfill", "x", "--applies-to", "address").item["state"] == "ready"
    assert fields("retire", "x", "--applies-to", "address", "--yes").item["retired"] is True
    listed = json.loads(fields("list", "--applies-to", "customer").out)["items"]
    assert [(one["applies_to"], one["kind"]) for one in listed] == [("customer", "text")]


def test_a_filled_field_is_made_searchable(fields: Fields) -> None:
    fields("define", "x", "integer")
    customer(fields, "a", "info.x=5")
    assert fields("update", "x", "--searchable").item["state"] == "pending"
    assert "pending" in fields("list", form="").out
    assert fields("backfill", "x").item["state"] == "ready"
    found = fields("--where", '{"field": "info.x", "op": "eq", "value": 5}', group="list")
    assert len(json.loads(found.out)["items"]) == 1


def test_fields_are_listed_for_a_shop(fields: Fields) -> None:
    fields("define", "everywhere", "text")
    fields("define", "sweden", "text", "--shop", "se")
    for shop, keys in (("se", ["everywhere", "sweden"]), ("no", ["everywhere"])):
        assert [one["key"] for one in json.loads(fields("list", "--shop", shop).out)["items"]] == keys


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["update", "nope", "--required"], 1),
        (["update", "x"], 2),
        (["update", "x", "--clear", "key"], 2),
        (["update", "x", "--position", "first"], 2),
        (["backfill", "nope", "--applies-to", "address"], 1),
        (["backfill", "x", "--applies-to", "organization"], 2),
    ],
)
def test_mistakes_are_told_as_json(fields: Fields, arguments: list[str], code: int) -> None:
    fields("define", "x", "text")
    done = fields(*arguments)
    assert (done.code, done.out) == (code, "")
    assert json.loads(done.err)["error"]["code"] in ("usage", "info_type_not_found")
