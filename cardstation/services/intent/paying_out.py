"""Money on its way to a payer: the note before it is handed over, and what such a note leaves."""

from __future__ import annotations

from collections.abc import Iterator

from cardstation.domain.charge import Begun, Way
from cardstation.domain.money import Money
from cardstation.domain.payment import WITHOUT_ASKING
from cardstation.domain.topup import TopUp
from cardstation.domain.transitions import Direction, TopUpState
from cardstation.errors import Refusal
from cardstation.services.intent.facts import clerk_of
from cardstation.services.intent.lost_part import NEVER, lost_since, lost_since_entry
from cardstation.services.station import Station
from cardstation.store import Reading
from cardstation.store.closings import NOTED, note_name
from cardstation.store.funds import BatchPayment
from cardstation.store.payouts import OF_BALANCE, OF_CHARGE, PayoutBegun

OWED = {
    Direction.SALE: frozenset({TopUpState.REFUND_REQUESTED}),
    Direction.RETURN: frozenset({TopUpState.SEALED, TopUpState.PAYOUT_PENDING}),
    Direction.WORK: frozenset(),
}
"""States in which money waits to be paid out."""


def may_be_paid(station: Station, reading: Reading, intent: TopUp) -> bool:
    """Whether what is owed may be with its payer: handed over before a cut, or in a lost part."""
    return lost_since(reading, intent.opened_at) or begun_before(station, reading, intent.topup_id)


def may_be_back(station: Station, reading: Reading, batch_id: str) -> bool:
    """As `may_be_paid`, of what remains of any payment for a batch."""
    payments = reading.funds.payments(batch_id)
    return any(payment_may_be_back(station, reading, one) for one in payments)


def payment_may_be_back(station: Station, reading: Reading, payment: BatchPayment) -> bool:
    """As `may_be_paid`, of what remains of a payment."""
    lost = lost_since_entry(reading, payment.seq)
    return lost or begun_before(station, reading, payment.payment_id)


def charge_may_be_back(station: Station, reading: Reading, charge_id: str) -> bool:
    """As `may_be_paid`, of a charge that is taken back."""
    lost = lost_since_entry(reading, reading.charges.seq_of(charge_id))
    return lost or begun_before(station, reading, OF_CHARGE + charge_id)


def balance_may_be_paid(station: Station, reading: Reading, account_no: str) -> bool:
    """As `may_be_paid`, of a household's balance, since money of it last went out."""
    last = [seq for seq, one in reading.charges.payouts() if one.account_no == account_no][-1:]
    lost = lost_since_entry(reading, last[0]) if last else lost_since(reading, NEVER)
    return lost or begun_before(station, reading, OF_BALANCE + account_no)


def account_of(reading: Reading, note: str) -> str:
    """Whose money a note of a closing, a balance or a charge is of, by its name."""
    if note.startswith(OF_CHARGE):
        charge = reading.charges.get(note.removeprefix(OF_CHARGE))
        return "" if charge is None else charge.account_no
    return note.removeprefix(OF_BALANCE).removeprefix(NOTED)


def on_its_way(reading: Reading, account_no: str, note: str = "") -> Iterator[Refusal]:
    """What stands in the way of a household: money that was begun to be paid out to it.

    Args:
        reading: The store.
        account_no: Whose.
        note: What is being paid. Where it was begun itself, nothing else keeps it from its record.
    """
    if note and reading.payouts.unfinished(note):
        return
    for one in begun_of(reading, account_no):
        yield Refusal("payout_in_doubt", intent_id=account_no, fen=one.money.fen)


def begun_of(reading: Reading, account_no: str) -> Iterator[Begun]:
    """Money of a household's closing, balance and charges that was begun to be paid out."""
    charges = (one.charge_id for one in reading.charges.of_account(account_no))
    names = (
        (Way.CLOSING, note_name(account_no), account_no),
        (Way.BALANCE, OF_BALANCE + account_no, account_no),
        *((Way.CHARGE, OF_CHARGE + one, one) for one in charges),
    )
    for way, note, named in names:
        for money in list(reading.payouts.unfinished(note).values())[-1:]:
            yield Begun(way, named, money)


def note_paying(station: Station, intent: TopUp, approver: str = "") -> None:
    """As `note_begun`, of a refund or return whose money a clerk hands over."""
    if intent.tender not in WITHOUT_ASKING:
        note_begun(station, intent.topup_id, intent.money, approver=approver)


def note_begun(
    station: Station, subject: str, money: Money, *, batch_id: str = "", approver: str = ""
) -> None:
    """On the disk once this returns: from here on the money may be in the payer's hands.

    What this shift has noted already since the program was started is not noted again.
    """
    with station.store.unit() as unit:
        unfinished = unit.payouts.unfinished(subject)
        if any(no in station.store.begun and unfinished[no] == money for no in unfinished):
            return
        note = PayoutBegun(
            subject=subject,
            batch_id=batch_id,
            money=money,
            clerk=clerk_of(station, unit),
            approver=approver,
            at=station.clock.now(),
            seq=unit.journal.head().seq,
        )
        number = unit.payouts.begin(note)
        unit.commit()
    station.store.begun.add(number)


def begun_before(station: Station, reading: Reading, subject: str) -> bool:
    """Whether an earlier shift or start of the program began to pay it, and never said it did."""
    return not station.store.begun.issuperset(reading.payouts.unfinished(subject))
