"""Among what is open: cards kept for their households, and money of a running batch in doubt."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from cardstation.domain.batch_life import Stage
from cardstation.domain.custody import Explanation, Party, Why
from cardstation.domain.exception_case import Act, Kind, Proof, Who
from cardstation.domain.guides import IN_DOUBT
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.shift import Approval
from cardstation.services.batch_account import batch_account
from cardstation.services.begin_remainder import begin_remainder
from cardstation.services.close_batch import close_batch
from cardstation.services.custody_state import custody_state
from cardstation.services.exceptions_state import exceptions_state
from cardstation.services.explain_card import explain_card
from cardstation.services.intent.cases import Case
from cardstation.services.pay_batch import pay_batch
from cardstation.services.return_remainder import return_remainder
from cardstation.services.run_batch import start_batch
from cardstation.services.shift_state import shift_state
from cardstation.services.verify import verify
from tests.kit.handing import hand
from tests.kit.shifts import ANNA, CHIEF, RestartableClock, desk_on_duty
from tests.kit.station import Desk, card_of, line, neighbours, open_desk, put_batch

HOMES = neighbours(2)
SECOND = Approval(CHIEF)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = desk_on_duty(tmp_path, households=HOMES)
    yield opened
    opened.station.store.close()


def later(desk: Desk, **by: float) -> None:
    clock = desk.station.clock
    assert isinstance(clock, RestartableClock)
    clock.run(**by)


def kept(desk: Desk) -> list[Case]:
    return [one for one in exceptions_state(desk.station) if one.code.startswith("kept_")]


def came_back(desk: Desk, why: Why) -> str:
    """A bag was run and went home; its second card came back, as nobody took it."""
    batch = put_batch(desk, [line(home, row) for row, home in enumerate(HOMES, 1)])
    pay_batch(desk.station, batch, tender=Tender.CASH, money=Money(20_000))
    hand(desk.station, batch, Party.MANAGER, Party.DESK)
    for home in HOMES:
        desk.load(batch, card_of(home))
    hand(desk.station, batch, Party.DESK, Party.MANAGER)
    assert kept(desk) == []
    later(desk, minutes=10)
    explain_card(desk.station, batch, Explanation(why, (2,)))
    return batch


def fetched(desk: Desk, batch: str, place: int) -> None:
    hand(desk.station, batch, Party.DESK, Party.RESIDENT, places=(place,))


@pytest.mark.parametrize(
    ("why", "step"),
    [
        (Why.ABSENT, "hand_absent"),
        (Why.SEALED_OFF, "hand_sealed_off"),
    ],
)
def test_a_card_kept_here_is_somebodys_until_its_household_signed_for_it(
    desk: Desk, why: Why, step: str
) -> None:
    batch = came_back(desk, why)
    later(desk, hours=1)
    [one] = kept(desk)
    assert (one.kind, one.code, one.owner, one.age_min) == (Kind.LINE, f"kept_{why}", ANNA, 60)
    assert (one.place, one.card_no, one.who.split()[0]) == (2, HOMES[1].card_no, HOMES[1].name)
    assert one.due == desk.station.clock.now() + timedelta(days=7, hours=-1)
    assert (one.guide.step.code, one.guide.step.proof) == (step, Proof.SIGNATURE)
    assert one.actions == (Act.HAND_BACK, Act.EXPLAIN)
    fetched(desk, batch, 2)
    assert kept(desk) == []
    close_batch(desk.station, batch)
    assert verify(desk.station).ok


def test_two_persons_may_say_that_it_lies_here_no_more(desk: Desk) -> None:
    batch = came_back(desk, Why.ABSENT)
    [one] = kept(desk)
    assert one.guide.steps[1].who is Who.TWO
    explain_card(desk.station, batch, Explanation(Why.LOST, (2,)), SECOND)
    assert kept(desk) == []


def test_a_week_without_a_call_is_overdue_and_a_call_on_record_begins_another(desk: Desk) -> None:
    batch = came_back(desk, Why.ABSENT)
    later(desk, days=7, minutes=1)
    assert kept(desk)[0].overdue
    explain_card(desk.station, batch, Explanation(Why.ABSENT, (2,)))
    [one] = kept(desk)
    assert (one.overdue, one.age_min) == (False, 0)


def test_every_kept_card_is_an_item_of_its_own(desk: Desk) -> None:
    batch = came_back(desk, Why.SEALED_OFF)
    explain_card(desk.station, batch, Explanation(Why.ABSENT, (1,)))
    assert {(one.place, one.code) for one in kept(desk)} == {
        (1, "kept_absent"),
        (2, "kept_sealed_off"),
    }
    fetched(desk, batch, 1)
    assert [one.place for one in kept(desk)] == [2]


# ── money of a batch that runs ──


class Here:
    """A desk that is switched off and on again."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self.desk = open_desk(home, households=HOMES)

    def start_again(self) -> Desk:
        self.desk.station.store.close()
        self.desk = open_desk(self._home)
        return self.desk


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Here]:
    made = Here(tmp_path)
    yield made
    made.desk.station.store.close()


