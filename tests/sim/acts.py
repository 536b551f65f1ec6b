"""What happens in the world: people's work, and bad luck. One function per kind of step."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from cardstation.domain.guides import IN_DOUBT
from cardstation.domain.money import Money
from cardstation.domain.payment import WITHOUT_ASKING, Tender
from cardstation.domain.shift import Approval
from cardstation.domain.topup import TopUpRequest
from cardstation.domain.transitions import Direction, TopUpState
from cardstation.errors import Refusal
from cardstation.services.answer_payment import answer_payment
from cardstation.services.begin_pay_out import begin_pay_out
from cardstation.services.dispute import dispute
from cardstation.services.identify import Inserted
from cardstation.services.open_intents import open_intents
from cardstation.services.pay_out import pay_out
from cardstation.services.refund import request_refund
from cardstation.services.resolve import resolve_card
from cardstation.services.return_load import return_load
from cardstation.services.station import Station
from cardstation.services.sync import sync
from cardstation.services.top_up import top_up
from drivers.virtual import VirtualCard
from drivers.virtual.tear import Moment, Tear
from tests.kit.station import nobody
from tests.sim.desk import Desk
from tests.sim.network import deliver_late
from tests.sim.town import Home
from tests.sim.watch import View
from tests.sim.world import World

SUPERVISOR = Approval("supervisor")
LOOKED = "slip and till were looked at"
MOMENTS = (Moment.BEFORE, Moment.INSIDE, Moment.AFTER)


def some_home(world: World) -> Home:
    """A household; a few come again and again."""
    often = world.chance.random() < 0.7
    count = len(world.town.directory)
    return world.town.home(
        world.chance.randrange(min(count, max(6, count // 20)) if often else count)
    )


def some_desk(world: World) -> Desk:
    """A desk; people avoid those where nothing is sold."""
    selling = [desk for desk in world.desks if not desk.fate]
    often = selling and world.chance.random() < 0.9
    return world.chance.choice(selling if often else world.desks)


def _trouble(world: World, desk: Desk, most: int) -> None:
    if world.chance.random() < world.size.trouble:
        desk.fuse.light(world.chance, most)


def _torn(world: World, card: VirtualCard, most: int = 60) -> None:
    """Perhaps somebody pulls the card out."""
    if world.chance.random() < world.size.trouble:
        world.fault("card pulled")
        seed = world.chance.randrange(1 << 16)
        moment = world.chance.choice(MOMENTS)
        card.chip.arm(Tear(world.chance.randrange(most), moment, seed))


def with_card(
    world: World, desk: Desk, card: VirtualCard, doing: Callable[[Station, Inserted], None]
) -> bool:
    """A card is put in, and may be pulled out at any moment."""

    def inserting(station: Station) -> None:
        inserted = desk.insert(card)
        try:
            _torn(world, card)
            doing(station, inserted)
        finally:
            inserted.close()

    return world.work(desk, inserting)


def sale(world: World) -> None:
    """A customer comes to a counter."""
    desk, home = some_desk(world), some_home(world)
    card = world.chance.choice(home.cards)
    tender = world.chance.choice((Tender.CASH, Tender.CASH, Tender.QR_CODE))
    yuan = world.chance.randrange(5, 300)
    world.touch(home=home)
    world.say(f"{desk.key} sells {yuan} to {home.account_no} by {tender.value}")
    _trouble(world, desk, 70)

    def doing(station: Station, inserted: Inserted) -> None:
        request = TopUpRequest(money=Money.of_yuan(str(yuan)), tender=tender)
        receipt = top_up(station, inserted, request, nobody)
        world.counts["sales"] += 1
        world.counts["sales after a load by others"] += bool(home.machine)
        world.going_home.append(home)
        world.say(f"  {receipt.receipt_no}")

    with_card(world, desk, card, doing)
    if world.chance.random() < 0.5:
        resolve(world, desk, home, card)


def resolve(world: World, desk: Desk, home: Home, card: VirtualCard) -> None:
    """The same card is put in again."""
    world.touch(home=home)
    _trouble(world, desk, 50)

    def doing(station: Station, inserted: Inserted) -> None:
        found = resolve_card(station, inserted)
        world.say(f"  {desk.key} again: {found.outcome.value}")
        world.counts[f"resolved: {found.outcome.value}"] += 1

    with_card(world, desk, card, doing)


def come_back(world: World) -> None:
    """A customer with something open comes to some desk."""
    desk, home = some_desk(world), some_home(world)
    world.say(f"{home.account_no} comes to {desk.key}")
    resolve(world, desk, home, world.chance.choice(home.cards))


def at_home(world: World) -> None:
    """A card meets its meter, which may refuse, and gas is used."""
    home = some_home(world)
    if world.going_home and world.chance.random() < 0.8:
        home = world.going_home.pop(world.chance.randrange(len(world.going_home)))
    card = world.chance.choice(home.cards)
    cut = None
    if world.chance.random() < world.size.trouble / 2:
        world.fault("card pulled out of a meter")
        seed = world.chance.randrange(1 << 16)
        cut = Tear(world.chance.randrange(40), world.chance.choice(MOMENTS), seed)
    said = home.meets_meter(card, world.time.at, cut)
    home.burn(world.chance.random())
    world.touch(home=home)
    world.say(f"{home.account_no} at home: {said}")
    world.time.pass_by(timedelta(minutes=world.chance.randrange(60)))


def send(world: World) -> None:
    """A station syncs."""
    desk = some_desk(world)
    world.say(f"{desk.key} syncs")
    _trouble(world, desk, 12)
    send_all(world, desk)


def send_all(world: World, desk: Desk) -> bool:
    def doing(station: Station) -> None:
        found = sync(station)
        world.counts["syncs"] += 1
        world.say(f"  confirmed {found.acked_seq}, unsent {found.unsent}")

    return world.work(desk, doing)


def answer(world: World) -> None:
    """The clerk says what is truly in the till."""
    desk = some_desk(world)
    world.say(f"{desk.key} answers questions")
    answer_all(world, desk)


def answer_all(world: World, desk: Desk) -> None:
    def doing(station: Station) -> None:
        for one in open_intents(station):
            if one.code == "payment_question":
                taken = world.town.till.holds(one.intent_id)
                world.town.till.declined.add(one.intent_id)
                answer_payment(station, one.intent_id, taken=taken)
                world.counts["questions answered"] += 1

    world.work(desk, doing)


def late_message(world: World) -> None:
    """Something that was long on its way arrives."""
    if world.weather.late:
        said = deliver_late(world.centre, world.weather)
        world.fault("message late")
        world.say(f"a late message arrives: {said}")


def weather(world: World) -> None:
    """The network gets better or worse; a station is cut off or found again."""
    bad = world.chance.random() < 0.5
    chance = world.size.trouble if bad else 0.0
    world.weather.lose = world.weather.double = world.weather.delay = chance
    for desk in world.desks:
        desk.ledger.parted = bad and world.chance.random() < 0.3
        world.counts["fault: station parted"] += desk.ledger.parted
    world.say(f"weather {chance}, parted {[d.key for d in world.desks if d.ledger.parted]}")


def clock(world: World) -> None:
    """A wall clock jumps."""
    if world.size.trouble == 0:
        return
    desk = some_desk(world)
    minutes = world.chance.choice((-600, -20, -4, -1, 1, 4, 20, 90))
    desk.clock.wrong_by += timedelta(minutes=minutes)
    world.fault("clock jumped")
    world.say(f"{desk.key}: the clock jumps by {minutes} min")


def right_clock(world: World) -> None:
    """Somebody sets a clock right."""
    desk = some_desk(world)
    desk.clock.wrong_by = timedelta()
    world.say(f"{desk.key}: the clock is set right")


def kill(world: World) -> None:
    """A station loses its power between two steps, and is switched on again."""
    if world.size.trouble == 0:
        return
    desk = some_desk(world)
    world.fault("station killed")
    world.say(f"{desk.key} is killed and started")
    desk.die()
    _trouble(world, desk, 4)
    world.work(desk, lambda _station: None)


def _who_wants_back(world: World) -> tuple[Desk, Home, str]:
    """Mostly somebody whose load waits on the card or never came onto it, at their own desk."""
    wanted = [
        (desk, world.town.homes[view.account_no], asked)
        for desk in world.desks
        if not desk.fate
        for view in desk.watch.views.values()
        if (asked := _asked_back(world, view))
    ]
    if wanted and world.chance.random() < 0.8:
        return world.chance.choice(wanted)
    asked = world.chance.choice(("refund", "return", "return with a reading"))
    return some_desk(world), some_home(world), asked


def _asked_back(world: World, view: View) -> str:
    home = world.town.homes.get(view.account_no)
    if home is None or view.direction is not Direction.SALE or view.origin:
        return ""
    if view.state is TopUpState.SEALED and view.mark in home.waiting():
        return "return with a reading"
    unloaded = (TopUpState.PAID, TopUpState.NOT_LOADED, TopUpState.OUTCOME_UNKNOWN)
    return "refund" if view.state in unloaded else ""


def give_back(world: World) -> None:
    """A load or a payment goes back: the card first, two persons, then the money."""
    desk, home, asked = _who_wants_back(world)
    card = world.chance.choice(home.cards)
    world.touch(home=home)
    world.say(f"{home.account_no} asks {desk.key} for a {asked}")
    _trouble(world, desk, 60)
    reading = ""
    if asked == "return with a reading":
        reading = "read" if home.waiting(card) else ""

    def doing(station: Station, inserted: Inserted) -> None:
        if asked == "refund":
            given = request_refund(station, inserted, SUPERVISOR)
        else:
            given = return_load(station, inserted, SUPERVISOR, nobody, reading=reading)
        world.counts[f"{asked} granted"] += 1
        world.say(f"  granted: {given.state.value}")

    with_card(world, desk, card, doing)
    if world.chance.random() < 0.7:
        pay_back(world, desk)


def owed(world: World) -> None:
    """A desk pays out what it owes."""
    pay_back(world, some_desk(world))


OWING = ("refund_requested", "payout_pending", "given_up_open", IN_DOUBT)


def pay_back(world: World, desk: Desk) -> None:
    """The clerk counts the money out and says so together with a second person."""
    _trouble(world, desk, 6)

    def doing(station: Station) -> None:
        for one in open_intents(station):
            if one.code not in OWING:
                continue
            with station.store.reading() as reading:
                intent = reading.topups.get(one.intent_id)
            doubtful = begin_pay_out(station, one.intent_id)
            if intent is not None:
                world.town.till.back.add(intent.corrects or intent.topup_id)
            cash = intent is not None and intent.tender is Tender.CASH
            booked = intent is not None and intent.tender in WITHOUT_ASKING
            known = doubtful or booked  # what no hand gives out is never given twice
            hand_back(world, desk, one.intent_id, one.money.fen, cash=cash, asked=known)
            pay_out(station, one.intent_id, SUPERVISOR, found=LOOKED if doubtful else "")
            world.counts["paid back"] += 1
            world.say(f"  {desk.key} pays back {one.money}")

    world.work(desk, doing)


def hand_back(world: World, desk: Desk, what: str, fen: int, *, cash: bool, asked: bool) -> None:
    """Money goes back to its payer; cash comes out of this desk's till.

    After a cut nobody knows that it did, unless the desk asks. Of a desk that was restored people
    know that its notes are old, and look without being asked.
    """
    till, start = world.town.till, desk.station
    looks = asked or desk.rejoined or desk.fate == "restored"
    if till.handed.get(what) is start or (looks and what in till.last):
        return
    till.handed[what] = start
    if cash:
        till.cash[desk.key] -= fen
    till.returned[what] = till.returned.get(what, 0) + fen
    till.last[what] = fen


def copy_card(world: World) -> None:
    """Somebody has a second card made, byte for byte."""
    home = some_home(world)
    if world.size.trouble and len(home.cards) == 1:
        world.touch(home=home)
        world.look()
        home.cards.append(home.cards[0].copy())
        world.fault("card copied")
        world.say(f"{home.account_no} has its card copied")


def quarrel(world: World) -> None:
    """Two people look at what no card can tell."""
    desk = some_desk(world)
    world.say(f"{desk.key} puts into dispute what is not as it was left")

    def doing(station: Station) -> None:
        for one in open_intents(station):
            read = one.code in ("paid_in_doubt", "card_not_as_left")
            if read or one.state == "outcome_unknown":
                lost = "" if read else "its household says that it is lost"
                dispute(station, one.intent_id, SUPERVISOR, lost)
                world.counts["disputes"] += 1

    world.work(desk, doing)


ACTS: tuple[tuple[int, Callable[[World], object]], ...] = (
    (30, sale),
    (8, come_back),
    (24, at_home),
    (12, send),
    (4, answer),
    (3, late_message),
    (3, weather),
    (2, clock),
    (2, right_clock),
    (3, kill),
    (5, give_back),
    (2, owed),
    (1, copy_card),
    (1, quarrel),
)

__all__ = ["ACTS", "Refusal", "answer_all", "resolve"]
