"""Changes of an account for the page of services, and what they say."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from cardstation.domain.account_change import AccountChange, AccountEvent
from cardstation.domain.closing import (
    Closing,
    FinalReading,
    RefundLine,
    Settlement,
)
from cardstation.domain.money import Money
from cardstation.domain.shift import Approval
from cardstation.domain.volume import NO_GAS
from cardstation.services.close_account import Leaving
from cardstation.services.identify import Inserted
from cardstation.services.transfer_account import NewOwner
from tests.kit import window_samples as samples
from tests.kit.closing_slips import CLOSING_SLIPS
from ui.account_services import AccountServices

if TYPE_CHECKING:
    from tests.kit.window_fakes import FakeStation

_CLOSING = CLOSING_SLIPS["gas"].closing
SETTLEMENT = Settlement(
    (
        RefundLine("S001-2026-000300", date(2026, 11, 2), samples.m3("12"), 28_000, Money(3_360)),
        RefundLine("S001-2026-000211", date(2026, 9, 14), samples.m3("8"), 28_000, Money(2_240)),
    ),
    NO_GAS,
    Money(256),
)


def changed(what: AccountEvent) -> AccountChange:
    """As it is on file."""
    return replace(_CLOSING.change, account_no=samples.ACCOUNT_NO, what=what)


def account_services(station: FakeStation) -> AccountServices:
    """Answers as if it had been done."""

    def stop(account: str, why: str) -> AccountChange:
        station.backs.append(("stop_account", "", f"{account} {why}"))
        return station._say("stop_account", changed(AccountEvent.STOPPED))

    def restart(account: str, by: Approval, why: str) -> AccountChange:
        station.backs.append(("restart_account", by.name, f"{account} {why}"))
        return station._say("restart_account", changed(AccountEvent.RESTARTED))

    def transfer(account: str, by: Approval, owner: NewOwner, why: str) -> AccountChange:
        station.backs.append(("transfer_account", by.name, f"{account} {owner.name} {why}"))
        return station._say("transfer_account", changed(AccountEvent.TRANSFERRED))

    def close(account: str, by: Approval, said: Leaving, card: Inserted | None) -> Closing:
        where = "card in" if card is not None else said.card_lost
        station.backs.append(("close_account", by.name, f"{account} {said.handed} {where}"))
        made = replace(
            _CLOSING, change=changed(AccountEvent.CLOSED), reading=said.final, settlement=SETTLEMENT
        )
        return station._say("close_account", made)

    def quote(_account: str, _final: FinalReading) -> Settlement:
        return station._say("quote_closing", SETTLEMENT)

    return AccountServices(
        stop=stop,
        restart=restart,
        transfer=transfer,
        ensure_free=lambda _account: station._say("ensure_free", None),
        quote=quote,
        in_doubt=lambda _account: station._say("closing_in_doubt", False),
        close=close,
        paper=lambda _account: station._say("print_closing", Path("slip.pdf")),
    )
