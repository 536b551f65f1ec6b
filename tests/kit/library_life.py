"""A desk with a maker's library under power cuts: one sale, brought to its end life after life."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.shift import Approval
from cardstation.domain.topup import TopUpRequest
from cardstation.errors import CardStationError, Defect, Mishap
from cardstation.ports.reader import Link, Presence
from cardstation.services.identify import Inserted, insert_card
from cardstation.services.recover import recover
from cardstation.services.resolve import Outcome, resolve_card
from cardstation.services.return_load import return_load
from cardstation.services.top_up import top_up
from cardstation.services.verify import verify
from drivers.bridge.library import MakerLibrary
from drivers.bridge.reader import LibraryReader
from drivers.bridge.shelf import Shelf
from tests.kit.maker_library import HOUSEHOLD, Plastic, Slot, beside, meter_takes
from tests.kit.power import Cut, CutLink, Power, PowerCut, Till, store_under
from tests.kit.station import Desk, nobody, open_desk, repeat_chance

SOLD = 29_000
"""Litres for 100 yuan in the second tier."""
TRIES = 4


class CutReader(LibraryReader):
    """A library's reader whose every exchange is a boundary."""

    power = Power()

    def open(self, presence: Presence) -> Link:
        return CutLink(super().open(presence), self.power)


@dataclass
class Life:
    """What outlives the process: folder, card, till; and the library, which stays compiled."""

    folder: Path
    slot: Slot
    library: MakerLibrary
    till: Till = field(default_factory=lambda: Till(Tender.QR_CODE, answers=True))
    credited: int = 0
    ends: list[str] = field(default_factory=list)
    gives_back: bool = False
    wanted: int = 1

    def begin(self) -> None:
        """Everything new; the household is on file and its card lies in the slot."""
        shutil.rmtree(self.folder / "home", ignore_errors=True)
        self.till = Till(Tender.QR_CODE, answers=True)
        self.credited = 0
        self.slot.lay(Plastic.of(HOUSEHOLD))
        repeat_chance()
        self.desk(Power()).station.store.close()

    def keep(self) -> None:
        """What is so now is what `again` begins with."""
        shutil.copytree(self.folder / "home", self.folder / "kept", dirs_exist_ok=True)
        self._kept = self.slot.seen()

    def again(self) -> None:
        """Everything as it was kept."""
        shutil.rmtree(self.folder / "home")
        shutil.copytree(self.folder / "kept", self.folder / "home")
        self.slot.lay(self._kept)
        repeat_chance(8)

    def desk(self, power: Power) -> Desk:
        """A desk that belongs to no ledger: nobody else can have been paid for the same load."""
        self.till.power = power
        desk = open_desk(self.folder / "home", store=store_under(power), payments=(self.till,))
        alone = replace(desk.station, ledger=None)
        desk.station = beside(alone, Shelf([self.slot.described]))
        return desk

    def at_home(self, *, writes_back: bool = True) -> None:
        """The card leaves the slot and meets its meter."""
        plastic, credited = meter_takes(self.slot.seen(), writes_back=writes_back)
        self.credited += credited
        self.slot.take_out()
        assert not self.library.present()
        self.slot.lay(plastic)

    def live(self, cut: Cut | None = None) -> list[str]:
        """One life of the process, until the sale is sealed, stuck, or the power goes.

        Returns:
            The boundaries it crossed.
        """
        power = Power(cut)
        desk = self.desk(power)
        reader = CutReader(self.library)
        reader.power = power
        try:
            recover(desk.station)
            for _ in range(TRIES):
                if self._tried(desk, reader):
                    break
        except (PowerCut, Mishap):
            pass  # or a start that could not be made: the next life begins with it
        finally:
            desk.station.store.close()
        return power.names

    def _tried(self, desk: Desk, reader: LibraryReader) -> bool:
        """Once more from the insertion; True when all is done or people must come."""
        if self._done(desk):
            return True
        try:
            presence = reader.wait_card(0)
            assert presence is not None
            card = insert_card(desk.station, reader, presence)
        except Defect:
            raise
        except CardStationError:
            return False
        try:
            (self._take_back if self.gives_back else self._sell)(desk, card)
        except Defect:
            raise
        except CardStationError as error:
            self.ends.append(error.code)
            return error.code in ("card_not_as_left", "disputed")
        finally:
            card.close()
        return True

    def _done(self, desk: Desk) -> bool:
        """As many sales as wanted are sealed; or what was sold is off its card."""
        if self.gives_back:
            return desk.kinds()[-1] == "returned"
        return desk.kinds().count("sealed") >= self.wanted

    def _take_back(self, desk: Desk, card: Inserted) -> None:
        """A fitter has looked: the meter did not take it."""
        if resolve_card(desk.station, card).outcome is not Outcome.RETURNED:
            return_load(desk.station, card, Approval("supervisor"), nobody, reading="W1")

    def _sell(self, desk: Desk, card: Inserted) -> None:
        if resolve_card(desk.station, card).outcome is Outcome.SEALED:
            return
        wanted = TopUpRequest(money=Money.of_yuan("100"), tender=Tender.QR_CODE)
        top_up(desk.station, card, wanted, nobody)

    def states(self) -> list[str]:
        return self._asked(Desk.states)

    def kinds(self) -> list[str]:
        return self._asked(Desk.kinds)

    def sold_litres(self) -> int:
        """By the journal."""
        desk = self.desk(Power())
        try:
            return verify(desk.station).gas_terms["sold_litres"]
        finally:
            desk.station.store.close()

    def _asked(self, ask: Callable[[Desk], list[str]]) -> list[str]:
        """What the books say, once they agree with themselves."""
        desk = self.desk(Power())
        try:
            found = verify(desk.station)
            assert found.ok, found.disagreements
            return ask(desk)
        finally:
            desk.station.store.close()

    def prove_one_load(self) -> None:
        """One payment, one seal, and the gas of one load on the card and in the meter together."""
        assert self.states().count("sealed") == 1
        assert [money.fen for money in self.till.taken.values()] == [10_000]
        self._prove_gas(SOLD)

    def _prove_gas(self, sold: int) -> None:
        card = self.slot.seen()
        assert card.quantity + self.credited == sold, card
        assert card.counter == HOUSEHOLD.purchase_counter + 1
        assert card.total == Plastic.of(HOUSEHOLD).total + sold
