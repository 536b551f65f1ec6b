"""What the banner says while the page of a bag is shown: what keeps the batch from closing."""

from __future__ import annotations

from dataclasses import replace

from cardstation.domain.batch_life import Stage
from cardstation.i18n import Translator
from cardstation.sentences import of_error
from cardstation.services.close_batch import hindrance
from ui.messages import Problem
from ui.parts.banner import BannerState
from ui.screens.batch.custody_state import BagState, Printing
from ui.screens.batch.wording import duration
from ui.screens.counter.wording import stopped_banner


def banner_of_bag(state: BagState, t: Translator) -> BannerState:
    """The banner over the page of a bag."""
    standing = state.standing
    printing = state.printing
    if printing is not None and printing.stopped is None:
        said = papers_done(printing, t)
        return BannerState("idle", t("Printing the return"), said, icon="printer")
    if state.problem is not None:
        return stopped_banner(state.problem, t)
    if printing is not None and printing.stopped is not None:
        return _stopped(printing, printing.stopped, t)
    if standing is None:
        return BannerState("idle", t("Looking up the bag …"), icon="bag")
    if state.not_begun:
        line = t("Print a label with F2, then record who hands over how many cards with F4.")
        return BannerState("idle", t("No card has moved yet"), line, icon="bag")
    refused = hindrance(standing)
    if refused is None:
        said = t("The batch can be closed with F9.")
        return BannerState("done", t("Every card is accounted for."), said, icon="ok")
    if refused.code == "cards_not_back" and state.to_load:
        line = t("{n} cards wait for money or their load: go on with Esc.", n=state.to_load)
        return BannerState("idle", t("Cards still wait for loading"), line, icon="bag")
    if refused.code == "cards_not_back" and state.next_step == "receive":
        line = t(
            "{n} cards are with the team: record their arrival with F4.", n=refused.values["n"]
        )
        return BannerState("idle", t("Cards are with the team"), line, icon="bag")
    told = of_error(refused, t)
    if standing.stage is Stage.CLOSED:
        return BannerState("idle", told.brief, icon="lock")
    return BannerState("idle", told.brief, told.advice, icon="bag")


def papers_done(printing: Printing, t: Translator) -> str:
    """How many papers of the return are done, and how long the rest takes."""
    said = t("{done} of {count} papers", done=printing.done, count=printing.count)
    if printing.left_s is None:
        return said
    return f"{said} · {t('{time} left', time=duration(printing.left_s, t))}"


def _stopped(printing: Printing, problem: Problem, t: Translator) -> BannerState:
    """Why the return stopped; where the printer left it, how much came out and how it goes on."""
    said = stopped_banner(problem, t)
    if problem.code != "paper_not_printed":
        return said
    printer = str(problem.values.get("printer", ""))
    if printing.done:
        line = t(
            "{done} of {count} came out. Look after {printer}, then F7 goes on.",
            done=printing.done,
            count=printing.count,
            printer=printer,
        )
    else:
        line = t("Nothing came out yet. Look after {printer}, then F7 goes on.", printer=printer)
    return replace(said, line=line)
