"""Files older than what was done here, meters that were replaced, answers that came late."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cardstation.domain.batch import Verdict
from cardstation.domain.household import Household
from cardstation.domain.meter import Meter
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.volume import Volume
from cardstation.errors import Refusal
from cardstation.services import top_up as selling
from cardstation.services.batch_account import batch_account
from cardstation.services.import_directory import import_directory
from cardstation.services.pay_batch import pay_batch
from cardstation.services.pay_out import pay_out
from cardstation.services.refund import request_refund
from cardstation.services.rejoin import rejoin
from cardstation.services.resolve import resolve_card
from cardstation.services.return_load import return_load
from cardstation.services.settle_arrears import settle_arrears
from cardstation.services.sync import sync
from cardstation.services.verify import verify
from tests.kit.desk import StandingClock
from tests.kit.exported import exported
from tests.kit.memory_ledger import Centre
from tests.kit.station import Desk, card_of, line, neighbours, nobody, open_desk, put_batch, take
from tests.kit.two_desks import HOME, SECOND, with_card
from tests.kit.two_stations import line_of, open_station, told, two_stations

NEW_METER = Meter("QM9999999999", HOME.meter.kind, None)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = open_desk(tmp_path)
    yield made
    made.reader.pull()
    made.station.store.close()


def counted(desk: Desk, account_no: str = HOME.account_no) -> tuple[int, str]:
    home = desk.household(account_no)
    return home.purchase_counter, home.bought_this_year.m3


def test_a_file_from_before_a_return_brings_neither_counter_nor_gas_back(
    desk: Desk, tmp_path: Path
) -> None:
    """The card stands at the freed counter: with the other on file it would be refused for ever."""
    card = card_of(HOME)
    desk.sell(card)
    desk.reader.pull()
    between = exported(tmp_path / "night.csv", desk.household())
    back = with_card(desk, card, return_load, SECOND, nobody, reading="photo 1")
    pay_out(desk.station, back.topup_id, SECOND)
    before = counted(desk)
    import_directory(desk.station, between)
    assert counted(desk) == before == (50, "416.8")
    desk.sell(card)
    assert counted(desk) == (51, "445.8")
    assert verify(desk.station).ok


def test_what_another_desk_sold_since_a_return_counts(desk: Desk, tmp_path: Path) -> None:
    card = card_of(HOME)
    desk.sell(card)
    desk.reader.pull()
    with_card(desk, card, return_load, SECOND, nobody, reading="photo 1")
    more = replace(HOME, purchase_counter=52, bought_this_year=Volume.of_m3("500"))
    import_directory(desk.station, exported(tmp_path / "newer.csv", more))
    assert counted(desk) == (52, "500")


def test_the_december_file_taken_in_in_january_is_of_december(tmp_path: Path) -> None:
    clock = StandingClock()
    desk = open_desk(tmp_path, clock=clock)
    december = exported(tmp_path / "december.csv", desk.household(), day="2026-12-31")
    clock.at = clock.at.replace(year=2027, month=1, day=2)
    import_directory(desk.station, december)
    assert desk.household().bought_in(2027) == Volume(0)
    desk.sell(card_of(HOME))
    sold = desk.household().bought_in(2027)
    assert sold > Volume(0)
    desk.reader.pull()
    import_directory(desk.station, december)
    assert desk.household().bought_in(2027) == sold
    desk.station.store.close()


def replaced(desk: Desk, folder: Path) -> Household:
    """The directory says that the household has another meter now."""
    new = replace(desk.household(), meter=NEW_METER, purchase_counter=0)
    import_directory(desk.station, exported(folder / "newest.csv", new))
    return new


def refused_by_its_code(desk: Desk, card: object) -> None:
    """Paid and armed; the card's code has too few tries left to be presented."""
    card.chip.security[0] = 3  # type: ignore[attr-defined]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(selling, "ensure_unlockable", lambda *_: None)
        with pytest.raises(Refusal, match="code_tries_low"):
            desk.sell(card)  # type: ignore[arg-type]
    card.chip.security[0] = 7  # type: ignore[attr-defined]
    desk.reader.pull()


