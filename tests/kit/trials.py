"""Trials: stories that hold in the sound product and break where a fault is planted."""

from __future__ import annotations

import random
import shutil
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from cardstation.domain.payment import Tender
from cardstation.domain.shift import Approval
from cardstation.domain.transitions import TopUpState
from cardstation.domain.volume import Volume
from cardstation.errors import LedgerRefused, LinkFailed, OutcomeUnknown, Refusal, StationBusy
from cardstation.services.pay_out import pay_out
from cardstation.services.refund import request_refund
from cardstation.services.resolve import resolve_card
from cardstation.services.return_load import return_load
from cardstation.services.sync import sync
from cardstation.services.verify import verify
from cardstation.store import Store
from drivers.layouts.open4442 import OPEN4442
from drivers.layouts.tears import torn_images
from drivers.virtual import Tear
from tests.kit import card_stories, cards
from tests.kit.memory_ledger import Centre
from tests.kit.power import Cut, When
from tests.kit.station import Desk, card_of, nobody, open_desk, repeat_chance, take
from tests.kit.sweep import Lab
from tests.kit.sweep_disputes import DISPUTE_TORN, GIVEN_UP
from tests.kit.sweep_jobs import REMAINDER, RETURN, SALE, stock
from tests.kit.sweep_world import NAMES_NOBODY, Where
from tests.kit.two_stations import line_of, open_station, two_stations

SECOND = Approval("supervisor")


def sale_under_cuts(folder: Path) -> None:
    """A sale by QR code, cut at its commits, its payment, its messages and some chip steps."""
    lab = Lab(folder, SALE, stock, Tender.QR_CODE, answers=True)
    names = lab.boundaries()
    chip = [at for at, name in enumerate(names) if name == "chip"]
    places = [at for at, name in enumerate(names) if name in ("commit", "payment", "ledger.push")]
    for at in (*places, *chip[8::9]):
        for when in (When.AFTER, When.BEFORE):
            lab.run(Cut(at, when))


def return_under_cuts(folder: Path) -> None:
    """A return, cut at its commits and some chip steps, the card at home in between."""
    lab = Lab(folder, RETURN, stock, where=Where.HOME)
    names = lab.boundaries()
    for at in [at for at, name in enumerate(names) if name in ("commit", "chip")][::3]:
        lab.run(Cut(at, When.AFTER))


def remainder_under_cuts(folder: Path) -> None:
    """The rest of a lump sum goes back, cut before each commit by a clerk who then forgets."""
    lab = Lab(folder, REMAINDER, stock)
    for at in [at for at, name in enumerate(lab.boundaries()) if name == "commit"]:
        lab.run(Cut(at, When.BEFORE))


def given_up_with_a_dead_line(folder: Path) -> None:
    """A load given up while its line dies at a message; another desk has the card next."""
    _with_a_dead_line(Lab(folder, GIVEN_UP, stock, where=Where.ANOTHER))


def disputed_with_a_dead_line(folder: Path) -> None:
    """A dispute settled while its line dies at a message; another desk has the card next."""
    _with_a_dead_line(Lab(folder, DISPUTE_TORN, stock, where=Where.ANOTHER))


def _with_a_dead_line(lab: Lab) -> None:
    for at, name in enumerate(lab.boundaries()):
        if name in ("ledger.head", "ledger.push"):
            lab.run(Cut(at, When.DEAD))


def torn_loads(_folder: Path) -> None:
    """Whatever a cut leaves, a card shows the load before or the load after."""
    dice = random.Random(7)
    for image in card_stories.stories(OPEN4442, 100):
        plan = OPEN4442.plan_load(image, card_stories.random_load(dice, OPEN4442, image))
        allowed = {OPEN4442.credit(plan.before), OPEN4442.credit(plan.target)}
        for torn in torn_images(plan.before, plan.spans):
            assert OPEN4442.credit(bytes(torn)) in allowed, "neither before nor after"


def restored_backup(folder: Path) -> None:
    """A store put back from yesterday's copy sells nothing."""
    desk, card = open_desk(folder / "desk"), card_of(cards.household())
    desk.sell(card)
    desk.station.store.close()
    shutil.copy2(folder / "desk" / "station.db", folder / "copy.db")
    desk = open_desk(folder / "desk")
    take(card)
    desk.sell(card)
    desk.station.store.close()
    for name in ("station.db-wal", "station.db-shm"):
        (folder / "desk" / name).unlink(missing_ok=True)
    shutil.copy2(folder / "copy.db", folder / "desk" / "station.db")
    desk = open_desk(folder / "desk")
    take(card)
    try:
        with pytest.raises(Refusal) as refused:
            desk.sell(card)
        assert refused.value.code == "store_rolled_back"
    except pytest.fail.Exception as sold:
        raise AssertionError("it sold") from sold
    finally:
        desk.reader.pull()
        desk.station.store.close()


