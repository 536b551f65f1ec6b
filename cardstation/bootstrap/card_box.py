"""The box of virtual cards of a data folder: one file per card, made when first asked for."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from cardstation.domain.household import Household
from cardstation.errors import Refusal
from cardstation.services.station import Station
from drivers.purses import PURSES
from drivers.virtual.card import VirtualCard, new_chip
from drivers.virtual.maker import CardStory, make_card
from drivers.virtual.volume_purse_maker import make_purse_of

FOLDER = "training/cards"


class CardBox:
    """Virtual cards by card number.

    Args:
        station: Whose directory, keys and layouts issue the cards.
        home: Data folder.
    """

    def __init__(self, station: Station, home: Path) -> None:
        self._station, self.home = station, home
        self._folder = home / FOLDER
        self._folder.mkdir(parents=True, exist_ok=True)
        purses = {one.name for one in PURSES}
        self._purses = {one for one in station.card_kinds if one[0] in purses}

    def household(self, number: str) -> Household:
        """The household of an account or card number.

        Raises:
            Refusal: `unknown_household`.
        """
        with self._station.store.reading() as reading:
            found = reading.households.get(number)
            cards = reading.households.of_card(number)
        if found is None and len(cards) != 1:
            raise Refusal("unknown_household", account_no=number)
        return found or cards[0]

    def outsider(self, listed: Collection[str]) -> Household:
        """Some household with a card we can make whose account is not listed."""
        with self._station.store.reading() as reading:
            households = reading.households.every()
        kinds = self._station.card_kinds - self._purses
        return next(
            one
            for one in households
            if one.account_no not in listed and (one.chip, one.meter.kind) in kinds
        )

    def make(self, household: Household) -> Path:
        """The file of a household's card, issued now if the box has none."""
        path = self._folder / f"{household.card_no}.json"
        if not path.exists():
            self._issued(household).save(path)
        return path

    def blank(self, name: str, chip: str) -> Path:
        """A card nobody has written yet, under a name of its own.

        Raises:
            Refusal: `bad_request`: the box has a card of that name.
        """
        path = self._folder / f"{Path(name).name}.json"
        if path.exists():
            raise Refusal("bad_request", given=name)
        VirtualCard(new_chip(chip), path.stem).save(path)
        return path

    def _issued(self, household: Household) -> VirtualCard:
        station = self._station
        if (household.chip, household.meter.kind) in self._purses:
            return make_purse_of(household)
        layouts = {one.code for one in station.layouts if one.chip == household.chip}
        training = [rules for rules in station.makers if rules.training]
        rules = next((one for one in training if one.layout in layouts), training[0])
        layout = next(one for one in station.layouts if one.code == rules.layout)
        story = CardStory(station_no=station.number)
        return make_card(household, rules, layout, station.keys, story=story)

    def names(self) -> tuple[str, ...]:
        """Every card in the box."""
        return tuple(sorted(path.stem for path in self._folder.glob("*.json")))

    def path(self, name: str) -> Path:
        """The file of a card in the box: a card or account number, a copy's name, or a blank's.

        Raises:
            Refusal: `unknown_household`, for a number that is in no directory.
        """
        path = self._folder / f"{Path(name).name}.json"
        return path if path.exists() else self.make(self.household(name))

    def take(self, name: str) -> VirtualCard:
        """A card to be put into a reader; every change is kept in its file."""
        path = self.path(name)
        card = VirtualCard.load(path)
        card.keep_in(path)
        return card

    def copy(self, name: str, twin: str) -> None:
        """Clone a card: same content, same code."""
        source = VirtualCard.load(self.path(name))
        source.copy(twin).save(self._folder / f"{Path(twin).name}.json")
