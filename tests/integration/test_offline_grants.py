"""Signed, expiring grants: what a desk loads before the ledger hears of it, and nothing beyond."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from cardstation.domain.ledger import EntryKind, Order
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.offline_grant import MOST_FEN, GrantTold, Terms
from cardstation.domain.payment import Tender
from cardstation.domain.shift import Approval
from cardstation.errors import (
    LedgerRefused,
    LedgerUnreachable,
    LinkFailed,
    OutcomeUnknown,
    Refusal,
)
from cardstation.ports.ledger import LedgerHead, SignedGrant
from cardstation.services.load_prepaid import load_prepaid
from cardstation.services.pay_batch import pay_batch
from cardstation.services.refund import request_refund
from cardstation.services.sync import sync
from cardstation.services.sync_state import sync_state
from drivers.virtual import Moment, Tear
from tests.kit.granted_desk import (
    HOMES,
    clock_of,
    cut_off,
    granted,
    granted_desk,
    heard,
    refused,
    standing,
)
from tests.kit.grants import terms
from tests.kit.station import Desk, card_of, line, nobody, open_desk, put_batch


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    found = granted_desk(tmp_path)
    yield found
    found.station.store.close()


def test_a_utility_that_decided_nothing_has_desks_that_sell_as_ever(desk: Desk) -> None:
    sync(desk.station)
    desk.ledger.boundary = cut_off
    clock_of(desk).run(days=40)
    for home in range(3):
        desk.sell(card_of(HOMES[home]))
    assert sync_state(desk.station).grant is None


def test_unheard_money_stops_at_the_grant_and_contact_gives_it_anew(desk: Desk) -> None:
    granted(desk, terms(250))
    desk.sell(card_of(HOMES[0]))
    desk.sell(card_of(HOMES[1]))
    assert refused(desk, 2) == "grant_used_up"
    assert (standing(desk).left, standing(desk).waits) == (NO_MONEY, "")
    desk.ledger.boundary = heard
    sync(desk.station)
    desk.ledger.boundary = cut_off
    assert standing(desk).left == Money(20_000)
    desk.sell(card_of(HOMES[2]))


def test_a_desk_that_is_heard_is_never_refused(desk: Desk) -> None:
    """Its grant is nothing, is over, too small, of an older boot, its list too old: the ledger
    answers, so nothing stays unheard."""
    granted(desk, Terms(NO_MONEY, 0, NO_MONEY, 0))
    desk.ledger.boundary = heard
    for home in range(3):
        desk.sell(card_of(HOMES[home]), "300")
    clock_of(desk).run(hours=1)
    clock_of(desk).restart()
    desk.sell(card_of(HOMES[3]))
    desk.ledger.boundary = cut_off
    assert refused(desk, 4) == "grant_over"


@pytest.mark.parametrize("status", ["suspended", "revoked"])
def test_a_station_that_may_not_speak_is_not_heard(desk: Desk, status: str) -> None:
    """Nothing is unsent, so nothing it sends is refused: its head alone says that it is stopped."""
    granted(desk, Terms(NO_MONEY, 0, NO_MONEY, 0))
    desk.ledger.boundary = heard
    desk.sell(card_of(HOMES[0]))
    sync(desk.station)
    desk.ledger.centre.chains["S001"].status = status
    assert [refused(desk, 1) for _ in range(2)] == ["selling_frozen"] * 2
    assert sync_state(desk.station).verdict == f"station_{status}"
    desk.ledger.centre.chains["S001"].status = "active"
    sync(desk.station)
    desk.sell(card_of(HOMES[1]))
    assert sync_state(desk.station).verdict == ""


def test_a_stopped_station_sends_all_when_it_is_active_again(desk: Desk) -> None:
    desk.ledger.boundary = heard
    desk.sell(card_of(HOMES[0]))
    desk.ledger.centre.chains["S001"].status = "suspended"
    with pytest.raises(LedgerRefused, match="station_suspended"):
        sync(desk.station)
    unsent = sync_state(desk.station).unsent
    assert unsent
    desk.ledger.centre.chains["S001"].status = "active"
    assert (sync(desk.station).unsent, sync_state(desk.station).verdict) == (0, "")


def test_hours_end_it_and_contact_renews_them(desk: Desk) -> None:
    granted(desk, terms(hours=8))
    clock_of(desk).run(hours=7, minutes=59)
    desk.sell(card_of(HOMES[0]))
    clock_of(desk).run(minutes=1)
    assert refused(desk, 1) == "grant_over"
    desk.ledger.boundary = heard
    sync(desk.station)
    desk.ledger.boundary = cut_off
    desk.sell(card_of(HOMES[1]))


@pytest.mark.parametrize("wrong", [timedelta(minutes=-4), timedelta(hours=9), timedelta(days=20)])
def test_the_wall_clock_of_the_desk_neither_gives_hours_nor_takes_them(
    desk: Desk, wrong: timedelta
) -> None:
    clock = clock_of(desk)
    true = desk.ledger.centre.now()
    granted(desk, terms(hours=8))
    clock.at = true + wrong
    assert standing(desk).hours_left == 8
    clock.ran_ns += 7 * 3_600 * 10**9
    assert standing(desk).hours_left == 1
    clock.ran_ns += 3_600 * 10**9
    assert standing(desk).waits == "grant_over"


@pytest.mark.parametrize(
    "wrong", [timedelta(minutes=-40), timedelta(minutes=40), timedelta(days=9)]
)
def test_a_wrong_clock_of_the_centre_takes_no_hour(desk: Desk, wrong: timedelta) -> None:
    """An honest hall: its grant's time lies between two moments of one clock, whichever it is."""
    desk.ledger.centre.now = lambda: clock_of(desk).at + wrong
    granted(desk, terms(hours=8))
    assert standing(desk).hours_left == 8
    desk.sell(card_of(HOMES[0]))


