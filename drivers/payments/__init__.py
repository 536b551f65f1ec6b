"""Ways of paying this desk takes; a new one is one file and one line here."""

from __future__ import annotations

from cardstation.ports.payment import Payment
from drivers.payments.stated import bank_transfer, cash, qr_code

PAYMENTS: tuple[Payment, ...] = (cash(), bank_transfer(), qr_code())
