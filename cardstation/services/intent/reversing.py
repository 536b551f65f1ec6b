"""Which charges may be taken back."""

from __future__ import annotations

from cardstation.domain.account_change import AccountEvent
from cardstation.domain.charge import Charge, ChargeKind
from cardstation.errors import Refusal
from cardstation.services.intent.balance import ensure_free
from cardstation.services.intent.charging import household_on_file
from cardstation.services.intent.owing import ensure_answered
from cardstation.store import Reading
from cardstation.store.payouts import OF_CHARGE

_ANOTHER_OWNER = frozenset({AccountEvent.TRANSFERRED, AccountEvent.CLOSED})


def reversible(reading: Reading, charge: str) -> Charge:
    """A charge that stands, and whose money may go back.

    Args:
        reading: The store.
        charge: Number of its receipt, or its id.

    Raises:
        Refusal: `unknown_charge`, `charge_taken_back`, `account_changed_since` (transferred or
            closed), `balance_too_small` (what was kept was spent), `payout_in_doubt` (it is on its
            way otherwise), `arrears_paid_since` (what was put off was paid: that is taken back
            first), `payment_question` (it may be paid).
    """
    receipt = reading.charges.numbered(charge)
    found = receipt.charge if receipt is not None else reading.charges.get(charge)
    if found is None or found.corrects:
        raise Refusal("unknown_charge", charge=charge)
    if reading.charges.reversal_of(found.charge_id) is not None:
        raise Refusal("charge_taken_back", charge=found.receipt_no or found.charge_id)
    seq = reading.charges.seq_of(found.charge_id)
    since = reading.account_changes.of_account(found.account_no, after=seq)
    if any(one.what in _ANOTHER_OWNER for one in since):
        raise Refusal("account_changed_since", account_no=found.account_no)
    if found.what is ChargeKind.DEPOSIT:
        ensure_free(reading, found.account_no, found.money, OF_CHARGE + found.charge_id)
    if found.tender is None:
        ensure_answered(reading, found.account_no)
        owed = household_on_file(reading, found.account_no).arrears
        if owed < found.money:
            raise Refusal("arrears_paid_since", fen=found.money.fen, owed_fen=owed.fen)
    return found
