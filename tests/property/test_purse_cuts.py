"""A load of a purse, cut everywhere: what the driver says of it is true, and it happens once.

Cut inside the card at every sub-step of its memory, between card and desk before, after and
instead of every answer, in the secure module's slot, and by every kind of noise; then again while
the desk finds out. The twin's own memory is the judge.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from cardstation.errors import LinkFailed, Mishap, Refusal
from cardstation.ports.purse import LoadTruth
from drivers.readers.wrappers import Fault, FaultKind
from drivers.virtual import Noise, NoiseKind, Tear, every_tear
from tests.kit.purse_cuts import (
    AFTER,
    BEFORE,
    FEN,
    Said,
    by_holder,
    by_protocol,
    check,
    desk_of,
    finish,
    loaded,
)
from tests.kit.purses import PURSE, PurseDesk, psam


def exchanges_of(desk: PurseDesk, act: Callable[[], object]) -> int:
    before = desk.fault.exchanges
    act()
    return desk.fault.exchanges - before


def load_exchanges(holder: str, by_t1: bool) -> int:
    desk = desk_of(holder, by_t1)
    plan = desk.planned(FEN)
    return exchanges_of(desk, lambda: desk.powered().load(plan, desk.keys))


NOT_SENT, SENT, DONE = (Said.UNKNOWN, False), (Said.UNKNOWN, True), (Said.DONE, True)
TOLD = {
    (FaultKind.BEFORE, False): (NOT_SENT, SENT),
    (FaultKind.LOST, False): (SENT,),
    (FaultKind.AFTER, False): (NOT_SENT, SENT, DONE),
    (FaultKind.BEFORE, True): (NOT_SENT,),
    (FaultKind.LOST, True): (SENT,),
    (FaultKind.AFTER, True): (NOT_SENT, DONE),
}
"""What is said of a load cut at all its exchanges in turn, and whether it happened, beside "not
done" of what did not: under T=0 the answer takes an exchange of its own."""


@by_protocol
@by_holder
@pytest.mark.parametrize("kind", FaultKind)
def test_cut_at_every_exchange(holder: str, by_t1: bool, kind: FaultKind) -> None:
    seen = set()
    for number in range(load_exchanges(holder, by_t1)):
        desk = desk_of(holder, by_t1)
        plan = desk.planned(FEN)
        desk.fault = Fault(number, kind, on_cut=desk.reader.pull)
        said = loaded(desk, plan)
        check(desk, said)
        seen.add((said, desk.stands() == AFTER))
        finish(desk, plan)
    told = {(Said.NOT_DONE, False), *TOLD[kind, by_t1]}
    assert seen == told


def tears() -> Iterator[Tear]:
    desk = desk_of("software")
    plan = desk.planned(FEN)
    desk.chip.arm(None)
    desk.powered().load(plan, desk.keys)
    yield from every_tear(desk.chip.steps, seeds=range(6))


@by_holder
def test_cut_at_every_sub_step_of_the_cards_memory(holder: str) -> None:
    seen = set()
    for tear in tears():
        desk = desk_of(holder)
        plan = desk.planned(FEN)
        desk.chip.arm(tear)
        said = loaded(desk, plan)
        desk.chip.arm(None)
        check(desk, said)
        seen.add((said, desk.stands() == AFTER))
        finish(desk, plan)
    assert seen == {(Said.UNKNOWN, False), (Said.UNKNOWN, True)}


def test_a_cut_commit_that_is_cut_again_while_it_is_settled() -> None:
    for tear in tears():
        for second in every_tear(3, seeds=range(3)):
            desk = desk_of("software")
            plan = desk.planned(FEN)
            desk.chip.arm(tear)
            check(desk, loaded(desk, plan))
            stand = desk.stands()
            desk.chip.arm(second)
            try:
                desk.powered()
            except LinkFailed:
                desk.chip.arm(None)
            desk.chip.arm(None)
            assert desk.stands() == stand
            finish(desk, plan)


