"""Disputes as jobs of the sweep: of loads and of returns, with either finding, and given up early.

Two people say what the card cannot tell; in each of these worlds what they say is true.
"""

from __future__ import annotations

import itertools
from contextlib import suppress
from functools import partial

import pytest

from cardstation.domain.card import Witness, WritePlan, judge
from cardstation.domain.money import Money
from cardstation.domain.topup import TopUp, TopUpRequest
from cardstation.domain.transitions import MAY_BE_ON_CARD, Direction, TopUpState
from cardstation.errors import LedgerUnreachable, LinkFailed, OutcomeUnknown, Refusal, fail
from cardstation.services import top_up as selling
from cardstation.services.dispute import dispute
from cardstation.services.intent.meter_count import MeterCount
from cardstation.services.refund import request_refund
from cardstation.services.resolve import resolve_card
from cardstation.services.return_load import return_load
from cardstation.services.settle_dispute import Finding, settle_dispute
from cardstation.services.sync import sync
from cardstation.services.top_up import top_up
from drivers.layouts.open4442 import OPEN4442
from drivers.virtual import Tear, VirtualCard
from tests.kit.power import Power, PowerCut
from tests.kit.station import Desk, nobody
from tests.kit.sweep_jobs import IN_PAYLOAD, closed, every, sold, torn
from tests.kit.sweep_waits import OVER
from tests.kit.sweep_world import SECOND, Job, Where, World

PROOF = "the fitter read the meter, photo 118"
GONE = "it went under a lorry, both saw it"


def _plan(world: World) -> WritePlan:
    """Of the last load or return of the desk that was armed."""
    desk = world.start(Power())
    last = [one for one in every(desk) if one.plan is not None][-1]
    closed(desk)
    return last.plan or fail("what was armed has its plan")


def _spoil(card: VirtualCard, plan: WritePlan, like: bytes) -> None:
    """Somebody else's byte stands in what we wrote: nobody's tear, and the meter sees `like`."""
    image = card.image
    for span, flipped in itertools.product(plan.spans, range(17, 256, 17)):
        changed = bytearray(image)
        changed[span.address] ^= flipped
        seen = judge(plan.before, plan.target, plan.owned, bytes(changed))
        if seen is Witness.FOREIGN and _shows(bytes(changed), like):
            card.chip.main[:] = changed
            return
    raise AssertionError


def _shows(image: bytes, like: bytes) -> bool:
    with suppress(Refusal):
        return OPEN4442.decode(image).credit == OPEN4442.decode(like).credit
    return False


def _spoiled(world: World) -> None:
    """A load was torn, and the card shows neither; the meter sees the load before."""
    torn(world)
    plan = _plan(world)
    _spoil(world.cards[0], plan, plan.before)


def _taken(world: World) -> None:
    """The whole load was written, its meter took it, and the card was pulled out and spoiled."""
    torn(world)
    plan, card = _plan(world), world.cards[0]
    card.chip.main[:] = plan.target
    world.meet_meters()
    card.chip.main[:] = plan.target
    _spoil(card, plan, plan.before)


def _return_torn(world: World, tear: Tear) -> WritePlan:
    """A sale, and its return that was cut; the return and what is on record of it are not sent."""
    sold(world)
    desk = world.start(Power())
    world.cards[0].chip.arm(tear)
    inserted = desk.insert(world.cards[0])
    with pytest.raises((OutcomeUnknown, LinkFailed)):
        return_load(desk.station, inserted, SECOND, nobody, reading="photo 1")
    inserted.close()
    world.cards[0].chip.arm(None)
    closed(desk)
    return _plan(world)


def _cleared(world: World) -> None:
    """A return took the gas off, and only then was the card spoiled."""
    plan = _return_torn(world, Tear(IN_PAYLOAD))
    world.cards[0].chip.main[:] = plan.target
    _spoil(world.cards[0], plan, plan.target)


def _still_loaded(world: World) -> None:
    """A return never touched its load, which the meter still sees on the spoiled card."""
    plan = _return_torn(world, Tear(0))
    world.cards[0].chip.main[:] = plan.before
    _spoil(world.cards[0], plan, plan.before)


def _settled(
    world: World, desk: Desk, finding: Finding = Finding.NOT_LOADED, lost: str = ""
) -> None:
    """Two people put into dispute what its card cannot end, and settle it by the meter."""
    if not lost and any(one.state in MAY_BE_ON_CARD for one in every(desk)):
        _read(world, desk)
    for one in every(desk):
        if one.state in MAY_BE_ON_CARD:
            dispute(desk.station, one.topup_id, SECOND, lost)
    for one in every(desk):
        if one.state is TopUpState.DISPUTED:
            meter = MeterCount(world.meters[0].state.purchase_counter, card_here=bool(lost))
            settle_dispute(desk.station, one.topup_id, finding, PROOF, SECOND, meter)


