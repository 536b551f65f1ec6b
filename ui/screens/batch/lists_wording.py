"""What the banner says while a page for lists is open."""

from __future__ import annotations

from cardstation.domain.revision import ChangeKind
from cardstation.i18n import Translator
from cardstation.sentences import brief
from ui.parts.banner import BannerState
from ui.screens.batch.lists_model import ListsModel
from ui.screens.batch.lists_state import Ask, DoorState, ListsState, Page, RowState
from ui.screens.counter.wording import stopped_banner


def banner_of_lists(lists: ListsModel, t: Translator) -> BannerState:
    """The next thing to do on the page that is open."""
    state, row = lists.state, lists.row.state
    if state.page is Page.PASTE:
        said = t("From the group chat, as it is; every line becomes a row.")
        return BannerState("idle", t("Paste the chat text"), said, icon="copy")
    if state.page is Page.HEADINGS:
        remembered = bool(state.manager) or state.standing is None
        said = t("Say it once; it is remembered for this property manager.") if remembered else ""
        return BannerState("idle", t("What do these columns hold?"), said, icon="question")
    if state.page is Page.COMPARE:
        return _comparison(state, t)
    if state.page is Page.ROW and row is not None:
        return _row(row, t)
    return _door(lists.door.state, t)


def banner_before_money(
    lists: ListsModel, t: Translator, *, on_money: bool = False
) -> BannerState | None:
    """What comes before the money: rows that need a person, then the second count."""
    needing, first = len(lists.state.needing), lists.state.before_money
    if first == "solve":
        said = t("Press F4 and decide them one after another.")
        return BannerState("ready", t("{n} rows need you", n=needing), said, icon="question")
    if first == "count":
        said = t("Typed by hand: another person keys households and sum before money is taken.")
        title = t("Esc, then second count with F11") if on_money else t("Second count with F11")
        return BannerState("ready", title, said, icon="user")
    return None


def _comparison(state: ListsState, t: Translator) -> BannerState:
    shown = state.comparison
    if shown is None or not shown.says_something:
        said = t("The newer list says what the batch says.")
        return BannerState("idle", t("Nothing new"), said, icon="check")
    kept = shown.count(ChangeKind.KEPT)
    said = t("Paid or begun rows stay: {n}.", n=kept) if kept else t("Nothing is changed yet.")
    return BannerState("ready", t("Look at the newer list, then press Enter"), said, icon="list")


def _row(row: RowState, t: Translator) -> BannerState:
    codes = row.detail.line.reasons
    said = " · ".join(brief(code, t) for code in codes)
    if row.ask is Ask.NOTHING:
        return BannerState("idle", t("Row {n}", n=row.detail.line.row.row), said, icon="info")
    title = t("{n} rows need you", n=row.left)
    return BannerState("ready", title, said, icon="question")


def _door(door: DoorState, t: Translator) -> BannerState:
    if door.problem is not None:
        return stopped_banner(door.problem, t)
    home = door.household
    if home is not None:
        said = f"{home.name}    {home.address.door}"
        return BannerState("ready", t("Type the amount, then Enter"), said, icon="money")
    said = t("Works without a network; what is added is kept at once.")
    return BannerState("idle", t("Place the next card"), said)
