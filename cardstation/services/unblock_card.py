"""Takes a card off the list of reported cards (解锁): found again, or reported by mistake."""

from __future__ import annotations

from cardstation.domain.feed import POLICY
from cardstation.domain.ledger import PEOPLE, EntryKind
from cardstation.domain.shift import Approval
from cardstation.errors import Refusal
from cardstation.services.intent.anchoring import anchor_journal
from cardstation.services.intent.facts import append
from cardstation.services.intent.guards import (
    ensure_may_write,
    ensure_on_duty,
    ensure_other_person,
)
from cardstation.services.intent.words import meant
from cardstation.services.station import Station


def unblock_card(station: Station, card_no: str, approval: Approval, why: str) -> None:
    """Two persons say that a reported card may be used again; the next list may name it anew.

    Args:
        station: A desk whose list of reported cards is a file; where the centre publishes it, two
            people at the centre take the card off.
        card_no: Of the card.
        approval: Of the second person.
        why: In words: how it was found, or who reported it wrongly.

    Raises:
        Refusal: `card_not_reported`, `unblock_at_centre`, `second_person_same`, `proof_missing`,
            and those of `ensure_may_write` and `ensure_on_duty`.
    """
    ensure_may_write(station)
    ensure_on_duty(station)
    ensure_other_person(station, approval)
    words = meant(why)
    with station.store.unit() as unit:
        if unit.feeds.followed(POLICY).number:
            raise Refusal("unblock_at_centre", card_no=card_no)
        if card_no not in unit.blocked.every():
            raise Refusal("card_not_reported", card_no=card_no)
        homes = unit.households.of_card(card_no)
        append(
            station,
            unit,
            EntryKind.CARD_UNBLOCKED,
            card_no,
            account_no=homes[0].account_no if len(homes) == 1 else "",
            approver=approval.name,
            witness=PEOPLE + words,
        )
        unit.blocked.unblock(card_no)
        unit.commit()
    anchor_journal(station)
