"""How the page reads: the banner's words and the rows of facts."""

from __future__ import annotations

from cardstation.domain.household import HouseholdStatus
from cardstation.i18n import Translator
from cardstation.sentences import brief, of_error, word
from ui.messages import Problem
from ui.parts.banner import BannerState
from ui.parts.facts import Fact
from ui.parts.relief import relief_words
from ui.screens.counter.wording import (
    STEPS,
    grouped,
    pulled_banner,
    steps_of,
    stopped_banner,
    waiting_banner,
    warning_words,
)
from ui.screens.household.acts.kind import Facts
from ui.screens.household.state import Phase, State
from ui.unfinished import Torn

_NEW = frozenset({"blank_card", "card_not_bound"})
"""A card that can become somebody's is work to do, not a fault."""


def banner_of(
    state: State, trouble: Problem | None, torn: Torn | None, t: Translator
) -> BannerState:
    """What the banner says of the page."""
    if state.phase is Phase.PULLED:
        return pulled_banner(state.step, torn, t)
    if state.phase is Phase.WORKING:
        return _working(state, t)
    if state.phase is Phase.DONE and state.done is not None:
        lines = "    ".join(one.in_words(t) for one in state.done.lines)
        title = " ".join(part for part in (state.done.title.in_words(t), state.done.figure) if part)
        return BannerState("done", title, lines, icon="ok")
    if state.reading:
        return waiting_banner(t, reading=True)
    if state.problem is not None and _stops(state):
        return stopped_banner(state.problem, t)
    if trouble is not None and (state.phase is Phase.PLACE or state.facts.of is None):
        return stopped_banner(trouble, t)
    if state.phase is Phase.PLACE and state.act is not None:
        return BannerState("ready", t(state.act.card), _who(state, t), icon="insert-card")
    return _choosing(state, t)


def _stops(state: State) -> bool:
    """A household that is served is not stopped by a card that is not its own, before it counts."""
    served = state.facts.of is not None and state.phase in (Phase.CHOOSE, Phase.FORM)
    new = state.problem is not None and state.problem.code in _NEW
    return not served and not (new and state.phase is Phase.CHOOSE)


def _working(state: State, t: Translator) -> BannerState:
    who = _who(state, t)
    if not state.writes:
        return BannerState("writing", t("One moment"), who, icon="wait")
    title = t("Writing, do not remove the card")
    return BannerState("writing", title, who, steps_of(t), STEPS.index(state.step))


def _choosing(state: State, t: Translator) -> BannerState:
    if state.act is not None:
        home, about = state.facts.of, t(state.act.about)
        title = "    ".join(part for part in (t(state.act.title), whose(state)) if part)
        line = about if home is None else home.household.address.community
        return BannerState("ready", title, line, icon="edit")
    if state.phase is Phase.HISTORY:
        line = t("What was done for it at this desk, the latest first.")
        return BannerState("ready", _who(state, t), line, icon="history")
    if state.facts.of is not None:
        return BannerState("ready", _who(state, t), t("Choose a service by its key."), icon="home")
    if state.facts.lying in _NEW:
        said = t("Find the household it shall belong to.")
        return BannerState("ready", brief(state.facts.lying, t), said)
    if state.found:
        return BannerState("idle", t("Who is it?"), t("↑ ↓ and Enter choose."), icon="search")
    line = t("Or find the household: account, card, meter, door, name or end of the phone number.")
    return BannerState("idle", t("Place a card in the reader"), line)


def whose(state: State) -> str:
    """Name and door, to be read from afar; empty while it is of nobody."""
    of = state.facts.of
    return f"{of.household.name}    {of.household.address.door}" if of is not None else ""


def _who(state: State, t: Translator) -> str:
    if state.facts.of is None:
        return ""
    home = state.facts.of.household
    parts = [home.name, home.address.community, home.address.door]
    if state.act is not None:
        parts.append(t(state.act.title))
    return "    ".join(parts)


def household_facts(facts: Facts, t: Translator) -> list[Fact]:
    """Who this is and what stands in the books."""
    if facts.of is None:
        return []
    home, of = facts.of.household, facts.of
    rows: list[Fact] = [
        (t("Account no."), grouped(home.account_no)),
        (t("Card no."), grouped(home.card_no)),
        (t("Card in use"), _card(facts, t)),
        (word(f"meter.{home.meter.kind}", t), home.meter.meter_no),
        (t("Purchase counter"), str(home.purchase_counter)),
    ]
    if of.reading is not None:
        left = f"{of.reading.residual}    {of.reading.at:%m-%d}"
        rows.append((t("Left in the meter"), left, "strong"))
    rows.append((t("Bought this year"), str(home.bought_this_year)))
    rows.append((t("Balance"), str(home.balance), "strong" if home.balance else ""))
    if home.arrears:
        rows.append((t("Arrears"), str(home.arrears), "error"))
    if home.relief_per_month:
        rows.append(
            (t("Relief"), relief_words(home.relief_per_month, home.relief_until, t), "warn")
        )
    return rows


def _card(facts: Facts, t: Translator) -> str:
    generation = facts.home.generation
    nth = t("first card") if not generation else t("replaced {n}×", n=generation)
    return nth if facts.card is None else f"{nth} · {t('inserted')}"


def open_things(facts: Facts, t: Translator) -> list[str]:
    """What waits for this household, one line each."""
    if facts.of is None:
        return []
    of = facts.of
    said = [brief(one.code, t) for one in of.open]
    said += [t("Paid order {order_id} waits", order_id=one.order_id) for one in of.orders]
    said += [
        t("Row {row} of batch {batch_id}", row=one.row, batch_id=one.batch_id) for one in of.rows
    ]
    said += [
        t("{gas} due: {cause}", gas=str(one.left), cause=word(f"tender.{one.due.cause}", t))
        for one in of.dues
    ]
    if of.blocked:
        said.append(brief("card_blacklisted", t))
    stop = facts.card.stop if facts.card is not None else None
    active = of.household.status is HouseholdStatus.ACTIVE
    if stop is not None and active:
        said.append(of_error(stop, t).brief)
    warnings = facts.card.warnings if facts.card is not None else ()
    return said + [warning_words(code, t) for code in warnings]
