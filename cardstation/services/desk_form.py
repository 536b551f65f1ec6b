"""Makes the form that two people sign, out of the fact that it is about."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from cardstation.domain.account_change import AccountChange, AccountEvent
from cardstation.domain.desk_form import DeskForm, FormOf
from cardstation.domain.gas_due import GasDue
from cardstation.domain.ledger import PEOPLE, Entry, EntryKind
from cardstation.domain.payment import Tender
from cardstation.errors import fail
from cardstation.services.station import Station
from cardstation.store.frozen import thaw

_CHECK_CODE_CHARACTERS = 8
_CHANGES = {
    AccountEvent.STOPPED: FormOf.STOPPED,
    AccountEvent.RESTARTED: FormOf.RESTARTED,
    AccountEvent.TRANSFERRED: FormOf.TRANSFERRED,
}


def desk_form(station: Station, kind: EntryKind, subject: str) -> DeskForm:
    """Of the last fact of a kind: an account's change, gas due or its end, a card unblocked.

    Args:
        station: The desk.
        kind: `ACCOUNT` (a stop, a restart, a transfer), `GAS_DUE` or `CARD_UNBLOCKED`.
        subject: The change, the due, or the card.
    """
    with station.store.reading() as reading:
        stored = reading.journal.last_about(subject, kind) or fail("a form has its fact")
        entry = stored.entry
        home = reading.households.get(entry.account_no)
    form = DeskForm(
        of=FormOf.UNBLOCKED,
        record=subject,
        check_code=stored.hash[:_CHECK_CODE_CHARACTERS].upper(),
        company=station.company,
        station=station.name,
        clerk=entry.clerk,
        approver=entry.approver,
        made_at=datetime.fromisoformat(entry.at),
        training=station.training,
        account_no=entry.account_no,
        name=home.name if home else "",
        address=f"{home.address.community} {home.address.door}" if home else "",
        card_no=entry.card_no or subject,
        meter_no=home.meter.meter_no if home else "",
        words=entry.witness.removeprefix(PEOPLE),
    )
    if kind is EntryKind.ACCOUNT:
        return _of_change(form, thaw(AccountChange, entry.detail))
    return _of_due(form, entry) if kind is EntryKind.GAS_DUE else form


def _of_change(form: DeskForm, change: AccountChange) -> DeskForm:
    of = _CHANGES[change.what]
    if of is not FormOf.TRANSFERRED:
        return replace(form, of=of)
    return replace(form, of=of, name=change.before.name or form.name, owner=form.name)


def _of_due(form: DeskForm, entry: Entry) -> DeskForm:
    due = thaw(GasDue, entry.detail)
    of = FormOf.EMERGENCY if due.cause is Tender.EMERGENCY else FormOf.MAKE_UP
    of = FormOf.WITHDRAWN if entry.corrects else of
    return replace(form, of=of, document=due.document, quantity=due.quantity, meter_no=due.meter_no)
