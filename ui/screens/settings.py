"""Settings: language, theme, size, sound, readers, printer, pace, and where things are kept."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal, SignalInstance
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from cardstation.i18n import Translator
from ui.choices import Choices
from ui.desk_services import DeskSettings, ReaderStanding
from ui.look import Look
from ui.parts.buttons import Choice, Segments
from ui.parts.footer import Footer
from ui.parts.words import Pane, column, label, rule
from ui.screens.kind import Screen, Tools, WithoutCards
from ui.theme import L, M, S

SCALES = ("100", "125", "150", "175", "200")
PACES = ("0", "0.5", "1", "2", "4")


@dataclass(frozen=True, slots=True)
class State:
    """What is chosen, and which readers there are."""

    chosen: DeskSettings
    readers: tuple[ReaderStanding, ...] = ()


class SettingsModel(QObject):
    """Shows the choices of the desk; the choices themselves are kept by `Choices`."""

    changed = Signal()

    def __init__(self, tools: Tools) -> None:
        super().__init__()
        self._tools = tools
        self.choices: Choices = tools.choices
        self._state = State(tools.choices.state)
        tools.choices.changed.connect(self._chosen)

    @property
    def state(self) -> State:
        """What is shown."""
        return self._state

    @property
    def has_voice(self) -> bool:
        """Whether stops are spoken here."""
        return self._tools.sounds.has_voice

    def look(self) -> None:
        """Look up which readers there are."""
        self._tools.desk.ask(self._tools.services.readers, self._seen, self._tools.board.tell)

    def _seen(self, readers: tuple[ReaderStanding, ...]) -> None:
        self._show(State(self._state.chosen, readers))

    def _chosen(self) -> None:
        self._show(State(self.choices.state, self._state.readers))

    def _show(self, state: State) -> None:
        if state != self._state:
            self._state = state
            self.changed.emit()


class SettingsView(QWidget):
    """Two columns of choices; every one holds at once."""

    def __init__(self, model: SettingsModel, look: Look) -> None:
        super().__init__()
        self._model, self._look = model, look
        self._readers_of: tuple[ReaderStanding, ...] | None = None
        self._readers = QVBoxLayout()
        self._readers.setSpacing(M)
        line = QHBoxLayout()
        line.setSpacing(M)
        line.addLayout(column(self._appearance(), self._papers(), 0), 1)
        line.addLayout(column(self._reader_pane(), self._folders(), 0), 1)
        body = QVBoxLayout(self)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(M)
        body.addLayout(line, 1)
        t = look.t
        body.addWidget(Footer((t("Every change holds at once."), t("F1 all keys")), ()))
        model.changed.connect(self._changed)
        self.show_state(model.state)

    def show_state(self, state: State) -> None:
        """Draw another state."""
        if state.readers == self._readers_of:
            return
        self._readers_of = state.readers
        while (item := self._readers.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.deleteLater()
        if not state.readers:
            self._readers.addWidget(label(self._look.t("No reader is plugged in."), "muted"))
        for reader in state.readers:
            self._readers.addWidget(self._reader(reader, state))

    def _changed(self) -> None:
        self.show_state(self._model.state)

    def _appearance(self) -> Pane:
        t, chosen, choices = self._look.t, self._model.state.chosen, self._model.choices
        language = Segments(t("Language"), [("zh_CN", "中文"), ("en", "English")], chosen.language)
        language.chosen.connect(choices.choose_language)
        theme = Segments(t("Theme"), [("light", t("Light")), ("dark", t("Dark"))], chosen.theme)
        theme.chosen.connect(choices.choose_theme)
        scale = Choice(
            self._look, t("Size"), [(one, f"{one} %") for one in SCALES], str(chosen.scale)
        )
        scale.picked.connect(lambda one: choices.choose_scale(int(one)))
        sound = Segments(
            t("Sound"), [("on", t("On")), ("off", t("Off"))], "on" if chosen.sound else "off"
        )
        sound.chosen.connect(lambda one: choices.choose_sound(on=one == "on"))
        return self._pane(
            t("Appearance"),
            [
                (t("Language"), "Ctrl+L", language),
                (t("Theme"), "Ctrl+T", theme),
                (t("Size"), t("from the next start"), scale),
                (t("Sound"), self._heard(), sound),
            ],
        )

    def _heard(self) -> str:
        """A stop that is not spoken is a tone only, and that must be known."""
        if self._model.has_voice:
            return self._look.t("done, needs you")
        return self._look.t("no voice on this computer: stops are tones only")

    def _papers(self) -> Pane:
        t, chosen, choices = self._look.t, self._model.state.chosen, self._model.choices
        printers = [("", t("Only the folder")), *((one, one) for one in chosen.printers)]
        printer = Choice(self._look, t("Printer"), printers, chosen.printer)
        printer.picked.connect(choices.choose_printer)
        paces = [(one, t("{n} s", n=one)) for one in PACES]
        pace = Choice(self._look, t("Pace"), paces, f"{chosen.pace_s:g}")
        pace.picked.connect(lambda one: choices.choose_pace(float(one)))
        return self._pane(
            t("Papers and training"),
            [
                (t("Printer"), t("receipts and sheets"), printer),
                (t("Pace"), t("between two training cards"), pace),
            ],
        )

    def _reader_pane(self) -> Pane:
        made = Pane(self._look.theme)
        made.column.addWidget(label(self._look.t("Readers"), "heading"))
        made.column.addLayout(self._readers)
        return made

    def _reader(self, reader: ReaderStanding, state: State) -> QWidget:
        t, choices = self._look.t, self._model.choices
        dialects = [
            *(("", t("By its name")), ("acs", "ACS"), ("omnikey", "OMNIKEY / Cherry")),
            *(("part3", "PC/SC 3"), ("acr1252", "ACR1252")),
        ]
        current = (state.chosen.dialects or {}).get(reader.name, "")
        choice = Choice(self._look, t("Dialect of {name}", name=reader.name), dialects, current)
        name = reader.name
        choice.picked.connect(lambda one, of=name: choices.choose_dialect(of, one))
        spoken = t("spoken to as {dialect}", dialect=reader.dialect.upper())
        return _line(reader.name, spoken, choice)

    def _folders(self) -> Pane:
        t = self._look.t
        made = Pane(self._look.theme)
        made.column.addWidget(label(t("Folders"), "heading"))
        for name, place in self._model.state.chosen.folders:
            shown = QLineEdit(str(place))
            shown.setReadOnly(True)
            shown.setCursorPosition(0)
            shown.setAccessibleName(t(name))
            made.column.addLayout(column(label(t(name), "small"), shown, spacing=4))
        return made

    def _pane(self, title: str, rows: list[tuple[str, str, QWidget]]) -> Pane:
        made = Pane(self._look.theme)
        made.column.setSpacing(S)
        made.column.addWidget(label(title, "heading"))
        for index, (name, hint, control) in enumerate(rows):
            if index:
                made.column.addWidget(rule())
            made.column.addWidget(_line(name, hint, control))
        return made


def _line(name: str, hint: str, control: QWidget) -> QWidget:
    made = QWidget()
    grid = QGridLayout(made)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(L)
    grid.setVerticalSpacing(0)
    grid.addWidget(label(name, "strong"), 0, 0)
    grid.addWidget(label(hint, "small"), 1, 0)
    grid.addWidget(control, 0, 1, 2, 1)
    grid.setColumnStretch(0, 1)
    control.setMinimumWidth(190)
    return made


class SettingsScreen(WithoutCards):
    """See `OpenScreen`."""

    def __init__(self, tools: Tools) -> None:
        self.model = SettingsModel(tools)

    @property
    def changed(self) -> SignalInstance:
        """See `OpenScreen`."""
        return self.model.changed

    def subtitle(self, t: Translator) -> str:
        """See `OpenScreen`."""
        return t("Language, theme, readers and papers of this desk")

    def shown(self) -> None:
        """See `OpenScreen`."""
        self.model.look()

    def view(self, look: Look) -> QWidget:
        """See `OpenScreen`."""
        return SettingsView(self.model, look)


SCREEN = Screen("settings", "Settings", "Settings", "settings", SettingsScreen, low=True)
