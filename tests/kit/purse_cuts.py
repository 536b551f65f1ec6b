"""A load of a purse under test: who holds the keys, what the driver says, and whether it is so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum

import pytest

from cardstation.errors import LoadUnanswered, Mishap, Refusal
from cardstation.ports.purse import LoadPlan, LoadTruth, PurseKeys, PurseStand
from drivers.virtual.purse_card import VirtualPurseCard
from tests.kit.purses import AT, PURSE, PurseDesk, order, psam, software

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


def elsewhere(desk: PurseDesk, fen: int, minute: int) -> None:
    """Another desk loads the same card."""
    desk.reader.pull()
    purse = desk.powered()
    plan = purse.begin(order(fen, at=AT + timedelta(minutes=minute)), software())
    desk.powered().load(plan, software())
