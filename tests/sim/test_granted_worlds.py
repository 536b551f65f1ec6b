"""Worlds with offline grants: desks are cut off, hours pass, money comes late."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from cardstation.domain import granted
from cardstation.domain.granted import Asker, Given
from cardstation.domain.offline_grant import CARD_CAP, LIST_OLD, PAID_WAITS, STOPS
from cardstation.domain.topup import TopUp
from cardstation.services.intent import granting
from cardstation.services.station import Station
from cardstation.services.sync import sync
from cardstation.store import Reading
from tests.kit.grants import terms
from tests.sim.grants import CEILING, Grants
from tests.sim.play import play
from tests.sim.watch import Broken
from tests.sim.world import Size, World, world

CROWDED = Size(3, 20, 60, 0.2, grants=True)
SEEDS = [f"granted {number}" for number in (3, 5, 10, 18, 21)]
RARE = {CARD_CAP, LIST_OLD}
"""Few households come so often; no list of blocked cards is published in these worlds."""


def _played() -> Counter[str]:
    total: Counter[str] = Counter()
    for seed in SEEDS:
        total.update(play(seed, CROWDED).counts)
    return total


def test_every_way_a_load_waits_happens_and_no_grant_is_passed() -> None:
    total = _played()
    wanted = {f"refused: {code}" for code in (STOPS | {PAID_WAITS}) - RARE}
    assert {name for name in wanted if not total[name]} == set()
    assert total["sales"] > len(SEEDS)


def test_a_desk_that_asks_for_no_grant_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(granting, "why_not", lambda *_known, **_named: "")
    with pytest.raises(Broken, match=r"unheard, .* was granted"):
        _played()


def test_a_desk_that_takes_any_answer_for_contact_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    anything = granting.Contact(0)
    monkeypatch.setattr(granting, "_contact", lambda _station: anything)
    real = granting._ensure

    def ensure(
        station: Station, reading: Reading, intent: TopUp, contact: object, **how: Any
    ) -> str:
        took = contact is anything
        return "" if took else real(station, reading, intent, granting.NO_CONTACT, **how)

    monkeypatch.setattr(granting, "_ensure", ensure)
    with pytest.raises(Broken, match="under no grant, unheard"):
        _played()


def _copied(made: World) -> None:
    """A granted machine is copied while it is off; then both are heard, with nothing new."""
    made.centre.grants.allow("S001", terms())
    first = made.desks[0]
    made.work(first, sync)
    first.die()
    second = made.desk_at("S001", 1, made.folder / "copy")
    shutil.copytree(first.folder, second.folder)
    made.add(second)
    for desk in (first, second):
        made.work(desk, sync)


def _lost(made: World) -> None:
    """The answer with a smaller grant is lost; the money goes to another station of the team."""
    grants, (first, second, _) = made.centre.grants, made.desks
    grants.ceilings["T"] = CEILING
    grants.allow("S001", terms(100_000), "T")
    made.work(first, sync)
    grants.allow("S001", terms(0), "T")
    grants.told(
        made.centre.chains["S001"].head, first.ledger.key, first.ledger.news(), made.time.at
    )
    grants.allow("S002", terms(100_000), "T")
    made.work(second, sync)


def _not_looking(self: Given, asker: Asker) -> bool:
    return self.grant.station == asker.station


def _believing(*_known: object) -> None: ...


@pytest.mark.parametrize(
    ("story", "room", "name", "planted", "seen"),
    [
        (_copied, Given, "is_of", _not_looking, "has a grant twice"),
        (_lost, granted, "_older", _believing, "is the ceiling"),
    ],
)
def test_a_centre_that_gives_twice_is_found(
    monkeypatch: pytest.MonkeyPatch,
    story: Callable[[World], None],
    room: object,
    name: str,
    planted: object,
    seen: str,
) -> None:
    with world("granted", CROWDED) as made:
        story(made)
        Grants("granted").after(made)
    monkeypatch.setattr(room, name, planted)
    with world("granted", CROWDED) as made:
        story(made)
        with pytest.raises(Broken, match=seen):
            Grants("granted").after(made)
