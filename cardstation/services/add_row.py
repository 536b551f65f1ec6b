"""Adds one household to a list that is made at the door: by its card, or by a typed number."""

from __future__ import annotations

from cardstation.domain.batch import CARD_READ, DECIDED, Batch, ListRow, ManifestLine
from cardstation.domain.household import Household
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.preflight import decide, without_amount
from cardstation.errors import Refusal
from cardstation.services.intent.anchoring import anchor_journal
from cardstation.services.intent.funding import batch_of
from cardstation.services.intent.guards import ensure_may_write, ensure_on_duty
from cardstation.services.lists.changing import ensure_no_row_lost, exchange, fixed_places
from cardstation.services.lists.judging import terms_of
from cardstation.services.station import Station
from cardstation.store import Reading


def add_row(
    station: Station,
    batch_id: str,
    number: str,
    money: Money | None,
    *,
    card_no: str = "",
) -> int:
    """Append a household to a batch; a household that stands there without an amount gets one.

    Args:
        station: The desk.
        batch_id: Of the batch.
        number: Its account number; typed or scanned, it may also be the number of its card.
        money: What is paid; None = left for later.
        card_no: Of the card in the reader, which is the household's; empty = no card was read.

    Returns:
        The place of its line; not ready when the household itself stands in the way.

    Raises:
        Refusal: `unknown_batch`, `unknown_household`, `card_on_two` (the number is on several
            households), `card_differs_from_file`, `already_on_list` (its place), `zero_amount`,
            `list_rows_lost`, and those of `ensure_may_write` and `ensure_on_duty`.
    """
    ensure_may_write(station)
    ensure_on_duty(station)
    if money is not None and money <= NO_MONEY:
        raise Refusal("zero_amount")
    with station.store.unit() as unit:
        batch = batch_of(unit, batch_id)
        ensure_no_row_lost(unit, batch_id)
        household = _household(unit, number, card_no)
        place = _open_place(unit, batch, household, money)
        line = _line(station, unit, batch, household, money, CARD_READ if card_no else DECIDED)
        became = exchange(station, unit, batch_id, place, "decided", line)
        unit.commit()
    anchor_journal(station)
    return became


def _household(reading: Reading, number: str, card_no: str) -> Household:
    found = reading.households.get(number)
    by_card = () if found else reading.households.of_card(number)
    if len(by_card) > 1:
        raise Refusal("card_on_two", card_no=number)
    household = found or (by_card[0] if by_card else None)
    if household is None:
        raise Refusal("unknown_household", account_no=number)
    if card_no and card_no != household.card_no:
        raise Refusal(
            "card_differs_from_file",
            card_no=card_no,
            account_no=household.account_no,
            meter_no=household.meter.meter_no,
            filed_card_no=household.card_no,
            filed_meter_no=household.meter.meter_no,
        )
    return household


def _open_place(reading: Reading, batch: Batch, household: Household, money: Money | None) -> int:
    """The place where this household waits for its amount; 0 when it is not on the list."""
    for place, line in enumerate(batch.lines, start=1):
        if line.withdrawn or line.account_no != household.account_no:
            continue
        waits = "no_amount" in line.reasons and line.ground in (CARD_READ, DECIDED)
        if money is None or not waits or place in fixed_places(reading, batch.batch_id):
            raise Refusal(
                "already_on_list",
                account_no=household.account_no,
                place=place,
                row=line.row.row,
            )
        return place
    return 0


def _line(
    station: Station,
    reading: Reading,
    batch: Batch,
    household: Household,
    money: Money | None,
    ground: str,
) -> ManifestLine:
    row = ListRow(
        row=len(batch.lines) + 1,
        account_no=household.account_no,
        name=household.name,
        door=household.address.door,
        card_no=household.card_no,
        amount=money.yuan if money else "",
        note="",
    )
    terms = terms_of(station, reading, {household.account_no}, batch.batch_id)
    if money is None:
        return without_amount(row, household, terms, ground=ground)
    return decide(row, household, money, terms, ground=ground)
