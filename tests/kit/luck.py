"""How unlucky the people of a closed loop are."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Luck:
    """How often, in per cent, each kind of bad luck strikes where it can."""

    torn_desk: int = 25
    switched_off: int = 15
    walks_away: int = 30
    returns: int = 8
    torn_meter: int = 15
    backwards: int = 4
    neighbour: int = 4
    magnet: int = 2
    forgets_meter: int = 15


USUAL = Luck()
