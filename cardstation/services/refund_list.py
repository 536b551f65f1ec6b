"""Puts together what goes back to the payers of a batch; changes nothing."""

from __future__ import annotations

from collections.abc import Mapping

from cardstation.domain.batch import LineOutcome, LineState
from cardstation.domain.household import Household
from cardstation.domain.money import NO_MONEY
from cardstation.domain.refund_list import NotLoadedRow, RefundList, RefundRow
from cardstation.services.batch_account import BatchAccount, PaymentStanding, batch_account
from cardstation.services.intent.facts import clerk_of
from cardstation.services.station import Station

_NOT_LOADED = (LineState.STOPPED, LineState.UNFUNDED)


def refund_list(station: Station, batch_id: str) -> RefundList:
    """The list as the batch stands now: per payment, then every line that was not loaded.

    Raises:
        Refusal: `unknown_batch`.
    """
    account = batch_account(station, batch_id)
    batch = account.state.batch
    with station.store.reading() as reading:
        clerk = clerk_of(station, reading)
        found = reading.households.numbered(
            {one.line.account_no for one in account.state.outcomes if one.line.account_no}, ()
        )
    homes = {one.account_no: one for one in found}
    left = [one for one in account.state.outcomes if one.state in _NOT_LOADED]
    return RefundList(
        company=station.company,
        station=station.name,
        clerk=clerk,
        batch_id=batch_id,
        list_name=batch.name,
        community=batch.community,
        payer=batch.manager,
        made_at=station.clock.now(),
        payments=tuple(_row(account, one) for one in account.payments),
        not_loaded=tuple(
            NotLoadedRow(
                door=one.line.door,
                card_no=one.line.card_no,
                money=one.line.money,
            )
            for one in sorted(left, key=lambda one: _door(one, homes))
        ),
        given_back=account.state.money.given_back,
        remains=sum((one.remains for one in account.payments), NO_MONEY),
        training=station.training,
    )


def _row(account: BatchAccount, one: PaymentStanding) -> RefundRow:
    return RefundRow(
        ack_no=one.ack_no,
        taken_at=one.taken_at,
        tender=one.payment.tender.value,
        reference=one.payment.reference,
        envelope=account.envelope_of(one.payment.line),
        money=one.payment.money,
        held=one.payment.money - one.given_back - one.remains,
        given_back=one.given_back,
        remains=one.remains,
    )


def _door(one: LineOutcome, homes: Mapping[str, Household]) -> tuple[object, ...]:
    home = homes.get(one.line.account_no)
    if home is None:
        return (1, one.line.row.row)
    return (0, home.address.sort_key, one.line.row.row)
