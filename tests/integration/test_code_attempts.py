"""An attempt at a card's code is on record before it is made; with *armed*, where tries count."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.errors import LinkFailed, OutcomeUnknown, Refusal
from cardstation.services.intent import load as loading
from cardstation.services.intent import records
from cardstation.services.intent.load import ensure_unlockable
from cardstation.services.pay_batch import pay_batch
from cardstation.services.resolve import Outcome, resolve_card
from cardstation.services.verify import verify
from cardstation.store import Store
from cardstation.store.attempts import Attempt
from drivers.chips.coded import CodedChip
from drivers.virtual import Tear, VirtualCard, VirtualReader
from tests.kit import cards
from tests.kit.station import Desk, card_of, line, open_desk, put_batch, repeat_chance

pytest_plugins = ("tests.kit.fast_disk",)

HOME = cards.household()
IN_THE_CODE, IN_THE_AMOUNT = Tear(2), Tear(9)
"""Sub-steps by which a try is gone, and by which the code was accepted and bytes are written."""
ALL, TWO = 7, 3
"""The error counter of an SLE4442 with three tries, and with two."""


class PowerGone(Exception):
    """The program ends here."""


Bag = Callable[..., tuple[Desk, str, VirtualCard]]


@pytest.fixture
def bag(tmp_path: Path) -> Iterator[Bag]:
    """Opens a desk with a paid batch of one card, before a reader of some dialect."""
    with ExitStack() as stack:

        def opened(dialect: str = "acs") -> tuple[Desk, str, VirtualCard]:
            repeat_chance()
            desk = open_desk(tmp_path, reader=VirtualReader(dialect=dialect))
            stack.callback(desk.station.store.close)
            batch_id = put_batch(desk, [line(HOME, 2)])
            pay_batch(desk.station, batch_id, tender=Tender.CASH, money=Money.of_yuan("100"))
            return desk, batch_id, card_of(HOME)

        yield opened


def _cut_once_armed(desk: Desk, batch_id: str, card: VirtualCard) -> None:
    """A cut before the anchor is written and a code presented."""

    def gone(*_: object) -> None:
        raise PowerGone

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(records, "write_anchor", gone)
        with pytest.raises(PowerGone):
            desk.load(batch_id, card)


def _loaded(desk: Desk, batch_id: str, card: VirtualCard, tear: Tear | None = None) -> None:
    card.chip.arm(tear)
    try:
        desk.load(batch_id, card)
    finally:
        card.chip.arm(None)


def _resolved(desk: Desk, card: VirtualCard, tear: Tear | None = None) -> Outcome:
    inserted = desk.insert(card)
    card.chip.arm(tear)
    try:
        return resolve_card(desk.station, inserted).outcome
    finally:
        card.chip.arm(None)
        inserted.close()


METER = "passing"
ONCE = [METER, "forced", "code", "passing", "forced"]
TWICE = [METER, "forced", "forced", "code", "forced", "forced"]


@pytest.mark.parametrize(("dialect", "happens"), [("acs", ONCE), ("omnikey", TWICE)])
def test_an_attempt_is_on_the_disk_before_it_is_made(
    bag: Bag, monkeypatch: pytest.MonkeyPatch, dialect: str, happens: list[str]
) -> None:
    """Where tries are counted, with *armed*; the seal then carries that it was accepted."""
    desk, batch_id, card = bag(dialect)
    told: list[str] = []

    def heard(owner: Any, name: str, word: str) -> None:
        call: Callable[..., Any] = getattr(owner, name)

        def hear(*given: Any, **named: Any) -> Any:
            told.append(word)
            return call(*given, **named)

        monkeypatch.setattr(owner, name, hear)

    heard(Store, "unit", "forced")
    heard(Store, "passing_unit", "passing")
    heard(CodedChip, "unlock", "code")
    _loaded(desk, batch_id, card)
    assert told == happens
    assert verify(desk.station).ok


@pytest.mark.parametrize("dialect", ["acs", "omnikey"])
def test_a_cut_between_armed_and_the_code_goes_on(bag: Bag, dialect: str) -> None:
    """A reader that cannot tell how many tries are left takes no attempt for made that was not."""
    desk, batch_id, card = bag(dialect)
    _cut_once_armed(desk, batch_id, card)
    assert desk.states()[-1] == "armed"
    assert _resolved(desk, card) is Outcome.SEALED
    assert verify(desk.station).ok


def test_what_was_cut_before_all_tries_were_seen_again_costs_no_retry(bag: Bag) -> None:
    """Armed and cut before the code, then cut within it: ours is the one try that is missing."""
    desk, batch_id, card = bag()
    _cut_once_armed(desk, batch_id, card)
    with pytest.raises(LinkFailed):
        _resolved(desk, card, IN_THE_CODE)
    assert card.chip.security[0] == TWO
    assert _resolved(desk, card) is Outcome.SEALED
    assert card.chip.security[0] == ALL


def test_a_code_whose_acceptance_was_lost_is_tried_again_once(
    bag: Bag, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That it was accepted was not on the disk when the power went: all tries are there again."""
    desk, batch_id, card = bag()
    note = loading.note_attempt

    def forgetful(station: Any, intent: Any, event: Attempt, *given: Any) -> None:
        if event is not Attempt.ACCEPTED:
            note(station, intent, event, *given)

    monkeypatch.setattr(loading, "note_attempt", forgetful)
    with pytest.raises(OutcomeUnknown):
        _loaded(desk, batch_id, card, IN_THE_AMOUNT)
    assert card.chip.security[0] == ALL
    with pytest.raises(LinkFailed):
        _resolved(desk, card, IN_THE_CODE)
    assert _resolved(desk, card) is Outcome.SEALED


def test_a_try_that_a_stranger_used_after_our_load_is_not_ours(bag: Bag) -> None:
    desk, batch_id, card = bag()
    _loaded(desk, batch_id, card)
    card.chip.security[0] = TWO
    inserted = desk.insert(card)
    with pytest.raises(Refusal, match="code_tries_low"):
        ensure_unlockable(desk.station, inserted)
    inserted.close()
