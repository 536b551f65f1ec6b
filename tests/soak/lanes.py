"""The whole bag of the community through four and eight readers, with its rows that need people."""

from __future__ import annotations

from tests.kit.e2e_lanes import EVERYBODY, prove_lanes
from tests.kit.repeat import times
from tests.soak.figures import Figures, desk_of_its_own


def soak() -> Figures:
    """Every card accounted for, to the fen, with either number of readers."""
    told: dict[str, int] = {}
    for readers in (4, 8):
        with desk_of_its_own() as desk:
            found = prove_lanes(desk, readers, times("LANE_CARDS", EVERYBODY))
        told |= {f"{readers} readers, {what}": many for what, many in found.items()}
    return told
