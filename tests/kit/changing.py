"""A desk at which a household's meter was replaced, the cards, and the meters on the wall."""

from __future__ import annotations

from dataclasses import replace

from cardstation.domain.account_change import AccountEvent
from cardstation.domain.card_slip import CardSlip
from cardstation.domain.household import Household
from cardstation.domain.meter import MakerRules, Meter, MeterKind
from cardstation.domain.shift import Approval
from cardstation.errors import CardStationError
from cardstation.services.change_card import change_card
from cardstation.services.intent.account_changes import record_account_change
from drivers.makers import MAKERS
from drivers.virtual import VirtualCard
from drivers.virtual.meter import VirtualMeter
from drivers.virtual.meter_rules import MeterState
from tests.kit import cards
from tests.kit.station import Desk, layout_of

SECOND = Approval("supervisor")
NEW_NO = "QM2600000001"
WHY = "the fitter read both meters, order 12"


def customer(rules: MakerRules = MAKERS[0], kind: MeterKind = MeterKind.VOLUME) -> Household:
    """A household that has bought for years with a card of this maker."""
    return replace(cards.household(kind), chip=layout_of(rules).chip)


def hung(rules: MakerRules, kind: MeterKind, number: str = NEW_NO) -> VirtualMeter:
    """A meter as it comes from its maker: nobody has opened it."""
    return VirtualMeter(MeterState(number, kind=kind, school=rules.school), layout_of(rules))


def replaced(
    desk: Desk, home: Household, number: str = NEW_NO, kind: MeterKind | None = None
) -> Household:
    """The meter of a household is another one on file, with nothing left in the old one."""
    before = desk.household(home.account_no)
    meter = Meter(number, kind or before.meter.kind, None)
    after = replace(before, meter=meter, purchase_counter=0)
    return _on_file(desk, AccountEvent.METER_CHANGED, before, after)


def put_back(desk: Desk, home: Household, old: Household) -> Household:
    """The change was a mistake: the old meter hangs there still."""
    before = desk.household(home.account_no)
    after = replace(before, meter=old.meter, purchase_counter=old.purchase_counter)
    return _on_file(desk, AccountEvent.METER_CHANGE_CANCELLED, before, after)


def _on_file(desk: Desk, what: AccountEvent, before: Household, after: Household) -> Household:
    with desk.station.store.unit() as unit:
        record_account_change(
            desk.station, unit, what, before, after, words=WHY, approver=SECOND.name
        )
        unit.commit()
    return after


def change(
    desk: Desk, card: VirtualCard, home: Household, approval: Approval | None = None
) -> CardSlip:
    desk.reader.pull()
    desk.reader.insert(card)
    presence = desk.reader.wait_card(0)
    assert presence is not None
    return change_card(
        desk.station,
        desk.reader,
        presence,
        home.account_no,
        desk.steps.append,
        approval=approval,
        why=WHY if approval else "",
    )


def not_changed(desk: Desk, card: VirtualCard, home: Household) -> str:
    """The code of what stopped the change, empty when nothing did."""
    try:
        change(desk, card, home)
    except CardStationError as stop:
        return stop.code
    return ""
