"""Plays a world from its seed to its end, and says what became of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from tests.sim.counter import AT_COUNTER
from tests.sim.fates import FATES
from tests.sim.grants import Grants
from tests.sim.proven import proven
from tests.sim.settle import settle
from tests.sim.watch import Broken
from tests.sim.world import SHOWN, Size, World, world

Watcher = Callable[[World, int], None]


@dataclass(frozen=True)
class Report:
    """What a world came to.

    Attributes:
        homes: Households whose card and meter took part.
    """

    seed: object
    steps: int
    homes: int
    checks: int
    digest: str
    counts: Counter[str]
    named: Counter[str]


def play(seed: object, size: Size, watcher: Watcher = lambda _world, _step: None) -> Report:
    """Play a world; the oracle looks after every step.

    Raises:
        Broken: it saw something; seed, step and the last steps are in the message.
    """
    with world(seed, size) as made:
        step, grants = 0, Grants(seed) if size.grants else None
        try:
            for step in range(1, size.steps + 1):
                if grants is not None:
                    grants.before(made)
                _step(made, step)
                if grants is not None:
                    grants.after(made)
                watcher(made, step)
            settle(made)
        except Exception as error:
            raise Broken(_told(made, step, error)) from error
        return Report(
            seed=seed,
            steps=step,
            homes=len(made.town.homes),
            checks=made.oracle.checks,
            digest=made.digest.hexdigest(),
            counts=made.counts,
            named=made.oracle.named,
        )


def _step(made: World, step: int) -> None:
    made.time.pass_by(timedelta(seconds=made.chance.randrange(10, 600)))
    fates = (*FATES, *AT_COUNTER) if made.size.counter else FATES
    acts = [act for _, act in fates]
    act = made.chance.choices(acts, [weight for weight, _ in fates])[0]
    act(made)
    made.look()
    if step % 400 == 0:
        prove(made)


def prove(made: World) -> None:
    """The product's own proof of one station, taken at a checkpoint."""
    running = [desk for desk in made.desks if desk.station is not None and not desk.fate]
    if running:
        desk = made.chance.choice(running)
        proven(made, desk)


def _told(made: World, step: int, error: Exception) -> str:
    last = "\n".join(f"  {line}" for line in made.trace[-SHOWN:])
    kind = type(error).__name__
    return (
        f"seed {made.seed}, step {step} of {made.size.steps} ({made.size.stations} stations,"
        f" {made.size.households} households): {kind}: {error}\n{last}"
    )