def test_no_gas_is_written_for_a_meter_that_was_replaced_meanwhile(
    desk: Desk, tmp_path: Path
) -> None:
    card = card_of(HOME)
    refused_by_its_code(desk, card)
    new = replaced(desk, tmp_path)
    with pytest.raises(Refusal, match="card_differs_from_file"):
        with_card(desk, card, resolve_card)
    asked = with_card(desk, card, request_refund, SECOND)
    pay_out(desk.station, asked.topup_id, SECOND)
    assert counted(desk)[0] == 0
    desk.sell(card_of(new), "50")
    assert counted(desk)[0] == 1
    assert verify(desk.station).ok


def test_a_load_for_a_meter_that_was_replaced_before_it_took_it_is_taken_back(
    desk: Desk, tmp_path: Path
) -> None:
    card = card_of(HOME)
    desk.sell(card)
    desk.reader.pull()
    new = replaced(desk, tmp_path)
    back = with_card(desk, card, return_load, SECOND, nobody, reading="photo 7")
    pay_out(desk.station, back.topup_id, SECOND)
    assert counted(desk) == (0, "416.8"), "the new meter's count is its own"
    desk.sell(card_of(new), "50")
    assert verify(desk.station).ok


def test_a_debt_that_is_collected_while_the_ledger_is_asked_stays_collected(
    tmp_path: Path,
) -> None:
    owes = replace(HOME, arrears=Money(3460))
    with two_stations(tmp_path, households=[owes]) as (here, there, _):
        card = card_of(owes)
        there.sell(card)
        there.reader.pull()
        with here.station.store.unit() as unit:
            unit.households.update(replace(here.household(), purchase_counter=51))
            unit.commit()
        with_card(there, card, return_load, SECOND, nobody, reading="photo 1")
        told(there)
        row = replace(line(owes, 2), verdict=Verdict.HUMAN, reasons=("arrears",))
        batch = put_batch(here, [row])
        pay_batch(here.station, batch, tender=Tender.CASH, money=Money(14_000))
        payment = batch_account(here.station, batch).payments[0].payment.payment_id
        asked, collected = [], []

        def meanwhile(name: str) -> None:
            """At the second question, what became of the load that the card lacks."""
            asked.extend([name] if name == "ledger.loads" else [])
            if len(asked) == 2 and not collected:
                paid = settle_arrears(here.station, batch, 1, payment, "signed")
                collected.append(paid.money)

        line_of(here).boundary = meanwhile
        here.sell(card)
        line_of(here).boundary = lambda _: None
        assert collected == [owes.arrears]
        assert here.household().arrears == Money(0)
        with pytest.raises(Refusal, match="no_arrears"):
            settle_arrears(here.station, batch, 1, payment, "signed")


def test_a_new_disk_counts_no_gas_twice_that_the_newest_directory_has(tmp_path: Path) -> None:
    """Nor does the counter of the meter that is gone hold up the card of the new one."""
    centre, clock = Centre(), StandingClock()
    other = replace(neighbours(1)[0], bought_this_year=Volume.of_m3("300"))
    desk = open_station(tmp_path, centre, "S001", clock=clock, households=[HOME, other])
    cards = card_of(HOME), card_of(other)
    for card in cards:
        desk.sell(card)
        desk.reader.pull()
        take(card)
    new = replaced(desk, tmp_path)
    fresh = card_of(new)
    desk.sell(fresh, "50")
    desk.reader.pull()
    take(fresh)
    told(desk)
    before = counted(desk), counted(desk, other.account_no)
    newest = exported(tmp_path / "all.csv", desk.household(), desk.household(other.account_no))
    desk.station.store.close()
    (tmp_path / "S001").rename(tmp_path / "gone")
    desk = open_station(
        tmp_path, centre, "S001", clock=clock, households=[replace(neighbours(3)[2])]
    )
    import_directory(desk.station, newest)
    rejoin(desk.station, SECOND)
    assert (counted(desk), counted(desk, other.account_no)) == before
    assert before[0][0] == 1
    desk.sell(fresh, "50")
    desk.reader.pull()
    sync(desk.station)
    assert verify(desk.station).ok
    desk.station.store.close()
