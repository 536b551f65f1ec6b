"""The demo's shift: two training clerks, a float, a blind count of what the till really took."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.shift import Role, ShiftClose
from cardstation.ports.payment import Payment, PaymentAnswer
from cardstation.services.add_clerk import add_clerk
from cardstation.services.approve import approve
from cardstation.services.close_shift import close_shift
from cardstation.services.open_shift import open_shift
from cardstation.services.shift_state import shift_state
from cardstation.services.station import Station

FLOAT = Money.of_yuan("500")
SUPERVISOR, TELLER = "zhao", "lin"
TRAINING_PINS = {SUPERVISOR: "280391", TELLER: "583920"}
"""Public on purpose, like the codes of training cards; docs/cli.md names them."""


@dataclass(slots=True)
class DemoTill:
    """A till that knows what lies in it, whatever the station's books say.

    Implements `cardstation.ports.payment.Payment` around the station's own cash.
    """

    cash: Payment
    inside: Money = FLOAT
    seen: set[str] = field(default_factory=set)

    @property
    def tender(self) -> Tender:
        """Cash."""
        return self.cash.tender

    def take(self, payment_id: str, money: Money, reference: str) -> PaymentAnswer:
        """Put the notes in, once per payment."""
        answer = self.cash.take(payment_id, money, reference)
        if payment_id not in self.seen:
            self.seen.add(payment_id)
            self.inside += money
        return answer

    def query(self, payment_id: str) -> PaymentAnswer:
        """As the station's own."""
        return self.cash.query(payment_id)


def on_duty(station: Station) -> tuple[Station, DemoTill]:
    """Add the clerks and open the shift; returns the same station with a till that is watched."""
    add_clerk(
        station, SUPERVISOR, TRAINING_PINS[SUPERVISOR], {Role.SUPERVISOR}, by=None, display="赵班长"
    )
    by = approve(station, SUPERVISOR, TRAINING_PINS[SUPERVISOR])
    add_clerk(station, TELLER, TRAINING_PINS[TELLER], {Role.TELLER}, by=by, display="林营业员")
    open_shift(station, TELLER, TRAINING_PINS[TELLER], float_money=FLOAT)
    till = DemoTill(station.payment_by(Tender.CASH))
    others = tuple(one for one in station.payments if one.tender is not Tender.CASH)
    return replace(station, payments=(till, *others)), till


def close_blind(station: Station, till: DemoTill) -> ShiftClose:
    """Count the till and close, unless somebody closed it in the window."""
    state = shift_state(station)
    if state.open is None and state.last is not None:
        return state.last
    counted = None if state.counted else till.inside
    return close_shift(
        station,
        TRAINING_PINS[TELLER],
        counted=counted,
        handed_to=SUPERVISOR,
        handed_pin=TRAINING_PINS[SUPERVISOR],
    )
