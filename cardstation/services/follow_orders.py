"""Lets the rows of open batches follow a paid order that the centre bound anew."""

from __future__ import annotations

from cardstation.domain.batch import ManifestLine
from cardstation.domain.batch_life import Stage
from cardstation.domain.order_change import payment_of
from cardstation.domain.preflight import decide
from cardstation.errors import Refusal
from cardstation.services.intent.anchoring import anchor_journal
from cardstation.services.lists.changing import exchange, live_line
from cardstation.services.lists.judging import terms_of
from cardstation.services.station import Station
from cardstation.store import Reading, Unit

_BEFORE_THE_RETURN = (Stage.RETURNED, Stage.CLOSED)


def follow_orders(station: Station) -> int:
    """Judge rows again whose order has another number now: it is theirs still, or nobody's here.

    A row whose load was begun stays as it is.

    Returns:
        How many rows were judged again.
    """
    with station.store.reading() as reading:
        moved = _moved(reading)
        places = reading.batches.with_orders(moved) if moved else ()
        stages = reading.steps.stages() if places else {}
    done = 0
    for batch_id, place in places:
        if stages.get(batch_id) in _BEFORE_THE_RETURN:
            continue
        with station.store.unit() as unit:
            if _follow(station, unit, batch_id, place):
                unit.commit()
                done += 1
    if done:
        anchor_journal(station)
    return done


def _moved(reading: Reading) -> frozenset[str]:
    """Orders that wait no more, of whose payment another order waits."""
    waiting = {payment_of(one.order_id) for one in reading.orders.waiting() if "/" in one.order_id}
    return frozenset(
        one.order_id
        for one in (reading.orders.every() if waiting else ())
        if payment_of(one.order_id) in waiting and reading.orders.is_gone(one.order_id)
    )


def _follow(station: Station, unit: Unit, batch_id: str, place: int) -> bool:
    try:
        old = live_line(unit, batch_id, place)
    except Refusal:  # its load was begun, or it counts no more
        return False
    exchange(station, unit, batch_id, place, "order_moved", _judged(station, unit, batch_id, old))
    return True


def _judged(station: Station, reading: Reading, batch_id: str, old: ManifestLine) -> ManifestLine:
    household = reading.households.get(old.account_no)
    if household is None:
        raise Refusal("unknown_household", account_no=old.account_no)
    terms = terms_of(station, reading, {old.account_no}, batch_id)
    return decide(old.row, household, None, terms, ground=old.ground)
