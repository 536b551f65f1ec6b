"""Withdraws what is left of gas due to a household: two people say why it is not due any more."""

from __future__ import annotations

from dataclasses import replace

from cardstation.domain.gas_due import DueStanding
from cardstation.domain.shift import Approval
from cardstation.errors import Refusal
from cardstation.services.intent.anchoring import anchor_journal
from cardstation.services.intent.facts import clerk_of
from cardstation.services.intent.gas_dues import record_withdrawn, standing
from cardstation.services.intent.guards import ensure_may_sell, ensure_other_person
from cardstation.services.intent.words import meant
from cardstation.services.station import Station


def withdraw_due(station: Station, due_id: str, approval: Approval, words: str) -> DueStanding:
    """Take back what is left of a due; what its loads carry stays given.

    Returns:
        The due as it stood before.

    Raises:
        Refusal: `unknown_gas_due`, `gas_due_ended`, `proof_missing`, `second_person_same`, and
            those of `ensure_may_sell`.
    """
    ensure_may_sell(station)
    ensure_other_person(station, approval)
    why = meant(words)
    with station.store.unit() as unit:
        found = standing(unit, due_id)
        if not found.is_open:
            raise Refusal("gas_due_ended", due_id=due_id)
        back = replace(
            found.due,
            quantity=found.left,
            words=why,
            clerk=clerk_of(station, unit),
            approver=approval.name,
            at=station.clock.now(),
        )
        record_withdrawn(station, unit, back)
        unit.commit()
    anchor_journal(station)
    return found
