"""Which generation of a household's card is the live one: what the ledger tells comes onto file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cardstation.domain.admission import ensure_not_old
from cardstation.domain.household import Household
from cardstation.domain.ledger import Entry, EntryKind
from cardstation.domain.reissue import UNDONE, generation_told, reissues_in
from cardstation.domain.topup import TopUp
from cardstation.domain.transitions import TopUpState
from cardstation.errors import fail
from cardstation.services.identify import Inserted
from cardstation.services.intent.known import household_of
from cardstation.services.station import Station
from cardstation.store import Reading, Unit


def learn_generation(station: Station, card: Inserted) -> None:
    """Bring the file to the generation that the ledger told of at this insertion.

    A first card of which nobody tells another asks the file nothing.
    """
    told, identity = card.told or (), card.content.identity
    if not identity.generation and not any(map(_of_another, told)):
        return
    with station.store.reading() as reading:
        household = reading.households.get(identity.account_no)
        if household is None or _live(reading, household, card, told) == household.generation:
            return
    with station.store.unit() as unit:
        filed = unit.households.get(identity.account_no) or household
        unit.households.update(replace(filed, generation=_live(unit, filed, card, told)))
        unit.commit()


def _of_another(entry: Entry) -> bool:
    return bool(entry.generation)


def _live(reading: Reading, filed: Household, card: Inserted, told: Sequence[Entry]) -> int:
    identity = card.content.identity
    if filed.card_no != identity.card_no:
        return filed.generation
    ours = (one.identity.generation for one in made_here(reading, filed.account_no))
    return generation_told(filed.generation, identity, told, max(ours, default=0))


def made_here(reading: Reading, account_no: str) -> tuple[TopUp, ...]:
    """The reissues of this account that this desk began and did not undo, oldest first."""
    return tuple(one for one in reading.topups.reissues_of(account_no) if not _undone(reading, one))


def _undone(reading: Reading, work: TopUp) -> bool:
    if work.state is not TopUpState.VOIDED:
        return False
    given_up = reading.journal.last_about(work.topup_id, EntryKind.CARD_GIVEN_UP)
    return given_up is not None and given_up.entry.detail == UNDONE


def ensure_live(station: Station, card: Inserted) -> None:
    """No newer card took the place of the one in the lane.

    Raises:
        Refusal: `old_card`, `unknown_household`.
    """
    ensure_not_old(card.content.identity, household_of(station, card))


def replaced_before(card: Inserted, told: Sequence[Entry]) -> bool:
    """Whether these facts know of a card that took the place of the one in the lane."""
    identity = card.content.identity
    return any(one.generation > identity.generation for one in reissues_in(told, identity))


def take_generation(unit: Unit, work: TopUp) -> None:
    """From here on the card before this one is dead."""
    household = _household(unit, work)
    generation = max(household.generation, work.identity.generation)
    unit.households.update(replace(household, generation=generation))


def give_back_generation(unit: Unit, work: TopUp) -> None:
    """The card before this one is the live one again, unless a newer one came since."""
    household = _household(unit, work)
    if household.generation == work.identity.generation:
        unit.households.update(replace(household, generation=household.generation - 1))


def _household(unit: Unit, work: TopUp) -> Household:
    return unit.households.get(work.account_no) or fail("its household is on file")
