"""How the batch's state reads: the banner, the pills of a line, times and reasons."""

from __future__ import annotations

from dataclasses import replace

from cardstation.domain.batch import LineKind, LineOutcome, LineState, Verdict
from cardstation.domain.batch_life import Stage
from cardstation.domain.envelopes import envelope_key
from cardstation.errors import Refusal
from cardstation.i18n import Translator
from cardstation.sentences import brief, word
from cardstation.services.batch_list import ListedBatch
from cardstation.services.batch_state import money_open
from ui.messages import Problem
from ui.parts.banner import BannerState
from ui.parts.table import Cell
from ui.screens.batch.lane_state import LaneState
from ui.screens.batch.lists_state import GONE, needs_person
from ui.screens.batch.state import State, counted, quotes_first
from ui.screens.counter.state import Phase
from ui.screens.counter.wording import (
    STEPS,
    pulled_banner,
    steps_of,
    stopped_banner,
    waiting_banner,
)

_TONES = {
    LineState.WAITING: "idle",
    LineState.UNFUNDED: "idle",
    LineState.DONE: "ok",
    LineState.STOPPED: "error",
    LineState.UNKNOWN: "error",
    LineState.WITHDRAWN: "idle",
}


_TWICE = ("identical_duplicate", "differing_duplicate")


def banner_of(state: State, trouble: Problem | None, t: Translator) -> BannerState:
    """What the banner says of an open batch: of its only reader, or of the one that needs eyes."""
    if trouble is not None and state.phase in (Phase.EMPTY, Phase.STOPPED):
        return stopped_banner(trouble, t)
    return lane_banner(state.front, state, t)


def banner_of_list(listed: ListedBatch, t: Translator) -> BannerState:
    """What is to be done next about the list that is chosen, before it is opened."""
    found = listed.found
    counts = counted(found.outcomes)
    if found.stage is Stage.CLOSED:
        said = t("Take in the next list with F3.")
        return BannerState("idle", t("This batch is closed"), said, icon="ok")
    if counts.unknown:
        title, icon = t("Cards with an unknown outcome: {n}", n=counts.unknown), "card-off"
    elif found.stage is Stage.RETURNED:
        title, icon = _after_return(listed, t)
    elif quotes_first(found):
        title, icon = t("Next: quote the list"), "receipt"
    elif counts.unfunded:
        title, icon = t("Next: take the lump sum"), "money"
    elif counts.left:
        title, icon = t("Next: load {n} cards", n=counts.left), "play"
    elif counts.needs:
        title, icon = t("Need you: {n}", n=counts.needs), "list"
    else:
        title, icon = t("Next: hand the bag back"), "bag"
    said = t("Enter opens {name}. F3 takes in another list.", name=found.batch.name)
    return BannerState("idle", title, said, icon=icon)


def _after_return(listed: ListedBatch, t: Translator) -> tuple[str, str]:
    """What is to be done, and its icon, once the bag is back."""
    if listed.keeps is None:
        return t("Next: close the batch"), "bag"
    if money_open(listed.found):
        return t("Next: give back the rest"), "money"
    return exceptions_of(listed.keeps, t), "list"


def exceptions_of(keeps: Refusal, t: Translator) -> str:
    """How much keeps a batch open: so many cards or papers, else the one thing that is named."""
    counts = (keeps.values.get(name, 0) for name in ("n", "missing", "extra"))
    return t("Exceptions: {n}", n=sum(one for one in counts if isinstance(one, int)) or 1)


def lane_banner(lane: LaneState, state: State, t: Translator) -> BannerState:
    """What is said of one reader."""
    said = _said(lane, state, t)
    one = state.line(lane.place)
    envelope = "" if one is None or state.must_find(lane) else one.line.envelope
    return replace(said, envelope=envelope, tray="" if lane.tray is None else lane.tray.value)


def _said(lane: LaneState, state: State, t: Translator) -> BannerState:
    if lane.trouble is not None and lane.phase in (Phase.EMPTY, Phase.STOPPED):
        return stopped_banner(lane.trouble, t)
    if lane.phase is Phase.READING:
        return waiting_banner(t, reading=True)
    if lane.phase is Phase.PULLED:
        return pulled_banner(lane.step, lane.torn, t)
    if lane.phase is Phase.STOPPED:
        return _stop(lane, state, t)
    if lane.phase is Phase.QUESTION:
        return _scan(lane, state, t)
    if lane.phase is Phase.EMPTY:
        return _waiting(state, t)
    return _at_work(lane, state, t)


