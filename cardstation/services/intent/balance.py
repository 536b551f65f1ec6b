"""A household's balance: what of it is free, and what went out of it."""

from __future__ import annotations

from cardstation.domain.charge import PaidOut
from cardstation.domain.ledger import PROVISIONAL, EntryKind
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.payment import Tender
from cardstation.domain.topup import TopUp
from cardstation.domain.transitions import Direction, TopUpState
from cardstation.errors import Refusal
from cardstation.services.intent.charging import household_on_file
from cardstation.services.intent.paying_out import on_its_way
from cardstation.store import Reading, Unit

_KEEPS_NOTHING = frozenset(
    {
        *(TopUpState.QUOTED, TopUpState.PAY_PENDING, TopUpState.PAY_UNKNOWN, TopUpState.VOIDED),
        *(TopUpState.SEALED, TopUpState.REFUNDED),
    }
)
"""States of a load whose remainder cannot go back to its payer, unless it may be another desk's."""


def free_balance(reading: Reading, account_no: str) -> Money:
    """What may be spent, or paid out: the rest of a load that may go back whole is kept for it."""
    kept = (
        one.quote.remainder
        for one in reading.topups.of_account(account_no)
        if one.direction is Direction.SALE
        and not one.origin
        and one.tender is not Tender.BALANCE
        and one.quote.remainder
        and (one.state not in _KEEPS_NOTHING or _may_be_theirs(reading, one))
    )
    household = household_on_file(reading, account_no)
    return max(NO_MONEY, household.balance - sum(kept, NO_MONEY))


def _may_be_theirs(reading: Reading, load: TopUp) -> bool:
    """A load on its card that may be another desk's, until the ledger has said that it is ours."""
    if load.state is not TopUpState.SEALED:
        return False
    sealed = reading.journal.last_about(load.topup_id, EntryKind.SEALED)
    if sealed is None or sealed.entry.witness != PROVISIONAL:
        return False
    doubted = any(one.seq == sealed.seq for one in reading.outbox.exceptions())
    return doubted or sealed.seq > reading.outbox.acked()[0]


def ensure_free(reading: Reading, account_no: str, money: Money, note: str = "") -> None:
    """The balance reaches, in whole, and is not on its way out under another note than this.

    Raises:
        Refusal: `balance_too_small`, `unknown_household`, `payout_in_doubt`.
    """
    for begun in on_its_way(reading, account_no, note):
        raise begun
    free = free_balance(reading, account_no)
    if free < money:
        raise Refusal("balance_too_small", fen=money.fen, free_fen=free.fen)


def paid_again(unit: Unit, paid: PaidOut, *, seq: int) -> None:
    """Put back that money of a balance went out."""
    household = household_on_file(unit, paid.account_no)
    unit.households.update(household.with_money(balance=-paid.money))
    unit.charges.pay_out(paid, seq=seq)
