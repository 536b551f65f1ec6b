"""What the page of one household shows: one frozen value, empty while nobody is served."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from cardstation.domain.household import Household
from cardstation.domain.topup import Step
from ui.messages import Problem
from ui.screens.household.acts.kind import Act, Done, Facts, Form, Needs, Said
from ui.unfinished import OTHER_CARD


class Phase(StrEnum):
    """How far the service has come.

    CHOOSE: a household is looked for, or its services are shown. PLACE: the form is filled, and a
    card is waited for. REFUSED: nothing was done, the form is as it was. PULLED: a card left
    half-way; nobody is named. HISTORY: what was done for the household.
    """

    CHOOSE = "choose"
    FORM = "form"
    PLACE = "place"
    WORKING = "working"
    DONE = "done"
    REFUSED = "refused"
    PULLED = "pulled"
    HISTORY = "history"


@dataclass(frozen=True, slots=True)
class State:
    """The page.

    Attributes:
        reading: A card is being read.
        found: Whom a search may mean, while more than one.
        by_card: The household's card lies in the reader: all goes when it is taken away.
        texts: What is typed into the form, by the name of the field.
        tried: It was to be done: every doubt is shown, also of fields nobody touched.
        doubts: What is wrong with fields, by name.
        preview: What will happen, in sentences; empty while the form is not good, or not asked yet.
        doubt: Why the form as a whole cannot be done.
        form: What waits for a card, or is being done.
        problem: Why it was not done, or why the card or the search is no use.
        paper: None while printing or where there is none, else whether it was filed.
    """

    phase: Phase = Phase.CHOOSE
    facts: Facts = field(default_factory=Facts)
    reading: bool = False
    found: tuple[Household, ...] = ()
    by_card: bool = False
    act: Act | None = None
    texts: Mapping[str, str] = field(default_factory=dict)
    tried: bool = False
    doubts: Mapping[str, Problem] = field(default_factory=dict)
    preview: tuple[Said, ...] = ()
    doubt: Problem | None = None
    form: Form | None = None
    step: Step = Step.READ
    done: Done | None = None
    paper: bool | None = None
    problem: Problem | None = None

    @property
    def account_no(self) -> str:
        """Whose it is, empty while nobody was found."""
        return self.facts.of.household.account_no if self.facts.of is not None else ""

    @property
    def may_confirm(self) -> bool:
        """True when the form is good and its figures are shown."""
        return self.phase is Phase.FORM and bool(self.preview) and not self.doubts

    @property
    def is_settling(self) -> bool:
        """True while something that was open on the card is being finished."""
        return self.phase is Phase.WORKING and self.act is None

    @property
    def writes(self) -> bool:
        """True while a card is being worked on."""
        worked = self.act is None or self.act.needs is not Needs.NOTHING
        return self.phase is Phase.WORKING and worked

    @property
    def torn_first(self) -> bool:
        """True while a torn card keeps this one from being served."""
        return self.problem is not None and self.problem.code == OTHER_CARD

    def doubt_of(self, name: str) -> Problem | None:
        """What to say of a field now."""
        return self.doubts.get(name) if self.tried or self.texts.get(name, "").strip() else None
