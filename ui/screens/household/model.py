"""The page's verbs: choose a service, fill its form, have it done."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from cardstation.domain.payment import Tender
from cardstation.domain.shift import Approval
from cardstation.domain.topup import Step
from cardstation.errors import (
    CardRemoved,
    CardStationError,
    LinkFailed,
    OutcomeUnknown,
    Refusal,
)
from ui.messages import Note, Problem
from ui.screens.counter.model import answered, left_half_way
from ui.screens.household.acts import ACTS
from ui.screens.household.acts.kind import Act, Doing, Done, Facts, Form, Kind, Needs, Said
from ui.screens.household.acts.papers import REPRINT
from ui.screens.household.looked import Looked, look_at
from ui.screens.household.state import Phase, State
from ui.screens.household.typed import read_form
from ui.screens.household.whom import Whom
from ui.screens.kind import Tools

_BACK_TO_SERVICES = (Phase.FORM, Phase.DONE, Phase.HISTORY)


class HouseholdModel(Whom):
    """What is done for whom; takes cards from the place.

    Attributes:
        acts: The services.
    """

    def __init__(self, tools: Tools, acts: tuple[Act, ...] = ACTS) -> None:
        super().__init__(tools)
        self.acts = acts
        self._in_hand: Act | None = None
        self._previewing = False
        tools.unfinished.changed.connect(self._held)

    # ── what ──

    def choose(self, code: str) -> None:
        """Open the form of a service that is offered, or say why it is not."""
        state = self._state
        act = next((one for one in self.acts if one.code == code), None)
        if act is None or state.phase is not Phase.CHOOSE:
            return
        reason = act.reason(state.facts)
        if reason is not None:
            self.tools.board.show(Note(reason.text, "warn", reason.fields))
            return
        self.tools.board.clear()
        texts = {
            one.name: Tender.CASH.value for one in act.asks(state.facts) if one.kind is Kind.TENDER
        } | {
            field.name: choices[0][0]
            for field in act.asks(state.facts)
            if (choices := field.choices(self._services, state.facts))
        }
        self._show(replace(state, phase=Phase.FORM, found=(), act=act, texts=texts, problem=None))
        self._judge()

    def look_back(self) -> None:
        """Show what was done for the household."""
        if self._state.phase is Phase.CHOOSE and self._state.facts.of is not None:
            self._show(replace(self._state, phase=Phase.HISTORY))

    def open_line(self, place: int) -> None:
        """Print the receipt of a line of the history once more; the form asks why."""
        of = self._state.facts.of
        line = of.history[place] if of is not None and 0 <= place < len(of.history) else None
        if self._state.phase is Phase.HISTORY and line is not None and line.receipt_no:
            self._show(replace(self._state, phase=Phase.CHOOSE))
            self.choose(REPRINT.code)
            self.type("number", line.receipt_no)

    def type(self, name: str, text: str) -> None:
        """What stands in a field now."""
        state = self._state
        if state.phase is Phase.FORM and state.texts.get(name, "") != text:
            self._show(replace(state, texts={**state.texts, name: text}))
            self._judge()

    def confirm(self) -> bool:
        """Whether the form may be done; if not, every doubt is shown."""
        if self._state.phase is Phase.FORM:
            self._show(replace(self._state, tried=True))
        return self._state.may_confirm

    def go(self, approval: Approval | None = None) -> None:
        """Do it, or wait for the card that it needs."""
        state = self._state
        if not state.may_confirm or state.act is None or (state.act.two and approval is None):
            return
        form = Form(state.facts, read_form(state.act, state.facts, state.texts)[0], approval)
        if state.act.needs is Needs.NOTHING:
            self._do(state.act, form)
        elif self._place.taker is not self:
            self._show(replace(state, doubt=Problem.of(Refusal("cards_at_batch"))))
        else:
            self._show(replace(state, phase=Phase.PLACE, form=form, problem=None))
            looked_at = state.facts.card is not None or state.facts.lying
            if self._place.present and not looked_at and not state.reading:
                self._place.announce()
            self._use_card()

    def back(self) -> None:
        """Esc: one page back; what was done stays done, and what is under way goes on."""
        state = self._state
        if state.phase in (Phase.REFUSED, Phase.PLACE):
            self._show(replace(state, phase=Phase.FORM, form=None, problem=None, tried=False))
            self._judge()
        elif state.phase in _BACK_TO_SERVICES and state.facts.of is not None:
            self._show(State(facts=state.facts, by_card=state.by_card))
            if state.phase is Phase.DONE and self._place.present and self._place.taker is self:
                self._place.announce()
        elif state.phase is not Phase.WORKING:
            self.forget()

    @property
    def may_lay_aside(self) -> bool:
        """True while a torn card keeps others from being served."""
        pulled = self._state.phase is Phase.PULLED
        return self.tools.unfinished.torn is not None and (pulled or self._state.torn_first)

    def lay_aside(self) -> None:
        """The torn card waits under Exceptions; whatever lies here is looked at."""
        torn = self.tools.unfinished.torn
        if torn is not None and self.may_lay_aside:
            self.tools.unfinished.free()
            said = "The card ending in {tail} is laid aside: it stands under Exceptions."
            self.tools.board.say(said, "warn", tail=torn.tail)
            self._place.announce()

    def _held(self) -> None:
        """Another card is torn, or none any more; it may have been the counter's or a batch's."""
        if self._state.phase is Phase.PULLED and not self._place.present:
            self.forget()
        else:
            self.changed.emit()

    # ── the card ──

    def card_arrived(self) -> None:
        """See `CardTaker`."""
        if self._state.phase in (Phase.DONE, Phase.PULLED):
            self._show(State())
        state = self._state
        if state.phase is not Phase.WORKING:
            self.tools.board.clear()
            phase = Phase.FORM if state.phase is Phase.REFUSED else state.phase
            self._show(replace(state, phase=phase, reading=True, problem=None))

    def card_opened(self) -> None:
        """See `CardTaker`."""
        card, unfinished = self._place.card, self.tools.unfinished
        if card is None or self._state.phase is Phase.WORKING:
            return
        unfinished.lies(card)
        watch = self._place.during(self._stepped)
        self._place.work(
            lambda lying: look_at(self._services, unfinished, lying, watch), self._looked
        )

    def card_failed(self, error: CardStationError) -> None:
        """See `CardTaker`."""
        state = self._state
        if self._in_hand is not None or state.is_settling:
            self._failed(error)
            return
        if state.phase is Phase.WORKING:
            return
        if answered(error):
            self.tools.unfinished.free()
        lying = error.code if isinstance(error, Refusal) else ""
        facts = replace(state.facts, card=None, lying=lying)
        self._show(replace(state, reading=False, facts=facts, problem=Problem.of(error)))
        self._use_card()

    def card_gone(self) -> None:
        """See `CardTaker`."""
        state = self._state
        if self._in_hand is not None or state.is_settling:
            self._failed(CardRemoved())
        elif state.phase is Phase.DONE or state.by_card:
            self.forget()
        elif state.phase not in (Phase.PULLED, Phase.WORKING):
            phase = Phase.FORM if state.phase is Phase.REFUSED else state.phase
            facts = Facts(state.facts.of)
            self._show(replace(state, phase=phase, facts=facts, reading=False, problem=None))

    def _looked(self, found: Looked) -> None:
        state = self._state
        self.tools.unfinished.free()
        facts = Facts(found.of, found.card)
        same = state.account_no == found.of.household.account_no
        if found.settled is not None:
            shown = State(Phase.DONE, facts, by_card=True, done=found.settled)
            self._show(shown)
            self._file(found.settled)
        elif same:
            self._show(replace(state, facts=facts, reading=False, by_card=True))
            self._use_card()
            if state.phase is Phase.FORM:
                self._judge()
        elif state.phase is Phase.PLACE:
            other = Problem.of(Refusal("card_of_another"))
            self._show(replace(state, reading=False, problem=other))
        else:
            self._asked += 1
            self._show(State(facts=facts, by_card=True))

    def _use_card(self) -> None:
        """Do what waits for the card that lies here, when it is one that may be tried."""
        state = self._state
        act, form = state.act, state.form
        if state.phase is not Phase.PLACE or act is None or form is None:
            return
        ours, known = state.facts.card is not None, bool(state.facts.lying)
        if not (ours or (known and act.needs is Needs.ANY)):
            return
        self._asked += 1
        self._in_hand = act
        self._show(replace(state, phase=Phase.WORKING, step=Step.READ, problem=None))
        ticket, watch = self._asked, self._place.during(self._stepped)
        doing = Doing(self._services, replace(form, facts=state.facts), watch)
        if act.needs is Needs.ANY:
            self._place.ask_alone(
                lambda lying: act.run(replace(doing, lying=lying)),
                lambda done: self._done(ticket, done),
            )
        else:
            self._place.work(
                lambda opened: act.run(replace(doing, opened=opened)),
                lambda done: self._done(ticket, done),
            )

    def _stepped(self, step: Step) -> None:
        if self._state.phase is Phase.WORKING:
            self._show(replace(self._state, step=step))
        elif step is Step.WRITE and self._in_hand is None:
            self._show(replace(self._state, phase=Phase.WORKING, act=None, step=step))

    # ── what comes back ──

    def _judge(self) -> None:
        """Read the form; when it is good, ask what would happen."""
        state = self._state
        act = state.act
        if act is None:
            return
        self._asked += 1
        ticket = self._asked
        values, doubts = read_form(act, state.facts, state.texts)
        self._show(replace(state, doubts=doubts, preview=(), doubt=None))
        if doubts or self._previewing:
            return
        self._previewing = True
        form = Form(state.facts, values)
        self.tools.desk.ask(
            lambda: act.told(self._services, form),
            lambda said: self._previewed(ticket, said, None),
            lambda error: self._previewed(ticket, (), Problem.of(error)),
        )

    def _previewed(self, ticket: int, said: tuple[Said, ...], doubt: Problem | None) -> None:
        """Show it; where something else was typed meanwhile, ask again for that."""
        self._previewing = False
        if ticket == self._asked:
            self._show(replace(self._state, preview=said, doubt=doubt))
        elif self._state.phase is Phase.FORM:
            self._judge()

    def _do(self, act: Act, form: Form) -> None:
        self._asked += 1
        ticket = self._asked
        self._show(replace(self._state, phase=Phase.WORKING, form=form, problem=None))
        doing = Doing(self._services, form, lambda _step: None)
        self.tools.desk.ask(
            lambda: act.run(doing),
            lambda done: self._done(ticket, done),
            lambda error: self._refused(ticket, error),
        )

    def _done(self, ticket: int, done: Done) -> None:
        self._in_hand = None
        self.tools.sounds.play("ok")
        if ticket != self._asked:
            self.tools.board.show(Note(done.title.text, "ok", done.title.fields))
        else:
            shown = replace(self._state, phase=Phase.DONE, done=done, form=None)
            self._show(replace(shown, texts={}, preview=(), problem=None))
            if self._state.account_no:
                self.take(self._state.account_no)
        self._file(done)

    def _file(self, done: Done) -> None:
        if done.paper is None:
            return
        ticket = self._asked

        def filed(_path: Path) -> None:
            self._paper(ticket, filed=True)

        def jammed(error: CardStationError) -> None:
            self.tools.board.tell(error)
            self._paper(ticket, filed=False)

        self.tools.paper.ask(done.paper, filed, jammed)

    def _paper(self, ticket: int, *, filed: bool) -> None:
        if ticket == self._asked and self._state.phase is Phase.DONE:
            self._show(replace(self._state, paper=filed))

    def _refused(self, ticket: int, error: CardStationError) -> None:
        if ticket != self._asked:
            self.tools.board.tell(error)
        else:
            self._stop(error)

    def _failed(self, error: CardStationError) -> None:
        """What was being done with a card came to no end."""
        state, act = self._state, self._in_hand
        self._in_hand = None
        own = act is None or act.needs is Needs.OWN
        if own and isinstance(error, LinkFailed | OutcomeUnknown):
            self.tools.unfinished.pulled(state.step)
        if state.phase is not Phase.WORKING:
            self.tools.board.tell(error)
        elif left_half_way(error):
            self.tools.sounds.play("stop")
            self._asked += 1
            self._show(State(Phase.PULLED, step=state.step, problem=Problem.of(error).bare()))
        else:
            self._stop(error)

    def _stop(self, error: CardStationError) -> None:
        self.tools.sounds.play("stop")
        problem = Problem.of(error)
        self._show(replace(self._state, phase=Phase.REFUSED, form=None, problem=problem))