def _read(world: World, desk: Desk) -> None:
    """The card is put in; it cannot tell, or its meter has said it meanwhile."""
    inserted = desk.insert(world.cards[0])
    try:
        with suppress(OutcomeUnknown):
            resolve_card(desk.station, inserted)
    finally:
        inserted.close()


def _paid_back(world: World, desk: Desk, lost: str = "") -> None:
    """Nothing was loaded, or what was is off: the money goes back."""
    _settled(world, desk, lost=lost)
    _pay_all(world, desk)


def _pay_all(world: World, desk: Desk) -> None:
    for one in every(desk):
        if _is_owed(one):
            world.pay_out(desk, one.topup_id)


def _is_owed(one: TopUp) -> bool:
    if one.direction is Direction.SALE:
        return one.state is TopUpState.REFUND_REQUESTED
    return one.state in (TopUpState.SEALED, TopUpState.PAYOUT_PENDING)


def _unwritten(world: World) -> None:
    """Armed, and cut before the first byte; nothing of it was sent."""
    desk = world.start(Power())
    world.cards[0].chip.arm(Tear(0))
    with pytest.raises((OutcomeUnknown, LinkFailed)):
        desk.sell(world.cards[0], "100", tender=world.till.tender)
    world.cards[0].chip.arm(None)
    closed(desk)


def _given_up(world: World, desk: Desk) -> None:
    """What was armed is sent; the card is read, and the customer wants the money back."""
    with suppress(LedgerUnreachable):
        sync(desk.station)
    if any(one.state in MAY_BE_ON_CARD | {TopUpState.NOT_LOADED} for one in every(desk)):
        inserted = desk.insert(world.cards[0])
        try:
            request_refund(desk.station, inserted, SECOND)
        finally:
            inserted.close()
    _pay_all(world, desk)


def _paid_only(world: World) -> None:
    """Paid, cut before it was armed; then its card is lost."""
    desk = world.start(Power())
    inserted = desk.insert(world.cards[0])
    request = TopUpRequest(money=Money(10_000), tender=world.till.tender)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(selling, "arm", _cut)
        with pytest.raises(PowerCut):
            top_up(desk.station, inserted, request, nobody)
    inserted.close()
    closed(desk)


def _cut(*_: object) -> None:
    raise PowerCut


def _given_up_by_its_card(_world: World, _desk: Desk) -> None:
    """The card came, and its load stands whole: nothing is left to do."""


def _lost(world: World, desk: Desk) -> None:
    """Two people say that its card will never be read again: the money goes back."""
    for one in every(desk):
        if one.state is TopUpState.PAID:
            dispute(desk.station, one.topup_id, SECOND, GONE)
    _paid_back(world, desk)


def _at_neighbour(world: World, desk: Desk) -> None:
    _settled(world, desk)


_still = partial(_settled, finding=Finding.LOADED)
_dispute = partial(Job, resolves=False, waits=OVER)
_LOADED = ((29_000, 0), 10_000)
DISPUTE = _dispute("dispute", _paid_back, (0, 0), 0, _spoiled, at_neighbour=_at_neighbour)
DISPUTE_LOADED = _dispute("dispute, it was loaded", _still, *_LOADED, _taken)
DISPUTE_TORN = _dispute(
    "dispute while another desk has the card",
    *(partial(_paid_back, lost=GONE), (0, 0), 0, torn),
    open_end=(Where.ANOTHER,),
)
RETURN_GONE = _dispute("dispute of a return", _paid_back, (0, 0), 256, _cleared)
RETURN_STAYS = _dispute(
    "dispute of a return, still loaded",
    *(partial(_still, lost=GONE), *_LOADED, _still_loaded),
)
RETURN_WHOLE = Job(
    "return over a strange byte",
    *(_given_up_by_its_card, *_LOADED, _still_loaded),
    waits=OVER,
)
GIVEN_UP = _dispute("given up", _given_up, (0, 0), 0, _unwritten, open_end=(Where.ANOTHER,))
CARD_LOST = _dispute("dispute, its card is lost", _lost, (0, 0), 0, _paid_only)
DISPUTES = (
    *(DISPUTE, DISPUTE_LOADED, DISPUTE_TORN, RETURN_GONE, RETURN_STAYS, GIVEN_UP),
    *(CARD_LOST, RETURN_WHOLE),
)
