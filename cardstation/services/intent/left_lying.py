"""Makes the cases of what goes nowhere: a list, a bag, a batch that could be closed and is not."""

from __future__ import annotations

from datetime import datetime, timedelta

from cardstation.domain.batch_life import Stage
from cardstation.domain.custody import Where
from cardstation.domain.exception_case import Kind
from cardstation.domain.guides import CLOSABLE, LIES_HERE, LYING, NOT_ENDED, NOT_RUN, WITH_TEAM
from cardstation.services.custody_state import CustodyState
from cardstation.services.intent.cases import Case, Moment, case

LIST_AFTER = timedelta(days=30)
"""So long may a list wait for its first card before somebody is asked."""
BAG_AFTER = timedelta(days=7)
"""So long may a bag lie where it is: its households cannot buy gas meanwhile."""
_BAGS = (LIES_HERE, NOT_RUN, WITH_TEAM)
_ONLY_LISTED = (Stage.LISTED, Stage.QUOTED)


def of_lying(found: CustodyState, moment: Moment, *, closable: bool, asked: bool) -> list[Case]:
    """What nobody touched for long; the names of its households stay here as long.

    Args:
        found: A batch that is not closed, and its bag.
        moment: Now.
        closable: Nothing keeps it from being closed; one whose run was begun waits for cards.
        asked: Something else of it is asked about.
    """
    last = last_touched(found)
    if closable and may_be_ended(found):
        return [_case(found, moment, CLOSABLE, last, timedelta())]
    code = _code(found, asked=asked)
    after = LIST_AFTER if code == LYING else BAG_AFTER
    if not code or moment.now - last < after:
        return []
    return [_case(found, moment, code, last, after)]


def last_touched(found: CustodyState) -> datetime:
    """When somebody last did something of a batch."""
    return found.timeline[-1].step.at if found.timeline else found.batch.batch.imported_at


def may_be_ended(found: CustodyState) -> bool:
    """It is worth saying that nothing keeps it from being closed."""
    return bool(found.custody.cards) and found.stage is not Stage.RUNNING


def where_it_lies(found: CustodyState, now: datetime) -> str:
    """The code of a bag that nobody touched for long, as its case has it; empty for any other."""
    code = _code(found, asked=True)
    return code if code in _BAGS and now - last_touched(found) >= BAG_AFTER else ""


def _code(found: CustodyState, *, asked: bool) -> str:
    custody = found.custody
    if len(custody.held) > custody.short:
        at = {custody.where[place] for place in custody.held}
        if at == {Where.TEAM}:
            return WITH_TEAM
        return NOT_RUN if Where.WAITING in at else LIES_HERE
    if found.stage in _ONLY_LISTED:
        return LYING
    return "" if asked else NOT_ENDED


def _case(
    found: CustodyState,
    moment: Moment,
    code: str,
    last: datetime,
    after: timedelta,
) -> Case:
    batch_id, custody = found.batch.batch.batch_id, found.custody
    return case(
        Kind.BAG,
        code,
        moment,
        key=f"{batch_id} list",
        batch_id=batch_id,
        since=last + after,
        values={"days": (moment.now - last).days, "n": len(custody.held) - custody.short},
    )
