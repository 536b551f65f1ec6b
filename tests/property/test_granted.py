"""Whatever is asked, lost, asked again and decided: no grant is out twice, no team has too much."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

import pytest

from cardstation.domain import granted
from cardstation.domain.granted import Asker, Given, Offer, answer
from cardstation.domain.ledger import GENESIS
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.offline_grant import Grant, GrantTold, Terms, refused_because

STATIONS, TEAMS = ("S1", "S2", "S3"), ("", "T", "U")
CEILING = Money(100_000)
_MINUTE_US = 60_000_000


@dataclass
class Machine:
    """One start of a machine.

    Attributes:
        has: The grant it took last, or was copied with. team: Whose room that took.
        ours: It was taken in this start, so it may be used.
    """

    station: str
    boot: str
    key: str = "key"
    has: Grant | None = None
    team: str = ""
    ours: bool = False

    def in_use(self, now_us: int) -> Money:
        """What may be loaded under its grant."""
        runs = self.ours and self.has is not None and now_us < self.has.until_us
        return self.has.terms.money if self.has and runs else NO_MONEY


@dataclass
class Utility:
    """A centre as `central.granting` is one, and every machine that ever spoke for a station."""

    chance: Random
    now_us: int = 10**15
    kept: dict[str, Given] = field(default_factory=dict)
    terms: dict[str, Terms] = field(default_factory=dict)
    teams: dict[str, str] = field(default_factory=dict)
    machines: list[Machine] = field(default_factory=list)
    questions: list[Asker] = field(default_factory=list)
    starts: int = 0

    def room(self, station: str, team: str) -> Money:
        others = [
            given.out(self.now_us).fen
            for name, given in self.kept.items()
            if name != station and (self.teams[name] == team or given.counts_for(team))
        ]
        return max(NO_MONEY, CEILING - Money(sum(others)))

    def told(self, asker: Asker) -> Grant:
        name, team = asker.station, self.teams[asker.station]
        terms = self.terms[name]
        terms = terms.within(self.room(name, team)) if team else terms
        offer = Offer(terms, team, 0, GENESIS)
        grant, self.kept[name] = answer(self.kept.get(name), asker, offer, self.now_us)
        return grant

    def ask(self) -> None:
        """A machine asks, after somebody asked an old question again; its answer may be lost."""
        one = self.chance.choice(self.machines)
        asker = Asker(one.station, 1, one.key, one.boot, one.has.number if one.has else 0)
        self.questions.append(asker)
        if self.chance.random() < 0.3:
            self.told(self.chance.choice(self.questions))
        grant = self.told(asker)
        if self.chance.random() < 0.4:
            return
        said = GrantTold(grant, self.now_us, "")
        if not refused_because(said, one.has, station=one.station, epoch=1, key=one.key):
            one.has, one.team, one.ours = grant, self.kept[one.station].team, True

    def decide(self) -> None:
        name, fen = self.chance.choice(STATIONS), self.chance.choice((0, 20_000, 60_000, 100_000))
        self.terms[name] = Terms(Money(fen), self.chance.choice((0, 1, 8)), Money(fen), 1)
        self.teams[name] = self.chance.choice(TEAMS)

    def start(self) -> None:
        """A machine is started anew, or its copy beside it; maybe with another key."""
        one = self.chance.choice(self.machines)
        self.starts += 1
        key = self.chance.choice((one.key, one.key, f"key {self.starts}"))
        has = one.has if key == one.key else None
        self.machines.append(Machine(one.station, f"boot {self.starts}", key, has))
        if self.chance.random() < 0.5:
            self.machines.remove(one)

    def wait(self) -> None:
        self.now_us += self.chance.choice((1, 11, 50, 500)) * _MINUTE_US

    def look(self) -> None:
        """No station has a grant twice, and no team more than its ceiling.

        Raises:
            AssertionError: it is not so.
        """
        used = [one for one in self.machines if one.in_use(self.now_us)]
        names = [one.station for one in used]
        assert len(names) == len(set(names)), f"twice: {used}"
        for team in TEAMS[1:]:
            out = [one.in_use(self.now_us).fen for one in used if one.team == team]
            assert sum(out) <= CEILING.fen, f"{team}: {used}"


def lived(seed: int) -> int:
    """A life of a utility; how often money was in use."""
    utility = Utility(Random(seed))
    for name in STATIONS:
        utility.machines.append(Machine(name, "first"))
        utility.terms[name], utility.teams[name] = Terms(NO_MONEY, 0, NO_MONEY, 0), ""
    steps = (utility.ask, utility.ask, utility.ask, utility.decide, utility.wait, utility.start)
    used = 0
    for _ in range(120):
        utility.chance.choice(steps)()
        utility.look()
        used += sum(bool(one.in_use(utility.now_us)) for one in utility.machines)
    return used


def test_no_grant_is_out_twice_and_no_team_has_too_much() -> None:
    assert sum(map(lived, range(60))) > 1_000


def _not_looking(self: Given, asker: Asker) -> bool:
    return self.grant.station == asker.station


@pytest.mark.parametrize(
    ("room", "name", "planted", "seen"),
    [
        (Given, "is_of", _not_looking, "twice"),
        (granted, "_older", lambda *_known: None, ": "),
        (Given, "counts_for", lambda _self, _team: False, ": "),
    ],
)
def test_a_centre_that_forgets_one_of_these_is_found(
    monkeypatch: pytest.MonkeyPatch, room: object, name: str, planted: object, seen: str
) -> None:
    monkeypatch.setattr(room, name, planted)
    with pytest.raises(AssertionError, match=seen):
        sum(map(lived, range(200)))


def test_two_answers_that_were_lost_leave_no_room_in_two_teams() -> None:
    """A station goes from team to team and hears of none: its grant of the first one runs."""
    utility = Utility(Random(0))
    terms = Terms(Money(60_000), 8, Money(60_000), 1)
    utility.terms = dict.fromkeys(STATIONS, terms)
    utility.teams = {"S1": "T", "S2": "T", "S3": "U"}
    first = utility.told(Asker("S1", 1, "key", "boot"))
    for team in ("U", "", "U"):
        utility.teams["S1"] = team
        utility.now_us += 11 * _MINUTE_US
        utility.told(Asker("S1", 1, "key", "boot", first.number))
        for other in ("S2", "S3"):
            assert utility.told(Asker(other, 1, other, "boot")).terms.money == Money(40_000)
