"""What must hold after any cut: books, cards, meters and money tell one story."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cardstation.domain.topup import TopUp
from cardstation.domain.transitions import MAY_BE_ON_CARD, Direction, TopUpState
from cardstation.errors import Refusal
from cardstation.services.intent.guards import ensure_may_sell
from cardstation.services.proof.equations import money_terms
from cardstation.services.proof.records import collect_records
from cardstation.services.verify import verify
from drivers.virtual.meter_rules import number_of
from tests.kit.power import Power
from tests.kit.sweep_waits import ENDS, WAITING, Wait, closed_cards, refused, sold_over

if TYPE_CHECKING:
    from tests.kit.station import Desk
    from tests.kit.sweep_world import Job, World

DOUBTFUL = MAY_BE_ON_CARD | {TopUpState.DISPUTED}
BACK = (TopUpState.SEALED, TopUpState.PAYOUT_PENDING, TopUpState.REFUNDED)
Loads = dict[str, dict[str, list[TopUp]]]


def never_again(world: World) -> None:
    """Nobody ever comes back: books hold, and no card carries what no record allows.

    A store put back from a copy knows neither: such a desk must sell nothing.
    """
    if _behind(world):
        return
    books = [topups for _, topups in with_books(world)]
    for number in range(len(world.cards)):
        seen = world.credited[number] + world.on_card(number)
        allowed = possible(world, books, world.households[number].card_no)
        assert seen in allowed, ("on card and in meter, on record", seen, sorted(allowed))


def _behind(world: World) -> bool:
    """A desk's records are older than what it did, and it says so and stands still."""
    if not world.put_back:
        return False
    desk = world.start(Power(), world.stations[0])
    said = ""
    try:
        ensure_may_sell(desk.station)
    except Refusal as stop:
        said = stop.code
    finally:
        desk.station.store.close()
    assert said in ("", "store_rolled_back", "selling_frozen")
    return bool(said)


def with_books(world: World) -> list[Any]:
    """Both stations' books hold; the money taken is the money in the tills."""
    found = []
    for name in world.stations:
        desk = world.start(Power(), name)
        try:
            proof = verify(desk.station)
            assert proof.ok, (name, proof.disagreements)
            if proof.held_back:
                # Nobody at the desk may see them while a shift is open; the oracle must.
                proof = replace(proof, money_terms=money_terms(collect_records(desk.station)))
            found.append((proof, _topups(desk)))
        finally:
            desk.station.store.close()
    tenders = sum(proof.money_terms["tenders"] for proof, _ in found)
    answered = all(
        one.state not in (TopUpState.PAY_PENDING, TopUpState.PAY_UNKNOWN)
        for _, topups in found
        for one in topups
    )
    real = sum(money.fen for money in world.till.taken.values())
    assert tenders == real or (tenders < real and (not answered or _asked(world))), (
        "in the books, in the tills",
        tenders,
        real,
    )
    return found


def _asked(world: World) -> bool:
    """Some payment of a batch waits for the clerk's answer."""
    for name in world.stations:
        desk = world.start(Power(), name)
        try:
            with desk.station.store.reading() as reading:
                if reading.funds.unanswered():
                    return True
        finally:
            desk.station.store.close()
    return False


def possible(world: World, books: list[tuple[TopUp, ...]], card_no: str) -> set[int]:
    """Litres or fen a card and its meter may hold together, by what the stations have on record."""
    by_id: dict[str, list[TopUp]] = {}
    for one in itertools.chain.from_iterable(books):
        if one.identity.card_no == card_no:
            by_id.setdefault(one.topup_id, []).append(one)
    sure, doubtful, seen = 0, [], set[int]()
    for views in by_id.values():
        litres, states = number_of(views[0].quantity), {one.state for one in views}
        if views[0].direction is Direction.RETURN:
            gone = number_of(by_id[views[0].corrects][0].quantity)
            sure -= gone * bool(states & set(BACK))
            doubtful += [-gone] * bool(states & DOUBTFUL)
        elif TopUpState.SEALED in states and not (same := _same_load(world, views[0])) & seen:
            sure += litres
            seen |= same
        elif states & DOUBTFUL:
            doubtful.append(litres)
    chosen = itertools.chain.from_iterable(
        itertools.combinations(doubtful, n) for n in range(len(doubtful) + 1)
    )
    return {sure + sum(some) for some in chosen}


