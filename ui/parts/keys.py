"""Which key does what: the one list the keyboard map is made from."""

from __future__ import annotations

from cardstation.i18n import Translator
from ui.parts.key_map import KeyGroup


def key_groups(t: Translator) -> tuple[KeyGroup, ...]:
    """Every key of the desk, by screen."""
    return (
        KeyGroup(
            t("Everywhere"),
            (
                ("Ctrl+1 … 6", t("change the screen")),
                ("F1", t("this map")),
                ("Ctrl+L", t("Chinese or English")),
                ("Ctrl+T", t("light or dark")),
                ("Tab", t("next control, in reading order")),
                ("Esc", t("back; never loses money")),
            ),
        ),
        KeyGroup(
            t("Counter"),
            (
                ("F2 · Enter", t("take the money and write the card")),
                ("F4", t("type yuan or cubic metres")),
                ("F6", t("next way of paying")),
                ("F9 · F10", t("answer whether money was taken: yes · no")),
                ("F7", t("take a load back")),
                ("F8", t("lay an unfinished card aside")),
                ("Esc", t("clear what was typed")),
            ),
        ),
        KeyGroup(
            t("Batches"),
            (
                ("F3", t("take in a list")),
                ("F6", t("take the lump sum")),
                ("F5", t("start or pause")),
                ("F7", t("print the hand-over sheet")),
                ("F8", t("lay an unfinished card aside")),
                ("Esc", t("pause, then back to the lists")),
            ),
        ),
        KeyGroup(
            t("Exceptions"),
            (
                ("↑ ↓", t("choose a row")),
                ("F5", t("look again")),
                ("F9 · F10", t("answer whether money was taken: yes · no")),
                ("F6 · F7", t("pay out · refund, with a second person")),
                ("F8", t("dispute, with a second person")),
                ("F9 · F10", t("settle a dispute: the load is there · is not")),
                ("F4", t("withdraw a return")),
                ("F11", t("compare a restored station with the ledger")),
            ),
        ),
        KeyGroup(
            t("Shift"),
            (
                ("F2", t("open the shift · sign the count")),
                ("F6", t("add a clerk")),
                ("F9", t("count and close the shift")),
                ("Enter", t("next field")),
                ("Esc", t("back to the open shift")),
            ),
        ),
    )
