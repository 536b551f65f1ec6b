"""What must hold after any cut: books, cards, meters and money tell one story."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from cardstation.domain.topup import TopUp
from cardstation.domain.transitions import MAY_BE_ON_CARD, Direction, TopUpState
from cardstation.domain.volume import Volume
from cardstation.services.verify import verify
from drivers.layouts.open4442 import OPEN4442
from drivers.virtual.meter import VirtualMeter
from tests.kit.power import Power

if TYPE_CHECKING:
    from tests.kit.station import Desk
    from tests.kit.sweep import Job, World

BACK = (TopUpState.SEALED, TopUpState.PAYOUT_PENDING, TopUpState.REFUNDED)
Loads = dict[str, dict[str, list[TopUp]]]


def never_again(world: World) -> None:
    """Nobody ever comes back: books hold, and no card carries what no record allows."""
    with_books(world)
    for number, card in enumerate(world.cards):
        twin = VirtualMeter(world.meters[number].state, OPEN4442)
        on_card = twin.take(card.copy()).credited
        assert isinstance(on_card, Volume)
        seen = world.credited[number] + on_card.litres
        allowed = possible(world, world.households[number].card_no)
        assert seen in allowed, ("on card and in meter, on record", seen, sorted(allowed))


def with_books(world: World) -> list[Any]:
    """Both stations' books hold; the money taken is the money in the tills."""
    found = []
    for name in world.stations:
        desk = world.start(Power(), name)
        try:
            proof = verify(desk.station)
            assert proof.ok, (name, proof.disagreements)
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


def possible(world: World, card_no: str) -> set[int]:
    """Litres a card and its meter may hold together, by what the stations have on record."""
    by_id: dict[str, list[TopUp]] = {}
    for name in world.stations:
        desk = world.start(Power(), name)
        try:
            for one in _topups(desk):
                if one.identity.card_no == card_no:
                    by_id.setdefault(one.topup_id, []).append(one)
        finally:
            desk.station.store.close()
    sure, doubtful = 0, []
    for views in by_id.values():
        litres, states = _litres(views[0]), {one.state for one in views}
        if views[0].direction is Direction.RETURN:
            gone = _litres(by_id[views[0].corrects][0])
            sure -= gone * bool(states & set(BACK))
            doubtful += [-gone] * bool(states & MAY_BE_ON_CARD)
        elif TopUpState.SEALED in states:
            sure += litres
        elif states & MAY_BE_ON_CARD:
            doubtful.append(litres)
    chosen = itertools.chain.from_iterable(
        itertools.combinations(doubtful, n) for n in range(len(doubtful) + 1)
    )
    return {sure + sum(some) for some in chosen}


def ended(world: World, job: Job | None, *, stuck_allowed: bool) -> None:
    """The clerks came to the end: money, cards, meters, journals and ledger agree.

    A code cut short twice, or once where the reader cannot tell the tries left, waits for the
    supervisor; then only the books are looked at.
    """
    found = with_books(world)
    if stuck_allowed and _locked_out(world):
        world.stuck += 1
        return
    world.meet_meters()
    terms = [proof.money_terms for proof, _ in found]
    _settled([one for _, topups in found for one in topups], may_dispute=job is None)
    for number, household in enumerate(world.households):
        live = _live_litres([topups for _, topups in found], household.card_no)
        assert world.credited[number] == live, (number, world.credited, live)
        assert job is None or live == job.sold[number], (live, job.sold)
    assert sum(one["refunds"] for one in terms) == sum(world.returned.values())
    assert sum(one["other_stations"] for one in terms) == 0
    assert job is None or sum(proof.taken_fen for proof, _ in found) == job.taken_fen
    _posted(world, found, may_doubt=job is None)


def _locked_out(world: World) -> bool:
    if world.dialect == "acs":
        return any(card.chip.security[0] != 7 for card in world.cards)
    torn = 0
    for name in world.stations:
        desk = world.start(Power(), name)
        try:
            with desk.station.store.reading() as reading:
                for one in world.households:
                    torn += reading.attempts.torn("CS01", one.card_no)
        finally:
            desk.station.store.close()
    return torn > 0


def _settled(topups: list[TopUp], *, may_dispute: bool) -> None:
    ends = {TopUpState.VOIDED, TopUpState.SEALED, TopUpState.REFUNDED}
    ends |= {TopUpState.DISPUTED} if may_dispute else set()
    left = [one for one in topups if one.state not in ends]
    assert not left, [(one.topup_id, one.state) for one in left]


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


def _live_litres(books: list[tuple[TopUp, ...]], card_no: str) -> int:
    """Litres sealed on a card, by whichever station, and not taken back."""
    every = [one for topups in books for one in topups if one.identity.card_no == card_no]
    back = {one.corrects for one in every if one.corrects and one.state in BACK}
    sealed = {
        one.topup_id: _litres(one)
        for one in every
        if one.direction is Direction.SALE and one.state is TopUpState.SEALED
    }
    return sum(litres for topup_id, litres in sealed.items() if topup_id not in back)


def _litres(load: TopUp) -> int:
    assert isinstance(load.quantity, Volume)
    return load.quantity.litres
