"""How what is open reads: the banner of its card, when it is due, where it came from."""

from __future__ import annotations

from cardstation.domain.exception_case import Act, Kind
from cardstation.i18n import Field, Translator
from cardstation.sentences import Sentence, sentence, word
from cardstation.services.intent.cases import Case
from ui.messages import Problem
from ui.parts.age import age, grouped
from ui.parts.banner import BannerState
from ui.screens.counter.state import Phase
from ui.screens.counter.wording import (
    DUE_AGAIN,
    STEPS,
    steps_of,
    stopped_banner,
    waiting_banner,
)
from ui.screens.exceptions.state import Lying, State, Wanted

BAD, DOUBTFUL = 1, 3
"""Ranks up to these are shown as an error, and as a warning."""


def refund_banner(wanted: Wanted, t: Translator) -> BannerState:
    """What the banner says while a refund waits for its card."""
    if wanted.off and wanted.phase is Phase.WORKING:
        return BannerState("writing", t("Writing, do not remove the card"))
    if wanted.phase in (Phase.READING, Phase.WORKING):
        return waiting_banner(t, reading=True)
    if wanted.phase is Phase.DONE:
        line = t("Then choose the row and pay {money} out with F6.", money=wanted.money)
        if wanted.off:
            return BannerState("done", t("Load taken back: take the card"), line)
        return BannerState("done", t("Refund recorded: take the card"), line)
    if wanted.phase is Phase.STOPPED:
        return stopped_banner(wanted.problem or Problem("no_words"), t)
    if wanted.off:
        title = t("Take the load off: place the card ending in {tail}", tail=wanted.tail)
        return BannerState("idle", title, t("Esc gives up; the load stays."))
    line = t("Only this card proves that nothing was loaded. Esc gives up.")
    title = t("Refund: place the card ending in {tail}", tail=wanted.tail)
    return BannerState("idle", title, line)


def card_banner(lying: Lying, state: State, t: Translator) -> BannerState:
    """What the banner says of the card in the reader."""
    if lying.phase is Phase.READING:
        return waiting_banner(t, reading=True)
    if lying.phase is Phase.WORKING:
        title = t("Writing, do not remove the card")
        return BannerState("writing", title, "", steps_of(t), STEPS.index(lying.step))
    if lying.phase is Phase.QUESTION:
        line = t("Yes, it is here: F9. No, not taken: F10.")
        return BannerState("needs_you", t("Was the money taken?"), line)
    if lying.phase is Phase.STOPPED:
        return stopped_banner(lying.problem or Problem("no_words"), t)
    if lying.phase is Phase.DONE and lying.owed is not None and not lying.owed:
        return BannerState("done", t("Load taken back: take the card"), t(DUE_AGAIN))
    if lying.phase is Phase.DONE and lying.owed is not None:
        line = t("Then choose the row and pay {money} out with F6.", money=lying.owed)
        return BannerState("done", t("Load taken back: take the card"), line)
    if lying.phase is Phase.DONE and lying.loaded:
        line = t("What waited for this card is ended.")
        return BannerState("done", t("Done: take the card"), line)
    if lying.phase is Phase.DONE:
        line = t("The card itself has shown how it ended; nothing is charged twice.")
        return BannerState("done", t("Finished what was open: take the card"), line)
    found = next((one for one in state.items or () if one.key == lying.key), None)
    if found is None:
        line = t("Ctrl+1 serves it at the counter.")
        return BannerState("ready", t("Nothing is open on this card"), line)
    title = t("This is the card of the chosen row")
    return BannerState("ready", title, word(f"guide.{found.guide.step.code}", t))


def empty_banner(problem: Problem | None, t: Translator) -> BannerState:
    """No card: any may come, or the reader has trouble."""
    if problem is not None:
        return stopped_banner(problem, t)
    line = t("A card finds its own row, and ends it if it can.")
    return BannerState("idle", t("Place a card in the reader"), line)


def told(one: Case, t: Translator) -> Sentence:
    """Why it is open, in words."""
    fields: dict[str, Field] = {
        "card_no": one.card_no,
        "row": one.row,
        "batch_id": one.batch_id,
        "fen": one.money.fen if one.money else None,
        "seq": one.seq,
        **one.values,
    }
    return sentence(one.code, fields, t)


def tone_of(one: Case) -> str:
    """The colour of its pill: overdue or harmful, doubtful, the rest."""
    if one.overdue or one.guide.rank <= BAD:
        return "error"
    return "warn" if one.guide.rank <= DOUBTFUL else "idle"


def due_words(one: Case, t: Translator) -> str:
    """When it is due, counted from now."""
    if one.age_min is None:
        return t("at once") if one.kind is Kind.VERDICT else "—"
    if one.kind is Kind.ORDER:
        return t("overdue")
    if one.until_shift_ends:
        return t("overdue: older than the shift") if one.overdue else t("before the shift ends")
    left_min = one.guide.hours * 60 - one.age_min
    if one.overdue:
        return t("overdue for {age}", age=age(-left_min, t))
    return t("{age} left", age=age(max(0, left_min), t))


def short_due(one: Case, t: Translator) -> str:
    """The same for a narrow column."""
    if one.age_min is None:
        return t("at once") if one.kind is Kind.VERDICT else "—"
    if one.overdue:
        return t("overdue")
    if one.until_shift_ends:
        return t("this shift")
    return age(max(0, one.guide.hours * 60 - one.age_min), t)


def subject(one: Case, t: Translator) -> str:
    """Whose it is: the household, else its card, else where it came from."""
    return one.who or (grouped(one.card_no) if one.card_no else place(one, t))


def owner(one: Case, t: Translator) -> str:
    """Who has to act."""
    if one.kind is Kind.VERDICT and Act.REJOIN not in one.guide.now:
        return t("supervisor")
    if one.kind is Kind.ENTRY:
        return t("the centre")
    return one.owner or word(f"may.{one.guide.step.who}", t)


def owner_told(one: Case, t: Translator) -> str:
    """The same with who opened it, where that was somebody else."""
    now = owner(one, t)
    if now != one.owner or one.opened_by in ("", now):
        return now
    return t("{owner}, opened by {name}", owner=now, name=one.opened_by)


def place(one: Case, t: Translator) -> str:
    """Where it came from."""
    if one.kind is Kind.ENTRY:
        return t("entry {seq}", seq=one.seq)
    if one.kind is Kind.VERDICT:
        return t("whole station")
    if one.origin:
        return t("from {station}", station=one.origin)
    if not one.batch_id:
        return t("Counter")
    return f"{one.batch_id} #{one.row}" if one.row else one.batch_id
