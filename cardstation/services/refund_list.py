"""Puts together what goes back to the payers of a batch; changes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cardstation.domain.batch import LineOutcome, LineState
from cardstation.domain.card_rows import card_places
from cardstation.domain.household import Household
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.refund_list import NotLoadedRow, RefundList, RefundPart, RefundRow
from cardstation.services.batch_account import BatchAccount, PaymentStanding, batch_account
from cardstation.services.intent.facts import clerk_of
from cardstation.services.station import Station

_NOT_LOADED = (LineState.STOPPED, LineState.UNFUNDED)


def refund_list(station: Station, batch_id: str) -> RefundList:
    """The list as the batch stands now: per payer, and every line that was not loaded.

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
    stands = card_places(account.state.outcomes)
    left = [
        one
        for place, one in enumerate(account.state.outcomes, start=1)
        if one.state in _NOT_LOADED and stands.get(place) == place
    ]
    return RefundList(
        company=station.company,
        station=station.name,
        clerk=clerk,
        batch_id=batch_id,
        list_name=batch.name,
        community=batch.community,
        made_at=station.clock.now(),
        parts=tuple(_parts(account)),
        not_loaded=tuple(
            NotLoadedRow(
                door=one.line.door,
                card_no=one.line.card_no,
                money=one.line.money,
            )
            for one in sorted(left, key=lambda one: _door(one, homes))
        ),
        training=station.training,
    )


def _parts(account: BatchAccount) -> Iterator[RefundPart]:
    """Who paid for all first, then each household for its own envelope, in list order."""
    rows: dict[int, list[RefundRow]] = {0: []}
    for one in account.payments:
        rows.setdefault(one.stands, []).append(_row(account, one))
    waits = _waits(account)
    for place in sorted(rows):
        if 0 < place <= len(account.state.outcomes):
            line, own = account.state.outcomes[place - 1].line, waits.get(place, NO_MONEY)
            yield RefundPart(line.name, line.door, tuple(rows[place]), own)
        else:
            others = (money for at, money in waits.items() if at not in rows)
            manager = account.state.batch.manager
            yield RefundPart(manager, "", tuple(rows[place]), sum(others, NO_MONEY))


def _waits(account: BatchAccount) -> dict[int, Money]:
    """Place → the money that its row holds and that is on no card."""
    return {
        one.place: one.held
        for one, outcome in zip(account.lines, account.state.outcomes, strict=True)
        if one.held and not one.released and outcome.state is not LineState.DONE
    }


def _row(account: BatchAccount, one: PaymentStanding) -> RefundRow:
    return RefundRow(
        ack_no=one.ack_no,
        taken_at=one.taken_at,
        tender=one.payment.tender.value,
        reference=one.payment.reference,
        envelope=account.envelope_of(one.stands),
        money=one.payment.money,
        held=one.payment.money - one.given_back - one.arrears - one.remains,
        arrears=one.arrears,
        given_back=one.given_back,
        remains=one.remains,
    )


def _door(one: LineOutcome, homes: Mapping[str, Household]) -> tuple[object, ...]:
    home = homes.get(one.line.account_no)
    if home is None:
        return (1, one.line.row.row)
    return (0, home.address.sort_key, one.line.row.row)
