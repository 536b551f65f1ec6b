"""Makers' libraries written for the tests, compiled here, with their cards in files."""

from __future__ import annotations

import atexit
import shutil
import subprocess
import tempfile
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from cardstation.bootstrap.libraries import with_libraries
from cardstation.domain.household import Household
from cardstation.services.station import Station
from drivers.bridge.description import Description
from drivers.bridge.reading import read_description
from drivers.bridge.shelf import Shelf
from tests.kit import cards

SOURCES = Path(__file__).with_name("libraries")
BOTH = ("adds", "overwrites")
BLANK = "blank"


@dataclass(frozen=True)
class Plastic:
    """What is on a card of these libraries; amounts in litres."""

    card_no: str
    account_no: str
    meter_no: str
    generation: int = 0
    quantity: int = 0
    counter: int = 50
    total: int = 1_500_000
    meter_counter: int = 50
    meter_total: int = 1_500_000
    residual: int = 3_500
    opening: int = 0

    @classmethod
    def of(cls, household: Household) -> Plastic:
        return cls(
            household.card_no,
            household.account_no,
            household.meter.meter_no,
            counter=household.purchase_counter,
            meter_counter=household.purchase_counter,
        )


@dataclass(frozen=True)
class Slot:
    """A compiled library, its description, and the file that is its slot."""

    described: Description
    card: Path

    def lay(self, plastic: Plastic | None) -> None:
        """Put a card in, or a blank (None); what is there is another one from now on."""
        names = Plastic.__dataclass_fields__ if plastic else ()
        text = " ".join(str(getattr(plastic, name)) for name in names) or BLANK
        self.card.write_text(text + "\n")

    @property
    def is_blank(self) -> bool:
        return self.card.read_text().strip() == BLANK

    def seen(self) -> Plastic:
        """What is on the card."""
        texts = self.card.read_text().split()
        return Plastic(*texts[:3], *map(int, texts[3:]))

    def take_out(self) -> Plastic:
        plastic = self.seen()
        self.card.unlink()
        return plastic

    def tell(self, function: str, mode: str) -> None:
        """What the next call of a function shall do instead of its work."""
        self.card.with_suffix(".card.do").write_text(f"{function} {mode}\n")

    def obeyed(self) -> bool:
        return not self.card.with_suffix(".card.do").exists()


def meter_takes(plastic: Plastic, *, writes_back: bool = True) -> tuple[Plastic, int]:
    """The meter at home takes a load: what is on the card then, and what it credited.

    An opening card is that meter's from then on.
    """
    if writes_back:
        plastic = replace(plastic, opening=0)
    if not plastic.quantity or plastic.counter <= plastic.meter_counter:
        return plastic, 0
    if not writes_back:
        return plastic, plastic.quantity
    taken = replace(
        plastic,
        quantity=0,
        meter_counter=plastic.counter,
        meter_total=plastic.meter_total + plastic.quantity,
        residual=plastic.residual + plastic.quantity,
    )
    return taken, plastic.quantity


@cache
def _compiled(name: str) -> Path:
    """A library, compiled once in a process."""
    folder = Path(tempfile.mkdtemp(prefix="cs-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    library, source = folder / f"{name}.so", SOURCES / f"{name}.c"
    command = ["gcc", "-shared", "-fPIC", "-O1", "-w", "-o", str(library), str(source)]
    subprocess.run(command, check=True)
    return library


def build(folder: Path, name: str, *, timeout_s: float = 5, extra: str = "") -> Slot:
    """Put a library into a folder and describe it there.

    Args:
        folder: Its place; the card is in it, too.
        name: `adds` or `overwrites`.
        timeout_s: Longest a call may take.
        extra: A change of the description: `old => new`, one a line.
    """
    folder.mkdir(parents=True, exist_ok=True)
    library = folder / f"{name}.so"
    if not library.exists():
        shutil.copy(_compiled(name), library)
    card = folder / "slot.card"
    text = (SOURCES / f"{name}.toml").read_text("utf-8").replace("CARD", str(card))
    text = text.replace("timeout_s = 5", f"timeout_s = {timeout_s}")
    for change in extra.splitlines():
        old, _, new = change.partition(" => ")
        assert old in text, old
        text = text.replace(old, new)
    path = folder / f"{name}.toml"
    path.write_text(text, "utf-8")
    return Slot(read_description(path), card)


def beside(station: Station, shelf: Shelf) -> Station:
    """A station that has these libraries, too."""
    return with_libraries(station, shelf)


HOUSEHOLD = cards.household()
