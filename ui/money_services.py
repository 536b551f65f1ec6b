"""What the window needs for the money of batches, as plain callables; see `desk_services`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cardstation.domain.money import Money
from cardstation.domain.offline_limit import GrantCover
from cardstation.domain.payment import Tender
from cardstation.domain.shift import Approval
from cardstation.services.batch_account import BatchAccount
from cardstation.services.batch_state import BatchMoney
from cardstation.services.list_reliefs import Relief
from cardstation.services.pay_debt import DebtPaid
from ui.messages import MessageBoard


@dataclass(frozen=True, slots=True)
class MoneyServices:
    """The money of batches.

    Attributes:
        pay: Batch, tender, money, the payment's own number, place of the envelope's line or 0,
            who pays (empty = the household, or the manager on file).
        reliefs: Rows to be paid for whose relief on file nobody has decided about.
        cover: How far the grant of this desk reaches over the rows; None = over all of them.
        quote: Quotes a batch, files and prints the paper; returns the file.
        sign: Batch, number of the quote, who signed, the picture, and whether it is on paper.
        acknowledge: Files and prints an acknowledgement; an empty number means the newest of
            the batch.
        release: Batch, place of the line, reason.
        pay_debt: Batch, place of the row, payment, how consent was given; the row is judged again.
        begin_back: Batch, payment, money: puts on record that it is about to be handed over; says
            whether it may be back already.
        give_back: Batch, payment, money, second person, and what slip and till say where it may
            be back already (else empty).
        refunds: Files and prints the refund list; returns the file.
        reasons: Why a line may be released, codes. consents: How consent may be given.
    """

    account: Callable[[str], BatchAccount]
    pay: Callable[[str, Tender, Money, str, int, str], BatchMoney]
    reliefs: Callable[[str], tuple[Relief, ...]]
    cover: Callable[[str], GrantCover | None]
    quote: Callable[[str], Path]
    sign: Callable[[str, str, str, bytes, bool], object]
    acknowledge: Callable[[str, str], Path]
    release: Callable[[str, int, str], object]
    pay_debt: Callable[[str, int, str, str], DebtPaid]
    begin_back: Callable[[str, str, Money], bool]
    give_back: Callable[[str, str, Money, Approval, str], object]
    refunds: Callable[[str], Path]
    reasons: tuple[str, ...]
    consents: tuple[str, ...]


def say_paid(board: MessageBoard, done: DebtPaid) -> None:
    """The debt is paid, whatever became of its row."""
    if done.judged:
        board.say("The debt is paid; the row was judged again.")
    else:
        board.say("The debt is paid; the row stays as it was.", "warn")
