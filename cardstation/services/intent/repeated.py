"""Keeps a load from being paid back whose household has it on a new card by now, by the ledger.

A desk that makes a card in the place of another, and a desk that takes the load off the card that
was lost, both tell the ledger before a byte is written: whom it heard first goes on.
"""

from __future__ import annotations

from itertools import takewhile

from cardstation.domain.reissue import reissues_in
from cardstation.domain.topup import TopUp
from cardstation.domain.transitions import TopUpEvent
from cardstation.errors import Refusal
from cardstation.services.identify import Inserted
from cardstation.services.intent.adopt import has_a_ledger, told_of
from cardstation.services.intent.generations import learn_generation, replaced_before
from cardstation.services.intent.records import record_move, record_untouched
from cardstation.services.send_eagerly import send_eagerly
from cardstation.services.station import Station


def ensure_ledger_hears(station: Station, card: Inserted, sale: TopUp) -> None:
    """A card that was out of this lane may have been reported lost since.

    Raises:
        Refusal: `return_needs_ledger`: nobody can tell whether a new card carries its load.
    """
    if card.told is None and has_a_ledger(station) and not _in_lane(card, sale.topup_id):
        raise Refusal("return_needs_ledger", card_no=card.content.identity.card_no)


def ensure_before_reissue(station: Station, card: Inserted, back: TopUp) -> None:
    """The ledger heard of this return before it heard of a new card; else the return is given up.

    Where the card did not leave the lane, and the ledger is silent, nobody else was asked for one.

    Args:
        station: The desk.
        card: In the lane, untouched.
        back: The return, armed.

    Raises:
        Refusal: `load_on_new_card`, `return_needs_ledger`: nothing was written.
    """
    if not has_a_ledger(station):
        return
    identity = back.identity
    sent = send_eagerly(station)
    told = told_of(station, identity.card_no)
    if told is None or not sent:
        if _in_lane(card, back.corrects):
            return
        _given_up(station, card, back, "return_needs_ledger")
        raise Refusal("return_needs_ledger", card_no=identity.card_no)
    before_us = tuple(takewhile(lambda one: one.subject != back.topup_id, told))
    if replaced_before(card, before_us):
        _given_up(station, card, back, "load_on_new_card")
        card.told = told
        learn_generation(station, card)
        raise Refusal("load_on_new_card", card_no=identity.card_no)


def ensure_not_repeated(station: Station, back: TopUp) -> None:
    """What people say was taken off its card was not put on a new one before the return began.

    Raises:
        Refusal: `load_on_new_card`, `return_needs_ledger`.
    """
    if not has_a_ledger(station):
        return
    sent = send_eagerly(station)
    told = told_of(station, back.identity.card_no)
    if told is None or not sent:
        raise Refusal("return_needs_ledger", card_no=back.identity.card_no)
    before_us = takewhile(lambda one: one.subject != back.topup_id, told)
    if any(one.load == back.corrects for one in reissues_in(before_us, back.identity)):
        raise Refusal("load_on_new_card", card_no=back.identity.card_no)


def _in_lane(card: Inserted, sale_id: str) -> bool:
    return card.sealed == sale_id


def _given_up(station: Station, card: Inserted, back: TopUp, reason: str) -> None:
    proven = record_untouched(station, back, card.image, reason=reason)
    record_move(station, proven, TopUpEvent.WITHDRAWN, reason=reason)