@by_holder
@pytest.mark.parametrize("kind", FaultKind)
@pytest.mark.parametrize("done", [False, True])
def test_cut_at_every_exchange_of_finding_out(holder: str, kind: FaultKind, done: bool) -> None:
    desk = desk_of(holder)
    plan = desk.planned(FEN)
    if done:
        desk.powered().load(plan, desk.keys)
    stand = desk.stands()
    total = exchanges_of(desk, lambda: desk.powered().find_out(plan, desk.keys))
    for number in range(total):
        desk.fault = Fault(number, kind, on_cut=desk.reader.pull)
        try:
            finding = desk.powered().find_out(plan, desk.keys)
        except LinkFailed:
            pass
        else:
            assert finding.truth is (LoadTruth.DONE if done else LoadTruth.NOT_DONE)
        desk.fault = Fault()
        assert desk.stands() == stand
    finish(desk, plan)


@pytest.mark.parametrize("kind", FaultKind)
def test_the_secure_module_leaves_at_every_exchange(kind: FaultKind) -> None:
    fault = Fault()
    desk = PurseDesk(psam(fault=fault))
    plan = desk.planned(FEN)
    before = fault.exchanges
    desk.powered().load(plan, desk.keys)
    total = fault.exchanges - before
    for number in range(total):
        fault = Fault()
        desk = PurseDesk(psam(fault=fault))
        desk.chip.stand(PURSE, balance=BEFORE.balance_fen, online=BEFORE.sequence)
        plan = desk.planned(FEN)
        fault._at, fault._kind = fault.exchanges + number, kind
        said = loaded(desk, plan)
        check(desk, said)
        assert said is Said.NOT_DONE or (kind is FaultKind.AFTER and number == total - 1)
        desk.keys = psam()
        finish(desk, plan)


NOISES = [
    Noise(0, kind, seed=seed, acted=acted)
    for kind in NoiseKind
    if kind is not NoiseKind.HANG
    for seed in (range(8) if kind is NoiseKind.FLIPPED_BIT else range(1))
    for acted in (True, False)
    if acted or kind is not NoiseKind.FLIPPED_BIT
]


def noisy(desk: PurseDesk, noise: Noise, number: int) -> None:
    """The next insertion has this noise at that exchange."""
    desk.reader.pull()
    spoilt = Noise(number, noise.kind, noise.seed, acted=noise.acted)
    desk.reader.insert(desk.card, noise=[spoilt])


@by_holder
@pytest.mark.parametrize("noise", NOISES, ids=lambda one: f"{one.kind}-{one.seed}-{one.acted}")
def test_noise_at_every_exchange_of_a_load(holder: str, noise: Noise) -> None:
    for number in range(load_exchanges(holder, False)):
        desk = desk_of(holder)
        plan = desk.planned(FEN)
        noisy(desk, noise, number)
        said = loaded(desk, plan)
        desk.reader.pull()
        check(desk, said)
        finish(desk, plan)


@by_holder
@pytest.mark.parametrize("noise", NOISES, ids=lambda one: f"{one.kind}-{one.seed}-{one.acted}")
@pytest.mark.parametrize("done", [False, True])
def test_noise_at_every_exchange_of_finding_out(holder: str, noise: Noise, done: bool) -> None:
    desk = desk_of(holder)
    plan = desk.planned(FEN)
    if done:
        desk.powered().load(plan, desk.keys)
    total = exchanges_of(desk, lambda: desk.powered().find_out(plan, desk.keys))
    for number in range(total):
        noisy(desk, noise, number)
        try:
            finding = desk.powered().find_out(plan, desk.keys)
        except (Mishap, Refusal):
            continue
        finally:
            desk.reader.pull()
        assert finding.truth is (LoadTruth.DONE if done else LoadTruth.NOT_DONE)
    finish(desk, plan)


@pytest.mark.parametrize("noise", NOISES, ids=lambda one: f"{one.kind}-{one.seed}-{one.acted}")
def test_noise_while_a_plan_is_made_never_makes_a_wrong_plan(noise: Noise) -> None:
    desk = desk_of("software")
    right = desk.planned(FEN)
    total = exchanges_of(desk, lambda: desk.planned(FEN))
    for number in range(total):
        noisy(desk, noise, number)
        try:
            assert desk.planned(FEN) == right
        except (Mishap, Refusal):
            continue
        finally:
            desk.reader.pull()
