"""About: which program this is, what it is made of, and whether everything it needs is well."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, metadata

from PySide6.QtCore import QObject, Qt, Signal, SignalInstance
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from cardstation.errors import CardStationError
from cardstation.i18n import Translator
from cardstation.sentences import word
from ui.desk_services import Finding
from ui.look import Look, app_icon, picture
from ui.parts.buttons import button
from ui.parts.footer import Footer
from ui.parts.table import Cell, Column, Rows, Table
from ui.parts.words import Pane, column, label, row, rule
from ui.screens.kind import Screen, Tools, WithoutCards
from ui.theme import M, S

PARTS = (
    "PySide6-Essentials", "SQLAlchemy", "alembic", "sqlcipher3", "cryptography", "reportlab",
    "pypdfium2", "pyscard", "python-calamine", "httpx", "msgspec", "babel",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """A library the station is made of."""

    name: str
    version: str
    licence: str


@dataclass(frozen=True, slots=True)
class State:
    """Versions, and what the doctor found; None = not looked yet."""

    version: str
    parts: tuple[Part, ...]
    findings: tuple[Finding, ...] | None = None


class AboutModel(QObject):
    """Owns what is known about the program."""

    changed = Signal()

    def __init__(self, tools: Tools) -> None:
        super().__init__()
        self._tools = tools
        self._state = State(tools.services.version, ())

    @property
    def state(self) -> State:
        """What is shown."""
        return self._state

    def look(self) -> None:
        """Have the doctor look at everything."""
        self._tools.desk.ask(self._found, self._seen, self._refused)

    def _found(self) -> State:
        parts = self._state.parts or tuple(part for name in PARTS if (part := _part(name)))
        return State(self._state.version, parts, self._tools.services.doctor())

    def _seen(self, state: State) -> None:
        if state != self._state:
            self._state = state
            self.changed.emit()

    def _refused(self, error: CardStationError) -> None:
        self._tools.board.tell(error)


def _part(name: str) -> Part | None:
    try:
        known = metadata(name)
    except PackageNotFoundError:
        return None
    licence = " ".join(known.get_all("License-Expression") or known.get_all("License") or ())
    if not licence or len(licence) > 90:
        said = [str(one) for one in known.get_all("Classifier") or ()]
        found = [one.rpartition("::")[2].strip() for one in said if one.startswith("License")]
        licence = found[0] if found else "—"
    return Part(name, str(known["Version"]), licence)


class AboutView(QWidget):
    """The program on the left, its health in the middle, its parts on the right."""

    def __init__(self, model: AboutModel, look: Look) -> None:
        super().__init__()
        self._model, self._look = model, look
        t = look.t
        self._checks = QVBoxLayout()
        self._checks.setSpacing(S)
        self._rows: Rows[Part] = Rows(_columns(t))
        line = QHBoxLayout()
        line.setSpacing(M)
        line.addWidget(self._program(), 3)
        line.addWidget(self._health(), 4)
        line.addWidget(self._parts(), 5)
        again = button(t("Look again"), model.look, key="F5", look="primary")
        body = QVBoxLayout(self)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(M)
        body.addLayout(line, 1)
        body.addWidget(Footer((t("F1 all keys"),), (again,)))
        model.changed.connect(self._changed)
        self.show_state(model.state)

    def show_state(self, state: State) -> None:
        """Draw another state."""
        self._rows.show_items(state.parts)
        while (item := self._checks.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.deleteLater()
        if state.findings is None:
            self._checks.addWidget(label(self._look.t("Looking …"), "muted"))
        for found in state.findings or ():
            self._checks.addWidget(self._finding(found))

    def _changed(self) -> None:
        self.show_state(self._model.state)

    def _program(self) -> Pane:
        t = self._look.t
        made = Pane(self._look.theme)
        mark = QLabel()
        mark.setPixmap(app_icon().pixmap(88, 88))
        mark.setAccessibleName(t("Gas Card Desk"))
        made.column.addStretch(1)
        made.column.addWidget(mark, 0, Qt.AlignmentFlag.AlignHCenter)
        texts = (
            (t("Gas Card Desk"), "title"),
            (t("Version {version}", version=self._model.state.version), "muted"),
            (t("Apache License 2.0"), "muted"),
            (f"Python {platform.python_version()}", "small"),
        )
        for text, role in texts:
            said = label(text, role)
            said.setAlignment(Qt.AlignmentFlag.AlignCenter)
            made.column.addWidget(said)
        made.column.addStretch(2)
        return made

    def _health(self) -> Pane:
        made = Pane(self._look.theme)
        made.column.addWidget(label(self._look.t("What the station needs"), "heading"))
        made.column.addWidget(rule())
        made.column.addLayout(self._checks)
        made.column.addStretch(1)
        return made

    def _finding(self, found: Finding) -> QWidget:
        theme, t = self._look.theme, self._look.t
        mark = QLabel()
        mark.setFixedSize(22, 22)
        icon, ink = ("ok", theme.ok) if found.ok else ("warn", theme.warn)
        mark.setPixmap(picture(icon, ink, 22, self.devicePixelRatioF()))
        mark.setAccessibleName(t("well") if found.ok else t("not well"))
        words = column(
            label(word(f"check.{found.name}", t), "strong"),
            label(found.found, "small", wrap=True),
            spacing=0,
        )
        made = QWidget()
        line = row(mark)
        line.addLayout(words, 1)
        made.setLayout(line)
        return made

    def _parts(self) -> Pane:
        made = Pane(self._look.theme, shadow=False, margin=6)
        made.column.setContentsMargins(6, 14, 6, 6)
        title = label(self._look.t("Made of"), "heading")
        title.setContentsMargins(14, 0, 0, 0)
        made.column.addWidget(title)
        made.column.addWidget(Table(self._look, self._look.t("Made of"), self._rows))
        return made


def _columns(t: Translator) -> list[Column[Part]]:
    return [
        Column(t("Library"), 160, lambda part: Cell(part.name)),
        Column(t("Version"), 90, lambda part: Cell(part.version, quiet=True)),
        Column(t("Licence"), 0, lambda part: Cell(part.licence, quiet=True)),
    ]


class AboutScreen(WithoutCards):
    """See `OpenScreen`."""

    def __init__(self, tools: Tools) -> None:
        self.model = AboutModel(tools)

    @property
    def changed(self) -> SignalInstance:
        """See `OpenScreen`."""
        return self.model.changed

    def subtitle(self, t: Translator) -> str:
        """See `OpenScreen`."""
        return t("Version, health and licences")

    def shown(self) -> None:
        """See `OpenScreen`."""
        self.model.look()

    def view(self, look: Look) -> QWidget:
        """See `OpenScreen`."""
        return AboutView(self.model, look)


SCREEN = Screen("about", "About", "About", "info", AboutScreen, low=True)
