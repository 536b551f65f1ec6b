"""The shift: who is on duty, opened with a float, closed by a blind count."""

from __future__ import annotations

from PySide6.QtCore import SignalInstance
from PySide6.QtWidgets import QWidget

from cardstation.domain.money import NO_MONEY
from cardstation.i18n import Translator
from ui.look import Look
from ui.parts.banner import BannerState
from ui.screens.kind import Screen, Tools, WithoutCards
from ui.screens.shift.model import ShiftModel
from ui.screens.shift.state import Phase, State
from ui.screens.shift.view import ShiftView


class ShiftScreen(WithoutCards):
    """See `OpenScreen`."""

    def __init__(self, tools: Tools) -> None:
        self.model = ShiftModel(tools)

    @property
    def changed(self) -> SignalInstance:
        """See `OpenScreen`."""
        return self.model.changed

    def subtitle(self, t: Translator) -> str:
        """See `OpenScreen`."""
        return t("Who is on duty, the till, and what is signed over")

    def banner(self, t: Translator) -> BannerState | None:
        """See `OpenScreen`."""
        return banner_of(self.model.state, t)

    def shown(self) -> None:
        """See `OpenScreen`."""
        self.model.look()

    def view(self, look: Look) -> QWidget:
        """See `OpenScreen`."""
        return ShiftView(self.model, look)


def banner_of(state: State, t: Translator) -> BannerState | None:
    """What the banner says of the shift; never a sum before the count is committed."""
    shift = state.found.open if state.found else None
    match state.phase:
        case Phase.NO_CLERKS:
            line = t("Give the first supervisor a name and a PIN.")
            return BannerState("idle", t("No clerks yet"), line, icon="user")
        case Phase.OFF:
            line = t("Choose the name, type the PIN and the float.")
            return BannerState("idle", t("Nobody is on duty"), line, icon="user")
        case Phase.ON if shift is not None:
            since = f"{shift.opened_at:%H:%M}"
            title = t("{name} is on duty", name=shift.clerk)
            return BannerState("ready", title, t("since {time}", time=since), icon="user")
        case Phase.COUNTING:
            line = t("What should be there is shown after the count is signed.")
            return BannerState("ready", t("Count the till"), line, icon="coins")
        case Phase.COUNTED:
            line = t("Sign to finish closing; the count cannot be changed.")
            return BannerState("needs_you", t("The till is counted"), line, icon="coins")
        case Phase.CLOSED if state.closed is not None:
            right = state.closed.over_short == NO_MONEY
            if right:
                return BannerState("done", t("Shift closed: the till is right"), icon="ok")
            line = t("The difference is on record.")
            return BannerState("needs_you", t("Shift closed: the till differs"), line, icon="coins")
        case _:
            return None


SCREEN = Screen("shift", "Shift", "Shift", "user", ShiftScreen)
