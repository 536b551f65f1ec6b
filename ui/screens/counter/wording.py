"""How the counter's state reads: the banner's words and the rows of facts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from cardstation.domain.card import Quantity
from cardstation.domain.card_report import Verdict
from cardstation.domain.topup import Step
from cardstation.i18n import Translator
from cardstation.sentences import brief, of_error, word
from cardstation.sentences.card_told import card_told
from cardstation.sentences.words import WORDS
from ui.messages import Problem
from ui.parts.banner import BannerState
from ui.parts.facts import Fact
from ui.parts.relief import relief_words
from ui.screens.counter.order_gas import gas_of
from ui.screens.counter.state import Phase, State
from ui.unfinished import Torn

STEPS = tuple(Step)
WRITTEN_WHOLE = {
    "issue": "The card is issued; its slip is filed as {file}.",
    "bind": "The card is bound to its meter; its slip is filed as {file}.",
    "clear": "The card is cleared and blank; its slip is filed as {file}.",
}
"""What is said of a card that was written as a whole, by its work."""
DUE_AGAIN = "The gas is due to the household again; no money goes back."
"""Of a load that nobody paid for."""


def banner_of(state: State, trouble: Problem | None, t: Translator) -> BannerState:
    """What the banner says of the counter."""
    if trouble is not None and state.phase in (Phase.EMPTY, Phase.STOPPED):
        return stopped_banner(trouble, t)
    if state.phase in _SAID:
        return _SAID[state.phase](state, t)
    return waiting_banner(t, reading=state.phase is Phase.READING)


def waiting_banner(t: Translator, *, reading: bool) -> BannerState:
    """No card yet, or one that is just being read."""
    if reading:
        return BannerState("writing", t("Reading the card"), t("Leave it in the reader."))
    line = t("The card starts everything; nothing has to be typed before.")
    return BannerState("idle", t("Place a card in the reader"), line)


def steps_of(t: Translator, *, prepaid: bool = False) -> tuple[str, ...]:
    """The six steps in words; a paid order is claimed, and no money is taken for it."""
    words = [word(f"step.{step}", t) for step in STEPS]
    if prepaid:
        words[STEPS.index(Step.PAY)] = t("Claim the order")
    return tuple(words)


def pulled_banner(step: Step, torn: Torn | None, t: Translator) -> BannerState:
    """The card left half-way: names nobody, only the end of the card's number."""
    line = t("It will be finished; nothing is charged twice.")
    if torn is not None:
        line = t(
            "Card ending in {tail}: it will be finished, nothing is charged twice.", tail=torn.tail
        )
    return BannerState(
        "needs_you",
        t("The card was pulled out half-way: put the same card back"),
        line,
        steps_of(t),
        STEPS.index(step),
    )


def stopped_banner(problem: Problem, t: Translator) -> BannerState:
    """Why it cannot go on, and what to do now."""
    said = of_error(problem.as_error(), t)
    return BannerState("needs_you", said.brief, said.todo)


def _ready(state: State, t: Translator) -> BannerState:
    if state.household is None:
        return BannerState("ready", t("Card read"))
    who = f"{state.household.name}    {state.household.address.door}"
    if state.offer is not None:
        title = t("Paid online: press Enter to load {gas}", gas=str(gas_of(state.offer)))
        return BannerState("ready", title, who, icon="top-up")
    if state.passes_order:
        who = t("A paid order waits. After a sale only the centre can free it; Esc: load it.")
    if state.may_confirm and state.quote is not None:
        title = t("Take {money}, then press Enter", money=state.quote.money)
        return BannerState("ready", title, who, icon="top-up")
    return BannerState("ready", t("Card read: type the amount"), who)


def _working(state: State, t: Translator) -> BannerState:
    steps = steps_of(t, prepaid=state.offer is not None)
    title = t("Writing, do not remove the card")
    return BannerState("writing", title, deal(state), steps, STEPS.index(state.step))


def _done(state: State, t: Translator) -> BannerState:
    if state.owed is not None and not state.owed:
        return BannerState("done", t("Load taken back: take the card"), t(DUE_AGAIN))
    if state.owed is not None:
        line = t("{money} is owed now: pay it out under Exceptions (Ctrl+3).", money=state.owed)
        return BannerState("done", t("Load taken back: take the card"), line)
    slip = state.receipt is not None and bool(state.receipt.order_id)
    paper = {
        True: t("loading slip printed") if slip else t("receipt printed"),
        False: t("loading slip not printed") if slip else t("receipt not printed"),
        None: t("printing the loading slip") if slip else t("printing the receipt"),
    }[state.paper]
    line = "    ".join(part for part in (deal(state), paper) if part)
    title = (
        t("Finished what was open: take the card") if state.finished else t("Done: take the card")
    )
    return BannerState("done", title, line, steps_of(t, prepaid=slip), len(STEPS))