def _scan(lane: LaneState, state: State, t: Translator) -> BannerState:
    """One card at a time asks for its envelope; the number to be scanned is not said."""
    asks = state.scanning
    if asks is None or asks.reader == lane.reader:
        said = t("Scan the envelope this card came out of; the card is loaded at once.")
        return BannerState("ready", t("Scan the envelope"), said)
    said = t("Reader {n} asks first: scan the envelope of its card.", n=asks.number)
    return BannerState("idle", t("Wait for the one before"), said, icon="wait")


def _other_envelope(lane: LaneState, problem: Problem, state: State, t: Translator) -> str:
    """Which envelope was scanned and which is the card's, each with its door."""
    given, own = (str(problem.values.get(name, "")) for name in ("envelope", "own"))
    lines = () if state.standing is None else state.standing.batch.lines
    key = envelope_key(given)
    named = [one.door for one in lines if key and envelope_key(one.envelope) == key]
    whose = named[0] if named else t("on no row")
    one = state.line(lane.place)
    scanned = t("Scanned: envelope {envelope}, {whose}", envelope=given, whose=whose)
    door = "" if one is None else one.line.door
    card = t("The card's: envelope {envelope}, {whose}", envelope=own, whose=door)
    return f"{scanned}    {card}"


def _stop(lane: LaneState, state: State, t: Translator) -> BannerState:
    """Why this card is not loaded; where its row is the reason, also what is wrong with it."""
    problem = lane.problem or Problem("no_words")
    said, reason = stopped_banner(problem, t), str(problem.values.get("reason", ""))
    if problem.code == "card_in_other_envelope":
        both = _other_envelope(lane, problem, state, t)
        todo = t("Put each card into its own envelope.")
        return replace(said, line=f"{both}    {todo}")
    if not reason:
        return said
    release = t(
        "A supervisor releases the amount with Alt+R; else lay the card with the exceptions."
    )
    todo = release if lane.too_much else said.line
    return replace(said, line=f"{brief(reason, t)}    {todo}")


def _at_work(lane: LaneState, state: State, t: Translator) -> BannerState:
    line = line_words(state.line(lane.place), t)
    if lane.phase is Phase.WORKING:
        title, step = t("Writing, do not remove the card"), STEPS.index(lane.step)
        return BannerState("writing", title, line, steps_of(t), step)
    if lane.phase is Phase.DONE:
        said = line_words(lane.done, t)
        return BannerState("done", t("Done: take the card"), said, steps_of(t), len(STEPS))
    if not state.counts.runs:
        return BannerState("idle", t("Nothing to load"), line, icon="list")
    return BannerState("ready", t("Press F5 to load the cards"), line)


def _waiting(state: State, t: Translator) -> BannerState:
    counts = state.counts
    if counts.unknown and not (state.running and counts.left):
        return _unknown(state, t)
    if state.standing is not None and state.standing.stage in GONE and not state.running:
        return _gone(state.standing.stage, t)
    if state.running and state.scanned:
        said = t("Envelope {envelope}: place its card", envelope=state.scanned)
        return BannerState("ready", said, t("{n} cards left", n=counts.left))
    if state.running and counts.left:
        return BannerState("idle", t("Place the next card"), t("{n} cards left", n=counts.left))
    if state.running:
        said = t("Cards that were stopped: {n}", n=counts.stopped)
        return BannerState("idle", t("Place the next card"), said)
    if counts.todo and counts.done and not counts.runs and not counts.unfunded:
        return _end(state, t)
    if state.standing is not None and quotes_first(state.standing):
        said = t("{n} rows wait. Money can be taken without a quote too: F6.", n=counts.unfunded)
        return BannerState("idle", t("Quote with F9, then Q"), said, icon="receipt")
    if counts.unfunded:
        said = t("{n} rows wait for the money.", n=counts.unfunded)
        return BannerState("idle", t("Take the lump sum with F6"), said, icon="money")
    if counts.left:
        said = t("{n} cards left", n=counts.left)
        return BannerState("idle", t("Press F5 to load the cards"), said, icon="play")
    if counts.stopped:
        return _stopped(state, t)
    said = t("No row of this list can be loaded; the reasons stand beside each row.")
    return BannerState("idle", t("Nothing to load"), said, icon="list")


