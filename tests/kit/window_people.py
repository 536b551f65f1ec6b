"""Clerks and a shift made of samples: one PIN for everybody, no money behind it."""

from __future__ import annotations

from dataclasses import dataclass, field

from cardstation.domain.money import Money
from cardstation.domain.shift import Approval, Clerk, OpenItem, Role, Shift, ShiftClose
from cardstation.errors import Refusal
from cardstation.services.shift_state import BagName, ShiftState
from cardstation.services.vouchers import Vouchers
from tests.kit import window_samples as samples
from ui.approver import others_of
from ui.desk_services import ShiftServices

PIN = "604217"
TELLER, SUPERVISOR = "林晓燕", "王敏"
EXPECTED = Money(318_450)


def clerk(name: str, *roles: Role) -> Clerk:
    return Clerk(name, name, frozenset(roles), active=True)


CLERKS = (
    clerk(TELLER, Role.TELLER),
    clerk(SUPERVISOR, Role.TELLER, Role.SUPERVISOR),
    clerk("赵国庆", Role.SUPERVISOR),
    clerk("孙立", Role.AUDITOR),
)


def shift(name: str = TELLER, money: int = 50_000) -> Shift:
    return Shift("shift-1", name, samples.NOW, Money(money), (), "d", (), ())


def items() -> tuple[OpenItem, ...]:
    return tuple(
        OpenItem(
            one.intent_id, one.code, one.account_no, one.card_no, one.batch_id, one.money, one.since
        )
        for one in samples.open_intents()
    )


@dataclass
class FakeShifts:
    """Change a field to change who is there."""

    clerks: tuple[Clerk, ...] = CLERKS
    open: Shift | None = field(default_factory=shift)
    open_items: tuple[OpenItem, ...] = ()
    counted: bool = False
    left: int = 5
    last: ShiftClose | None = None
    signed_alone: tuple[OpenItem, ...] = ()
    bags: dict[str, BagName] = field(default_factory=dict)
    vouchers: Vouchers | None = None
    calls: list[tuple[str, ...]] = field(default_factory=list)

    def services(self) -> ShiftServices:
        return ShiftServices(
            state=self._state,
            open=self._open,
            close=self._close,
            add_clerk=self._add,
            approve=self._approve,
            come_forward=self._come_forward,
            vouchers=lambda whom: self.vouchers or Vouchers(self._others(whom)),
            vouch=self._vouch,
        )

    def _others(self, whom: str) -> tuple[str, ...]:
        return tuple(one for one in others_of(self._state()) if one != whom)

    def _state(self) -> ShiftState:
        return ShiftState(
            self.open,
            self.clerks,
            self.open_items,
            self.counted,
            self.last,
            signed_alone=self.signed_alone,
            bags=self.bags,
        )

    def _prove(self, name: str, pin: str) -> None:
        if self.left == 0:
            raise Refusal("pin_locked", name=name, minutes=15)
        if pin != PIN:
            self.left -= 1
            if self.left == 0:
                raise Refusal("pin_locked", name=name, minutes=15)
            raise Refusal("pin_wrong", name=name, left=self.left)
        self.left = 5

    def _come_forward(self, name: str, pin: str) -> Approval:
        self._prove(name, pin)
        self.calls.append(("come_forward", name))
        return Approval(name)

    def _open(self, name: str, pin: str, money: Money, signs: bool) -> Shift:
        self._prove(name, pin)
        if self.signed_alone and not signs:
            raise Refusal("unknown_to_sign", n=len(self.signed_alone), name=name)
        self.calls.append(("open", name, str(money)))
        self.open = shift(name, money.fen)
        return self.open

    def _close(self, pin: str, counted: Money | None, heir: str, heir_pin: str) -> ShiftClose:
        assert self.open is not None
        self._prove(self.open.clerk, pin)
        if heir:
            self._prove(heir, heir_pin)
        money = EXPECTED if counted is None else counted
        self.calls.append(("close", str(counted), heir))
        clerk, self.open, self.counted = self.open.clerk, None, False
        return ShiftClose(
            "shift-1",
            clerk,
            money,
            EXPECTED,
            money - EXPECTED,
            samples.NOW,
            self.open_items,
            "d",
            heir,
        )

    def _add(self, name: str, pin: str, roles: tuple[Role, ...], by: Approval | None) -> Clerk:
        if len(pin) < 6:
            raise Refusal("pin_short", digits=6)
        self.calls.append(("add", name, by.name if by else ""))
        made = clerk(name, *roles)
        self.clerks = (*self.clerks, made)
        return made

    def _vouch(self, name: str, pin: str, whom: str) -> Approval:
        self._prove(name, pin)
        self.calls.append(("vouch", name, whom))
        return Approval(name)

    def _approve(self, name: str, pin: str) -> Approval:
        self._prove(name, pin)
        self.calls.append(("approve", name))
        return Approval(name)