def deal(state: State) -> str:
    """Who, where, how much for how much, on one line."""
    if state.receipt is not None:
        loaded = state.receipt.volume or ""
        if state.receipt.order_id:
            return f"{state.receipt.name}    {loaded or state.receipt.gas}"
        return f"{state.receipt.name}    {loaded}    {state.receipt.paid}"
    if state.household is not None and state.offer is not None:
        gas = str(gas_of(state.offer))
        return f"{state.household.name}    {state.household.address.door}    {gas}"
    if state.household is None or state.quote is None:
        return ""
    parts = [state.household.name, state.household.address.door]
    if state.quote.volume is not None:
        parts.append(str(state.quote.volume))
    parts.append(str(state.quote.money))
    return "    ".join(parts)


def grouped(number: str) -> str:
    """A long number in groups of four."""
    return " ".join(number[at : at + 4] for at in range(0, len(number), 4))


def person_facts(state: State, t: Translator) -> list[Fact]:
    """Who this is, as filed."""
    home = state.household
    if home is None:
        return []
    facts: list[Fact] = [
        (t("Account no."), grouped(home.account_no)),
        (t("Card no."), grouped(home.card_no)),
        (t("Meter no."), home.meter.meter_no),
        (t("Meter"), word(f"meter.{home.meter.kind}", t)),
        (t("Persons"), str(home.persons)),
        (t("Bought this year"), str(home.bought_this_year)),
        (t("Balance"), str(home.balance)),
    ]
    if home.arrears:
        facts.append((t("Arrears"), str(home.arrears), "error"))
    if home.relief_per_month:
        said = relief_words(home.relief_per_month, home.relief_until, t)
        facts.append((t("Relief"), said, "warn"))
    return facts


def warning_words(code: str, t: Translator) -> str:
    """What is worth a look: a flag of the meter, or a code with a sentence of its own."""
    return word(f"flag.{code}", t) if f"flag.{code}" in WORDS else brief(code, t)


def card_facts(state: State, t: Translator) -> list[Fact]:
    """What the desk wrote last."""
    content = state.content
    if content is None:
        return []
    if content.credit is None:
        return [(t("Last load"), t("none"))]
    credit = content.credit
    return [
        (t("Last load"), _amount(credit.quantity)),
        (t("Loaded at"), f"{credit.loaded_at:%Y-%m-%d %H:%M}"),
        (t("Purchase counter"), str(credit.purchase_counter)),
        (t("Loaded in all"), _amount(credit.cumulative)),
    ]


def meter_facts(state: State, t: Translator) -> list[Fact]:
    """What the meter wrote back."""
    content = state.content
    if content is None:
        return []
    if content.returned is None:
        return [(t("Written back"), t("not readable"), "error")]
    back = content.returned
    return [
        (t("Left in the meter"), _amount(back.residual), "strong"),
        (t("Used since installation"), str(back.used)),
        (t("Taken in all"), _amount(back.cumulative)),
        (t("Meter's counter"), str(back.purchase_counter)),
        (t("Written at"), f"{back.written_at:%Y-%m-%d %H:%M}"),
        (t("Error number"), str(back.error), "error" if back.error else ""),
    ]


def _amount(quantity: Quantity) -> str:
    return str(quantity)


def _question(_state: State, t: Translator) -> BannerState:
    said = t("A sale was begun and not recorded to the end.")
    return BannerState("needs_you", t("Was the money taken?"), said)


def _pulled(state: State, t: Translator) -> BannerState:
    return pulled_banner(state.step, state.torn, t)


def _examined(state: State, t: Translator) -> BannerState:
    if state.report is None:
        return waiting_banner(t, reading=True)
    told = card_told(state.report, t)
    kind = "ready" if state.report.verdict is Verdict.OURS and not told.sale else "needs_you"
    return BannerState(kind, told.headline, told.todo)


def _stopped(state: State, t: Translator) -> BannerState:
    said = stopped_banner(state.problem or Problem("no_words"), t)
    # A new card is work to do, not a fault.
    return replace(said, kind="ready", icon="card") if state.is_new_card else said


_SAID: dict[Phase, Callable[[State, Translator], BannerState]] = {
    Phase.READY: _ready,
    Phase.WORKING: _working,
    Phase.QUESTION: _question,
    Phase.DONE: _done,
    Phase.PULLED: _pulled,
    Phase.STOPPED: _stopped,
    Phase.EXAMINED: _examined,
}
