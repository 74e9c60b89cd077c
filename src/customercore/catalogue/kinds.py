"""The built-in kinds by name."""

from __future__ import annotations

from collections.abc import Callable

from customercore.catalogue.binding import Kinds
from customercore.domain import amount_kinds as amount
from customercore.domain import definition_kinds as definition
from customercore.domain import many_valued as many
from customercore.domain import scalar_kinds as scalar
from customercore.domain import text_kinds as text
from customercore.domain import wallet_kinds as wallet

__all__ = ["built_in_kinds", "core_kinds"]


def built_in_kinds(
    *,
    check_email: Callable[..., str | None],
    email_key: Callable[[str], str],
    check_phone: Callable[[str, str | None], str | None],
) -> Kinds:
    """Return the kinds that info types may have; the rules of e-mail and phone come from their ports."""
    return {
        "text": text.TextKind(),
        "long_text": text.LongTextKind(),
        "integer": scalar.IntegerKind(),
        "decimal": amount.DecimalKind(),
        "boolean": scalar.BooleanKind(),
        "date": scalar.DateKind(),
        "datetime": scalar.DateTimeKind(),
        "choice": text.ChoiceKind(),
        "multi_choice": many.ChoicesKind(),
        "money": amount.MoneyKind(),
        "email": text.EmailKind(check_email, email_key),
        "phone": text.PhoneKind(check_phone),
        "url": text.UrlKind(),
        "country": text.CountryKind(),
        "reference": text.ReferenceKind(),
    }


def core_kinds(kinds: Kinds) -> Kinds:
    """Return the kinds that only the core's own declarations have, beside those that info types may have."""
    return {
        **kinds,
        "code": text.CodeKind(),
        "slug": text.SlugKind(),
        "slugs": many.ListKind(text.SlugKind()),
        "id": text.IdKind(),
        "choices": many.ChoicesKind(),
        "pattern": text.PatternKind(),
        "phones": many.ListKind(kinds["phone"]),
        "countries": many.ListKind(text.CountryKind()),
        "currency": text.CurrencyKind(),
        "language": text.LanguageKind(),
        "languages": many.ListKind(text.LanguageKind()),
        "flags": many.FlagsKind(),
        "tags": many.TagsKind(),
        "customer_type": many.CustomerTypeKind(),
        "shop": many.ShopKind(),
        "shops": many.ListKind(many.ShopKind()),
        "info_key": definition.InfoKeyKind(),
        "labels": definition.LabelsKind(),
        "choice_labels": definition.ChoiceLabelsKind(),
        "secret": definition.SecretKind(),
        "value": definition.ValueKind(),
        "lots": wallet.LotsKind(),
        "holds": wallet.HoldsKind(),
    }
