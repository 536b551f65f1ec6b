"""The money of one batch: what came, what each row holds, what is left, and the keys for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from cardstation.domain.batch import LineOutcome
from cardstation.domain.batch_life import Stage
from cardstation.domain.money import Money
from cardstation.domain.quotation import grouped
from cardstation.i18n import Translator
from cardstation.sentences import brief, word
from cardstation.services.batch_account import BatchAccount, LineMoney, PaymentStanding
from cardstation.services.list_reliefs import Relief
from ui.look import Look
from ui.parts.buttons import button
from ui.parts.footer import Footer
from ui.parts.second_person import ask_second_person
from ui.parts.table import Cell, Column, Rows, Table, WholeRows
from ui.parts.tile import Tile
from ui.parts.words import Pane, label, restyle
from ui.screens.batch.lists_state import GONE
from ui.screens.batch.money_dialogs import ask_back, ask_reason, back_words
from ui.screens.batch.money_model import MoneyModel, MoneyState
from ui.screens.batch.money_sign import ask_signature
from ui.screens.batch.relief_dialog import ask_full_price
from ui.screens.batch.state import counted
from ui.screens.batch.take_money import take_money
from ui.screens.batch.wording import state_pill, why
from ui.theme import M


@dataclass(frozen=True, slots=True)
class PaidRow:
    """A payment as the table shows it; `envelope` names the row it lay with."""

    paid: PaymentStanding
    envelope: str


@dataclass(frozen=True, slots=True)
class HeldRow:
    """A row of the list and what it holds; `paid_by` is the acknowledgement behind it."""

    outcome: LineOutcome
    money: LineMoney
    paid_by: str


class MoneyPage(QWidget):
    """Draws the money of an open batch."""

    def __init__(self, model: MoneyModel, look: Look) -> None:
        super().__init__()
        self._model, self._look, t = model, look, look.t
        self._counted = True
        self._tiles = (
            Tile(look, "sheet", t("Should come")),
            Tile(look, "money", t("Received"), "brand"),
            Tile(look, "bag", t("Held by rows")),
            Tile(look, "ok", t("Loaded")),
            Tile(look, "receipt", t("Left for the payer")),
        )
        self._quoted = label("", "heading")
        self._paid: Rows[PaidRow] = Rows(_payment_columns(t))
        self._held: Rows[HeldRow] = Rows(_line_columns(t))
        self.payments = Table(look, t("Payments"), self._paid)
        self.table = Table(look, t("Rows of the list"), self._held)
        self.payments.selectionModel().currentRowChanged.connect(lambda *_rows: self._may())
        self.table.selectionModel().currentRowChanged.connect(lambda *_rows: self._may())
        self._build()

    def show_state(self, state: MoneyState, *, counted: bool = True) -> None:
        """Draw another state; no money is asked for before a typed list is `counted`."""
        self._counted = counted
        account = state.account
        if account is None:
            self._paid.show_items(())
            self._held.show_items(())
            return
        money = account.state.money
        expected, received, held, loaded, left = self._tiles
        expected.show_state(str(money.expected))
        received.show_state(str(money.received), "brand")
        held.show_state(str(money.funded))
        loaded.show_state(str(money.loaded), "ok" if money.loaded else "ink")
        left.show_state(str(money.remainder), "brand" if money.remainder else "ink")
        self._quoted.setText(_quote_words(account, self._look.t))
        chosen, row = self.payments.row, self.table.row
        self._paid.show_items(
            [PaidRow(one, account.envelope_of(one.payment.line)) for one in account.payments]
        )
        self._held.show_items(_held_rows(account))
        self.payments.select(chosen if chosen >= 0 else 0)
        self.table.select(row if row >= 0 else 0)
        self._may()

    def _may(self) -> None:
        """What the keys can do with the chosen payment and row."""
        state, paid, held = self._model.state, self._chosen, self._row
        free = state.account is not None and not state.busy
        stage = None if state.account is None else state.account.state.stage
        takes = free and self._counted and stage is not Stage.CLOSED
        self._quote.setEnabled(takes and stage not in GONE)
        asks = self._counted and stage not in GONE
        priced = state.account is not None and _priced(state.account)
        restyle(self._quote, "look", "primary" if asks and not priced else "")
        restyle(self._pay, "look", "primary" if asks and priced else "")
        self._sign.setEnabled(free and _may_sign(state.account))
        self._pay.setEnabled(takes)
        self._refunds.setEnabled(free)
        self._again.setEnabled(free and paid is not None and bool(paid.ack_no))
        self._back.setEnabled(free and paid is not None and bool(paid.remains))
        self._release.setEnabled(free and held is not None and _may_release(held))

    @property
    def _chosen(self) -> PaymentStanding | None:
        place = self.payments.row
        return self._paid.items[place].paid if 0 <= place < len(self._paid.items) else None

    @property
    def _row(self) -> HeldRow | None:
        place = self.table.row
        return self._held.items[place] if 0 <= place < len(self._held.items) else None

    def _build(self) -> None:
        look = self._look
        tiles = QHBoxLayout()
        tiles.setSpacing(M)
        for tile in self._tiles:
            tiles.addWidget(tile, 1)
        top = Pane(look.theme, shadow=False, margin=6)
        top.column.setContentsMargins(6, 6, 6, 6)
        self._quoted.setContentsMargins(12, 6, 12, 0)
        top.column.addWidget(self._quoted)
        top.column.addWidget(WholeRows(self.payments), 1)
        foot = Pane(look.theme, shadow=False, margin=6)
        foot.column.setContentsMargins(6, 6, 6, 6)
        foot.column.addWidget(WholeRows(self.table), 1)
        body = QVBoxLayout(self)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(M)
        body.addLayout(tiles)
        body.addWidget(top, 4)
        body.addWidget(foot, 5)
        body.addWidget(self._footer())

    def _footer(self) -> Footer:
        model, t = self._model, self._look.t
        leave = button(t("Back"), model.leave, key="Esc")
        self._refunds = button(t("Refund list"), model.print_refunds, key="P")
        self._again = button(t("Print again"), self._acknowledge, key="A")
        self._back = button(t("Give back"), self._give_back, key="B")
        self._release = button(t("Release row"), self._release_row, key="R")
        self._quote = button(t("Quote"), self._ask_quote, key="Q")
        self._sign = button(t("Sign quote"), self._sign_quote, key="S")
        self._pay = button(t("Take money"), self._take, key="F6", look="primary")
        keys = (self._refunds, self._again, self._back, self._release)
        return Footer((t("F1 all keys"),), (leave, *keys, self._quote, self._sign, self._pay))

    def _ask_quote(self) -> None:
        account = self._model.state.account
        if account is not None:
            self._model.reliefs(account.state.batch.batch_id, self._quote_over)

    def _quote_over(self, reliefs: Sequence[Relief]) -> None:
        if ask_full_price(self, self._look, reliefs):
            self._model.quote()

    def _take(self) -> None:
        account = self._model.state.account
        if account is not None:
            state = account.state
            pay = partial(self._model.pay, state.batch.batch_id)
            take_money(self, self._look, self._model, state, pay)

    def _sign_quote(self) -> None:
        account = self._model.state.account
        if account is None or account.quote is None:
            return
        fact = account.quote.fact
        signed = ask_signature(self, self._look, fact)
        if signed is not None:
            self._model.sign(fact.quote_no, signed.by, signed.picture, signed.on_paper)

    def _acknowledge(self) -> None:
        if self._chosen is not None:
            self._model.acknowledge(self._chosen.ack_no)

    def _release_row(self) -> None:
        held = self._row
        if held is None:
            return
        reason = ask_reason(self, self._look, held.outcome.line, self._model.reasons)
        if reason:
            self._model.release(held.money.place, reason)

    def _give_back(self) -> None:
        paid = self._chosen
        if paid is None:
            return
        money = ask_back(self, self._look, paid)
        if money:
            self._model.begin_back(
                paid.payment.payment_id,
                money,
                lambda doubtful: self._confirm_back(paid, money, doubtful=doubtful),
            )

    def _confirm_back(self, paid: PaymentStanding, money: Money, *, doubtful: bool) -> None:
        tender = word(f"tender.{paid.payment.tender.value}", self._look.t)
        what = back_words(paid, money, tender, self._look.t)
        note = self._look.t("What slip and till say") if doubtful else ""
        asked = ask_second_person(self, self._look, self._model.approver, what, note=note)
        if asked is not None:
            self._model.give_back(paid.payment.payment_id, money, *asked)


def _may_release(held: HeldRow) -> bool:
    """A row that holds money and whose card has not been touched."""
    waits = held.outcome.state.value in ("waiting", "stopped")
    return bool(held.money.held) and not held.money.released and waits


def _priced(account: BatchAccount) -> bool:
    """A quote holds, or rows wait for the rest of money that came without one."""
    paid_first = account.state.money.received and counted(account.state.outcomes).unfunded
    return bool(paid_first) or (account.quote is not None and account.quote.holds)


def _may_sign(account: BatchAccount | None) -> bool:
    """There is a quote that holds and that nobody signed yet."""
    quote = account.quote if account else None
    return quote is not None and quote.holds and quote.signed_at is None


def _quote_words(account: BatchAccount, t: Translator) -> str:
    quote = account.quote
    if quote is None:
        return t("No quote yet: Q makes one.")
    number, reference = quote.fact.quote_no, grouped(quote.fact.reference)
    if quote.voided:
        return t("Quote {number} is void: the list changed. Q makes a new one.", number=number)
    if quote.expired:
        return t("Quote {number} is out of date. Q makes a new one.", number=number)
    said = t(
        "Quote {number} · payment reference {reference} · valid until {day}",
        number=number,
        reference=reference,
        day=quote.fact.valid_until.isoformat(),
    )
    if quote.signed_at is None:
        return f"{said} · {t('not signed')}"
    return f"{said} · {t('signed {moment}', moment=f'{quote.signed_at:%m-%d %H:%M}')}"


def _held_rows(account: BatchAccount) -> list[HeldRow]:
    numbers = {one.payment.payment_id: one.ack_no for one in account.payments}
    return [
        HeldRow(outcome, money, numbers.get(money.payment_id, ""))
        for outcome, money in zip(account.state.outcomes, account.lines, strict=True)
    ]


def _payment_columns(t: Translator) -> list[Column[PaidRow]]:
    return [
        Column(t("Taken at"), 140, lambda r: Cell(f"{r.paid.taken_at:%m-%d %H:%M}", quiet=True)),
        Column(t("Acknowledgement"), 176, lambda r: Cell(r.paid.ack_no or "—", quiet=True)),
        Column(t("Paid by"), 110, lambda r: Cell(_tender(r, t))),
        Column(t("Payment number"), 0, lambda r: Cell(_number(r, t), quiet=True)),
        Column(t("Amount"), 110, lambda r: Cell(str(r.paid.payment.money)), right=True),
        Column(t("Gone back"), 110, lambda r: Cell(_or_dash(r.paid.given_back)), right=True),
        Column(t("Remains"), 110, lambda r: Cell(_or_dash(r.paid.remains)), right=True),
        Column(t("Matches"), 150, lambda r: _match(r, t)),
    ]


def _line_columns(t: Translator) -> list[Column[HeldRow]]:
    return [
        Column("#", 48, lambda r: Cell(str(r.outcome.line.row.row), quiet=True), right=True),
        Column(t("Room"), 104, lambda r: Cell(r.outcome.line.door)),
        Column(t("Household"), 160, lambda r: Cell(r.outcome.line.name)),
        Column(t("Price"), 110, lambda r: Cell(str(r.outcome.line.money or "—")), right=True),
        Column(t("Held"), 110, lambda r: Cell(_or_dash(r.money.held)), right=True),
        Column(t("Paid with"), 176, lambda r: Cell(r.paid_by or "—", quiet=True)),
        Column(
            t("Left in envelope"), 130, lambda r: Cell(_or_dash(r.money.envelope_left)), right=True
        ),
        Column(t("State"), 146, lambda r: state_pill(r.outcome, t, writing=False)),
        Column(t("Why"), 0, lambda r: why(r.outcome, t)),
    ]


def _tender(row: PaidRow, t: Translator) -> str:
    return word(f"tender.{row.paid.payment.tender.value}", t)


def _number(row: PaidRow, t: Translator) -> str:
    if row.envelope:
        return t("Envelope {door}", door=row.envelope)
    return row.paid.payment.reference or "—"


def _match(row: PaidRow, t: Translator) -> Cell:
    if row.paid.doubt:
        return Cell(brief(row.paid.doubt, t), "warn")
    return Cell(t("By the quote"), "ok") if row.paid.matches else Cell("")


def _or_dash(money: object) -> str:
    return str(money) if money else "—"
