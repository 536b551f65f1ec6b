"""Sentences about the station, its records and its computer."""

from __future__ import annotations

from cardstation.sentences.phrases import (
    FROZEN,
    KEPT,
    NOTHING,
    PICK_OTHER,
    SAFE,
    STORED,
    SUPERVISOR,
    SYNC,
    Words,
)

TABLE = {
    "station_busy": Words(
        "Station already open",
        "Another window or command of this station is open.",
        SAFE,
        "Use the open window, or close it first.",
    ),
    "ledger_unreachable": Words(
        "Ledger not reached",
        "The central ledger did not answer.",
        STORED,
        SYNC,
    ),
    "ledger_refused": Words(
        "Ledger said no",
        "The central ledger refused what this station sent.",
        "Nothing is lost: every sale stays on this station.",
        SUPERVISOR,
    ),
    "ledger_not_set": Words(
        "No ledger set",
        "No central ledger is set for this station.",
        STORED,
        "Enter the ledger's address in Settings.",
    ),
    "chain_broken": Words(
        "Records do not agree",
        "The station's journal does not agree with itself at entry {seq}.",
        FROZEN,
        SUPERVISOR,
    ),
    "equations_disagree": Words(
        "Sums do not agree",
        "Money taken, gas loaded and the ledger do not agree.",
        FROZEN,
        SUPERVISOR,
    ),
    "store_newer": Words(
        "Records from a newer version",
        "The records were written by a newer version of this program.",
        "Nothing was changed.",
        "Start the newer version.",
    ),
    "store_damaged": Words(
        "Records not readable",
        "The station's records cannot be read.",
        FROZEN,
        SUPERVISOR,
    ),
    "bad_setting": Words(
        "Setting not understood",
        "{file}: “{key}” should be {expected}.",
        SAFE,
        "Correct the settings file and start again.",
    ),
    "language_unknown": Words(
        "Language not available",
        "There is no language “{lang}”.",
        SAFE,
        "Choose zh_CN or en.",
    ),
    "file_not_found": Words(
        "File not found",
        "“{file}” does not exist.",
        SAFE,
        "Check the name and try again.",
    ),
    "defect": Words(
        "Fault in the program",
        "The program contradicts itself and stops rather than guess: {sentence}",
        "Nothing more is done. What was taken and written up to here is on record.",
        SUPERVISOR,
    ),
    "refusal": Words(
        "Against the rules",
        "The rules do not allow this.",
        NOTHING,
        PICK_OTHER,
    ),
    "mishap": Words(
        "Something failed",
        "Something outside the program failed.",
        KEPT,
        "Try again; if it stays, call the supervisor.",
    ),
    "card_station_error": Words(
        "Something failed",
        "Something failed.",
        KEPT,
        "Try again; if it stays, call the supervisor.",
    ),
    "no_words": Words(
        "Something happened",
        "Something happened for which there are no words yet ({code}).",
        KEPT,
        SUPERVISOR,
    ),
    "card_library_missing": Words(
        "Card library missing",
        "The computer has no PC/SC library: {reason}",
        SAFE,
        "Start the program with ./dev run, which installs it, or ask support.",
    ),
    "card_service_denied": Words(
        "Card service denied",
        "The computer does not let this user talk to its card service.",
        SAFE,
        "Ask support to allow this user the card service, then start again.",
    ),
    "private_service_refused": Words(
        "Training readers did not start",
        "The private card service for training did not start.",
        SAFE,
        "Go on with the built-in virtual reader, or start again.",
    ),
    "pcscd_missing": Words(
        "Card service not installed",
        "The PC/SC service (pcscd) is not installed on this computer.",
        SAFE,
        "Start the program with ./dev run, which installs it.",
    ),
    "virtual_driver_missing": Words(
        "Virtual reader driver missing",
        "The driver for virtual readers (vpcd) is not installed on this computer.",
        SAFE,
        "Start the program with ./dev run, which installs it.",
    ),
    "rack_not_serving": Words(
        "No rack of training cards",
        "No rack of virtual cards is running.",
        SAFE,
        "Start one with `cardstation training rack`.",
    ),
    "bad_shift": Words(
        "Time shift not understood",
        "“{given}” is not a shift of the clock.",
        SAFE,
        "Write it like +2h, -3d or 0.",
    ),
    "books_disagree": Words(
        "Books disagree",
        "The proof found {count} disagreements between journal, gas and money.",
        FROZEN,
        SUPERVISOR,
    ),
    "anchor_damaged": Words(
        "Safety mark damaged",
        "The mark that protects the records against an old copy cannot be read: {file}",
        FROZEN,
        SUPERVISOR,
    ),
}
