"""What must hold before a load may go onto a card, and what the load then looks like on it.

Pure rules over what the card shows, what the file knows and what the maker allows.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from cardstation.domain.card import (
    CardContent,
    CardIdentity,
    CardType,
    Credit,
    Quantity,
    ReturnBlock,
)
from cardstation.domain.household import Household
from cardstation.domain.meter import CounterSchool, MakerRules, MeterKind
from cardstation.domain.money import Money
from cardstation.domain.new_card import NEVER_MET
from cardstation.domain.tariff import Quote
from cardstation.domain.topup import NO_MARK, TopUp, mark_of, next_counter
from cardstation.domain.volume import Volume
from cardstation.errors import Refusal, ensure


class MarkingLayout(Protocol):
    """A card layout as far as marks go."""

    @property
    def marks_loads(self) -> bool:
        """The card has room to say which intent wrote a load."""


@dataclass(frozen=True, slots=True)
class Admitted:
    """A card that may be loaded.

    Attributes:
        counter: Purchase counter the card stands at.
        warnings: Codes worth a look that stop nothing.
    """

    credit: Credit
    returned: ReturnBlock
    counter: int
    warnings: tuple[str, ...]


def ensure_known(content: CardContent, household: Household) -> None:
    """The card must be the household's live one: maker area, card, account and meter agree.

    Raises:
        Refusal: `card_not_bound`, `old_card`, `card_newer_than_file`, `card_differs_from_file`.
    """
    identity = content.identity
    if identity.card_type is CardType.OPENING:
        raise Refusal("card_not_bound", account_no=identity.account_no)
    same = (
        identity.account_no == household.account_no
        and identity.card_no == household.card_no
        and identity.meter_no == household.meter.meter_no
        and isinstance(content.limits.hoard, _unit_of(household.meter.kind))
    )
    ensure_not_old(identity, household)
    if not same:
        raise differs_from_file(identity, household)
    if identity.generation > household.generation:
        raise Refusal("card_newer_than_file", card_no=identity.card_no)


def ensure_not_old(identity: CardIdentity, household: Household) -> None:
    """No other card has taken its place.

    Raises:
        Refusal: `old_card`.
    """
    if identity.generation < household.generation:
        raise Refusal("old_card", card_no=identity.card_no, account_no=identity.account_no)


def differs_from_file(identity: CardIdentity, household: Household) -> Refusal:
    """A card that is not as its household's file says."""
    return Refusal(
        "card_differs_from_file",
        card_no=identity.card_no,
        account_no=identity.account_no,
        meter_no=identity.meter_no,
        filed_card_no=household.card_no,
        filed_meter_no=household.meter.meter_no,
    )


def admit(content: CardContent, rules: MakerRules) -> Admitted:
    """The card must show a readable load, the meter's answer, and nothing waiting.

    Raises:
        Refusal: `no_credit_slot`, `no_return_block`, `load_still_on_card` (for money meters
            `load_still_on_card_money`), `card_not_home` (a card in the place of another says
            nothing of the meter's total yet), `counter_used_up`.
    """
    credit, returned = content.credit, content.returned
    if credit is None:
        raise Refusal("no_credit_slot", card_no=content.identity.card_no)
    if returned is None:
        raise Refusal("no_return_block", card_no=content.identity.card_no)
    if content.pending is not None:
        raise load_on_card(content.pending)
    new = content.identity.card_type is CardType.REISSUE and returned.written_at == NEVER_MET
    if new and rules.school is CounterSchool.CUMULATIVE:
        raise Refusal("card_not_home", card_no=content.identity.card_no)
    counter = max(credit.purchase_counter, returned.purchase_counter)
    if next_counter(rules.school, counter) > rules.counter_max:
        raise Refusal("counter_used_up", seen=counter)
    return Admitted(credit, returned, counter, tuple(sorted(returned.flags)))


def load_on_card(pending: Quantity) -> Refusal:
    """The meter has not taken what is on the card."""
    if isinstance(pending, Volume):
        return Refusal("load_still_on_card", litres=pending.litres)
    return Refusal("load_still_on_card_money", fen=pending.fen)


def compare_counter(
    admitted: Admitted, rules: MakerRules, known: int, *, bound: bool
) -> tuple[str, ...]:
    """Compare the card's counter with the one known; makers without a counter have nothing to say.

    Args:
        admitted: The card.
        rules: Its maker's.
        known: What the station expects.
        bound: True for a batch line or an order: never loaded past its counter. A counter sale
            goes on and opens the question of the purchase that is missing here.

    Returns:
        Warnings.

    Raises:
        Refusal: `counter_below_expected` (old or copied card), `counter_past_expected`.
    """
    seen = admitted.counter
    if rules.school is CounterSchool.NONE or seen == known:
        return ()
    if seen < known:
        raise Refusal("counter_below_expected", seen=seen, expected=known)
    if bound:
        raise Refusal("counter_past_expected", seen=seen, expected=known)
    return ("off_book_purchase",)


