"""Takes in the utility's household directory, and its price lists."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from cardstation.domain.account_change import AccountChange, Heard, Verdict, merged
from cardstation.domain.arrears import Moved, still_owed
from cardstation.domain.household import Household
from cardstation.domain.ledger import EntryKind
from cardstation.domain.topup import TopUp
from cardstation.domain.volume import Volume
from cardstation.services.lists.directory_file import RejectedRow, read_directory
from cardstation.services.lists.tariff_file import read_tariffs
from cardstation.services.station import Station
from cardstation.store import Reading


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
        overruled: Facts that were changed at this desk, and that the file knows otherwise: the
            file's word holds.
    """

    count: int
    added: int
    updated: int
    rejected: tuple[RejectedRow, ...]
    repeated_cards: tuple[str, ...]
    tariffs: int
    overruled: tuple[Heard, ...] = ()


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
        ours = our_word(unit)
        told = [up_to_date(known.get(one.account_no), one, ours) for one in filed]
        changed = [one.now for one in told if one.now != known.get(one.now.account_no)]
        heard = [fact for one in told for fact in one.heard]
        unit.households.put(changed)
        unit.account_changes.settle(heard, station.clock.now())
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
        overruled=tuple(one for one in heard if one.verdict is Verdict.OVERRULED),
    )


@dataclass(frozen=True, slots=True)
class OurWord:
    """What this station did that a file of the utility may not know of yet.

    Attributes:
        collected: Arrears collected here, by account.
        raised: What was put off here to be paid as arrears, and emergency gas.
        taken_back: The last load here, where it was taken off its card again, by account.
        changed: What was changed in accounts here and no file has settled yet, by account.
    """

    collected: Mapping[str, tuple[Moved, ...]]
    raised: Mapping[str, tuple[Moved, ...]]
    taken_back: Mapping[str, TopUp]
    changed: Mapping[str, tuple[AccountChange, ...]]


def our_word(reading: Reading) -> OurWord:
    """What this station knows better than a file that was written a while ago."""
    return OurWord(
        reading.arrears.by_account(),
        _raised(reading),
        reading.topups.last_taken_back(),
        reading.account_changes.open_by_account(),
    )


def _raised(reading: Reading) -> Mapping[str, tuple[Moved, ...]]:
    found = dict(reading.arrears.raised())
    for load in reading.topups.emergencies():
        paid = reading.journal.last_about(load.topup_id, EntryKind.PAID)
        if paid is not None:
            owed = Moved(paid.seq, load.opened_at.date(), load.quote.total)
            found[load.account_no] = (*found.get(load.account_no, ()), owed)
    return found


@dataclass(frozen=True, slots=True)
class BroughtIn:
    """A household of a file, with our own word.

    Attributes:
        now: As it shall be on file.
        heard: What the file settles of changes that were made here.
    """

    now: Household
    heard: tuple[Heard, ...] = ()


def up_to_date(known: Household | None, filed: Household, ours: OurWord) -> BroughtIn:
    """The file's facts with our own changes of the account and our own later sales.

    The file may have been written before our latest sales reached the utility, so the purchase
    counter and the tier counter of the running year never go back: the higher one holds, unless
    it is that of a load which was taken back here since. A new meter starts its own count. Balance
    and card generation are only ours; a card with another number counts anew. Arrears that were
    collected here are taken off a figure that cannot know of it, and what was put off here is
    added.
    """
    collected = ours.collected.get(filed.account_no, ())
    raised = ours.raised.get(filed.account_no, ())
    owed = still_owed(filed.arrears, filed.arrears_as_of, collected, raised)
    filed = replace(filed, arrears=owed)
    if known is None:
        return BroughtIn(filed)
    filed, heard = merged(filed, known, ours.changed.get(filed.account_no, ()))
    gone = ours.taken_back.get(filed.account_no)
    now = replace(
        filed,
        generation=known.generation if known.card_no == filed.card_no else 0,
        balance=known.balance,
        bought_this_year=_bought(known, filed, gone),
        tier_year=max(known.tier_year, filed.tier_year),
        purchase_counter=_counter(known, filed, gone),
    )
    return BroughtIn(now, heard)


def _counter(known: Household, filed: Household, gone: TopUp | None) -> int:
    if known.meter.meter_no != filed.meter.meter_no:
        return filed.purchase_counter
    if gone is not None and gone.identity.meter_no == filed.meter.meter_no:
        moved = (gone.counter_before, gone.counter_after)
        if moved == (known.purchase_counter, filed.purchase_counter):
            return known.purchase_counter
    return max(known.purchase_counter, filed.purchase_counter)


def _bought(known: Household, filed: Household, gone: TopUp | None) -> Volume:
    if known.tier_year > filed.tier_year:
        return known.bought_this_year
    bought = known.bought_in(filed.tier_year)
    told = (filed.tier_year, filed.bought_this_year)
    if gone is not None and told == (gone.quote.tier_year, bought + gone.bought):
        return bought
    return max(bought, filed.bought_this_year)
