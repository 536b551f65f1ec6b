"""Makes a card in the place of another alone: whom the ledger heard first goes on, the other stops.

The ledger's order decides between a new card, a return of the load it carries, a load on the card
before, and another new card. It is asked once the work is armed and sent, before the first byte.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from cardstation.domain.household import Household
from cardstation.domain.ledger import Entry
from cardstation.domain.meter import CounterSchool
from cardstation.domain.reissue import is_of_household, reissues_in
from cardstation.domain.topup import TopUp, Work
from cardstation.domain.transitions import OFF_CARD
from cardstation.errors import Refusal
from cardstation.services.intent.adopt import has_a_ledger, told_of
from cardstation.services.intent.last_load import last_load, still_open
from cardstation.services.intent.undoing import record_undone
from cardstation.services.send_eagerly import send_eagerly
from cardstation.services.station import Station


def facts_of_card(station: Station, card_no: str) -> tuple[Entry, ...]:
    """Every fact about a card number, oldest first: the ledger's, once it has all of ours.

    A desk that belongs to no ledger knows all that there is itself.

    Raises:
        Refusal: `reissue_needs_ledger`.
    """
    if not has_a_ledger(station):
        with station.store.reading() as reading:
            every = [one.entry for one in reading.journal.every()]
        return tuple(one for one in every if one.card_no == card_no)
    sent = send_eagerly(station)
    told = told_of(station, card_no)
    if told is None or not sent:
        raise Refusal("reissue_needs_ledger", card_no=card_no)
    return told


def ensure_nothing_open(station: Station, told: Sequence[Entry], household: Household) -> None:
    """Nothing waits for a card of this household, at no desk; dead cards are cleared meanwhile.

    Raises:
        Refusal: `reissue_intent_open`, `reissue_open_elsewhere`.
    """
    account_no = household.account_no
    with station.store.reading() as reading:
        ours = [one for one in reading.topups.open_intents() if one.account_no == account_no]
    if any(one.state not in OFF_CARD and one.reference != Work.CLEAR for one in ours):
        raise Refusal("reissue_intent_open", account_no=account_no)
    waiting = still_open(told)
    if waiting is not None:
        raise Refusal("reissue_open_elsewhere", account_no=account_no, station=waiting.station)


def ensure_first(station: Station, work: TopUp, approver: str) -> None:
    """The ledger heard of this card before anything that stands against it; else it is undone.

    Args:
        station: The desk.
        work: Armed, and nothing of it written by anybody who was not first.
        approver: The second person.

    Raises:
        Refusal: `reissue_overtaken`: it never was; `reissue_needs_ledger`: it waits.
    """
    told = facts_of_card(station, work.identity.card_no)
    known = [one for one in told if is_of_household(one, work.identity)]
    before_us = tuple(takewhile(lambda one: one.subject != work.topup_id, known))
    if _overtaken(station, before_us, work):
        record_undone(station, work, "overtaken", approver)
        send_eagerly(station)
        raise Refusal("reissue_overtaken", account_no=work.account_no)


def _overtaken(station: Station, before_us: Sequence[Entry], work: TopUp) -> bool:
    identity = work.identity
    rules = station.rules_of(identity.maker)
    newest = max((one.generation for one in reissues_in(before_us, identity)), default=0)
    if still_open(before_us) is not None or newest >= identity.generation:
        return True
    last = last_load(before_us, identity.meter_no, rules)
    if last is None:
        return bool(work.corrects)
    if work.corrects:
        return last.seal.subject != work.corrects or last.back is not None
    counts = rules.school is not CounterSchool.NONE
    return counts and last.back is None and last.seal.counter_after > work.counter_after