def _same_load(world: World, load: TopUp) -> set[int]:
    """Cards that name no load: two desks sealed one load, and the ledger has not said whose."""
    return {load.counter_after} if world.names_nobody else set()


def ended(world: World, job: Job, *, exact: bool) -> set[Wait]:
    """The clerks came to the end: money, cards, meters, journals and ledger agree.

    Args:
        world: All that is left.
        job: What was done.
        exact: It ends exactly as the job says; else only everything must agree.

    Returns:
        Why something waits for people; nothing of any other card does, and for no other reason.
    """
    found = with_books(world)
    # Before the meters: one that presents its own code makes a card's tries whole again.
    closed = closed_cards(world, job.station)
    refused(world, job.station, closed)
    world.meet_meters()
    books = [of_one for _, of_one in found]
    topups = list(itertools.chain.from_iterable(books))
    waits: dict[str, Wait] = {}
    for number, household in enumerate(world.households):
        mine = [one for one in topups if one.identity.card_no == household.card_no]
        live = _live(books, household.card_no)
        left = [one for one in mine if one.state not in ENDS]
        wait = closed.get(household.card_no)
        if wait and (left or (exact and live != job.sold[number])):
            assert {one.state for one in left} <= WAITING, left
            cut = job.whole or household.card_no in world.unwritten
            assert cut, ("its code was not cut short", wait)
            assert world.credited[number] in possible(world, books, household.card_no)
            waits[household.card_no] = wait
            continue
        if left:
            assert sold_over(left, mine), [(one.topup_id, one.state) for one in left]
            waits[household.card_no] = Wait.SOLD_OVER
        assert world.credited[number] == live, (number, world.credited, live)
        assert not exact or live == job.sold[number], (live, job.sold)
    exact = exact and not waits
    terms = [proof.money_terms for proof, _ in found]
    refunds, returned = sum(one["refunds"] for one in terms), sum(world.returned.values())
    assert refunds == returned, f"handed back {returned}, on record {refunds}"
    assert waits or sum(one["other_stations"] for one in terms) == 0, (
        "paid by one desk, loaded by another, and not the same money"
    )
    assert not exact or sum(proof.taken_fen for proof, _ in found) == job.taken_fen
    _posted(world, found, may_doubt=not exact)
    return set(waits.values())


def _posted(world: World, found: list[Any], *, may_doubt: bool) -> None:
    """Everything is in the books of the utility, once."""
    books = world.centre.balances
    for (proof, _), name in zip(found, world.stations, strict=True):
        there = (proof.acked_seq, proof.entries, world.centre.chains[name].last_seq)
        assert len(set(there)) == 1, ("confirmed, written, in the ledger", there)
    assert sum(books.values()) == 0
    sold = sum(proof.money_terms["gas_loaded"] for proof, _ in found)
    doubtful = -sum(fen for name, fen in books.items() if name.startswith("suspense"))
    assert -books.get("gas_sold", 0) + doubtful == sold
    assert may_doubt or not doubtful
    unloaded = sum(proof.money_terms["paid_not_loaded"] for proof, _ in found)
    waiting = sum(o.fen for o in world.centre.orders.values() if not o.claimed_subject)
    owed = -sum(fen for name, fen in books.items() if name.startswith("unloaded:"))
    assert owed == unloaded + waiting


def _topups(desk: Desk) -> tuple[TopUp, ...]:
    with desk.station.store.reading() as reading:
        return reading.topups.every()


def _live(books: list[tuple[TopUp, ...]], card_no: str) -> int:
    """Litres, or fen, sealed on a card, by whichever station, and not taken back."""
    every = [one for topups in books for one in topups if one.identity.card_no == card_no]
    back = {one.corrects for one in every if one.corrects and one.state in BACK}
    sealed = {
        one.topup_id: number_of(one.quantity)
        for one in every
        if one.direction is Direction.SALE and one.state is TopUpState.SEALED
    }
    return sum(litres for topup_id, litres in sealed.items() if topup_id not in back)
