"""`cardstation feed`: takes what the centre published, and says how far the station is."""

from __future__ import annotations

import click

from cardstation.cli.output import columns
from cardstation.cli.run import Call, pass_call, with_json
from cardstation.domain.feed import CLERKS, POLICY, district_of
from cardstation.errors import LedgerRefused, LedgerUnreachable
from cardstation.sentences import of_error
from cardstation.services.feed_state import FeedState, feed_state
from cardstation.services.feeds.snapshot import FeedProgress
from cardstation.services.follow_feed import follow_feed
from cardstation.services.station import Station
from cardstation.services.sync import sync
from cardstation.services.tell_board import tell_board

_PAGES = 10
"""So many pages are fetched between two words about it."""


@click.group()
def feed() -> None:
    """Prices, blocked cards and households, as the centre publishes them."""


@feed.command()
@with_json
@pass_call
def follow(call: Call) -> None:
    """Sync, then apply what the centre published; cut short, it goes on next time.

    An open desk does this by itself, and so does `sync`. A restored station gets the newest
    directory this way before `rejoin`; nobody is taken off its file until then.
    """
    with call.doors.station(call.settings, True) as station:
        try:
            sync(station)
        except LedgerRefused as error:
            call.output.progress(of_error(error, call.words).what)
        state = follow_feed(station, lambda found: _told(call, found))
    call.output.answer(state, _lines(call, state))


@feed.command()
@with_json
@pass_call
def show(call: Call) -> None:
    """Say how far the station is with each feed; asks nobody."""
    with call.doors.station(call.settings, False) as station:
        state = feed_state(station)
    call.output.answer(state, _lines(call, state))


def follow_along(call: Call, station: Station) -> None:
    """Follow and tell the board after a sync; what goes wrong is said and undoes nothing."""
    try:
        if station.feeds is not None:
            follow_feed(station, lambda found: _told(call, found))
        tell_board(station)
    except (LedgerUnreachable, LedgerRefused) as error:
        call.output.progress(of_error(error, call.words).what)


def _told(call: Call, found: FeedProgress) -> None:
    if found.fetched % _PAGES and found.fetched != found.pages:
        return
    said = call.words(
        "{feed}: page {n} of {all}, {kb} kB in all",
        feed=_name(call, found.feed),
        n=found.fetched,
        all=found.pages,
        kb=found.packed_bytes // 1_000,
    )
    call.output.progress(said)


def _lines(call: Call, state: FeedState) -> list[str]:
    t = call.words
    rows = [
        (
            _name(call, one.feed),
            t("number {n}", n=one.number),
            "" if one.at is None else one.at.isoformat(" ", "minutes"),
            t("{n} households wait", n=one.waiting) if one.waiting else "",
            t("fetched {n} of {all} pages", n=one.fetched, all=one.pages) if one.pages else "",
        )
        for one in state.feeds
    ]
    count = t(
        "{n} households on file, {cards} cards blocked", n=state.households, cards=state.blocked
    )
    return [*(columns(rows) or [t("Nothing came by a feed yet")]), count]


def _name(call: Call, feed_name: str) -> str:
    if feed_name == POLICY:
        return call.words("Prices, rules, blocked cards")
    if feed_name.startswith(CLERKS):
        return call.words("Clerks of this station")
    return call.words("Households of {district}", district=district_of(feed_name))
