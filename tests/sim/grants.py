"""Offline grants in a world: people decide, desks are cut off, hours pass; no grant is passed."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from cardstation.domain.ledger import Entry, EntryKind
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.offline_grant import UNDER, Terms
from cardstation.domain.payment import NO_GRANT_NEEDED
from cardstation.store import Reading
from tests.sim.desk import Desk
from tests.sim.watch import Broken
from tests.sim.world import World

MONEY = (0, 10_000, 15_000, 25_000, 40_000, 10_000_000)
HOURS = (0, 2, 12, 24, 24)
CEILING = Money(10_050_000)
"""Of all stations together: one of them may have the largest grant."""
_FAR = 100_000


class Grants:
    """The grants of one world; its chances are its own, so that no other story changes."""

    def __init__(self, seed: object) -> None:
        self.chance = Random(f"grants {seed}")
        self.governed: dict[str, int] = {}

    def before(self, world: World) -> None:
        """What people and the network do before a step."""
        chance = self.chance
        if chance.random() < 0.15:
            self._decide(world)
        if chance.random() < 0.15:
            desk = chance.choice(world.desks)
            desk.ledger.parted = chance.random() < 0.7
            world.say(f"{desk.key} parted {desk.ledger.parted}")
        if chance.random() < 0.1:
            world.time.pass_by(timedelta(minutes=chance.randrange(600)))
            world.say("hours pass")

    def _decide(self, world: World) -> None:
        chance = self.chance
        name = chance.choice([desk.name for desk in world.desks])
        card = chance.choice((10_000_000, 10_000_000, 4_000))
        said = Terms(Money(chance.choice(MONEY)), chance.choice(HOURS), Money(card), 24)
        world.centre.grants.ceilings["T"] = CEILING
        world.centre.grants.allow(name, said, "T")
        world.counts["grants decided"] += 1
        world.say(f"{name} is allowed {said.money} in {said.hours} h, {said.card_money} a card")

    def after(self, world: World) -> None:
        """Every desk that is on and whole keeps within its grant, and all within what there is.

        Raises:
            Broken: they do not.
        """
        granted = [(desk, money) for desk in world.desks if (money := _running(desk)).fen]
        names = [desk.name for desk, _ in granted]
        if len(names) > len(set(names)):
            raise Broken(f"a station has a grant twice: {[desk.key for desk, _ in granted]}")
        if (out := Money(sum(money.fen for _, money in granted))) > CEILING:
            raise Broken(f"{out} may be loaded unheard, {CEILING} is the ceiling")
        for desk in world.desks:
            if desk.station is None or desk.fate or desk.rejoined:
                continue
            with desk.station.store.reading() as reading:
                self._within(desk, reading)

    def _within(self, desk: Desk, reading: Reading) -> None:
        if not reading.grants.needed():
            return
        head = reading.journal.head().seq
        since = self.governed.setdefault(desk.key, head)
        acked, _ = reading.outbox.acked()
        unheard = [one.entry for one in reading.journal.since(acked, _FAR)]
        own = [one for one in unheard if _counts(one)]
        kept = reading.grants.taken()
        if kept is not None:
            number = f"{UNDER}{kept.grant.number}"
            used = sum(one.fen for one in own if one.witness == number)
            if used > kept.grant.terms.money.fen:
                granted = kept.grant.terms.money
                raise Broken(f"{desk.key} loaded {Money(used)} unheard, {granted} was granted")
        first = [one for one in own if one.seq > since and not _again(reading, one)]
        under_none = {one.subject for one in first if not one.witness}
        if len(under_none) > 1:
            raise Broken(f"{desk.key} loaded {len(under_none)} cards under no grant, unheard")


def _running(desk: Desk) -> Money:
    """What a desk may load under its grant now, whatever it loaded."""
    if desk.station is None:
        return NO_MONEY
    with desk.station.store.reading() as reading:
        kept = reading.grants.taken()
        epoch = reading.journal.head().epoch
    clock = desk.station.clock
    ours = kept is not None and (kept.grant.epoch, kept.boot_id) == (epoch, clock.boot_id)
    if kept is None or not ours or clock.monotonic_ns() >= kept.ends_ns:
        return NO_MONEY
    return kept.grant.terms.money


def _counts(entry: Entry) -> bool:
    """A load for money that this desk began itself."""
    armed = entry.kind is EntryKind.ARMED
    return armed and not (entry.corrects or entry.origin) and entry.tender not in NO_GRANT_NEEDED


def _again(reading: Reading, entry: Entry) -> bool:
    """It was armed before: what was begun goes to its end."""
    return any(
        one.entry.kind is EntryKind.ARMED and one.entry.subject == entry.subject
        for one in reading.journal.since(0, entry.seq - 1)
        if one.seq < entry.seq
    )
