"""Puts together what goes back to the payers of a batch; changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from cardstation.domain.batch import LineOutcome, LineState
from cardstation.domain.card_rows import card_places
from cardstation.domain.household import Household
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.refund_list import NotLoadedRow, RefundList, RefundPart, RefundRow
from cardstation.services.batch_account import (
    BatchAccount,
    LineMoney,
    PaymentStanding,
    batch_account,
)
from cardstation.services.intent.facts import clerk_of
from cardstation.services.station import Station

_NOT_LOADED = (LineState.STOPPED, LineState.UNFUNDED)


def refund_list(station: Station, batch_id: str) -> RefundList:
    """The list as the batch stands now: per payer, and every line that was not loaded.

    Those lines go with who paid for all: each with its sum where that is the batch's manager, but
    where its household paid itself.

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
    parts = tuple(_parts(account))
    to_manager = account.is_manager(parts[0].payer)
    stands = card_places(account.state.outcomes)
    own = {one.stands for one in account.payments}
    left = [
        (one, place in own)
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
        parts=parts,
        not_loaded=tuple(
            NotLoadedRow(
                door=one.line.door,
                card_no=one.line.card_no,
                money=one.line.money if to_manager and not paid_itself else None,
            )
            for one, paid_itself in sorted(left, key=lambda row: _door(row[0], homes))
        ),
        training=station.training,
    )


def _parts(account: BatchAccount) -> Iterator[RefundPart]:
    """Who paid for all first, the manager before others; then each envelope, in list order.

    Whose money it is was said when it came; whom the row means now, and who manages the community
    now, says nothing of that.
    """
    rows: dict[tuple[int, str], list[PaymentStanding]] = {}
    for one in account.payments:
        rows.setdefault((one.payment.line, one.payer), []).append(one)
    manager = account.state.batch.manager
    if all(place for place, _ in rows):
        rows[0, manager] = []
    waits = _drawn(one for one in account.lines if not one.released and not one.loaded)
    kept = _drawn(one for one in account.lines if one.kept)
    lump_first = sorted(rows, key=lambda one: (one[0], not account.is_manager(one[1])))
    for place, payer in lump_first:
        paid = rows[place, payer]
        inside = 0 < place <= len(account.state.outcomes)
        door = account.state.outcomes[place - 1].line.door if inside else ""
        own = (waits.get(one.payment.payment_id, NO_MONEY) for one in paid)
        made = tuple(_row(account, one, kept) for one in paid)
        yield RefundPart(payer, door, made, sum(own, NO_MONEY))


def _drawn(lines: Iterable[LineMoney]) -> dict[str, Money]:
    """Payment → what these rows hold of it."""
    drawn: dict[str, Money] = {}
    for one in lines:
        for payment_id, money in one.drawn.items():
            drawn[payment_id] = drawn.get(payment_id, NO_MONEY) + money
    return drawn


def _row(account: BatchAccount, one: PaymentStanding, kept: Mapping[str, Money]) -> RefundRow:
    stays = kept.get(one.payment.payment_id, NO_MONEY)
    return RefundRow(
        ack_no=one.ack_no,
        taken_at=one.taken_at,
        tender=one.payment.tender.value,
        reference=one.payment.reference,
        envelope=account.envelope_of(one.payment.line),
        money=one.payment.money,
        held=one.held - stays,
        arrears=one.arrears,
        given_back=one.given_back,
        remains=one.remains,
        kept=stays,
    )


def _door(one: LineOutcome, homes: Mapping[str, Household]) -> tuple[object, ...]:
    home = homes.get(one.line.account_no)
    if home is None:
        return (1, one.line.row.row)
    return (0, home.address.sort_key, one.line.row.row)
