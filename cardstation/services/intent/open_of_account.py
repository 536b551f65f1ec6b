"""What keeps an account from going to somebody else, or from being closed: each thing by name."""

from __future__ import annotations

from collections.abc import Iterator

from cardstation.domain.batch import LineState
from cardstation.domain.batch_life import Stage
from cardstation.domain.household import Household
from cardstation.errors import Refusal
from cardstation.services.custody_state import custody_in
from cardstation.services.intent.gas_dues import dues_of
from cardstation.services.intent.owing import unanswered
from cardstation.services.intent.paying_out import on_its_way
from cardstation.store import Reading

_WAITS = (LineState.WAITING, LineState.UNFUNDED, LineState.UNKNOWN)


def open_of_account(reading: Reading, household: Household, note: str = "") -> tuple[Refusal, ...]:
    """Everything that is open for a household at this desk, what comes first at the counter first.

    `account_load_open`: a load, a return or a card of it is not finished. `account_payment_open`:
    whether money of a charge came is not known. `account_in_batch`: a row of it waits, or holds
    money. `account_card_in_bag`: its card is out with a bag.
    `account_order_waits`: gas it paid online. `account_gas_due`: gas that was granted to it.
    `payout_in_doubt`: money of it may be out, under another note than the one given.
    `account_owes`.
    """
    return (
        *_intents(reading, household),
        *_payments(reading, household),
        *on_its_way(reading, household.account_no, note),
        *_rows(reading, household),
        *_orders(reading, household),
        *_dues(reading, household),
        *_arrears(household),
    )


def ensure_nothing_open(reading: Reading, household: Household, note: str = "") -> None:
    """Nothing of `open_of_account` is there.

    Raises:
        Refusal: the first of it.
    """
    for one in open_of_account(reading, household, note):
        raise one


def _intents(reading: Reading, household: Household) -> Iterator[Refusal]:
    for one in reading.topups.open_intents():
        if one.account_no == household.account_no:
            yield Refusal("account_load_open", account_no=one.account_no, intent_id=one.topup_id)


def _payments(reading: Reading, household: Household) -> Iterator[Refusal]:
    account_no = household.account_no
    for one in unanswered(reading, account_no):
        yield Refusal("account_payment_open", account_no=account_no, fen=one.money.fen)


def _rows(reading: Reading, household: Household) -> Iterator[Refusal]:
    account_no = household.account_no
    for batch_id in sorted(reading.batches.with_accounts([account_no])):
        if reading.steps.stage(batch_id) is Stage.CLOSED:
            continue
        found = custody_in(reading, batch_id)
        paid = reading.funds.funded(batch_id).keys() - found.batch.released
        for place, one in enumerate(found.batch.outcomes, start=1):
            if one.line.account_no != account_no:
                continue
            code = ""
            if one.state in _WAITS or (place in paid and one.state is not LineState.DONE):
                code = "account_in_batch"
            elif place in found.custody.held:
                code = "account_card_in_bag"
            if code:
                row = one.line.row.row
                yield Refusal(code, account_no=account_no, batch_id=batch_id, row=row)


def _orders(reading: Reading, household: Household) -> Iterator[Refusal]:
    for one in reading.orders.waiting(household.account_no):
        yield Refusal(
            "account_order_waits",
            account_no=household.account_no,
            order_id=one.order_id,
            fen=one.fen,
        )


def _dues(reading: Reading, household: Household) -> Iterator[Refusal]:
    for one in dues_of(reading, household.account_no):
        if one.is_open:
            due_id, account_no = one.due.due_id, household.account_no
            yield Refusal("account_gas_due", account_no=account_no, due_id=due_id)


def _arrears(household: Household) -> Iterator[Refusal]:
    if household.arrears:
        yield Refusal("account_owes", account_no=household.account_no, fen=household.arrears.fen)