def in_doubt(desk: Desk) -> list[Case]:
    return [one for one in exceptions_state(desk.station) if one.code == IN_DOUBT]


def running(desk: Desk) -> tuple[str, str]:
    """Two payments of a batch that runs; the second has a rest. Returns batch and that payment."""
    batch = put_batch(desk, [line(home, row) for row, home in enumerate(HOMES, 1)])
    for fen in (10_000, 25_000):
        pay_batch(desk.station, batch, tender=Tender.CASH, money=Money(fen))
    start_batch(desk.station, batch)
    assert custody_state(desk.station, batch).stage is Stage.RUNNING
    return batch, batch_account(desk.station, batch).payments[1].payment.payment_id


def test_a_rest_begun_to_go_back_while_the_batch_runs_is_asked_about_after_a_cut(
    here: Here,
) -> None:
    batch, payment = running(here.desk)
    assert not begin_remainder(here.desk.station, batch, payment, Money(5_000))
    assert in_doubt(here.desk) == [], "nobody was away: nobody is asked"
    desk = here.start_again()
    assert custody_state(desk.station, batch).stage is Stage.RUNNING
    [one] = in_doubt(desk)
    assert (one.kind, one.money, one.batch_id) == (Kind.MONEY, Money(15_000), batch)
    assert one.values["intent_id"] == payment
    assert (one.guide.step.proof, one.actions) == (Proof.SLIP, (Act.GIVE_BACK,))
    assert one.until_shift_ends
    [signed_over] = shift_state(desk.station).open_items
    assert (signed_over.subject, signed_over.code) == (payment, IN_DOUBT)
    assert (signed_over.money, signed_over.batch_id) == (one.money, batch)
    slip = "slip 12 of yesterday signed"
    return_remainder(desk.station, batch, payment, Money(5_000), SECOND, found=slip)
    assert in_doubt(desk) == []
    assert shift_state(desk.station).open_items == ()
    assert custody_state(desk.station, batch).stage is Stage.RUNNING
    assert verify(desk.station).ok


def test_a_rest_that_nobody_began_to_give_back_is_no_question(here: Here) -> None:
    running(here.desk)
    desk = here.start_again()
    assert in_doubt(desk) == []
    assert shift_state(desk.station).open_items == ()


def test_of_a_batch_that_ended_the_doubt_stands_on_its_money_once(here: Here) -> None:
    desk = here.desk
    batch, payment = running(desk)
    hand(desk.station, batch, Party.MANAGER, Party.DESK)
    for home in HOMES:
        desk.load(batch, card_of(home))
    hand(desk.station, batch, Party.DESK, Party.MANAGER)
    begin_remainder(desk.station, batch, payment, Money(5_000))
    desk = here.start_again()
    found = [one for one in exceptions_state(desk.station) if one.kind is Kind.MONEY]
    assert [(one.code, one.state) for one in found] == [("batch_money_open", IN_DOUBT)]
