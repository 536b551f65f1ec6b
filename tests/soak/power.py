"""50 power cuts on a disk that forgets what was not fsynced, and a control that must lose."""

from __future__ import annotations

from tests.kit.power_cuts import prove_control, prove_cuts
from tests.kit.power_life import need_forgetful_disk, pack
from tests.kit.repeat import first_seed, times
from tests.soak.figures import Figures, desk_of_its_own


def soak() -> Figures:
    """Cut, forget, recover, prove; the figures say in which effect the power failed."""
    need_forgetful_disk()
    seed, count = first_seed(), times("CUTS", 50)
    with desk_of_its_own() as desk:
        bag = pack(desk)
        where = prove_cuts(desk, bag, count, seed)
        cuts, found = prove_control(desk, bag, 20, seed)
    figures = {"stories": count, "effects of a run": bag.effects, **dict(where.most_common())}
    return figures | {"control: cuts until it lost": cuts, "control: found broken": len(found)}
