"""Every work on a whole card, on every chip that has it, in every dialect that speaks to it."""

from __future__ import annotations

from functools import partial

from cardstation.domain.meter import CounterSchool, MakerRules
from drivers.chips import CHIPS
from drivers.layouts.open_tools import TOOL_LAYOUTS
from drivers.makers import MAKERS
from tests.kit import cut_clear, cut_issue, cut_reissue, cut_tool
from tests.kit.chips import on_other_chips
from tests.kit.clearing import CLEARABLE
from tests.kit.cut_issue import DONE
from tests.kit.cut_lives import CutWork
from tests.kit.cut_reissue import Act
from tests.kit.station import layout_of

SPOKEN = {driver.name: tuple(driver.spoken) for driver in CHIPS}
ONE_A_LAYOUT = (MAKERS[0], *(rules for rules, _ in on_other_chips()))
UNCOUNTED = next(one for one in MAKERS if one.school is CounterSchool.NONE)


def _of(rules: MakerRules) -> list[CutWork]:
    """The works on cards of this maker that there are."""
    made = []
    for dialect in SPOKEN[layout_of(rules).chip]:
        begins = {str(work): partial(cut_issue.begun, work=work) for work in DONE}
        begins |= {str(act): partial(cut_reissue.begun, act=act) for act in Act}
        if rules in CLEARABLE:
            begins |= {"clear": cut_clear.begun}
        made += [
            CutWork(name, rules.layout, dialect, partial(begin, dialect=dialect, rules=rules))
            for name, begin in begins.items()
        ]
    return made


WORKS = (
    *(work for rules in ONE_A_LAYOUT for work in _of(rules)),
    *(
        CutWork(
            f"{act} of a load that no meter counts",
            UNCOUNTED.layout,
            "acs",
            partial(cut_reissue.begun, dialect="acs", rules=UNCOUNTED, act=act),
        )
        for act in Act
    ),
    *(
        CutWork(
            "tool card taken back" if back else "tool card made",
            layout.code,
            dialect,
            partial(cut_tool.begun, dialect=dialect, layout=layout, back=back),
        )
        for layout in TOOL_LAYOUTS
        for dialect in SPOKEN[layout.chip]
        for back in (False, True)
    ),
)
"""An AT88SC102 is not cleared; a card of it that was made in another's place becomes nobody's."""