def test_what_else_the_ledger_cannot_answer_stops_nobody_who_was_heard(desk: Desk) -> None:
    granted(desk, Terms(NO_MONEY, 0, NO_MONEY, 0))
    desk.ledger.boundary = lambda name: cut_off(name) if name == "ledger.orders" else None
    desk.sell(card_of(HOMES[0]))
    assert "sealed" in desk.states()


def test_just_heard_has_an_age(desk: Desk) -> None:
    """The lid closes while the ledger answers, and opens when nobody knows what it would say."""
    granted(desk, Terms(NO_MONEY, 0, NO_MONEY, 0))
    desk.ledger.boundary = lambda _name: clock_of(desk).run(days=30)
    assert refused(desk, 0) == "grant_over"


def test_a_list_of_another_history_is_not_the_newest(desk: Desk) -> None:
    """Books that were put back give the number of a lost list to another one."""
    granted(desk, terms(hours=48, list_hours=5))
    desk.ledger.centre.grants.listed = (0, "cd" * 32)
    clock_of(desk).run(hours=3)
    granted(desk, terms(hours=48, list_hours=5))
    desk.sell(card_of(HOMES[0]))
    clock_of(desk).run(hours=2)
    assert refused(desk, 1) == "grant_list_old"


def test_one_card_takes_no_more_than_its_part(desk: Desk) -> None:
    granted(desk, terms(card_yuan=150))
    assert refused(desk, 0, "200") == "grant_card_cap"
    desk.sell(card_of(HOMES[0]))
    desk.sell(card_of(HOMES[1]))


def test_an_old_list_of_blocked_cards_stops_it(desk: Desk) -> None:
    granted(desk, terms(hours=48, list_hours=5))
    clock_of(desk).run(hours=4)
    desk.sell(card_of(HOMES[0]))
    clock_of(desk).run(hours=1)
    assert refused(desk, 1) == "grant_list_old"


def test_a_list_that_did_not_come_along_is_as_old_as_its_last_word(desk: Desk) -> None:
    granted(desk, terms(hours=48, list_hours=5))
    clock_of(desk).run(hours=3)
    desk.ledger.centre.grants.listed = (1, "ab" * 32)
    granted(desk, terms(hours=48, list_hours=5))
    clock_of(desk).run(hours=1)
    desk.sell(card_of(HOMES[0]))
    clock_of(desk).run(hours=1)
    assert refused(desk, 1) == "grant_list_old"


