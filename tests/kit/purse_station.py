"""A desk that sells to a purse card, under power cuts: one sale, life by life to its end."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field, replace
from pathlib import Path

from cardstation.bootstrap.purses import with_purses
from cardstation.domain.household import Household
from cardstation.domain.meter import Meter, MeterKind
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.topup import TopUpRequest
from cardstation.errors import CardStationError, Defect, Mishap
from cardstation.ports.purse import PurseKeys, PurseStand
from cardstation.ports.reader import Link
from cardstation.services.identify import insert_card
from cardstation.services.recover import recover
from cardstation.services.resolve import Outcome, resolve_card
from cardstation.services.station import Station
from cardstation.services.top_up import top_up
from cardstation.services.verify import verify
from drivers.purses.chip import KIND
from drivers.purses.gas_content import Parameters, Purpose
from drivers.virtual import VirtualCard, VirtualReader
from drivers.virtual.meter_errors import MeterError
from drivers.virtual.purse_card import VirtualPurseCard
from drivers.virtual.purse_meter import PurseMeter
from tests.kit import cards
from tests.kit.power import Cut, CutLink, Power, PowerCut, Till, store_under, wired
from tests.kit.purses import AT, PurseDesk, software
from tests.kit.station import Desk, nobody, open_desk, repeat_chance

LOADS = 7
HOUSEHOLD = replace(
    cards.household(MeterKind.MONEY, counter=LOADS),
    meter=Meter("001799609893", MeterKind.MONEY, None),
    chip="epurse",
)
SOLD_FEN = 10_000
TRIES = 4


def issued(
    household: Household = HOUSEHOLD, kind: type[VirtualPurseCard] = VirtualPurseCard
) -> VirtualCard:
    """The household's card after some loads, all taken by its meter."""
    chip = kind(bytes.fromhex(household.card_no.zfill(20)))
    chip.issue(Parameters(household.meter.meter_no, household.account_no, Purpose.BUYING))
    chip.stand(KIND, balance=0, online=LOADS - 1)
    loaded_once(chip)
    return VirtualCard(chip, "purse")


def loaded_once(chip: VirtualPurseCard, fen: int = 700) -> None:
    """A load of long ago that the meter took, and its answer."""
    desk = PurseDesk(chip=chip)
    plan = desk.planned(fen)
    desk.powered().load(plan, desk.keys)
    desk.reader.pull()
    assert at_its_meter(desk.card) == fen


def at_its_meter(card: VirtualCard) -> int:
    """The card meets its meter, which takes what is there and answers; the fen it took."""
    verdict = PurseMeter.of_purse(card).take(card, at=AT)
    assert verdict.error != MeterError.TAKEN_BEFORE, "its last answer is cleared with each load"
    assert isinstance(verdict.credited, Money)
    return verdict.credited.fen


def with_purse(station: Station, keys: PurseKeys | None = None) -> Station:
    """A station that has the purse beside its chips."""
    return with_purses(station, keys or software())


@dataclass
class Life:
    """What outlives the process: folder, card, till."""

    folder: Path
    card: VirtualCard = field(default_factory=issued)
    till: Till = field(default_factory=lambda: Till(Tender.QR_CODE, answers=True))
    ends: list[str] = field(default_factory=list)
    spent: int = 0

    def begin(self) -> None:
        """Everything new; the household is on file and its card is at hand."""
        shutil.rmtree(self.folder / "home", ignore_errors=True)
        self.card, self.till, self.spent = issued(), Till(Tender.QR_CODE, answers=True), 0
        self.ends.clear()
        repeat_chance()
        self.desk(Power()).station.store.close()

    def desk(self, power: Power, reader: VirtualReader | None = None) -> Desk:
        self.till.power = power
        desk = open_desk(
            self.folder / "home",
            households=[HOUSEHOLD],
            store=store_under(power),
            payments=(self.till,),
            reader=reader,
        )
        desk.station = with_purse(desk.station)
        return desk

    def live(self, cut: Cut | None = None) -> list[str]:
        """One life of the process, until the sale is sealed, stuck, or the power goes.

        Returns:
            The boundaries it crossed.
        """
        power = Power(cut)

        def under(link: Link) -> Link:
            return CutLink(link, power)

        self.card = wired(self.card, power)
        desk = self.desk(power, VirtualReader("desk", wrap=under))
        try:
            recover(desk.station)
            for _ in range(TRIES):
                if self._tried(desk):
                    break
        except (PowerCut, Mishap):
            pass
        finally:
            desk.station.store.close()
        return power.names

    def _tried(self, desk: Desk) -> bool:
        if "sealed" in desk.kinds():
            return True
        desk.reader.pull()
        desk.reader.insert(self.card)
        presence = desk.reader.wait_card(0)
        assert presence is not None
        try:
            card = insert_card(desk.station, desk.reader, presence)
        except Defect:
            raise
        except CardStationError as error:
            self.ends.append(error.code)
            return False
        try:
            if resolve_card(desk.station, card).outcome is not Outcome.SEALED:
                wanted = TopUpRequest(money=Money(SOLD_FEN), tender=Tender.QR_CODE)
                top_up(desk.station, card, wanted, nobody)
        except Defect:
            raise
        except CardStationError as error:
            self.ends.append(error.code)
            return False
        finally:
            card.close()
        return True

    @property
    def chip(self) -> VirtualPurseCard:
        assert isinstance(self.card.chip, VirtualPurseCard)
        return self.card.chip

    @property
    def stand(self) -> PurseStand:
        cells = self.chip.state.of_kind(KIND)
        return PurseStand(cells.balance, cells.online)

    def at_home(self) -> None:
        """The card meets its meter, which takes what is there."""
        self.card = wired(self.card, Power())
        self.spent += at_its_meter(self.card)

    def prove_one_load(self) -> None:
        """One payment, one seal; the money of one load on card and meter together."""
        desk = self.desk(Power())
        try:
            found = verify(desk.station)
            assert found.ok, found.disagreements
            assert desk.states().count("sealed") == 1, desk.states()
        finally:
            desk.station.store.close()
        assert [money.fen for money in self.till.taken.values()] == [SOLD_FEN]
        assert self.stand.sequence == LOADS + 1
        assert self.stand.balance_fen + self.spent == SOLD_FEN
