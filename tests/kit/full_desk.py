"""A desk on whose day everything happened: every table of its store has rows, and all agree."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from cardstation.domain.account_change import Heard, Verdict
from cardstation.domain.closing import FinalReading
from cardstation.domain.feed import Snapshot
from cardstation.domain.ledger import Order
from cardstation.domain.money import Money
from cardstation.domain.offline_grant import NOT_OURS, Grant, GrantTold, Terms
from cardstation.domain.payment import Tender
from cardstation.domain.shift import Approval, Role
from cardstation.domain.tool_book import ToolOrder
from cardstation.domain.tool_card import Tool
from cardstation.domain.topup import TopUp
from cardstation.domain.volume import Volume
from cardstation.errors import Refusal
from cardstation.ports.ledger import Ack, LedgerException
from cardstation.services.add_clerk import add_clerk
from cardstation.services.approve import approve
from cardstation.services.close_account import Leaving, close_account
from cardstation.services.close_shift import close_shift
from cardstation.services.deposit import deposit
from cardstation.services.grant_gas import grant_gas
from cardstation.services.issue_acknowledgement import issue_acknowledgement
from cardstation.services.issue_charge_paper import issue_charge_paper
from cardstation.services.issue_receipt import issue_receipt
from cardstation.services.make_tool_card import make_tool_card
from cardstation.services.open_shift import open_shift
from cardstation.services.pay_batch import pay_batch
from cardstation.services.pay_out import pay_out
from cardstation.services.pay_out_balance import pay_out_balance
from cardstation.services.quote_batch import quote_batch
from cardstation.services.release_line import release_line
from cardstation.services.return_load import return_load
from cardstation.services.return_remainder import return_remainder
from cardstation.services.settle_arrears import settle_arrears
from cardstation.services.stop_account import stop_account
from cardstation.services.sync import sync
from cardstation.store.feeds import Waiting
from drivers.keys import Ed25519DeviceKey
from drivers.keys.secret import Secret
from drivers.virtual import VirtualCard
from drivers.virtual.card import new_chip
from tests.kit.desk import StandingClock
from tests.kit.station import Desk, card_of, line, neighbours, nobody, open_desk, put_batch

HOMES = neighbours(6)
HOMES[2] = replace(HOMES[2], arrears=Money(1_000))
ORDER = Order("D1", HOMES[2].account_no, 5600, 20_000, "residential@2026-01-01", 50, "S001")
KEY = Secret(bytes(range(32)))
FIRST, SECOND = "林静", "周岚"
PIN, OTHER_PIN = "482915", "739164"


class PlainPins:
    """PINs kept readable: no slow hash in a test that makes many desks."""

    def hash(self, pin: str) -> str:
        return f"plain {pin}"

    def matches(self, kept: str, pin: str) -> bool:
        return kept == self.hash(pin)


def full_desk(home: Path) -> Desk:
    """Run the day; the store is open for writing, the ledger has confirmed what it has."""
    desk = open_desk(home, households=HOMES, clock=StandingClock())
    desk.station = replace(
        desk.station, device_key=Ed25519DeviceKey(KEY), pins=PlainPins(), ledger=desk.ledger
    )
    _people(desk)
    batch_id = _bag(desk)
    desk.load(batch_id, card_of(HOMES[0]))
    with pytest.raises(Refusal):
        desk.load(batch_id, card_of(HOMES[5]))
    sync(desk.station)
    _counter(desk)
    close_shift(desk.station, OTHER_PIN, counted=Money(71_200), handed_to=FIRST, handed_pin=PIN)
    sync(desk.station)
    return desk


def _people(desk: Desk) -> None:
    roles = {Role.TELLER, Role.SUPERVISOR}
    add_clerk(desk.station, FIRST, PIN, roles, by=None)
    add_clerk(desk.station, SECOND, OTHER_PIN, {Role.TELLER}, by=Approval(FIRST))
    open_shift(desk.station, SECOND, OTHER_PIN, float_money=Money(50_000))


def _bag(desk: Desk) -> str:
    lines = [line(HOMES[0], 4), line(HOMES[1], 5, yuan="50"), line(HOMES[2], 6, order=ORDER)]
    batch_id = put_batch(desk, lines)
    with desk.station.store.unit() as unit:
        unit.orders.put([ORDER])
        unit.commit()
    quote_batch(desk.station, batch_id)
    pay_batch(desk.station, batch_id, tender=Tender.CASH, money=Money(15_000))
    desk.clock.at += timedelta(minutes=3)
    desk.load(batch_id, card_of(HOMES[2]))
    issue_acknowledgement(desk.station, "S001-2026-A000001")
    release_line(desk.station, batch_id, 2, "absent")
    with desk.station.store.reading() as reading:
        (payment,) = reading.funds.payments(batch_id)
    settle_arrears(desk.station, batch_id, 3, payment.payment_id, "signed")
    return_remainder(
        desk.station, batch_id, payment.payment_id, Money(4_000), approve_by_first(desk)
    )
    return batch_id


def _counter(desk: Desk) -> None:
    receipt = desk.sell(card_of(HOMES[3]))
    issue_receipt(desk.station, receipt.receipt_no)
    back = card_of(HOMES[4])
    pay_out(desk.station, _sold_and_returned(desk, back).topup_id, approve_by_first(desk))
    _services(desk)


def _services(desk: Desk) -> None:
    """What is done without a load: money kept and paid back, gas due, an account, a tool card."""
    station, home = desk.station, HOMES[1].account_no
    kept = deposit(station, home, Money(100), tender=Tender.CASH)
    issue_charge_paper(station, kept.receipt_no)
    pay_out_balance(station, home, Money(100), approve_by_first(desk))
    grant_gas(
        *(station, home, Volume(1_000), Tender.MAKE_UP, "WO-1", approve_by_first(desk)),
        "the meter stood still",
    )
    stopped = stop_account(station, HOMES[5].account_no, "away for a year")
    with station.store.unit() as unit:
        said = Heard(stopped.change_id, HOMES[5].account_no, "status", Verdict.CONFIRMED, "", "")
        unit.account_changes.settle([said], desk.clock.now())
        unit.commit()
    final = FinalReading(Volume(0), "王师傅", "CB-118")
    leaving = Leaving(final, handed=Money(0), why="moved out for good", card_lost="burnt with all")
    close_account(station, HOMES[5].account_no, approve_by_first(desk), leaving)
    until = desk.clock.now() + timedelta(days=3)
    meter_no = HOMES[1].meter.meter_no
    order = ToolOrder(Tool.CHECK, meter_no, "WO-2", "李师傅", until, maker="CS01")
    desk.reader.pull()
    desk.reader.insert(VirtualCard(new_chip("sle4442")))
    presence = desk.reader.wait_card(0)
    assert presence is not None
    make_tool_card(
        station, desk.reader, presence, order, approve_by_first(desk), "asked by the fitter", nobody
    )
    desk.reader.pull()


def _sold_and_returned(desk: Desk, card: VirtualCard) -> TopUp:
    desk.sell(card)
    with closing(desk.identified()) as inserted:
        return return_load(
            desk.station, inserted, approve_by_first(desk), nobody, reading="0007.312"
        )


def approve_by_first(desk: Desk) -> Approval:
    return approve(desk.station, FIRST, PIN)


def rare_rows(desk: Desk) -> None:
    """What a desk with agreeing books does not have: an exception, selling frozen, half a feed."""
    with desk.station.store.unit() as unit:
        seq, acked_hash = unit.outbox.acked()
        told = Ack(seq, acked_hash, (LedgerException(1, "counter_gap"),), "n", {})
        unit.outbox.store(told, desk.clock.now())
        unit.outbox.judge("ledger_gap", desk.clock.now())
        unit.learned.learn("阳光物业", {"车位": "account"})
        unit.blocked.replace({HOMES[5].card_no: "lost"})
        unit.steps.keep_signature(b"a picture", desk.clock.now())
        snapshot = Snapshot("directory/x", 1, "0" * 64, 1, 0, 9, ("a" * 64,), bytes(64))
        unit.feeds.applied(replace(snapshot, feed="policy"), 1, desk.clock.now())
        unit.feeds.keep_rows("policy", {"blocked/1": "lost"})
        unit.feeds.begin(snapshot)
        unit.feeds.keep_page("directory/x", 0, b"a page")
        unit.feeds.wait([Waiting("directory/x", HOMES[5].account_no, 1, "")])
        terms = Terms(Money(1), 1, Money(1), 1)
        grant = Grant("S001", 1, "0" * 64, 1, terms, 1, "0" * 64, 2)
        kept = {"refused": NOT_OURS, "boot_id": "boot", "asked_ns": 3}
        unit.grants.keep(GrantTold(grant, 1, "n"), "00", **kept, at=desk.clock.now())  # type: ignore[arg-type]
        unit.commit()
