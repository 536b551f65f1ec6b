"""Releases an amount far above what such a household uses: a supervisor says that it is meant."""

from __future__ import annotations

from dataclasses import replace

from cardstation.domain.preflight import FORGIVEN, IMPLAUSIBLE, RELEASED, SAID_ONCE, decide
from cardstation.domain.shift import Approval
from cardstation.errors import Refusal
from cardstation.services.intent.anchoring import anchor_journal
from cardstation.services.intent.funding import batch_of
from cardstation.services.intent.guards import ensure_may_write, ensure_other_person
from cardstation.services.lists.changing import ensure_once, exchange, live_line
from cardstation.services.lists.entry import ensure_typed_by_others, typed_hands
from cardstation.services.lists.judging import released_terms
from cardstation.services.station import Station


def release_amount(station: Station, batch_id: str, place: int, approval: Approval) -> int:
    """Make a row ready that only its unusual amount kept back; money that lies there pays for it.

    The supervisor's word holds as well for what is said once: that its household waits in another
    open batch, or has a paid order.

    Args:
        station: The desk.
        batch_id: Of the batch.
        place: Of the row, from 1.
        approval: A supervisor who is not the clerk.

    Returns:
        The place of the line that counts from now on.

    Raises:
        Refusal: `unknown_batch`, `unknown_line`, `line_fixed`, `line_withdrawn`,
            `nothing_to_release` (something else keeps it back), `already_on_list`,
            `second_person_same`, `second_person_typed`, and those of `ensure_may_write`.
    """
    ensure_may_write(station)
    ensure_other_person(station, approval)
    with station.store.unit() as unit:
        old = live_line(unit, batch_id, place)
        hands = typed_hands(unit, batch_of(unit, batch_id))
        ensure_typed_by_others(approval, (hands.get(place, frozenset()),))
        household = unit.households.get(old.account_no)
        kept_back = set(old.reasons) - set(FORGIVEN) - SAID_ONCE
        if household is None or old.money is None or kept_back != {IMPLAUSIBLE}:
            raise Refusal("nothing_to_release", row=old.row.row)
        terms = released_terms(station, unit, {old.account_no}, batch_id)
        terms = replace(terms, elsewhere=frozenset(), orders={})
        new = decide(old.row, household, old.money, terms, ground=old.ground)
        if new.reasons:
            raise Refusal("nothing_to_release", row=old.row.row)
        ensure_once(unit, batch_id, new.account_no, but=place)
        new = replace(new, reasons=(RELEASED,))
        became = exchange(station, unit, batch_id, place, "decided", new, approver=approval.name)
        unit.commit()
    anchor_journal(station)
    return became
