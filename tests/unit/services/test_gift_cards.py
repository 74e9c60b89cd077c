"""Gift cards: a code that is as good as money, and stored as a digest only."""

from __future__ import annotations

import datetime as dt
import re
import threading
from collections.abc import Callable

import attrs
import pytest

from customercore import CustomerCore, Money
from customercore.catalogue.query import Query
from customercore.domain.gift_card_code import code_of_bits, normal_code
from customercore.domain.wallet import Wallet
from customercore.errors import ConflictError, CustomerCoreError, InvalidValueError, NotFoundError
from customercore.ports.store import Store
from customercore.services.gift_cards import IssuedCard
from customercore.testing.fakes import FixedClock

DAY = dt.timedelta(days=1)
FIFTY = Money(50, "SEK")


@pytest.fixture
def wallet(core: CustomerCore) -> Wallet:
    return core.balances.open("ada", currency="SEK")


@pytest.fixture
def issued(core: CustomerCore, clock: FixedClock) -> IssuedCard:
    return core.gift_cards.issue(FIFTY, expires_at=clock.now() + 30 * DAY, reference="O-1")


def code_in(issued: IssuedCard) -> str:
    assert issued.code is not None
    return issued.code


def refusal(call: Callable[[], object]) -> str:
    with pytest.raises(CustomerCoreError) as caught:
        call()
    return caught.value.code


def test_a_card_becomes_a_credit_that_expires_as_it_does(
    core: CustomerCore, wallet: Wallet, issued: IssuedCard
) -> None:
    entry = core.gift_cards.redeem(code_in(issued), wallet)
    assert (entry.kind, entry.amount, entry.expires_at) == ("credit", FIFTY, issued.card.expires_at)
    assert (entry.reason, entry.reference) == ("gift_card", issued.card.id)
    card = core.gift_cards.get(issued.card)
    assert (card.wallet, card.redeemed_at) == (wallet.id, entry.at)
    assert core.balances.verify(wallet).ok


@pytest.mark.parametrize("typed", [str.lower, lambda one: one.replace("-", " "), lambda one: one.replace("0", "o")])
def test_a_code_is_read_however_people_type_it(
    core: CustomerCore, wallet: Wallet, issued: IssuedCard, typed: Callable[[str], str]
) -> None:
    assert core.gift_cards.find(typed(code_in(issued))).id == issued.card.id
    core.gift_cards.redeem(typed(code_in(issued)), wallet)


