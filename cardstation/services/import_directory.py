"""Takes in the utility's household directory, and its price lists."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from cardstation.domain.arrears import still_owed
from cardstation.domain.household import Household
from cardstation.domain.money import Money
from cardstation.services.lists.directory_file import RejectedRow, read_directory
from cardstation.services.lists.tariff_file import read_tariffs
from cardstation.services.station import Station


@dataclass(frozen=True, slots=True)
class DirectoryImported:
    """What became of a directory.

    Attributes:
        count: Households on file afterwards.
        added: New accounts.
        updated: Accounts whose facts changed.
        rejected: Rows that were not taken in; the other rows were.
        repeated_cards: Card numbers that stand on more than one row of the file.
        tariffs: Versions of price lists taken in.
    """

    count: int
    added: int
    updated: int
    rejected: tuple[RejectedRow, ...]
    repeated_cards: tuple[str, ...]
    tariffs: int


def import_directory(
    station: Station, path: Path, tariffs_path: Path | None = None
) -> DirectoryImported:
    """Take in a directory file and, when given, a tariff file; all in one commit.

    The same file may be taken in again: facts are brought up to date, what this station knows
    better is kept (see `up_to_date`). Accounts missing from the file stay on file.

    Raises:
        Refusal: `directory_not_readable`, `tariffs_not_readable`.
    """
    prices = read_tariffs(tariffs_path) if tariffs_path is not None else None
    read = list(read_directory(path, station.clock.now().year))
    filed = [row for row in read if isinstance(row, Household)]
    cards = Counter(household.card_no for household in filed)
    with station.store.unit() as unit:
        known = {household.account_no: household for household in unit.households.every()}
        collected = unit.arrears.by_account()
        changed = [
            merged
            for household in filed
            if (merged := up_to_date(known.get(household.account_no), household, collected))
            != known.get(household.account_no)
        ]
        unit.households.put(changed)
        if prices is not None:
            unit.tariffs.replace(*prices)
        unit.commit()
    added = sum(household.account_no not in known for household in filed)
    return DirectoryImported(
        count=len(known) + added,
        added=added,
        updated=len(changed) - added,
        rejected=tuple(row for row in read if isinstance(row, RejectedRow)),
        repeated_cards=tuple(card_no for card_no, rows in cards.items() if rows > 1),
        tariffs=len(prices[0]) if prices is not None else 0,
    )


def up_to_date(
    known: Household | None,
    filed: Household,
    collected: Mapping[str, tuple[tuple[date, Money], ...]],
) -> Household:
    """The file's facts with our own later sales.

    The file may have been written before our latest sales reached the utility, so the purchase
    counter and the tier counter of the running year never go back: the higher one holds. A new
    meter starts its own count. Balance and card generation are only ours. Arrears that were
    collected here are taken off a figure that cannot know of it.
    """
    since = collected.get(filed.account_no, ())
    filed = replace(filed, arrears=still_owed(filed.arrears, filed.arrears_as_of, since))
    if known is None:
        return filed
    same_meter = known.meter.meter_no == filed.meter.meter_no
    counter = max(known.purchase_counter, filed.purchase_counter)
    return replace(
        filed,
        generation=known.generation,
        balance=known.balance,
        bought_this_year=max(known.bought_in(filed.tier_year), filed.bought_this_year),
        purchase_counter=counter if same_meter else filed.purchase_counter,
    )
