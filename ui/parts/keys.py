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
                ("Ctrl+1 … 8", t("change the screen")),
                ("F1", t("this map")),
                ("Ctrl+L · Ctrl+T", t("Chinese or English · light or dark")),
                ("Ctrl+R", t("bring a restored station back, with two PINs")),
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
                ("F9 · F10", t("money taken: yes · no; issue · clear a card")),
                ("F5 · F7", t("examine a card · take a load back")),
                ("F8", t("lay an unfinished card aside")),
                ("Esc", t("clear what was typed")),
                ("Enter · Esc", t("load a paid order · sell something else")),
            ),
        ),
        _batches(t),
        _money(t),
        _bag(t),
        _lists(t),
        _exceptions(t),
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
        KeyGroup(
            t("Teams"),
            (
                ("F2 · Enter", t("whose gas runs out first in a community")),
                ("F5", t("look again")),
                ("F7", t("print and file the triage list")),
                ("Esc", t("back to the board")),
            ),
        ),
        _services(t),
    )


def _money(t: Translator) -> KeyGroup:
    return KeyGroup(
        t("Money of a batch"),
        (
            ("Q · S", t("quote: print it · the payer signs it")),
            ("F6", t("take money, print its acknowledgement")),
            ("A", t("print an acknowledgement again")),
            ("R", t("release the money of a row")),
            ("B", t("give back what is left, with a second person")),
            ("P", t("print the refund list")),
            ("Esc", t("back to the cards")),
        ),
    )


def _batches(t: Translator) -> KeyGroup:
    return KeyGroup(
        t("Batches"),
        (
            ("F3", t("take in a list")),
            ("F6", t("take the lump sum")),
            ("F5", t("start or pause")),
            ("F7", t("print the hand-over sheet")),
            ("F9", t("the money of the batch")),
            ("F10", t("the bag of the batch")),
            ("Ctrl+E · O", t("envelopes by scanning · hold orders")),
            ("F8", t("lay an unfinished card aside")),
            ("Alt+A · B · C", t("the stopped card into tray A, B or C")),
            ("Alt+R", t("release a held card, two people")),
            ("Esc", t("pause, then back to the lists")),
        ),
    )


def _bag(t: Translator) -> KeyGroup:
    return KeyGroup(
        t("Bag of a batch"),
        (
            ("F2", t("print the label of a bag")),
            ("F3 · F4", t("record cards that were collected · that arrived")),
            ("F6", t("give cards back")),
            ("F7", t("print all that goes back, or go on")),
            ("F5", t("a strip per floor, or a receipt per household")),
            ("F8", t("explain what is missing or left over")),
            ("F9", t("close the batch")),
            ("↑ ↓ Enter", t("choose a hand-over and print its slip")),
            ("F11 · F12", t("annex on personal data · photo of a paper")),
        ),
    )


def _lists(t: Translator) -> KeyGroup:
    return KeyGroup(
        t("Lists"),
        (
            ("F2 · F12", t("paste chat text · a list at the door")),
            ("F3", t("newer list of the open batch")),
            ("F4", t("rows that need you, one after another")),
            ("1 … 9", t("choose a household or a reason")),
            ("A · R", t("other account · leave out")),
            ("S · O · U · D", t("skip · online · undo · pay the debt")),
            ("F11", t("second person counts a typed list")),
            ("Ctrl+B · F10", t("whose bag it is · look up a seal")),
            ("Enter", t("one row in full")),
        ),
    )


def _exceptions(t: Translator) -> KeyGroup:
    return KeyGroup(
        t("Exceptions"),
        (
            ("↑ ↓", t("choose a row")),
            ("F5", t("look again")),
            ("F9 · F10", t("yes, it is there (or: close batch) · no, it is not")),
            ("F4", t("decide the row · withdraw a return")),
            ("F6", t("money out, in, back · count · scan · card")),
            ("F7", t("refund · release · pay a debt · explain")),
            ("F8", t("dispute · leave out · back without a load")),
            ("F11", t("compare a restored station with the ledger")),
            ("F3", t("paid orders, or what is open")),
            ("F6 · F7", t("hold a paid order · give it back")),
        ),
    )


def _services(t: Translator) -> KeyGroup:
    return KeyGroup(
        t("Services"),
        (
            ("F3", t("find a household")),
            ("A … Z · 0 … 9", t("the service with that key")),
            ("F2 · Enter", t("go on: form, second person, card")),
            ("F7 · F8", t("what was done for it · lay a torn card aside")),
            ("Esc", t("one page back")),
        ),
    )