def ensure_fits(content: CardContent, rules: MakerRules, quantity: Quantity) -> None:
    """Never sell what the meter will refuse: residual + load ≤ hoard limit.

    Raises:
        Refusal: `load_other_kind`, `per_load_max`, `hoard_limit`, `hoard_limit_money`.
    """
    if not isinstance(quantity, type(content.limits.hoard)):
        raise Refusal("load_other_kind")
    if isinstance(quantity, Volume) and quantity > rules.per_load_max:
        raise Refusal("per_load_max", limit_litres=rules.per_load_max.litres)
    room = _raw(room_of(content))
    if _raw(quantity) > room:
        if isinstance(quantity, Volume):
            raise Refusal("hoard_limit", room_litres=max(0, room))
        raise Refusal("hoard_limit_money", room_fen=max(0, room))


def room_of(content: CardContent) -> Quantity:
    """What the meter still takes: below nothing where it holds more than its limit."""
    hoard, returned = content.limits.hoard, content.returned
    ensure(returned is not None, "the meter's answer was read")
    return type(hoard)(_raw(hoard) - (0 if returned is None else _raw(returned.residual)))


def quantity_of(quote: Quote) -> Quantity:
    """What a purchase puts on the card: a volume, or for money meters the amount."""
    return quote.total if quote.volume is None else quote.volume


def next_credit(
    admitted: Admitted,
    rules: MakerRules,
    topup: TopUp,
    *,
    at: datetime,
    station_no: int,
    mark: bytes,
) -> Credit:
    """The load of a top-up as it shall stand on the card; the layout chooses the sequence."""
    base = admitted.returned.cumulative
    if rules.school is not CounterSchool.CUMULATIVE:
        base = max(base, admitted.credit.cumulative, key=_raw)
    return Credit(
        quantity=topup.quantity,
        purchase_counter=next_counter(rules.school, admitted.counter),
        cumulative=_sum(base, topup.quantity),
        loaded_at=at,
        station_no=station_no,
        mark=mark,
        sequence=0,
    )


def cleared_credit(
    taken_back: Credit, giving_back: TopUp, *, at: datetime, station_no: int
) -> Credit:
    """What stands on the card after a load was taken back: no gas, counter and total as before it.

    The next sale uses the same counter again (DESK-RULES 2).
    """
    unit = type(taken_back.quantity)
    return Credit(
        quantity=unit(0),
        purchase_counter=giving_back.counter_after,
        cumulative=unit(_raw(taken_back.cumulative) - _raw(taken_back.quantity)),
        loaded_at=at,
        station_no=station_no,
        mark=giving_back.mark,
        sequence=0,
    )


def load_mark(topup: TopUp, layout: MarkingLayout, admitted: Admitted, rules: MakerRules) -> bytes:
    """The mark of a load: whose it is, or, where the card has no room for that, which load it is.

    A mark that only says which load it is looks the same from every desk (DESK-RULES 4).
    """
    if layout.marks_loads:
        return topup.mark
    counter = next_counter(rules.school, admitted.counter)
    return counter_mark(counter, _raw(_sum(admitted.credit.cumulative, topup.quantity)))


def counter_mark(counter: int, cumulative: int) -> bytes:
    """Four bytes that name a load by its counter and total, not by who wrote it."""
    return hashlib.sha256(f"{counter} {cumulative}".encode()).digest()[:4]


def is_superseded(content: CardContent, rules: MakerRules, topup: TopUp, mark: bytes) -> bool:
    """True when the card shows another load with this load's own counter: ours never happened.

    A meter takes each counter once, and the desk that wrote the other load read the counter
    before it from the meter's own block.
    """
    credit, returned = content.credit, content.returned
    if credit is None or returned is None:
        return False
    if rules.school not in (CounterSchool.EXACT, CounterSchool.GREATER):
        return False
    another = credit.purchase_counter == topup.counter_after and credit.mark != mark
    return another and returned.taken_mark != mark


def stands_as_before(
    content: CardContent, before: CardContent, rules: MakerRules, topup: TopUp
) -> bool:
    """True when nobody has loaded the card since the top-up began: its counter has not moved.

    Where the maker counts nothing, the credit itself must be the one that stood there.
    """
    if rules.school is CounterSchool.NONE:
        return content.credit == before.credit
    counters = [one.purchase_counter for one in (content.credit, content.returned) if one]
    return bool(counters) and max(counters) == topup.counter_before


def is_free_mark(topup_id: str, content: CardContent) -> bool:
    """True when a top-up's mark differs from every mark the card shows."""
    shown = {NO_MARK}
    shown |= {content.credit.mark} if content.credit else set()
    shown |= {content.returned.taken_mark} if content.returned else set()
    return mark_of(topup_id) not in shown


def taken_by_meter(content: CardContent, rules: MakerRules, topup: TopUp, mark: bytes) -> bool:
    """True when the meter's own block proves that it took the load that carries `mark`."""
    returned = content.returned
    if returned is None or returned.taken_mark != mark:
        return False
    if rules.school in (CounterSchool.EXACT, CounterSchool.GREATER):
        return returned.purchase_counter == topup.counter_after
    return True


def _unit_of(kind: MeterKind) -> type[Volume | Money]:
    return Volume if kind is MeterKind.VOLUME else Money


def _raw(quantity: Quantity) -> int:
    return quantity.litres if isinstance(quantity, Volume) else quantity.fen


def _sum(one: Quantity, other: Quantity) -> Quantity:
    if isinstance(one, Volume) and isinstance(other, Volume):
        return one + other
    ensure(isinstance(one, Money) and isinstance(other, Money), "a card counts in one unit")
    return Money(_raw(one) + _raw(other))
