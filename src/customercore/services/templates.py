"""The texts of messages to customers: ``core.templates``."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from customercore.catalogue.query import Query
from customercore.domain.message import OCCASIONS, VARIABLES, Occasion
from customercore.domain.template import Template, template_key, wrong_places
from customercore.errors import ConflictError, DuplicateError, InvalidValueError, NotFoundError, Problem
from customercore.services.context import Context, Stamp
from customercore.services.definitions import check_version
from customercore.services.idempotency import Call
from customercore.services.units import Work, contested

__all__ = ["Templates"]

_TEXTS = ("subject", "text", "html")


class Templates:
    """What customers are told, per shop and language. Nothing is sent that has no template, or one that is off."""

    def __init__(self, context: Context) -> None:
        self._context = context

    @staticmethod
    def messages() -> Mapping[str, Occasion]:
        """Return every message that can have templates, by name, with its plain default."""
        return OCCASIONS

    def set(
        self,
        message: str,
        *,
        shop: str | None = None,
        language: str | None = None,
        subject: str | None = None,
        text: str | None = None,
        html: str | None = None,
        enabled: bool = True,
        reason: str | None = None,
        expected_version: int | None = None,
        idempotency_key: str | None = None,
    ) -> Template:
        """Make the template of a message for a shop and a language, or replace the one that there is.

        Without a shop it is for every shop that has none of its own, without a language for every other
        language. What is not given of ``subject``, ``text`` and ``html`` is as in the message's plain
        default. Texts have variables such as ``${customer.first_name}``, which are escaped in ``html``; a
        dollar sign is ``$$``. ``enabled=False`` keeps the message from being sent.

        Raises `InvalidValueError` (``unknown_message``, ``unknown_variable``, ``invalid_variable``, or what is
        wrong with a value), and `StaleVersionError`.
        """
        stamp, aggregate = self._context.stamp(reason), self._context.catalogue.templates
        given: dict[str, object] = {"message": message, "shop": shop, "language": language, "enabled": enabled}
        given |= {"subject": subject, "text": text, "html": html}

        def use_case(work: Work) -> Template:
            problems: list[Problem] = []
            values = aggregate.parse(given, work.definitions, problems)
            if "message" in values and values["message"] not in OCCASIONS:
                problems.append(Problem("message", "unknown_message", f"must be one of {', '.join(sorted(OCCASIONS))}"))
            for name in _TEXTS:
                problems += wrong_places(name, values.get(name) or "", VARIABLES)
            if problems:
                raise InvalidValueError(problems)
            wanted = Template(**values)
            was = work.uow.templates.by("key", template_key(wanted) or "")
            check_version("template", was.version if was else 0, expected_version)
            return self._made(work, wanted, stamp) if was is None else self._replaced(work, was, wanted, stamp)

        arguments = {**given, "reason": stamp.reason, "expected_version": expected_version}
        call = Call("templates.set", idempotency_key, arguments, stamp.id, _stored, lambda one: one.id)
        return self._context.write(call, use_case)

    def _made(self, work: Work, wanted: Template, stamp: Stamp) -> Template:
        one = attrs.evolve(wanted, id=stamp.id, version=1, created_at=stamp.at, updated_at=stamp.at)
        try:
            work.uow.templates.add(one)
        except DuplicateError as error:
            raise ConflictError("write_conflict", "another unit of work made it", retryable=True) from error
        self._tell(work, one, stamp, "template.created")
        return one

    def _replaced(self, work: Work, was: Template, wanted: Template, stamp: Stamp) -> Template:
        kept = {name: getattr(was, name) for name in ("id", "version", "created_at", "updated_at")}
        now = attrs.evolve(wanted, **kept)
        if now == was:
            return was
        now = attrs.evolve(now, version=was.version + 1, updated_at=stamp.at)
        with contested():
            work.uow.templates.save(now, was=was)
        self._tell(work, now, stamp, "template.updated", was)
        return now

    def get(self, message: str, *, shop: str | None = None, language: str | None = None) -> Template:
        """Return the template for exactly this shop and language, or raise `NotFoundError`."""
        return _found(self._context.units.read(lambda work: self._known(work, message, shop, language)))

    def list(self) -> tuple[Template, ...]:
        """Return every template, ordered by message, shop and language; those for all shops and languages first."""
        found = self._context.units.read(lambda work: [*work.uow.templates.stream(Query())])
        return tuple(sorted(found, key=lambda one: (one.message, one.shop or "", one.language or "")))

    def remove(
        self,
        message: str,
        *,
        shop: str | None = None,
        language: str | None = None,
        reason: str | None = None,
        idempotency_key: str | None = None,
    ) -> None:
        """Remove the template for exactly this shop and language; nothing when there is none."""
        stamp = self._context.stamp(reason)

        def use_case(work: Work) -> None:
            was = self._known(work, message, shop, language)
            if was is not None:
                work.uow.templates.remove(was)
                self._tell(work, attrs.evolve(was, version=was.version + 1), stamp, "template.removed", was)

        arguments = {"message": message, "shop": shop, "language": language, "reason": stamp.reason}
        self._context.write(Call("templates.remove", idempotency_key, arguments, stamp.id, lambda *_: None), use_case)

    def _known(self, work: Work, message: str, shop: str | None, language: str | None) -> Template | None:
        given = {"message": message, "shop": shop, "language": language}
        values = self._context.catalogue.templates.parse(given, work.definitions, [])
        if {name for name, value in given.items() if value is not None and not values.get(name)}:
            return None  # no template has such a name
        return work.uow.templates.by("key", template_key(Template(**values)) or "")

    def _tell(self, work: Work, one: Template, stamp: Stamp, type: str, was: Template | None = None) -> None:
        work.record(self._context.event(self._context.catalogue.templates, one, stamp, type=type, was=was))


def _stored(work: Work, id: str) -> Template:
    return _found(work.uow.templates.get(id))


def _found(template: Template | None) -> Template:
    if template is None:
        raise NotFoundError("template_not_found", "there is no such template")
    return template
