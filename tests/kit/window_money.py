"""The money of a made-up batch: payments, envelopes, what is released and given back."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from cardstation.domain.batch import LineState
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.offline_limit import GrantCover
from cardstation.domain.payment import Tender
from cardstation.domain.quotation import QuoteFact, QuoteStanding, payment_reference
from cardstation.domain.shift import Approval
from cardstation.errors import CardStationError
from cardstation.services.batch_account import BatchAccount, LineMoney, PaymentStanding
from cardstation.services.batch_state import BatchMoney
from cardstation.services.list_reliefs import Relief
from cardstation.services.pay_debt import DebtPaid
from cardstation.services.release_line import REASONS
from cardstation.services.settle_arrears import CONSENTS
from cardstation.store.arrears import ArrearsPaid
from cardstation.store.funds import BatchPayment
from cardstation.store.lump_sums import GivenBack, ReleasedLine
from tests.kit import window_samples as samples
from ui.money_services import MoneyServices

if TYPE_CHECKING:
    from tests.kit.window_fakes import FakeStation

REFERENCE = payment_reference(1, "2026-11-23-02", 1)
FACT = QuoteFact("2026-11-23-02-Q1", REFERENCE, date(2026, 11, 30), (), 0, 4, "d" * 64)
QUOTED = QuoteStanding(FACT, samples.NOW, "林晓燕", voided=False, expired=False)


def payment(
    number: int, tender: Tender, fen: int, reference: str = "", *, line: int = 0, left: int = 0
) -> PaymentStanding:
    """One payment, as the money page shows it."""
    return PaymentStanding(
        payment=BatchPayment(
            f"pay-{number}", "2026-11-23-02", tender, Money(fen), reference, number, line
        ),
        ack_no=f"S001-2026-A{number:06d}",
        taken_at=samples.NOW,
        matches=REFERENCE in reference,
        given_back=NO_MONEY,
        arrears=NO_MONEY,
        remains=Money(left),
        stands=line,
    )


@dataclass
class FakeMoney:
    """Notes what was asked; a released row and money given back show at the next look."""

    quote: QuoteStanding | None = None
    reliefs: tuple[Relief, ...] = ()
    cover: GrantCover | None = None
    payments: tuple[PaymentStanding, ...] = ()
    released: dict[int, str] = field(default_factory=dict)
    done: list[tuple[object, ...]] = field(default_factory=list)
    payers: list[str] = field(default_factory=list)
    fails: CardStationError | None = None
    doubtful: bool = False
    begun: int = 0

    def services(self, station: FakeStation) -> MoneyServices:
        def pay(
            batch_id: str, tender: Tender, money: Money, ref: str, line: int, payer: str
        ) -> BatchMoney:
            self.payers.append(payer)
            self.done.append(("pay", tender.value, money.fen, ref, line))
            taken = station.take_money(batch_id, tender, money, ref)
            self.payments = (
                *self.payments,
                payment(len(self.payments) + 1, tender, money.fen, ref, line=line),
            )
            return taken

        return MoneyServices(
            account=lambda _batch: self.account(station),
            pay=pay,
            reliefs=lambda _batch: self.reliefs,
            cover=lambda _batch: self.cover,
            quote=lambda _batch: self._quote(station),
            sign=self._sign,
            acknowledge=lambda _batch, ack_no: self._paper("acknowledge", ack_no),
            release=lambda _batch, place, reason: self._release(place, reason),
            pay_debt=self._settle,
            begin_back=self._begin_back,
            give_back=self._give_back,
            refunds=lambda _batch: self._paper("refunds", ""),
            reasons=REASONS,
            consents=CONSENTS,
        )

    def account(self, station: FakeStation) -> BatchAccount:
        standing = station.standing
        assert standing is not None
        by_envelope = {one.payment.line: one for one in self.payments if one.payment.line}
        lump = next((one.payment.payment_id for one in self.payments if not one.payment.line), "")
        outcomes = tuple(
            replace(one, state=LineState.STOPPED, reason=f"released_{self.released[place]}")
            if place in self.released
            else one
            for place, one in enumerate(standing.outcomes, start=1)
        )
        lines = []
        for place, one in enumerate(outcomes, start=1):
            own = by_envelope.get(place)
            paid_by = own.payment.payment_id if own else lump
            funded = one.state in (LineState.WAITING, LineState.DONE) and bool(self.payments)
            lines.append(
                LineMoney(
                    place=place,
                    held=one.line.money or NO_MONEY if funded else NO_MONEY,
                    payment_id=paid_by if funded else "",
                    released=self.released.get(place, ""),
                    envelope_left=own.remains if own else NO_MONEY,
                    drawn={paid_by: one.line.money or NO_MONEY} if funded else {},
                )
            )
        left = sum((one.remains for one in self.payments), NO_MONEY)
        received = sum((one.payment.money for one in self.payments), NO_MONEY)
        back = sum((one.given_back for one in self.payments), NO_MONEY)
        sums = replace(
            standing.money,
            received=received,
            funded=received - left - back,
            remainder=left,
            given_back=back,
        )
        quote = self.quote or standing.quote
        state = replace(standing, outcomes=outcomes, money=sums, quote=quote)
        return BatchAccount(state, self.payments, tuple(lines))

    def _quote(self, station: FakeStation) -> Path:
        assert station.standing is not None
        if self.fails is not None:
            raise self.fails
        self.done.append(("quote",))
        self.quote = QUOTED
        return Path("2026-11-23-02-Q1-quote.pdf")

    def _sign(self, _batch: str, _quote_no: str, by: str, picture: bytes, on_paper: bool) -> None:
        self.done.append(("sign", by, bool(picture), on_paper))
        self.quote = replace(self.quote or QUOTED, signed_at=samples.NOW)

    def _paper(self, what: str, number: str) -> Path:
        self.done.append((what, number))
        return Path(f"{number or what}.pdf")

    def _release(self, place: int, reason: str) -> ReleasedLine:
        self.done.append(("release", place, reason))
        self.released[place] = reason
        return ReleasedLine("2026-11-23-02", place, reason, Money(30_000), samples.NOW)

    def _settle(self, batch_id: str, place: int, payment_id: str, consent: str) -> DebtPaid:
        self.done.append(("arrears", place, payment_id, consent))
        paid = ArrearsPaid("", batch_id, payment_id, "", NO_MONEY, consent, samples.NOW)
        return DebtPaid(paid, place, judged=True)

    def _begin_back(self, _batch_id: str, _payment_id: str, _money: Money) -> bool:
        self.begun += 1
        return self.doubtful

    def _give_back(
        self, batch_id: str, payment_id: str, money: Money, approval: Approval, found: str
    ) -> GivenBack:
        told = (found,) if found else ()
        self.done.append(("give_back", payment_id, money.fen, approval.name, *told))
        self.payments = tuple(
            replace(one, given_back=one.given_back + money, remains=one.remains - money)
            if one.payment.payment_id == payment_id
            else one
            for one in self.payments
        )
        tender = self.payments[0].payment.tender
        return GivenBack("back-1", batch_id, payment_id, tender, money, approval.name, samples.NOW)


def some_money(rows: int) -> FakeMoney:
    """A transfer that carries the quote's number, cash, and an envelope with too much in it."""
    return FakeMoney(
        quote=QUOTED,
        payments=(
            payment(1, Tender.BANK_TRANSFER, rows * 20_000, f"9931 {REFERENCE}", left=12_050),
            payment(2, Tender.CASH, 50_000),
            payment(3, Tender.CASH, 105_000, line=5, left=5_000),
        ),
        released={8: "absent"},
    )
