"""A load of a purse, cut everywhere: what the driver says of it is true, and it happens once.

Cut inside the card at every sub-step of its memory, between card and desk before, after and
instead of every answer, in the secure module's slot, and by every kind of noise; then again while
the desk finds out. The twin's own memory is the judge.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from enum import StrEnum

import pytest

from cardstation.errors import CardNotGenuine, LinkFailed, LoadUnanswered, Mishap, Refusal
from cardstation.ports.purse import LoadPlan, LoadTruth, PurseKeys, PurseStand
from drivers.readers.wrappers import Fault, FaultKind
from drivers.virtual import Noise, NoiseKind, Tear, every_tear
from drivers.virtual.purse_card import VirtualPurseCard
from tests.kit.purses import AT, PURSE, PurseDesk, order, psam, software, stranger_masters

FEN = 5000
BEFORE = PurseStand(1200, 7)
AFTER = PurseStand(BEFORE.balance_fen + FEN, 8)

HOLDERS: dict[str, Callable[[], PurseKeys]] = {
    "software": software,
    "no-tacs": lambda: software(tacs=False),
    "psam": psam,
}
by_holder = pytest.mark.parametrize("holder", HOLDERS)
by_protocol = pytest.mark.parametrize("by_t1", [False, True], ids=["t0", "t1"])


class Said(StrEnum):
    """What the driver says right after a load."""

    DONE = "done"
    NOT_DONE = "not done"
    UNKNOWN = "unknown until read"


def desk_of(holder: str, by_t1: bool = False) -> PurseDesk:
    desk = PurseDesk(HOLDERS[holder](), chip=VirtualPurseCard(by_t1=by_t1))
    desk.chip.stand(PURSE, balance=BEFORE.balance_fen, online=BEFORE.sequence)
    return desk


def loaded(desk: PurseDesk, plan: LoadPlan) -> Said:
    """Load, and what the driver says of it; a TAC that can be checked is right."""
    try:
        tac = desk.powered().load(plan, desk.keys)
        assert desk.keys.tac_fits(plan, tac) is not False
    except LoadUnanswered:
        return Said.UNKNOWN
    except (Mishap, Refusal):
        return Said.NOT_DONE
    return Said.DONE


def check(desk: PurseDesk, said: Said) -> None:
    """What was said is so."""
    desk.fault.exchanges, desk.fault._at = 0, None
    stand = desk.stands()
    assert stand in (BEFORE, AFTER)
    if said is not Said.UNKNOWN:
        assert stand == (AFTER if said is Said.DONE else BEFORE)


def finish(desk: PurseDesk, plan: LoadPlan) -> None:
    """Find out, load again where it did not happen: the money stands on the card once."""
    finding = desk.powered().find_out(plan, desk.keys)
    done = desk.stands() == AFTER
    assert finding.truth is (LoadTruth.DONE if done else LoadTruth.NOT_DONE)
    assert finding.stand == desk.stands()
    if done:
        assert finding.tac
        assert software().tac_fits(plan, finding.tac)
        assert loaded(desk, plan) is Said.NOT_DONE
    else:
        assert loaded(desk, plan) is Said.DONE
    assert desk.stands() == AFTER


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


def elsewhere(desk: PurseDesk, fen: int, minute: int) -> None:
    """Another desk loads the same card."""
    desk.reader.pull()
    purse = desk.powered()
    plan = purse.begin(order(fen, at=AT + timedelta(minutes=minute)), software())
    desk.powered().load(plan, software())


@by_holder
def test_a_load_of_another_desk_is_not_taken_for_ours(holder: str) -> None:
    """Same amount, too: only terminal, second and proof tell them apart."""
    for fen in (FEN, FEN + 1):
        desk = desk_of(holder)
        plan = desk.planned(FEN)
        elsewhere(desk, fen, 1)
        assert loaded(desk, plan) is Said.NOT_DONE
        assert desk.powered().find_out(plan, desk.keys).truth is LoadTruth.OTHER
        elsewhere(desk, fen, 2)
        assert desk.powered().find_out(plan, desk.keys).truth is LoadTruth.OTHER


@by_holder
def test_the_same_order_loaded_before_its_plan_is_not_taken_for_it(holder: str) -> None:
    desk = desk_of(holder)
    first = desk.planned(FEN)
    desk.powered().load(first, desk.keys)
    plan = desk.planned(FEN)
    elsewhere(desk, FEN, 1)
    assert desk.powered().find_out(plan, desk.keys).truth is LoadTruth.OTHER


@by_holder
def test_our_load_is_found_under_later_ones_and_what_the_meter_took(holder: str) -> None:
    desk = desk_of(holder)
    plan = desk.planned(FEN)
    desk.powered().load(plan, desk.keys)
    desk.chip.spend(PURSE, FEN, at=AT)
    assert desk.powered().find_out(plan, desk.keys).truth is LoadTruth.DONE
    elsewhere(desk, FEN, 1)
    finding = desk.powered().find_out(plan, desk.keys)
    assert (finding.truth, finding.stand.sequence) == (LoadTruth.DONE, 9)


@by_holder
def test_what_the_log_has_forgotten_is_not_guessed(holder: str) -> None:
    """Where the proof is gone, too: one later load pushes it out."""
    desk = desk_of(holder)
    plan = desk.planned(FEN)
    desk.powered().load(plan, desk.keys)
    elsewhere(desk, FEN, 1)
    desk.powered()
    for _ in range(10):
        desk.chip.spend(PURSE, 1, at=AT)
    assert desk.powered().find_out(plan, desk.keys).truth is LoadTruth.UNPROVEN


@by_holder
def test_a_meter_that_took_money_before_the_load_asks_for_a_new_plan(holder: str) -> None:
    desk = desk_of(holder)
    plan = desk.planned(FEN)
    desk.powered()
    desk.chip.spend(PURSE, 200, at=AT)
    with pytest.raises(Refusal) as stop:
        desk.powered().load(plan, desk.keys)
    assert stop.value.code == "purse_moved"
    finding = desk.powered().find_out(plan, desk.keys)
    assert finding.truth is LoadTruth.NOT_DONE
    again = desk.planned(FEN)
    assert (again.before, again.order) == (finding.stand, plan.order)
    desk.powered().load(again, desk.keys)
    assert desk.stands() == PurseStand(BEFORE.balance_fen - 200 + FEN, 8)


def test_a_card_that_was_set_back_proves_nothing() -> None:
    desk = desk_of("software")
    plan = desk.planned(FEN)
    desk.chip.stand(PURSE, balance=BEFORE.balance_fen, online=BEFORE.sequence - 1)
    assert desk.powered().find_out(plan, desk.keys).truth is LoadTruth.UNPROVEN
    desk.chip.stand(PURSE, balance=BEFORE.balance_fen + 1, online=BEFORE.sequence)
    assert desk.powered().find_out(plan, desk.keys).truth is LoadTruth.UNPROVEN


def test_a_plan_of_another_card_is_refused_before_anything_is_asked() -> None:
    desk, other = desk_of("software"), PurseDesk(chip=VirtualPurseCard(bytes(10)))
    plan = other.planned(FEN)
    for act in (desk.powered().load, desk.powered().find_out):
        with pytest.raises(Refusal) as stop:
            act(plan, desk.keys)
        assert stop.value.code == "purse_other_card"


def test_a_forged_card_is_not_loaded() -> None:
    """Same serial number, other keys."""
    stranger = VirtualPurseCard(masters=stranger_masters())
    desk = PurseDesk(chip=stranger)
    with pytest.raises(CardNotGenuine):
        desk.planned(FEN)
    plan = LoadPlan(stranger.serial, order(FEN), PurseStand(0, 0))
    with pytest.raises(CardNotGenuine):
        desk.powered().find_out(plan, desk.keys)
    assert loaded(desk, plan) is Said.NOT_DONE
    assert desk.stands() == PurseStand(0, 0)
