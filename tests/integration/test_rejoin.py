"""A store restored from a backup finds its way back; a copy of it can say nothing any more."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.shift import Approval
from cardstation.domain.topup import TopUpRequest
from cardstation.errors import LedgerRefused, LedgerUnreachable, OutcomeUnknown, Refusal
from cardstation.services import top_up as selling
from cardstation.services.intent.guards import ensure_may_sell
from cardstation.services.open_intents import open_intents
from cardstation.services.pay_batch import pay_batch
from cardstation.services.pay_out import pay_out
from cardstation.services.refund import request_refund
from cardstation.services.rejoin import rejoin
from cardstation.services.resolve import Outcome, resolve_card
from cardstation.services.return_load import return_load
from cardstation.services.sync import sync
from cardstation.services.top_up import top_up
from cardstation.services.verify import verify
from drivers.virtual import Tear, VirtualCard
from tests.kit.memory_ledger import MemoryLedger
from tests.kit.station import Desk, card_of, line, neighbours, nobody, open_desk, put_batch

SECOND = Approval("supervisor")
TORN_AT = 12


class Restored:
    """A desk whose folder was copied before the day, and comes back as the copy after it."""

    def __init__(self, folder: Path, opened: ExitStack) -> None:
        self.folder, self.opened = folder, opened
        self.ledger = MemoryLedger()
        self.homes = neighbours(6)
        self.cards = [card_of(home) for home in self.homes]
        self.desk = self.open("day")

    def open(self, name: str) -> Desk:
        desk = open_desk(self.folder / name, households=self.homes, ledger=self.ledger)
        self.opened.callback(desk.station.store.close)
        return desk

    def backed_up(self) -> None:
        self.desk.station.store.close()
        shutil.copytree(self.folder / "day", self.folder / "backup")
        self.desk = self.open("day")

    def lost(self, name: str = "backup") -> Desk:
        """The machine is gone; the backup is put in its place."""
        self.desk.station.store.close()
        return self.open(name)


@pytest.fixture
def restored(tmp_path: Path) -> Iterator[Restored]:
    with ExitStack() as opened:
        yield Restored(tmp_path, opened)


def rows(desk: Desk) -> dict[str, Any]:
    """Everything a day leaves behind, but what no entry tells (how long money was asked for)."""
    with desk.station.store.reading() as reading:
        return {
            "topups": {one.topup_id: one for one in reading.topups.every()},
            "facts": [(row.topup_id, row.seq) for row in reading.topups.log() if row.seq],
            "receipts": reading.receipts.every(),
            "loads": reading.topups.loads(),
            "households": reading.households.every(),
            "journal": [one.raw for one in reading.journal.every()],
        }


def a_day(restored: Restored) -> None:
    """A sale, one taken back and paid out, one refunded, one torn: armed in the lost tail."""
    desk, cards = restored.desk, restored.cards
    desk.sell(cards[0])
    inserted = desk.insert(cards[1])
    top_up(desk.station, inserted, TopUpRequest(money=Money(10_000)), nobody)
    back = return_load(desk.station, inserted, SECOND, nobody)
    pay_out(desk.station, back.topup_id, SECOND)
    inserted.close()
    asked = stopped(desk, cards[2])
    pay_out(desk.station, asked.topup_id, SECOND)
    cards[3].chip.arm(Tear(TORN_AT))
    with pytest.raises(OutcomeUnknown):
        desk.sell(cards[3])
    cards[3].chip.arm(None)
    sync(desk.station)


def stopped(desk: Desk, card: VirtualCard) -> Any:
    """Paid and armed, never written: asked back by two people."""
    card.chip.security[0] = 3
    inserted = desk.insert(card)
    request = TopUpRequest(money=Money(10_000), tender=Tender.CASH)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(selling, "ensure_unlockable", lambda *_: None)
        with pytest.raises(Refusal):
            top_up(desk.station, inserted, request, nobody)
    asked = request_refund(desk.station, inserted, SECOND)
    inserted.close()
    return asked


def test_everything_comes_back_and_a_new_epoch_begins(restored: Restored) -> None:
    restored.backed_up()
    a_day(restored)
    before = rows(restored.desk)
    desk = restored.lost()
    with pytest.raises(LedgerRefused, match="ledger_ahead"):
        sync(desk.station)
    with pytest.raises(Refusal):
        ensure_may_sell(desk.station)
    state = rejoin(desk.station, SECOND)
    assert (state.verdict, state.unsent) == ("", 0)
    after = rows(desk)
    assert after["journal"][:-1] == before["journal"]
    assert (after["receipts"], after["loads"]) == (before["receipts"], before["loads"])
    assert (after["households"], after["facts"]) == (before["households"], before["facts"])
    with desk.station.store.reading() as reading:
        assert reading.journal.head().epoch == 2
    found = verify(desk.station)
    assert found.ok, found.disagreements
    ensure_may_sell(desk.station)
    assert [one.intent_id for one in open_intents(desk.station)] == [
        one.topup_id for one in before["topups"].values() if one.state == "outcome_unknown"
    ]
    inserted = desk.insert(restored.cards[3])
    assert resolve_card(desk.station, inserted).outcome is Outcome.SEALED
    inserted.close()
    sync(desk.station)
    assert restored.ledger.chain.totals["gas_sold"] == -sum(
        one.quote.total.fen
        for one in rows(desk)["topups"].values()
        if one.state == "sealed" and one.direction == "sale" and not one.corrects
    ) + next(one.quote.total.fen for one in before["topups"].values() if one.corrects)


def test_a_copy_with_the_old_epoch_can_say_nothing(restored: Restored) -> None:
    restored.backed_up()
    restored.desk.sell(restored.cards[0])
    sync(restored.desk.station)
    shutil.copytree(restored.folder / "backup", restored.folder / "copy")
    desk = restored.lost()
    rejoin(desk.station, SECOND)
    desk.sell(restored.cards[1])
    sync(desk.station)
    copy = restored.open("copy")
    with pytest.raises(LedgerRefused, match="ledger_epoch"):
        sync(copy.station)
    with pytest.raises(Refusal, match="selling_frozen"):
        ensure_may_sell(copy.station)
    assert restored.ledger.chain.status == "active"
    assert verify(desk.station).ok


def test_what_was_sold_after_the_restore_is_a_fork_and_stays_evidence(restored: Restored) -> None:
    restored.backed_up()
    restored.desk.sell(restored.cards[0])
    sync(restored.desk.station)
    desk = restored.lost()
    (desk.station.store.home / "anchor").unlink(missing_ok=True)
    desk.sell(restored.cards[1])
    with pytest.raises(LedgerRefused, match="ledger_fork"):
        sync(desk.station)
    with desk.station.store.reading() as reading:
        ours = {one.raw for one in reading.journal.every()}
    assert set(restored.ledger.chain.branches.values()) == ours - set(
        restored.ledger.entries_after(0)
    )
    with pytest.raises(LedgerRefused):
        sync(desk.station)
    with pytest.raises(Refusal, match="selling_frozen"):
        ensure_may_sell(desk.station)


@pytest.mark.parametrize("cut", ["ledger.entries", "ledger.epoch", "ledger.push"])
def test_a_rejoin_that_was_cut_is_run_again(restored: Restored, cut: str) -> None:
    restored.backed_up()
    a_day(restored)
    desk = restored.lost()

    def break_at(name: str) -> None:
        if name == cut:
            raise LedgerUnreachable

    restored.ledger.boundary = break_at
    with pytest.raises(LedgerUnreachable):
        rejoin(desk.station, SECOND)
    restored.ledger.boundary = lambda _name: None
    if cut == "ledger.epoch":
        with pytest.raises(LedgerRefused, match="rejoin_begun"):
            sync(desk.station)
        with pytest.raises(Refusal):
            ensure_may_sell(desk.station)
    if cut == "ledger.push":
        sync(desk.station)
    else:
        rejoin(desk.station, SECOND)
    assert verify(desk.station).ok
    assert restored.ledger.head().epoch == 2


def test_two_people_bring_a_station_back_and_only_when_it_is_lost(restored: Restored) -> None:
    desk = restored.desk
    for name in ("", "demo"):
        with pytest.raises(Refusal, match="second_person_same"):
            rejoin(desk.station, Approval(name))
    with pytest.raises(Refusal, match="rejoin_not_needed"):
        rejoin(desk.station, SECOND)


def test_a_batch_comes_back_with_its_money_and_bytes_nobody_can_read_keep_their_place(
    restored: Restored,
) -> None:
    """The list was on file before the backup; a later version wrote one entry we cannot read."""
    desk = restored.desk
    batch_id = put_batch(desk, [line(home, row) for row, home in enumerate(restored.homes[:3], 2)])
    restored.backed_up()
    desk = restored.desk
    pay_batch(desk.station, batch_id, tender=Tender.BANK_TRANSFER, money=Money(30_000))
    desk.load(batch_id, restored.cards[0])
    with desk.station.store.unit() as unit:
        unit.journal.adopt(b"nobody reads this")
        unit.commit()
    desk.sell(restored.cards[4])
    sync(desk.station)
    with desk.station.store.reading() as reading:
        funded, paid = reading.funds.every_funded(), reading.funds.payments()
    before = rows(desk)
    desk = restored.lost()
    state = rejoin(desk.station, SECOND)
    assert [one.code for one in state.exceptions] == ["entry_unreadable"]
    after = rows(desk)
    assert after["journal"][:-1] == before["journal"]
    assert (after["receipts"], after["households"]) == (before["receipts"], before["households"])
    with desk.station.store.reading() as reading:
        assert reading.funds.payments() == paid
        assert reading.funds.every_funded() == funded
    assert [one.code for one in verify(desk.station).disagreements] == ["entry_unreadable"]
    desk.load(batch_id, restored.cards[1])


def test_what_ended_without_a_fact_makes_room_for_what_came_after(restored: Restored) -> None:
    """The backup holds a sale that was only quoted; the day after it, the card was sold to."""
    card = restored.cards[0]

    class Cut(BaseException): ...

    def cut(*_: object) -> None:
        raise Cut

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(selling, "collect", cut)
        with pytest.raises(Cut):
            restored.desk.sell(card)
    restored.desk.reader.pull()
    restored.backed_up()
    restored.desk.sell(card)
    sync(restored.desk.station)
    desk = restored.lost()
    rejoin(desk.station, SECOND)
    assert sorted(one.state.value for one in rows(desk)["topups"].values()) == ["sealed", "voided"]
    assert verify(desk.station).ok


@pytest.mark.parametrize("paid_out", [False, True])
def test_a_refund_that_was_asked_for_in_the_lost_part_left_the_card_free(
    restored: Restored, *, paid_out: bool
) -> None:
    """Asking is no fact; that the card was sold to since says that it was asked."""
    restored.backed_up()
    desk, card = restored.desk, restored.cards[2]
    asked = stopped(desk, card)
    card.chip.security[0] = 7
    desk.sell(card)
    if paid_out:
        pay_out(desk.station, asked.topup_id, SECOND)
    sync(desk.station)
    left = [(one.state, one.money) for one in open_intents(desk.station)]
    back = restored.lost()
    rejoin(back.station, SECOND)
    assert [(one.state, one.money) for one in open_intents(back.station)] == left
    assert verify(back.station).ok
