"""What a service at the counter is to the page: one declarative value.

How to add one, in ten minutes:

1. The window reaches the world through `ui/desk_services.py`: give your service a callable there
   (or in a small group of its own, `ui/…_services.py`), one line in `bootstrap/desk_wiring.py`,
   and one in `tests/kit/window_fakes.py` or `tests/kit/window_household.py`.
2. One file here, `acts/<noun>.py`, with `Act(code=…, title=…, about=…, group=…, key=…, …)`:
   `why_not(facts)` says in words why it is not offered now, None = it is; `fields` are asked in
   their order; `needs` says what must lie in the reader; `two` has a second person type their PIN
   after the form; `preview(services, form)` says every figure before anything happens, and may
   refuse; `run(doing)` calls the service and answers `Done`. Preview and run are called on a lane,
   never in the window's thread: they may ask the store, and must touch no widget.
3. One line in `ACTS` in `acts/__init__.py`; its `key` is a letter or digit nobody else has.
4. Texts are `say("English sentence with {fields}", …)`; each English text is appended to
   `resources/i18n/zh_CN/LC_MESSAGES/cardstation.po`.
5. `pytest tests/gui/test_household_acts.py` walks every act: offered or not, each field empty and
   bad, both languages, keyboard. Give it a filled form in `tests/kit/window_acts.py`; the pictures
   of it are drawn with all others.

A refusal of your service needs nothing here: its code has its sentence, and the form stays as it
was typed. Errors of a field that only the service knows are said by its preview.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path

from cardstation.domain.household import Household
from cardstation.domain.meter import MakerRules
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.shift import Approval
from cardstation.domain.volume import Volume
from cardstation.errors import ensure, fail
from cardstation.i18n import Field as Filled
from cardstation.i18n import Translator
from cardstation.ports.reader import Presence
from cardstation.services.household_state import HouseholdState
from cardstation.services.identify import Inserted
from cardstation.services.read_card import CardFacts
from ui.desk_services import DeskServices, Watch


class Group(StrEnum):
    """Under which heading it stands, in this order."""

    CARD = "card"
    GAS = "gas"
    METER = "meter"
    MONEY = "money"
    ACCOUNT = "account"
    TOOL = "tool"


class Needs(StrEnum):
    """What must lie in the reader.

    ANY: whatever the service takes, a blank for instance; it gets the insertion (`doing.presence`)
    and opens the card itself. OWN: this household's card, identified (`doing.card`).
    """

    NOTHING = "nothing"
    ANY = "any"
    OWN = "own"


class Kind(StrEnum):
    """What is typed or chosen, and the type of its value.

    WORDS and DIGITS: str. VOLUME: Volume. MONEY: Money. DAY: date. CHOICE: its code. TENDER: Paid.
    """

    WORDS = "words"
    DIGITS = "digits"
    VOLUME = "volume"
    MONEY = "money"
    DAY = "day"
    CHOICE = "choice"
    TENDER = "tender"


@dataclass(frozen=True, slots=True)
class Said:
    """An English sentence of the catalogue and what stands in its fields."""

    text: str
    fields: Mapping[str, Filled] = field(default_factory=dict)

    def in_words(self, t: Translator) -> str:
        """In the language of the desk."""
        return t(self.text, **self.fields)


def say(text: str, **fields: Filled) -> Said:
    """A sentence."""
    return Said(text, fields)


AS_IS = "{text}"
"""Stands for what is the same in every language."""


def as_is(text: str) -> Said:
    """A number or a name."""
    return Said(AS_IS, {"text": text})


@dataclass(frozen=True, slots=True)
class Paid:
    """How it is paid; `reference` is the bank's or the QR service's own number."""

    tender: Tender
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What an act may look at to say whether it is offered.

    Attributes:
        of: The household; None while nobody was found.
        card: Its card, while that lies in the reader.
        lying: Code of why the card in the reader is not read, a blank's for instance; empty = none.
    """

    of: HouseholdState | None = None
    card: CardFacts | None = None
    lying: str = ""

    @property
    def home(self) -> Household:
        """The household, in an act that is of one."""
        return self.of.household if self.of is not None else fail("nobody was found")

    @property
    def makers(self) -> tuple[MakerRules, ...]:
        """Of the card in the reader; without one, whose cards the household may have."""
        if self.card is not None:
            return (self.card.rules,)
        return self.of.makers if self.of is not None else ()

    def no_maker(self, allows: Callable[[MakerRules], bool]) -> bool:
        """True when makers are known, and none of them allows it."""
        return bool(self.makers) and not any(map(allows, self.makers))


Choices = Callable[[DeskServices, Facts], Sequence[tuple[str, Said]]]


def _no_choices(_services: DeskServices, _facts: Facts) -> Sequence[tuple[str, Said]]:
    return ()