def refund_of_a_written_card(folder: Path) -> None:
    """The load is on the card and only the seal was lost: its money stays."""
    desk, card = open_desk(folder), card_of(cards.household())
    try:
        repeat_chance()
        card.chip.arm(Tear(_steps(folder / "count") - 1))
        with suppress(OutcomeUnknown, LinkFailed):
            desk.sell(card)
        card.chip.arm(None)
        inserted = desk.insert(card)
        with suppress(Refusal):
            asked = request_refund(desk.station, inserted, SECOND)
            pay_out(desk.station, asked.topup_id, SECOND)
        inserted.close()
        inserted = desk.insert(card)
        resolve_card(desk.station, inserted)
        inserted.close()
        assert verify(desk.station).gas_terms["sold_litres"] == 29_000, "paid back, and on the card"
        assert take(card).credited == Volume.of_m3("29")
    finally:
        desk.reader.pull()
        desk.station.store.close()


def cloned_station(folder: Path) -> None:
    """Two machines with one name and one store: the second branch is named, never swallowed."""
    centre = Centre()
    one = open_station(folder / "one", centre, "S001")
    sync(one.station)
    one.station.store.close()
    shutil.copytree(folder / "one", folder / "other")
    one = open_station(folder / "one", centre, "S001")
    other = open_station(folder / "other", centre, "S001")
    try:
        one.sell(card_of(cards.household()), "100")
        other.sell(card_of(cards.household()), "50")
        sync(one.station)
        refused = ""
        try:
            sync(other.station)
        except LedgerRefused as error:
            refused = error.code
        told = (refused, centre.chains["S001"].status)
        assert told == ("ledger_fork", "suspended"), ("the second branch was swallowed", told)
    finally:
        for desk in (one, other):
            desk.reader.pull()
            desk.station.store.close()


def two_writers(folder: Path) -> None:
    """A second process is told that the station is busy."""
    with Store.open(folder):
        busy = False
        try:
            Store.open(folder).close()
        except StationBusy:
            busy = True
        assert busy, "a second process writes"


def sold_again_after_a_return(folder: Path) -> None:
    """The counter that a return freed is used by the next sale; the books find nothing odd."""
    with two_stations(folder) as (desk, _, centre):
        card = card_of(cards.household())
        desk.sell(card)
        inserted = desk.insert(card)
        return_load(desk.station, inserted, SECOND, nobody, reading="photo 1")
        inserted.close()
        desk.sell(card, "50")
        sync(desk.station)
        with desk.station.store.reading() as reading:
            found = [one.code for one in reading.outbox.exceptions()]
            assert not found, ("the ledger questions", found)
        assert not [name for name in centre.balances if name.startswith("suspense")]


def same_load_from_two_desks(folder: Path) -> None:
    """Paid at two desks, loaded at one, and nothing on the card says which: one payment goes back.

    Both desks may come first at the ledger.
    """
    for first in (0, 1):
        with two_stations(folder / str(first)) as (here, there, centre):
            _both_paid(here, there)
            desks = (here, there) if first == 0 else (there, here)
            for _ in range(2):
                for desk in desks:
                    sync(desk.station)
            given_back = sum(_given_back(desk) for desk in desks)
            for desk in desks:
                sync(desk.station)
                found = verify(desk.station)
                assert found.ok, found.disagreements
            assert given_back == 10_000, ("paid twice, given back", given_back)
            assert -centre.balances["gas_sold"] == 9_744
            assert not sum(
                fen for name, fen in centre.balances.items() if name.startswith("suspense")
            )


def _both_paid(here: Desk, there: Desk) -> None:
    card = card_of(cards.household())
    for desk in (here, there):
        desk.station = replace(desk.station, layouts=(NAMES_NOBODY,), number=1)
    line_of(here).down = line_of(there).down = True
    card.chip.arm(Tear(0))
    with pytest.raises((OutcomeUnknown, LinkFailed)):
        here.sell(card)
    card.chip.arm(None)
    here.reader.pull()
    there.sell(card)
    there.reader.pull()
    inserted = here.insert(card)
    resolve_card(here.station, inserted)
    inserted.close()
    assert take(card).credited == Volume.of_m3("29")
    line_of(here).down = line_of(there).down = False


def _given_back(desk: Desk) -> int:
    """What the desk pays out of what it owes, in fen."""
    with desk.station.store.reading() as reading:
        owed = [o for o in reading.topups.every() if o.state is TopUpState.REFUND_REQUESTED]
    for one in owed:
        pay_out(desk.station, one.topup_id, SECOND)
    return sum(one.quote.money.fen for one in owed)


def _steps(folder: Path) -> int:
    repeat_chance()
    desk, card = open_desk(folder), card_of(cards.household())
    card.chip.arm(None)
    desk.sell(card)
    desk.reader.pull()
    desk.station.store.close()
    repeat_chance()
    return card.chip.steps
