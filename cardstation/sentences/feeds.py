"""Sentences of the feeds: what the centre publishes, and why something of it was not taken."""

from __future__ import annotations

from cardstation.sentences.phrases import SUPERVISOR, Words

_AS_BEFORE = "Nothing of it was applied: prices, blocked cards and households are as they were."
_NOTHING_OUT = "Nothing was published; every desk has what it had."
_TELL = "Go on working; tell the centre, whose people look at the feed."
_AGAIN = "The station tries again by itself; if this stays, tell the centre."

TABLE = {
    "feed_signature_bad": Words(
        "Feed not signed by the centre",
        "What came for the feed {feed} is not signed by the centre this station knows.",
        _AS_BEFORE,
        SUPERVISOR,
    ),
    "feed_mistaken": Words(
        "Another feed's change",
        "For the feed {feed} came something of the feed {found}.",
        _AS_BEFORE,
        _TELL,
    ),
    "feed_replayed": Words(
        "Old change came again",
        "For the feed {feed} came number {found}; the station has {ours} already.",
        _AS_BEFORE,
        _AGAIN,
    ),
    "feed_gap": Words(
        "A change is missing",
        "Of the feed {feed} number {expected} comes next, and it did not come.",
        _AS_BEFORE,
        _AGAIN,
    ),
    "feed_forked": Words(
        "Feed has another history",
        "What the centre says of the feed {feed} at number {number} does not follow what it said "
        "before.",
        _AS_BEFORE,
        _TELL,
    ),
    "feed_behind": Words(
        "Centre is behind",
        "The centre has the feed {feed} up to {theirs}, this station up to {ours}: the centre's "
        "books were restored.",
        _AS_BEFORE,
        _TELL,
    ),
    "feed_unreadable": Words(
        "Feed not readable",
        "Number {number} of the feed {feed} cannot be read by this program.",
        _AS_BEFORE,
        "Go on working; the program may be too old for it: ask the centre for the newest one.",
    ),
    "clerk_row_bad": Words(
        "Row of a clerk not right",
        "In row {row} of the file the field {field} is missing or not right.",
        _NOTHING_OUT,
        "Mend the file; columns: station, name, number, display, roles, from, until.",
    ),
    "clerks_station_unknown": Words(
        "No such station",
        "The file names station {station}, which was never enrolled.",
        _NOTHING_OUT,
        "Enrol it first, or mend the file.",
    ),
    "clerks_lack_lead": Words(
        "Station without a supervisor",
        "The file leaves station {station} without a supervisor who stays.",
        _NOTHING_OUT,
        "Name one who has begun by today and has no last day.",
    ),
    "feed_page_bad": Words(
        "Part of the directory damaged",
        "Page {page} of the feed {feed} is not the one the centre signed for.",
        _AS_BEFORE,
        _AGAIN,
    ),
    "feed_page_gone": Words(
        "Newer directory there",
        "The centre has a newer snapshot of the feed {feed} than the one that was being fetched.",
        _AS_BEFORE,
        "The station begins with the newer one by itself.",
    ),
    "feed_not_followed": Words(
        "Not this station's district",
        "The centre does not give the feed {feed} to this station.",
        _AS_BEFORE,
        "If this desk serves that district, ask the centre to give it to the station.",
    ),
    "feed_unknown": Words(
        "No such feed",
        "Nothing was ever published of {feed}.",
        _NOTHING_OUT,
        "Look at the name once more; `feed list` shows every feed.",
    ),
    "feed_would_shrink": Words(
        "File lacks many households",
        "The file lacks {lost} of the {all} households of the feed {feed}.",
        _NOTHING_OUT,
        "Look whether the file is whole; if they are really gone, publish it with --may-shrink.",
    ),
    "feed_key_taken": Words(
        "Name of another kind of row",
        "The file names {key}, which belongs to the feed {feed}; only whoever publishes that one "
        "may change it.",
        _NOTHING_OUT,
        "Look at the account numbers in the file, and ask who wrote that one.",
    ),
    "account_no_not_usable": Words(
        "Account number not usable",
        "Account {account_no} cannot be published: a number has no slash, and is not “rules”.",
        _NOTHING_OUT,
        "Look where the number comes from, mend it in the directory, then publish it again.",
    ),
    "district_missing": Words(
        "Household without district",
        "Account {account_no} names no service team: nobody knows whose desk it belongs to.",
        _NOTHING_OUT,
        "Fill in the team in the directory, then publish it again.",
    ),
}
