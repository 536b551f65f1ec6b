"""What is open, as a list that one clerk signs over to the next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from cardstation.domain.allocation import divide
from cardstation.domain.batch_life import Stage
from cardstation.domain.exception_case import UNSIGNED
from cardstation.domain.guides import CLOSABLE, IN_DOUBT
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.shift import OpenItem
from cardstation.domain.topup import TopUp
from cardstation.errors import fail
from cardstation.services.batch_state import money_open
from cardstation.services.close_batch import is_closable
from cardstation.services.custody_state import CustodyState, said_at
from cardstation.services.intent.bag_cases import photo_of
from cardstation.services.intent.funding import holdings_of, purses_of
from cardstation.services.intent.left_lying import last_touched, may_be_ended, where_it_lies
from cardstation.services.intent.left_open import (
    batches_to_end,
    held_since,
    money_since,
    papers_elsewhere,
)
from cardstation.services.intent.lost_part import lost_since
from cardstation.services.intent.opened import code_about
from cardstation.services.intent.paying_out import OWED, account_of
from cardstation.store import Reading
from cardstation.store.funds import AskedPayment
from cardstation.store.payouts import PayoutBegun


def open_items(reading: Reading, now: datetime) -> tuple[OpenItem, ...]:
    """Top-ups, returns, payments, money of batches, lost loads, bags in hand, oldest first.

    And batches that nothing keeps from being closed.
    """
    items = [_of_intent(reading, intent) for intent in reading.topups.open_intents()]
    items += [_of_payment(asked) for asked in reading.funds.unanswered()]
    for found in batches_to_end(reading):
        items += _of_batch(reading, found, now)
    for found in papers_elsewhere(reading):
        items += _of_papers(found)
    items += [_of_note(reading, note) for note in reading.payouts.begun_beside()]
    return tuple(sorted(items, key=lambda one: (one.since, one.subject)))


def signed_alone(reading: Reading, now: datetime) -> tuple[OpenItem, ...]:
    """What nobody knows, that one person closed the last shift over alone; nobody signed since."""
    last = reading.shifts.last_close()
    if last is None or last.handed_to or reading.shifts.on_duty():
        return ()
    left = {one.subject for one in last.open_items if one.code in UNSIGNED}
    if not left:
        return ()
    items = open_items(reading, now)
    return tuple(one for one in items if one.code in UNSIGNED and one.subject in left)


def _of_intent(reading: Reading, intent: TopUp) -> OpenItem:
    owed = intent.state in OWED[intent.direction]
    on_its_way = owed and reading.payouts.unfinished(intent.topup_id)
    return OpenItem(
        subject=intent.topup_id,
        code=IN_DOUBT if on_its_way else code_about(intent),
        account_no=intent.account_no,
        card_no=intent.identity.card_no,
        batch_id=intent.batch_id,
        money=intent.money,
        since=intent.opened_at,
    )


def _of_note(reading: Reading, note: PayoutBegun) -> OpenItem:
    """Money that was begun to be handed over, and never recorded."""
    left = _left(note.subject, IN_DOUBT, "", note.money, note.at)
    return replace(left, account_no=account_of(reading, note.subject))


def _of_batch(reading: Reading, found: CustodyState, now: datetime) -> Iterator[OpenItem]:
    batch_id = found.batch.batch.batch_id
    if (since := money_since(found)) is not None:
        yield _left(
            f"{batch_id} money", "batch_money_open", batch_id, money_open(found.batch), since
        )
    else:
        yield from _in_doubt(reading, batch_id)
    yield from _lost_loads(found)
    if lies := where_it_lies(found, now):
        yield _left(f"{batch_id} bag", lies, batch_id, NO_MONEY, last_touched(found))
    elif (since := held_since(found)) is not None:
        yield _left(f"{batch_id} bag", "cards_not_back", batch_id, NO_MONEY, since)
    if may_be_ended(found) and is_closable(reading, found):
        yield _left(f"{batch_id} list", CLOSABLE, batch_id, NO_MONEY, last_touched(found))
    if found.stage is not Stage.CLOSED:
        yield from _of_papers(found)


def _of_papers(found: CustodyState) -> Iterator[OpenItem]:
    batch_id = found.batch.batch.batch_id
    for one in found.timeline:
        if one.photo_due:
            key = f"{batch_id} paper {one.step.seq}"
            yield _left(key, photo_of(one), batch_id, NO_MONEY, one.step.at)


def _lost_loads(found: CustodyState) -> Iterator[OpenItem]:
    """Gas on cards that were lost or destroyed here after their load; or found when made good."""
    said, batch_id, custody = said_at(found), found.batch.batch.batch_id, found.custody
    for place in (*custody.lost_loads, *sorted(custody.found_again)):
        line = found.batch.outcomes[place - 1].line
        yield OpenItem(
            subject=f"{batch_id} #{place}",
            code="load_made_good" if place in custody.found_again else "load_on_lost_card",
            account_no=line.account_no,
            card_no=line.card_no,
            batch_id=batch_id,
            money=line.money or NO_MONEY,
            since=said.get(place, found.batch.batch.imported_at),
        )


def _in_doubt(reading: Reading, batch_id: str) -> Iterator[OpenItem]:
    """Payments whose rest may be back with its payer already, while the batch itself goes on."""
    left = divide(purses_of(reading, batch_id), holdings_of(reading, batch_id)).left
    for payment in reading.funds.payments(batch_id):
        subject, rest = payment.payment_id, left[payment.payment_id]
        taken = reading.journal.at(payment.seq) or fail("money received has its fact")
        at = taken.written_at or datetime.fromisoformat(taken.entry.at)
        doubtful = bool(reading.payouts.unfinished(subject)) or lost_since(reading, at)
        if rest > NO_MONEY and doubtful:
            yield _left(subject, IN_DOUBT, batch_id, rest, at)


def _left(subject: str, code: str, batch_id: str, money: Money, since: datetime) -> OpenItem:
    return OpenItem(
        subject=subject,
        code=code,
        account_no="",
        card_no="",
        batch_id=batch_id,
        money=money,
        since=since,
    )


def _of_payment(asked: AskedPayment) -> OpenItem:
    return OpenItem(
        subject=asked.payment_id,
        code="payment_question",
        account_no="",
        card_no="",
        batch_id=asked.batch_id,
        money=asked.money,
        since=asked.at,
    )