def _gone(stage: Stage, t: Translator) -> BannerState:
    """The cards are no longer here: nothing is quoted, paid or loaded any more."""
    if stage is Stage.CLOSED:
        said = t("No money is taken for it any more. Esc leads back to the lists.")
        return BannerState("idle", t("This batch is closed"), said, icon="ok")
    said = t("What keeps the batch open stands on the page of the bag.")
    return BannerState("idle", t("The bag is back: go on with F10"), said, icon="bag")


def _end(state: State, t: Translator) -> BannerState:
    """No row is left to run: the batch is done once nobody has to act and no card lies here."""
    if state.counts.needs:
        title = t("Need you: {n}", n=state.counts.needs)
        said = t("Decide these rows with F4; cards in tray B stand under Exceptions.")
        return BannerState("needs_you", title, said)
    if any(lane.phase is not Phase.EMPTY for lane in state.lanes):
        return BannerState("idle", t("Take out the last card"), icon="remove-card")
    said = t("Print the hand-over sheet with F7.")
    return BannerState("done", t("All cards of this batch are done"), said, icon="ok")


def _unknown(state: State, t: Translator) -> BannerState:
    """Nobody knows what stands on these cards: no word of an end before they say it."""
    title = t("Cards with an unknown outcome: {n}", n=state.counts.unknown)
    lay_in = t("Lay them in one by one: each card says itself whether it was loaded.")
    press = t("Press F5 and lay them in: each card says itself whether it was loaded.")
    return BannerState("needs_you", title, lay_in if state.running else press)


def _stopped(state: State, t: Translator) -> BannerState:
    """Nothing waits any more but cards that were stopped."""
    title = t("Cards that were stopped: {n}", n=state.counts.stopped)
    said = t("Try them again with F5, or print the hand-over sheet with F7.")
    return BannerState("idle", title, said, icon="card-off")


def line_words(one: LineOutcome | None, t: Translator) -> str:
    """Who, where, how much for how much."""
    if one is None:
        return ""
    parts = [one.line.name, one.line.door]
    if one.volume is not None:
        parts.append(str(one.volume))
    if one.line.money is not None:
        parts.append(str(one.line.money))
    if one.line.kind is LineKind.PREPAID:
        parts.append(word("kind.prepaid", t))
    return "    ".join(parts)


def scan_pill(lane: LaneState | None, state: State, t: Translator) -> Cell | None:
    """What the row of a card that waits for its scan says: as its reader."""
    if lane is None:
        return None
    if _scan(lane, state, t).kind == "ready":
        return Cell(t("Scan envelope"), "brand")
    return Cell(t("Wait in turn"), "idle")


def state_pill(one: LineOutcome, t: Translator, *, writing: bool) -> Cell:
    """The state of a line: its verdict until it is certain, then how far it came."""
    if writing:
        return Cell(t("Writing"), "warn")
    if one.is_twin:
        return Cell(t("Same card"), "idle")
    judged = one.state in (LineState.DONE, LineState.WITHDRAWN)
    if not judged and one.line.verdict is not Verdict.READY:
        asks = needs_person(one.line)
        verdict = Verdict.HUMAN if asks else one.line.verdict
        return Cell(word(f"verdict.{verdict}", t), "warn" if asks else "error")
    return Cell(word(f"line.{one.state}", t), _TONES[one.state])


def why(one: LineOutcome, t: Translator) -> Cell:
    """Why a line stands as it does, in words."""
    codes = one.line.reasons or ((one.reason,) if one.reason else ())
    if one.see_row:
        codes = tuple(code for code in codes if code not in _TWICE)
        told = (t("Listed twice, see row {row}", row=one.see_row), *(brief(c, t) for c in codes))
        return Cell(" · ".join(told), quiet=True)
    if one.state is LineState.STOPPED and one.reason and one.reason not in codes:
        codes = (one.reason, *codes)
    if one.line.kind is LineKind.PREPAID and not codes:
        return Cell(word("kind.prepaid", t), quiet=True)
    if one.state is LineState.UNFUNDED and not one.line.reasons:
        return Cell("")
    return Cell(" · ".join(brief(code, t) for code in codes), quiet=True)


def duration(seconds: float | None, t: Translator) -> str:
    """Time left in words a person uses."""
    if seconds is None:
        return "—"
    whole = round(seconds)
    if whole < 60:
        return t("about {seconds} s", seconds=whole)
    if whole < 3600:
        return t("about {minutes} min {seconds} s", minutes=whole // 60, seconds=whole % 60)
    return t("about {hours} h {minutes} min", hours=whole // 3600, minutes=whole % 3600 // 60)