def _of_everybody(_facts: Facts) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that is asked.

    Attributes:
        name: Under which the form gives its value.
        label: Its name on the page, a message id.
        needed: False = may stay empty; its value is None then.
        about: One quiet sentence below it, a message id.
        choices: Codes of a CHOICE and their words, in order; made from what lies in the facts,
            for they are asked for in the window's thread.
        longest: Characters.
        asked: Whether it is asked of this household; its value is None where it is not.
    """

    name: str
    label: str
    kind: Kind = Kind.WORDS
    needed: bool = True
    about: str = ""
    choices: Choices = _no_choices
    longest: int = 120
    asked: Callable[[Facts], bool] = _of_everybody


@dataclass(frozen=True, slots=True)
class Form:
    """A form whose fields are all good.

    Attributes:
        facts: Of the household it is for.
        values: Name → value; None where a field stayed empty or was not asked.
        approval: Of the second person, None before they confirmed.
    """

    facts: Facts
    values: Mapping[str, object] = field(default_factory=dict)
    approval: Approval | None = None

    @property
    def account_no(self) -> str:
        """Whose it is."""
        return self.facts.home.account_no

    @property
    def second(self) -> Approval:
        """The second person of an act for two."""
        return self.approval or fail("a second person was not asked")

    def words(self, name: str) -> str:
        """Of WORDS, DIGITS and CHOICE; empty where nothing was typed."""
        found = self.values[name] or ""
        return found if isinstance(found, str) else fail(f"{name} is no text")

    def volume(self, name: str) -> Volume:
        """Of VOLUME."""
        found = self.values[name]
        return found if isinstance(found, Volume) else fail(f"{name} is no volume")

    def money(self, name: str) -> Money:
        """Of MONEY."""
        found = self.values[name]
        return found if isinstance(found, Money) else fail(f"{name} is no money")

    def day(self, name: str) -> date:
        """Of DAY."""
        found = self.values[name]
        return found if isinstance(found, date) else fail(f"{name} is no day")

    def paid(self, name: str) -> Paid:
        """Of TENDER."""
        found = self.values[name]
        return found if isinstance(found, Paid) else fail(f"{name} is no way of paying")


@dataclass(frozen=True, slots=True)
class Doing:
    """What an act runs with, on a lane.

    Attributes:
        watch: To be told every step as it begins, where a card is written.
        lying: The insertion, for an act that needs ANY card.
        opened: The card, for an act that needs its OWN.
    """

    services: DeskServices
    form: Form
    watch: Watch
    lying: Presence | None = None
    opened: Inserted | None = None

    @property
    def presence(self) -> Presence:
        """The insertion."""
        return self.lying or fail("no card was asked for")

    @property
    def card(self) -> Inserted:
        """The household's card."""
        return self.opened or fail("no card was asked for")


@dataclass(frozen=True, slots=True)
class Done:
    """What came of it.

    Attributes:
        title: In a few words, read from afar; names nobody.
        figure: The one figure that matters, such as `12 m³`; may be empty.
        lines: What it means for gas, money and card, and what to do now.
        paper: Files and prints its paper, and returns the file; None = there is none.
    """

    title: Said
    lines: tuple[Said, ...] = ()
    figure: str = ""
    paper: Callable[[], Path] | None = None


def offered(_facts: Facts) -> Said | None:
    """For an act that is always offered."""
    return None


@dataclass(frozen=True, slots=True)
class Act:
    """One service. See the head of this file.

    Attributes:
        code: Names it in pictures and tests.
        title: On its button, a message id. about: One sentence on its form, a message id.
        key: A letter or digit; works while services are chosen.
        card: What to put in, said while it is waited for; a message id.
        alone: It is of no household: offered also while nobody was found.
    """

    code: str
    title: str
    about: str
    group: Group
    key: str
    run: Callable[[Doing], Done]
    preview: Callable[[DeskServices, Form], tuple[Said, ...]]
    why_not: Callable[[Facts], Said | None] = offered
    fields: tuple[Field, ...] = ()
    needs: Needs = Needs.NOTHING
    card: str = "Put the household's card in"
    two: bool = False
    alone: bool = False

    def __post_init__(self) -> None:
        """Refuse what no page could show."""
        one = len(self.key) == 1 and (self.key.isupper() or self.key.isdecimal())
        ensure(one, f"{self.code}: a key is one letter or digit")
        names = [one.name for one in self.fields]
        ensure(len(names) == len(set(names)), f"{self.code}: a field is named twice")

    def asks(self, facts: Facts) -> tuple[Field, ...]:
        """The fields that are asked of this household."""
        return tuple(one for one in self.fields if one.asked(facts))

    def told(self, services: DeskServices, form: Form) -> tuple[Said, ...]:
        """What will happen, and where a card is written, what to know of cards of its maker."""
        makers = form.facts.makers if self.needs is not Needs.NOTHING else ()
        known = makers if len(makers) == 1 else ()
        traps = tuple(say(trap) for rules in known for trap in rules.traps)
        return (*self.preview(services, form), *traps)

    def reason(self, facts: Facts) -> Said | None:
        """Why it is not offered; None = it is."""
        if facts.of is None and not self.alone:
            return say("Find the household first.")
        return self.why_not(facts)
