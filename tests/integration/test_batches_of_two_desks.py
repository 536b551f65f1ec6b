"""Two desks take in their lists on the same day: neither's money or lines are the other's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cardstation.domain.batch import LineState
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.payment import Tender
from cardstation.errors import OutcomeUnknown, Refusal
from cardstation.services.batch_state import batch_state
from cardstation.services.open_intents import open_intents
from cardstation.services.pay_batch import pay_batch
from cardstation.services.release_line import release_line
from cardstation.services.resolve import Outcome, resolve_card
from cardstation.services.return_load import return_load
from drivers.virtual import VirtualCard
from tests.kit.lists import list_row, taken
from tests.kit.station import Desk, card_of, neighbours, nobody, take
from tests.kit.two_desks import SECOND, TORN_IN_PAYLOAD, Pair, proved, with_card
from tests.kit.two_stations import told, two_stations

HOMES = neighbours(4)
PAID = Money.of_yuan("200")


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    with two_stations(tmp_path, households=HOMES) as opened:
        yield opened


def paid_list(desk: Desk, first: int) -> str:
    """The day's first list of a desk, of two households, paid for in one sum."""
    homes = HOMES[first : first + 2]
    batch_id = taken(desk.station, [list_row(home) for home in homes]).batch_id
    pay_batch(desk.station, batch_id, tender=Tender.CASH, money=PAID)
    return batch_id


def torn_line(desk: Desk, batch_id: str) -> VirtualCard:
    """The card of the first line, pulled while it was written."""
    card = card_of(HOMES[0])
    card.chip.arm(TORN_IN_PAYLOAD)
    with pytest.raises(OutcomeUnknown):
        desk.load(batch_id, card)
    card.chip.arm(None)
    desk.reader.pull()
    told(desk)
    return card


def states(desk: Desk, batch_id: str) -> list[LineState]:
    return [one.state for one in batch_state(desk.station, batch_id).outcomes]


def test_the_money_of_two_lists_lies_in_two_accounts(pair: Pair) -> None:
    one, other, centre = pair
    ours, theirs = paid_list(one, 0), paid_list(other, 2)
    told(one, other)
    held = {name: fen for name, fen in centre.balances.items() if name.startswith("unallocated:")}
    assert held == {f"unallocated:{ours}": -PAID.fen, f"unallocated:{theirs}": -PAID.fen}


def test_a_line_finished_for_another_desk_is_none_of_our_own_list(pair: Pair) -> None:
    one, other, centre = pair
    ours, theirs = paid_list(one, 0), paid_list(other, 2)
    card = torn_line(one, ours)
    assert with_card(other, card, resolve_card).outcome is Outcome.SEALED
    told(other, one)
    assert states(other, theirs) == [LineState.WAITING, LineState.WAITING]
    other.load(theirs, card_of(HOMES[2]))
    release_line(other.station, theirs, 2, "absent")
    told(other, one)
    assert states(one, ours) == [LineState.DONE, LineState.WAITING]
    assert states(other, theirs) == [LineState.DONE, LineState.STOPPED]
    assert batch_state(other.station, theirs).money.remainder == Money.of_yuan("100")
    assert centre.balances["gas_sold"] == -2 * 9744
    proved(one, other)


def test_a_line_is_finished_where_the_same_line_of_another_list_was_loaded(pair: Pair) -> None:
    one, other, _centre = pair
    ours, theirs = paid_list(one, 0), paid_list(other, 2)
    card = torn_line(one, ours)
    other.load(theirs, card_of(HOMES[2]))
    assert with_card(other, card, resolve_card).outcome is Outcome.SEALED
    told(other, one)
    assert states(one, ours) == [LineState.DONE, LineState.WAITING]
    proved(one, other)


def test_the_money_of_anothers_list_does_not_go_back_here(pair: Pair) -> None:
    """The desk that finished the line holds no money for it; the desk that does has no seal."""
    one, other, centre = pair
    ours = paid_list(one, 0)
    card = torn_line(one, ours)
    with_card(other, card, resolve_card)
    told(other, one)
    with pytest.raises(Refusal) as refused:
        with_card(other, card, return_load, SECOND, nobody, reading="photo 1")
    assert (refused.value.code, refused.value.values["station"]) == ("load_of_their_batch", "S001")
    told(other, one)
    assert not open_intents(one.station)
    assert not open_intents(other.station)
    money = batch_state(one.station, ours).money
    assert (money.loaded, money.remainder) == (Money.of_yuan("100"), NO_MONEY)
    assert centre.balances[f"unallocated:{ours}"] == -10_000
    assert take(card).credited
    proved(one, other)
