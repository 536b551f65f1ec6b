"""A window over a made-up station, without threads: what GUI tests and pictures are made with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from PySide6.QtWidgets import QApplication, QWidget

from cardstation.domain.topup import Step
from cardstation.errors import CardRemoved
from tests.kit.window_fakes import PRESENCE, FakeStation
from ui.courier import InlineCourier
from ui.desk import DeskWindow
from ui.desk_services import DeskSettings
from ui.look import load_fonts
from ui.screens.batch import BatchScreen
from ui.screens.counter import CounterScreen
from ui.screens.household import HouseholdScreen
from ui.session import Lanes, Session


@dataclass
class Camera:
    """Keeps pictures of widgets in a folder, in one language and theme."""

    out: Path
    suffix: str
    made: list[Path] = field(default_factory=list)

    def __call__(self, widget: QWidget, name: str) -> None:
        application().processEvents()
        self.made.append(self.out / f"{name}-{self.suffix}.png")
        widget.grab().save(str(self.made[-1]))


@dataclass
class Stage:
    """A window over a made-up station."""

    station: FakeStation
    window: DeskWindow
    shoot_widget: Callable[[QWidget, str], None]

    def shoot(self, name: str) -> None:
        self.shoot_widget(self.window, name)

    @property
    def session(self) -> Session:
        return self.window.session

    @property
    def counter(self) -> CounterScreen:
        found = self.session.screens["counter"]
        assert isinstance(found, CounterScreen)
        return found

    @property
    def batch(self) -> BatchScreen:
        found = self.session.screens["batch"]
        assert isinstance(found, BatchScreen)
        return found

    @property
    def household(self) -> HouseholdScreen:
        found = self.session.screens["household"]
        assert isinstance(found, HouseholdScreen)
        return found

    def insert(self, reader: str = PRESENCE.reader) -> None:
        self.session.tools.place.arrived(replace(PRESENCE, reader=reader))

    def remove(self, reader: str = PRESENCE.reader) -> None:
        self.session.tools.place.gone(reader)

    def shoot_at(self, step: Step, name: str) -> None:
        """Take a picture in the middle of a write."""

        def during(here: Step) -> None:
            if here is step:
                self.shoot(name)

        self.station.during = during

    def pull_at(self, step: Step) -> None:
        """Pull the card in the middle of the next write."""

        def during(here: Step) -> None:
            if here is step:
                raise CardRemoved

        self.station.during = during


@cache
def application() -> QApplication:
    """The application with the desk's style and font, dressed once."""
    found = QApplication.instance()
    app = found if isinstance(found, QApplication) else QApplication([])
    app.setStyle("Fusion")
    app.setFont(load_fonts())
    app.setCursorFlashTime(0)
    return app


def ticks() -> Callable[[], float]:
    """A clock that runs 1.3 s at every look."""
    seen = [0.0]

    def tick() -> float:
        seen[0] += 1.3
        return seen[0]

    return tick


def stage(language: str, theme: str, shoot: Callable[[QWidget, str], None]) -> Stage:
    settings = DeskSettings(
        language=language,
        theme=theme,
        printers=("EPSON-TM-T88", "OKI-5530"),
        folders=(
            ("Data", Path("/home/clerk/.local/share/cardstation")),
            ("Papers", Path("/home/clerk/.local/share/cardstation/papers")),
        ),
    )
    station = FakeStation(settings=settings)
    session = Session(station.services(), InlineCourier(), Lanes.inline(), tick=ticks())
    window = DeskWindow(session)
    window.show()
    return Stage(station, window, shoot)