def test_a_list_nobody_knows_the_age_of_is_too_old(desk: Desk) -> None:
    desk.ledger.centre.grants.listed = (1, "ab" * 32)
    granted(desk, terms())
    assert refused(desk, 0) == "grant_list_old"


def test_paid_orders_are_no_money_and_rest_on_their_lease(desk: Desk) -> None:
    order = Order("O1", HOMES[0].account_no, 10_000, 35_000, "T", 3, "S001")
    desk.ledger.centre.sell_online(order)
    granted(desk, Terms(NO_MONEY, 0, NO_MONEY, 0))
    with desk.station.store.reading() as reading:
        expected = reading.orders.get("O1")
    assert expected is not None
    with closing(desk.insert(card_of(HOMES[0]))) as card:
        counter = card.content.credit.purchase_counter if card.content.credit else 0
        bound = replace(order, expected_counter=counter)
    desk.ledger.boundary = heard
    desk.ledger.centre.bind_order("O1", replace(bound, order_id="O2"))
    granted(desk, terms(150))
    with closing(desk.insert(card_of(HOMES[0]))) as card:
        load_prepaid(desk.station, card, "O2", nobody)
    assert standing(desk).left == Money(10_000)
    with desk.station.store.reading() as reading:
        armed = [one.entry for one in reading.journal.every() if one.entry.kind == "armed"]
    assert [one.witness for one in armed] == [""]


def test_the_debit_names_its_grant_in_the_entry_that_is_sent(desk: Desk) -> None:
    granted(desk, terms())
    desk.sell(card_of(HOMES[0]))
    number = standing(desk).number
    with desk.station.store.reading() as reading:
        armed = [one.entry for one in reading.journal.every() if one.entry.kind == EntryKind.ARMED]
    assert [one.witness for one in armed] == [f"grant {number}"]


def test_lines_of_a_batch_wait_and_their_money_stays_in_it(desk: Desk) -> None:
    granted(desk, terms(150))
    batch_id = put_batch(desk, [line(HOMES[0], 4), line(HOMES[1], 5)])
    pay_batch(desk.station, batch_id, tender=Tender.CASH, money=Money(20_000))
    desk.load(batch_id, card_of(HOMES[0]))
    before = desk.kinds()
    with pytest.raises(Refusal) as stop:
        desk.load(batch_id, card_of(HOMES[1]))
    assert (stop.value.code, desk.kinds()) == ("grant_used_up", before)
    desk.ledger.boundary = heard
    desk.load(batch_id, card_of(HOMES[1]))


def told(desk: Desk, **changes: object) -> LedgerHead:
    """The ledger's next answer with another grant in it."""
    head = desk.ledger.head()
    assert head.grant is not None
    grant = replace(head.grant.told.grant, **changes)  # type: ignore[arg-type]  # of a grant
    return replace(head, grant=SignedGrant(GrantTold(grant, head.grant.told.now_us, "")))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"station": "S002"}, "grant_not_ours"),
        ({"epoch": 2}, "grant_not_ours"),
        ({"key": "ab" * 32}, "grant_not_ours"),
    ],
)
def test_a_grant_for_somebody_else_is_refused_and_that_is_on_record(
    desk: Desk, changes: dict[str, object], code: str, tmp_path: Path
) -> None:
    """The very first one: why is known after a restart too, and the desk is not free of grants."""
    desk.ledger.centre.grants.allow("S001", terms())
    answer = told(desk, **changes)
    desk.ledger._head = lambda: answer  # type: ignore[method-assign]  # what the ledger says
    sync(desk.station)
    desk.ledger.boundary = cut_off
    desk.station.store.close()
    again = open_desk(tmp_path, clock=desk.clock, ledger=desk.ledger)
    try:
        found = standing(again)
        assert (found.refused, found.number, found.waits) == (code, 0, "grant_missing")
        assert refused(again, 0) == "grant_missing"
    finally:
        again.station.store.close()


