"""Hashes that an import brought: kept with their scheme beside everything else, and shown nowhere."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from customercore import CustomerCore, open_core, where
from customercore.domain.password_hash import marked_hash
from customercore.errors import InvalidValueError

HASH = "$P$B" + "CANARYcanary" * 2 + "CANARY"
OTHER = "$2y$10$" + "x" * 53


@pytest.fixture(params=["memory", "sqlite"])
def core(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[CustomerCore]:
    url = "memory://" if request.param == "memory" else f"sqlite:///{tmp_path}/shop.db"
    with open_core(url) as core:
        yield core


def imported(core: CustomerCore, folder: Path, hash_: str, **options: str) -> None:
    path = folder / "users.csv"
    path.write_text(f"ID,user_email,first_name,last_name,user_pass\n7,ada@example.com,Ada,Ek,{hash_}\n", "utf-8")
    core.imports.run(path, "woocommerce", **options)  # type: ignore[arg-type]  # on_conflict only


def test_a_hash_is_kept_with_its_scheme_and_an_update_replaces_it(core: CustomerCore, tmp_path: Path) -> None:
    imported(core, tmp_path, HASH)
    assert core.customers.by_code("7").imported_password == f"phpass:{HASH}"
    imported(core, tmp_path, OTHER)
    assert core.customers.by_code("7").imported_password == f"phpass:{HASH}"
    imported(core, tmp_path, "", on_conflict="update")
    assert core.customers.by_code("7").imported_password == f"phpass:{HASH}"
    imported(core, tmp_path, OTHER, on_conflict="update")
    assert core.customers.by_code("7").imported_password == f"bcrypt:{OTHER}"
    assert (
        core.customers.update(core.customers.by_code("7").id, first_name="Eve").imported_password == f"bcrypt:{OTHER}"
    )


def test_no_export_event_repr_or_log_holds_it(
    core: CustomerCore, tmp_path: Path, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    imported(core, tmp_path, HASH)
    imported(core, tmp_path, OTHER, on_conflict="update")
    imported(core, tmp_path, HASH, on_conflict="update")
    ada = core.customers.by_code("7")
    core.exports.run(tmp_path / "all.csv")
    core.exports.run(tmp_path / "all.jsonl", "jsonl")
    shown = [
        repr(ada),
        str(ada),
        (tmp_path / "all.csv").read_text("utf-8"),
        (tmp_path / "all.jsonl").read_text("utf-8"),
        caplog.text,
        *capsys.readouterr(),
    ]
    assert [text for text in shown if "CANARY" in text or "imported_password" in text] == []
    told = repr(core.events_of(ada.id)) + repr(core.history(ada))
    assert "CANARY" not in told
    assert "***" in told, "that it changed, and no more"


def test_it_cannot_be_named(core: CustomerCore, tmp_path: Path) -> None:
    imported(core, tmp_path, HASH)
    id = core.customers.by_code("7").id
    mapping = tmp_path / "a.toml"
    mapping.write_text('[customer]\nemail = "ID"\nimported_password = "user_pass"\n', "utf-8")
    for call in (
        lambda: core.customers.update(id, imported_password="md5:x"),
        lambda: core.customers.create(email="b@example.com", first_name="B", last_name="B", imported_password="md5:x"),
        lambda: core.customers.search(where.field("imported_password") == "x"),
        lambda: core.customers.search(sort=["imported_password"]),
        lambda: core.exports.run(tmp_path / "x.csv", columns=["imported_password"]),
        lambda: core.imports.run(tmp_path / "users.csv", mapping=mapping),
    ):
        with pytest.raises((InvalidValueError, AttributeError)) as caught:
            call()
        assert "CANARY" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "scheme"),
    [
        ("$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaA", "argon2"),
        (OTHER, "bcrypt"),
        (f"$wp{OTHER}", "wordpress-bcrypt"),
        (HASH, "phpass"),
        ("pbkdf2_sha256$600000$salt$aGFzaA==", "django-pbkdf2"),
        (f"{'a' * 32}:salt", "magento"),
        (f"{'a' * 64}:salt:1", "magento"),
        (f"{'a' * 64}:salt:3_32_2_67108864", "magento"),
        (f"{'a' * 64}:salt:0:2", "magento"),
        ("a" * 32, "md5"),
        ("a" * 64, "sha256"),
    ],
)
def test_the_form_of_a_hash_tells_its_scheme(text: str, scheme: str) -> None:
    assert marked_hash(text) == f"{scheme}:{text}"


@pytest.mark.parametrize(
    ("line", "cell", "kept"),
    [
        ('password_hash = "pw"', HASH, f"phpass:{HASH}"),
        ('password_hash = { column = "pw" }', "a" * 32, f"md5:{'a' * 32}"),
        ('password_hash = { column = "pw", scheme = "bcrypt" }', OTHER, f"bcrypt:{OTHER}"),
        ('password_hash = "pw"', f"sha256:{'a' * 64}", f"sha256:{'a' * 64}"),
        ('password_hash = { column = "pw", scheme = "sha256" }', "a" * 32, None),
        ('password_hash = { column = "pw", scheme = "phpass" }', "CANARY secret", None),
        ('password_hash = "pw"', "CANARY secret", None),
        ('password_hash = "pw"', "", ""),
    ],
)
def test_a_mapping_names_a_column_of_hashes_and_their_scheme(
    core: CustomerCore, tmp_path: Path, line: str, cell: str, kept: str | None
) -> None:
    path, mapping = tmp_path / "users.csv", tmp_path / "users.toml"
    path.write_text(f"mail,first,last,pw\nada@example.com,Ada,Ek,{cell}\n", "utf-8")
    mapping.write_text(f'[customer]\nemail = "mail"\nfirst_name = "first"\nlast_name = "last"\n{line}\n', "utf-8")
    report = core.imports.run(path, mapping=mapping)
    assert core.customers.by_email("ada@example.com").imported_password == (kept or None)
    assert [one.code for one in report.warnings] == ([] if kept is not None else ["unknown_hash"])
    assert report.ignored == ()
    assert "CANARY" not in repr(report)


@pytest.mark.parametrize(
    ("line", "field", "code"),
    [
        ('password_hash = { column = "pw", scheme = "rot13" }', "customer.password_hash.scheme", "invalid_mapping"),
        ('password_hash = { column = "pw", scheme = ["md5"] }', "customer.password_hash.scheme", "invalid_mapping"),
        ('password_hash = { column = "pw", prefix = "x" }', "customer.password_hash", "invalid_mapping"),
        ('password_hash = { scheme = "md5" }', "customer.password_hash", "invalid_mapping"),
        ('password_hash = ["pw"]', "customer.password_hash", "invalid_mapping"),
        ('password_hash = "none"', "customer.password_hash", "unknown_column"),
    ],
)
def test_a_mapping_of_hashes_that_cannot_be_is_refused(
    core: CustomerCore, tmp_path: Path, line: str, field: str, code: str
) -> None:
    path, mapping = tmp_path / "users.csv", tmp_path / "users.toml"
    path.write_text("mail,pw\nada@example.com,x\n", "utf-8")
    mapping.write_text(f'[customer]\nemail = "mail"\n{line}\n', "utf-8")
    with pytest.raises(InvalidValueError) as caught:
        core.imports.run(path, mapping=mapping)
    assert [(one.field, one.code) for one in caught.value.problems] == [(field, code)]


@pytest.mark.parametrize(
    "text",
    [
        "md5:secret",
        "md5:",
        "bcrypt:" + HASH,
        f"sha1:{'a' * 40}",
        "",
        "secret",
        "a" * 33,
        "$P$B",
        "$2y$10$x",
        "x" * 600,
        "a:b",
        "\n",
    ],
)
def test_what_may_be_a_plain_password_is_no_hash(text: str) -> None:
    assert marked_hash(text) is None