def test_fifty_tries_at_once_redeem_a_card_once(core: CustomerCore, wallet: Wallet, issued: IssuedCard) -> None:
    others = [core.balances.open(f"o{number}", currency="SEK") for number in range(4)]
    answers: list[str] = []

    def redeem(number: int) -> None:
        while True:
            try:
                answers.append(core.gift_cards.redeem(code_in(issued), [wallet, *others][number % 5]).kind)
            except CustomerCoreError as error:
                if error.retryable:
                    continue
                answers.append(error.code)
            return

    threads = [threading.Thread(target=redeem, args=(number,)) for number in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["credit"] + ["gift_card_redeemed"] * 49
    assert sum(core.balances.posted(one).minor for one in (wallet, *others)) == FIFTY.minor


def test_redeeming_again_under_the_same_key_is_the_same_answer(
    core: CustomerCore, wallet: Wallet, issued: IssuedCard
) -> None:
    first = core.gift_cards.redeem(code_in(issued), wallet, idempotency_key="k")
    assert core.gift_cards.redeem(code_in(issued).lower(), wallet, idempotency_key="k") == first


def test_each_reason_why_a_code_is_refused_has_a_code_of_its_own(
    core: CustomerCore, clock: FixedClock, wallet: Wallet, issued: IssuedCard
) -> None:
    cards = core.gift_cards
    cancelled, used = cards.issue(FIFTY), cards.issue(FIFTY)
    euros = core.balances.open("ada", currency="EUR")
    cards.cancel(cancelled.card)
    cards.redeem(code_in(used), wallet)
    clock.advance(days=30)
    typed = code_in(issued)
    assert refusal(lambda: cards.redeem(typed, wallet)) == "gift_card_expired"
    assert refusal(lambda: cards.redeem(code_in(cancelled), wallet)) == "gift_card_cancelled"
    assert refusal(lambda: cards.redeem(code_in(used), wallet)) == "gift_card_redeemed"
    assert refusal(lambda: cards.redeem(code_of_bits(b"x" * 17), wallet)) == "gift_card_not_found"
    assert refusal(lambda: cards.redeem(typed[:-1], wallet)) == "mistyped_code"
    fresh = cards.issue(FIFTY)
    assert refusal(lambda: cards.redeem(code_in(fresh), euros)) == "currency_mismatch"
    assert refusal(lambda: cards.redeem(code_in(fresh), wallet, owner="bo")) == "other_owner"
    assert cards.redeem(code_in(fresh), wallet).amount == FIFTY


def test_a_new_code_makes_the_old_one_unknown(core: CustomerCore, wallet: Wallet, issued: IssuedCard) -> None:
    again = core.gift_cards.resend(issued.card)
    assert again.card.id == issued.card.id
    assert refusal(lambda: core.gift_cards.redeem(code_in(issued), wallet)) == "gift_card_not_found"
    core.gift_cards.redeem(code_in(again), wallet)
    assert refusal(lambda: core.gift_cards.resend(issued.card)) == "gift_card_redeemed"
    assert refusal(lambda: core.gift_cards.cancel(issued.card)) == "gift_card_redeemed"


def test_a_repeated_issue_makes_no_second_card_and_tells_no_code(core: CustomerCore) -> None:
    first = core.gift_cards.issue(FIFTY, idempotency_key="k")
    again = core.gift_cards.issue(FIFTY, idempotency_key="k")
    assert (again.card, again.code) == (first.card, None)


def test_a_code_is_nowhere_but_with_whom_it_was_given(
    core: CustomerCore, store: Store, tenant: str, issued: IssuedCard
) -> None:
    code = code_in(issued)
    normal = normal_code(code)
    with store.unit(tenant, write=False) as uow:
        stored = [attrs.asdict(one) for one in uow.gift_cards.stream(Query())]
        told = [attrs.asdict(one) for one in uow.events.of("gift_card", issued.card.id)]
    digest = stored[0]["code_digest"]
    for text in (repr(stored), repr(told), repr(issued), repr(core.history(issued.card))):
        assert code not in text
        assert normal not in text
    for text in (repr(told), repr(issued), repr(core.history(issued.card))):
        assert digest not in text


@pytest.mark.parametrize(("amount", "code"), [("50", "wrong_type"), (Money(0, "SEK"), "zero"),
                                              (Money(-1, "SEK"), "negative")])  # fmt: skip
def test_a_card_has_an_amount_above_zero(core: CustomerCore, amount: Money, code: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        core.gift_cards.issue(amount)
    assert (caught.value.field, caught.value.code) == ("amount", code)


def test_a_card_that_is_not_there_is_not_found(core: CustomerCore, clock: FixedClock) -> None:
    for call in (core.gift_cards.get, core.gift_cards.cancel, core.gift_cards.resend):
        with pytest.raises(NotFoundError):
            call("nothing")
    with pytest.raises(InvalidValueError):
        core.gift_cards.issue(FIFTY, expires_at=clock.now())


def test_a_cancelled_card_stays_so(core: CustomerCore, issued: IssuedCard) -> None:
    assert core.gift_cards.cancel(issued.card).cancelled_at is not None
    with pytest.raises(ConflictError):
        core.gift_cards.cancel(issued.card)


def test_every_slip_of_one_character_is_noticed() -> None:
    code = code_of_bits(bytes(range(100, 117)))
    assert re.fullmatch(r"(?:[0-9A-HJKMNP-TV-Z]{4}-){6}[0-9A-HJKMNP-TV-Z]{4}", code)
    plain = normal_code(code)
    slips = [plain[:at] + one + plain[at + 1 :] for at in range(28) for one in "0123456789ABCDEFGHJKMNPQRSTVWXYZ"]
    slips += [plain[:at] + plain[at + 1] + plain[at] + plain[at + 2 :] for at in range(27)]
    for slip in slips:
        if slip != plain:
            with pytest.raises(InvalidValueError):
                normal_code(slip)


@pytest.mark.parametrize("given", ["", None, 5, "x", "0" * 29, "\u0660" * 28, "0" * 1_000_000])
def test_what_is_no_code_is_refused(given: object) -> None:
    with pytest.raises(InvalidValueError):
        normal_code(given)