def test_a_lower_number_is_never_taken(desk: Desk) -> None:
    granted(desk, terms(250))
    number = standing(desk).number
    desk.ledger.boundary = heard
    answer = told(desk, number=number - 1, terms=terms(100_000))
    desk.ledger._head = lambda: answer  # type: ignore[method-assign]  # what the ledger says
    sync(desk.station)
    found = standing(desk)
    assert (found.number, found.money, found.refused) == (number, Money(25_000), "grant_older")


def test_the_same_number_never_says_more(desk: Desk) -> None:
    granted(desk, terms(250))
    desk.ledger.boundary = heard
    answer = told(desk, terms=terms(100_000))
    desk.ledger._head = lambda: answer  # type: ignore[method-assign]  # what the ledger says
    sync(desk.station)
    assert standing(desk).money == Money(25_000)


def test_the_same_grant_said_again_runs_no_longer(desk: Desk) -> None:
    granted(desk, terms(hours=1))
    clock_of(desk).run(minutes=9)
    granted(desk, terms(hours=1))
    clock_of(desk).run(minutes=51)
    assert standing(desk).waits == "grant_over"


def test_a_ledger_that_lost_entries_gives_nothing_twice(desk: Desk) -> None:
    """What it has to hear again counts again, until it has heard it."""
    granted(desk, terms(250))
    desk.sell(card_of(HOMES[0]))
    desk.sell(card_of(HOMES[1]))
    granted(desk, terms(250))
    desk.ledger.centre.back_from_backup("S001", 0)
    desk.ledger.boundary = heard
    with pytest.raises(LedgerRefused, match="ledger_rewound"):
        sync(desk.station)
    assert refused(desk, 2) == "selling_frozen"
    desk.ledger.centre.ask_again("S001")
    desk.ledger.boundary = lambda name: cut_off(name) if name == "ledger.push" else None
    with pytest.raises(LedgerUnreachable):
        sync(desk.station)
    desk.ledger.boundary = cut_off
    with desk.station.store.unit() as unit:
        unit.outbox.judge("", desk.clock.now())
        unit.commit()
    assert refused(desk, 2) == "grant_used_up"


def test_a_desk_whose_ledger_was_taken_away_still_needs_its_grant(desk: Desk) -> None:
    granted(desk, terms(250))
    desk.station = replace(desk.station, ledger=None)
    desk.sell(card_of(HOMES[0]))
    desk.sell(card_of(HOMES[1]))
    assert refused(desk, 2) == "grant_used_up"
    clock_of(desk).run(hours=25)
    assert refused(desk, 2) == "grant_over"


def test_a_desk_whose_ledger_was_taken_away_pays_nothing_back_that_others_may_have(
    desk: Desk,
) -> None:
    """It had a ledger once: another desk may have finished what was armed here."""
    sync(desk.station)
    card = card_of(HOMES[0])
    card.chip.arm(Tear(0, Moment.BEFORE))
    with pytest.raises((OutcomeUnknown, LinkFailed)):
        desk.sell(card)
    card.chip.arm(None)
    sync(desk.station)
    desk.station = replace(desk.station, ledger=None)
    with closing(desk.insert(card)) as inserted, pytest.raises(Refusal) as stop:
        request_refund(desk.station, inserted, Approval("chief"))
    assert stop.value.code == "refund_needs_ledger"


def test_the_largest_figures_are_figures(desk: Desk) -> None:
    granted(desk, Terms(Money(MOST_FEN), 24 * 31, Money(MOST_FEN), 24 * 366))
    desk.sell(card_of(HOMES[0]))
    assert standing(desk).hours_left == 24 * 31


@pytest.mark.parametrize("figure", [-1, MOST_FEN + 1, 2**63])
def test_no_other_figures_are_terms(figure: int) -> None:
    with pytest.raises(ValueError, match="out of range"):
        Terms(Money(figure), 1, Money(1), 1)
    with pytest.raises(ValueError, match="out of range"):
        Terms(Money(1), 1, Money(figure), 1)
    with pytest.raises(ValueError, match="out of range"):
        Terms(Money(1), figure, Money(1), 1)
    with pytest.raises(ValueError, match="out of range"):
        Terms(Money(1), 1, Money(1), figure)
