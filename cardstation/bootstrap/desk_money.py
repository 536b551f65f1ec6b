"""The money of batches behind the window's callables."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from cardstation.bootstrap.papers import write_acknowledgement, write_quote, write_refunds
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.shift import Approval
from cardstation.errors import Refusal
from cardstation.services.batch_account import batch_account
from cardstation.services.batch_state import BatchMoney
from cardstation.services.begin_remainder import begin_remainder
from cardstation.services.grant_cover import grant_cover
from cardstation.services.list_reliefs import list_reliefs
from cardstation.services.pay_batch import ensure_awaited, pay_batch
from cardstation.services.pay_debt import pay_debt
from cardstation.services.quote_batch import quote_batch
from cardstation.services.release_line import REASONS, release_line
from cardstation.services.return_remainder import return_remainder
from cardstation.services.settle_arrears import CONSENTS
from cardstation.services.sign_quote import sign_quote
from cardstation.services.station import Station
from ui.money_services import MoneyServices


def money_services(
    station: Station, folder: Path, language: Callable[[], str], printed: Callable[[Path], Path]
) -> MoneyServices:
    """Everything the money page can ask for.

    Args:
        station: Open for writing.
        folder: Where papers are filed.
        language: Of papers now.
        printed: Prints a filed paper where a printer is set.
    """

    def acknowledge(batch_id: str, ack_no: str) -> Path:
        made = [one.ack_no for one in batch_account(station, batch_id).payments if one.ack_no]
        if not (ack_no or made):
            raise Refusal("unknown_acknowledgement", ack_no=ack_no)
        return printed(write_acknowledgement(station, ack_no or made[-1], folder, language()))

    def give_back(
        batch_id: str, payment_id: str, money: Money, approval: Approval, found: str
    ) -> object:
        return return_remainder(station, batch_id, payment_id, money, approval, found=found)

    return MoneyServices(
        account=partial(batch_account, station),
        pay=_paying(station),
        reliefs=partial(list_reliefs, station),
        cover=partial(grant_cover, station),
        quote=lambda batch_id: printed(
            write_quote(quote_batch(station, batch_id), folder, language())
        ),
        sign=lambda batch_id, quote_no, by, picture, on_paper: sign_quote(
            station, batch_id, quote_no=quote_no, by=by, picture=picture, on_paper=on_paper
        ),
        acknowledge=acknowledge,
        release=partial(release_line, station),
        pay_debt=partial(pay_debt, station),
        begin_back=partial(begin_remainder, station),
        give_back=give_back,
        refunds=lambda batch_id: printed(write_refunds(station, batch_id, folder, language())),
        reasons=REASONS,
        consents=CONSENTS,
    )


def _paying(
    station: Station,
) -> Callable[[str, Tender, Money, str, int, str], BatchMoney]:
    told: dict[str, tuple[Tender, Money, str, int]] = {}

    def pay(
        batch_id: str, tender: Tender, money: Money, reference: str, line: int, payer: str
    ) -> BatchMoney:
        """What a question was asked about, and is recorded once more as the next, is meant."""
        what = (tender, money, reference, line)
        meant = told.pop(batch_id, None) == what
        try:
            if not meant:
                ensure_awaited(station, batch_id, line, money, reference)
            return pay_batch(
                station,
                batch_id,
                tender=tender,
                money=money,
                reference=reference,
                line=line,
                again=meant,
                payer=payer,
            )
        except Refusal as refusal:
            if refusal.code in ("payment_again", "payment_above"):
                told[batch_id] = what
            raise

    return pay
