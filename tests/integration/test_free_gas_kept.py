"""Gas due comes back from its entries; a file that does not know of it changes nothing owed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import timedelta
from pathlib import Path

import pytest

from cardstation.domain.gas_due import GasDue
from cardstation.domain.money import NO_MONEY
from cardstation.domain.payment import Tender
from cardstation.domain.volume import NO_GAS, Volume
from cardstation.errors import OutcomeUnknown
from cardstation.services.dispute import dispute
from cardstation.services.grant_gas import grant_emergency, grant_gas
from cardstation.services.import_directory import import_directory
from cardstation.services.intent.gas_dues import dues_of
from cardstation.services.intent.meter_count import MeterCount
from cardstation.services.load_due import load_due
from cardstation.services.open_intents import open_intents
from cardstation.services.pay_out import pay_out
from cardstation.services.rejoin import rejoin
from cardstation.services.return_load import return_load
from cardstation.services.settle_dispute import Finding, settle_dispute
from cardstation.services.sync import sync
from cardstation.services.verify import verify
from cardstation.services.withdraw_due import withdraw_due
from drivers.virtual import Tear, VirtualCard
from tests.integration.test_rejoin import SECOND, Restored, rows
from tests.kit.exported import exported
from tests.kit.station import Desk, nobody, take

WHY = "the meter never took its last load"


@pytest.fixture
def restored(tmp_path: Path) -> Iterator[Restored]:
    with ExitStack() as opened:
        yield Restored(tmp_path, opened)


def granted(desk: Desk, account_no: str, m3: str = "20") -> GasDue:
    cause, quantity = Tender.MAKE_UP, Volume.of_m3(m3)
    return grant_gas(desk.station, account_no, quantity, cause, "WO-7", SECOND, WHY)


def load(desk: Desk, card: VirtualCard, *, back: bool = False) -> None:
    with closing(desk.insert(card)) as inserted:
        load_due(desk.station, inserted, None, nobody)
        if back:
            return_load(desk.station, inserted, SECOND, nobody)


def test_a_day_of_given_gas_comes_back_from_the_ledger(restored: Restored) -> None:
    """Loaded, owed, taken back and withdrawn: all of it is as it was, and is proven."""
    accounts = [home.account_no for home in restored.homes]
    waiting = granted(restored.desk, accounts[4])
    sync(restored.desk.station)
    restored.backed_up()
    desk, cards = restored.desk, restored.cards
    granted(desk, accounts[0])
    load(desk, cards[0])
    for number, back in ((1, False), (2, True)):
        grant_emergency(desk.station, accounts[number], "call 7", SECOND, WHY)
        load(desk, cards[number], back=back)
    granted(desk, accounts[3])
    load(desk, cards[3], back=True)
    withdraw_due(desk.station, waiting.due_id, SECOND, WHY)
    sync(desk.station)
    before, dues = rows(desk), _dues(desk)
    assert [one.left for one in dues] == [
        *(NO_GAS, NO_GAS, NO_GAS, Volume.of_m3("10"), Volume.of_m3("20")),
    ]
    lost = restored.lost()
    rejoin(lost.station, SECOND)
    after = rows(lost)
    assert (after["households"], after["facts"]) == (before["households"], before["facts"])
    assert (after["receipts"], _dues(lost)) == (before["receipts"], dues)
    owed = [lost.household(no).arrears for no in accounts[1:3]]
    assert (bool(owed[0]), owed[1]) == (True, NO_MONEY)
    found = verify(lost.station)
    assert found.ok, found.disagreements


def test_what_two_people_found_not_loaded_is_due_again_once_that_is_closed(
    restored: Restored,
) -> None:
    """Its card was destroyed half-written: only its meter can say, and no money is handed out."""
    desk, [home, *_] = restored.desk, restored.homes
    grant_emergency(desk.station, home.account_no, "call 7", SECOND, WHY)
    restored.cards[0].chip.arm(Tear(12))
    with pytest.raises(OutcomeUnknown):
        load(desk, restored.cards[0])
    [waiting] = open_intents(desk.station)
    assert (waiting.money, bool(desk.household(home.account_no).arrears)) == (NO_MONEY, True)
    dispute(desk.station, waiting.intent_id, SECOND, "the card went under a lorry")
    read = MeterCount(home.purchase_counter, card_here=True)
    told = (waiting.intent_id, Finding.NOT_LOADED, "meter was read, photo 118", SECOND)
    settle_dispute(desk.station, *told, read)
    assert [one.code for one in open_intents(desk.station)] == ["given_up_open"]
    sync(desk.station)
    assert pay_out(desk.station, waiting.intent_id, SECOND).money == NO_MONEY
    with desk.station.store.reading() as reading:
        assert [one.left for one in dues_of(reading)] == [Volume.of_m3("10")]
    assert desk.household(home.account_no).arrears == NO_MONEY
    assert verify(desk.station).ok


def _dues(desk: Desk) -> list[object]:
    with desk.station.store.reading() as reading:
        return list(dues_of(reading))


def test_a_file_from_before_does_not_know_of_emergency_gas_and_a_newer_one_does(
    restored: Restored, tmp_path: Path
) -> None:
    desk, [home, *_] = restored.desk, restored.homes
    grant_emergency(desk.station, home.account_no, "call 7", SECOND, WHY)
    load(desk, restored.cards[0])
    owed = desk.household(home.account_no).arrears
    assert owed
    today = desk.station.clock.now().date()
    desk.clock.at += timedelta(days=2)
    for days, expected in ((0, owed), (-1, owed), (1, NO_MONEY)):
        day = today + timedelta(days=days)
        import_directory(desk.station, exported(tmp_path / "d.csv", home, day=day.isoformat()))
        assert desk.household(home.account_no).arrears == expected, days
    take(restored.cards[0])
    assert verify(desk.station).ok
