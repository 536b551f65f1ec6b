"""What goes wrong with one bag, drawn from a seed: which card, in which lane, at which command.

A plan is drawn whole before anything happens, so that a seed tells the same story again; what
depends on the machine is only how far the other lanes are when a lane's moment comes.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

LANES = 3
LINES = 6
"""Rows of a bag; the card of the last one never comes."""
ROUNDS = 2
COMMANDS = 20
"""A load takes fewer; a moment beyond its end is one with the card lying there."""
STEPS = 60
"""Erases, programs and compares of a load; a cut beyond them is none."""


class Deed(StrEnum):
    """What a hand does with one card."""

    PLAIN = "left alone"
    TORN = "pulled inside a write"
    DRAWN = "pulled between two commands"
    SWAPPED = "exchanged, and the reader saw it"
    BLIND = "exchanged, and the reader did not see it"
    TWICE = "put in twice"
    FOREIGN = "card of nobody on the list"
    OTHER_BATCH = "card of another batch"
    DEAD = "card of another kind"


STRANGE = frozenset({Deed.FOREIGN, Deed.OTHER_BATCH, Deed.DEAD})
"""Cards that nothing is written to; the others are drawn twice as often."""


class Accident(StrEnum):
    """What happens to the desk while cards are at work."""

    READERS = "all readers unplugged"
    DRIVER = "one driver stopped"
    SERVICE = "card service killed"
    PROCESS = "run killed"


class Outside(StrEnum):
    """What happens beside the lanes."""

    LEDGER = "ledger gone and back"
    PAPER = "printer out of paper"
    ENVELOPES = "two cards in each other's envelopes"
    INTERRUPTED = "run paused by the clerk"


@dataclass(frozen=True, slots=True)
class Insertion:
    """One card laid into a lane.

    Attributes:
        card: Of the bag, from 0.
        other: Of the bag: the one that is laid in instead, when they are exchanged.
        at: The command, or the step of the chip, at which it happens.
    """

    lane: int
    deed: Deed
    card: int
    other: int
    at: int


@dataclass(frozen=True, slots=True)
class Struck:
    """An accident that waits for a lane's card to come to a command."""

    accident: Accident
    lane: int
    at: int


@dataclass(frozen=True, slots=True)
class Round:
    """A card in every lane, and what happens meanwhile."""

    insertions: tuple[Insertion, ...]
    accidents: tuple[Struck, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """The bad luck of one bag.

    Attributes:
        outside: What happens beside the lanes.
        ledger_gone: Before which round the ledger goes; it is back at the end of the rounds.
        sheets: How many papers come out before the printer is empty.
        pair: Two cards that lie in each other's envelopes.
    """

    seed: int
    rounds: tuple[Round, ...]
    outside: frozenset[Outside]
    ledger_gone: int
    sheets: int
    pair: tuple[int, int]

    @property
    def told(self) -> list[str]:
        """What happens, a word for each."""
        said = [one.accident.value for each in self.rounds for one in each.accidents]
        said += [one.deed.value for each in self.rounds for one in each.insertions]
        return [*said, *(one.value for one in sorted(self.outside))]


def draw(seed: int) -> Plan:
    """The plan of a seed."""
    chance = random.Random(seed)
    present = range(LINES - 1)
    rounds = tuple(_round(chance, present) for _ in range(ROUNDS))
    outside = frozenset(one for one in Outside if chance.random() < 1 / 2)
    first, second = chance.sample(present, 2)
    return Plan(
        seed, rounds, outside, chance.randrange(ROUNDS), chance.randrange(4), (first, second)
    )


def _round(chance: random.Random, present: Sequence[int]) -> Round:
    cards = chance.sample(present, LANES)
    left = [card for card in present if card not in cards]
    insertions = tuple(_insertion(chance, lane, card, left) for lane, card in enumerate(cards))
    room = chance.choice((None, Accident.READERS, Accident.DRIVER, Accident.SERVICE))
    struck = chance.choice((None, Accident.PROCESS))
    kinds = [one for one in (room, struck) if one]
    chance.shuffle(kinds)
    written = [one.lane for one in insertions if one.deed not in STRANGE] or [0]
    accidents = [
        Struck(one, chance.choice(written), chance.randrange(1, COMMANDS)) for one in kinds
    ]
    return Round(insertions, tuple(accidents))


def _insertion(chance: random.Random, lane: int, card: int, left: list[int]) -> Insertion:
    """A card that is laid in instead lies in no other lane."""
    deeds = [one for one in Deed if one is not Deed.SWAPPED or left]
    [deed] = chance.choices(deeds, [1 if one in STRANGE else 2 for one in deeds])
    other = left.pop(chance.randrange(len(left))) if deed is Deed.SWAPPED else card
    at = chance.randrange(1, STEPS if deed is Deed.TORN else COMMANDS)
    return Insertion(lane, deed, card, other, at)
