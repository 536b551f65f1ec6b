"""Who a list row means: account, card, name and door looked at together, and nothing guessed.

A row is certain when three of the four agree with one household and none points elsewhere; a
slip in one number is forgiven only when everything else agrees in full. Check digits prove no
identity: a neighbour's number passes them all (DESK-RULES 7).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from cardstation.domain.batch import ListRow
from cardstation.domain.check_digit import is_mistyped, luhn_ok
from cardstation.domain.doors import Door, Likeness, door_key, read_door
from cardstation.domain.household import Household
from cardstation.domain.names import compare_names

_ROUNDED = re.compile(r"(\d)\.(\d+)E\+?(\d+)")


@dataclass(frozen=True, slots=True)
class Directory:
    """The households a list can mean, indexed once.

    Attributes:
        community: Where the list comes from, empty when it cannot be told.
        communities: Every community name that may stand before a door.
        named: Which of them stand in a text, of the texts looked at so far: a list says the same
            before most of its doors, and a city has hundreds of names.
    """

    by_account: dict[str, Household]
    by_card: dict[str, list[Household]]
    by_door: dict[tuple[str, str, str], list[Household]]
    community: str
    communities: tuple[str, ...] = ()
    named: dict[str, tuple[str, ...]] = field(default_factory=dict, compare=False)

    @classmethod
    def of(
        cls, households: Iterable[Household], community: str, communities: Sequence[str] = ()
    ) -> Directory:
        """Index households; doors only within the community of the list."""
        book = cls({}, {}, {}, community, tuple(communities))
        for household in households:
            book.by_account[bare_number(household.account_no)] = household
            book.by_card.setdefault(bare_number(household.card_no), []).append(household)
            if household.address.community == community:
                book.by_door.setdefault(door_key(household.address), []).append(household)
        return book

    def communities_in(self, place: str) -> tuple[str, ...]:
        """The communities whose names stand in a text."""
        if place not in self.named:
            self.named[place] = tuple(name for name in self.communities if name in place)
        return self.named[place]


@dataclass(frozen=True, slots=True)
class Match:
    """Whom a row means.

    Attributes:
        household: Set only when certain.
        candidate: Whom the row points at without contradiction, certain or not.
        ground: How it was matched: `account_card_name`, `account_card_door`,
            `account_name_door` or `card_name_door`; empty unless certain.
        slips: What was forgiven: `card_mistyped`, `no_card_number`, …
        doubts: Why it is not certain, worst first.
    """

    household: Household | None = None
    candidate: Household | None = None
    ground: str = ""
    slips: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


@dataclass(slots=True)
class _Evidence:
    account: Likeness
    card: Likeness
    name: Likeness
    door: Likeness
    contradictions: list[str] = field(default_factory=list)


def identify(row: ListRow, book: Directory) -> Match:
    """Find the household of a row, or say why it is not certain."""
    door = read_door(row.door)
    subject = _subject(row, door, book)
    if subject is None:
        return Match(doubts=_unknown(row))
    seen = _weigh(row, door, subject, book)
    if seen.contradictions:
        return Match(doubts=tuple(seen.contradictions))
    slips = _slips(row, seen)
    ground = _ground(seen)
    if not ground:
        return Match(candidate=subject, doubts=("household_not_certain", *slips))
    return Match(subject, subject, ground, slips)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A household that a row may mean.

    Attributes:
        agrees: What speaks for it: `account`, `card`, `name`, `door`.
        partly: What nearly agrees: a slip in a number, a shortened name, a part of the door.
        differs: What speaks against it.
    """

    household: Household
    agrees: tuple[str, ...]
    partly: tuple[str, ...]
    differs: tuple[str, ...]


def candidates(row: ListRow, book: Directory, most: int = 9) -> tuple[Candidate, ...]:
    """Whom a row may mean, the likeliest first; one that nothing speaks for is left out."""
    door = read_door(row.door)
    found = [_candidate(row, door, household, book) for household in book.by_account.values()]
    weighed = [
        ((2 * len(one.agrees) + len(one.partly), -len(one.differs)), one)
        for one in found
        if _speaks(one)
    ]
    weighed.sort(key=lambda pair: pair[0], reverse=True)
    return tuple(one for _, one in weighed[:most])


def _speaks(one: Candidate) -> bool:
    """Something agrees in full, or two kinds nearly: numbers, and name or door.

    A neighbour's numbers are a digit away from everybody's; alone they say nothing.
    """
    numbers = {"account", "card"} & {*one.partly}
    person = {"name", "door"} & {*one.partly}
    return bool(one.agrees) or bool(numbers and person) or len(person) > 1


def _candidate(row: ListRow, door: Door | None, household: Household, book: Directory) -> Candidate:
    likeness = {
        "account": _number(row.account_no, household.account_no),
        "card": _number(row.card_no, household.card_no),
        "name": compare_names(row.name, household.name),
        "door": _door(row, door, household, book),
    }

    def those(wanted: Likeness) -> tuple[str, ...]:
        return tuple(name for name, like in likeness.items() if like is wanted)

    differs = those(Likeness.DIFFERS)
    return Candidate(household, those(Likeness.AGREES), those(Likeness.PARTLY), differs)


def bare_number(text: str) -> str:
    """A number as an index key: digits only, leading zeros (lost in Excel) off."""
    plain = text if text.isdecimal() else re.sub(r"[\s'\-]", "", text)
    return plain.lstrip("0")


def community_of(found: Sequence[Household], hints: Sequence[str], known: Sequence[str]) -> str:
    """Tell which community a list comes from.

    Args:
        found: Households its account or card numbers hit.
        hints: File name, sheet name and title lines.
        known: Every community in the directory.

    Returns:
        The community of at least four fifths of three or more hits; with fewer hits the one
        that the hints name; else empty.
    """
    counted = Counter(household.address.community for household in found)
    if counted.total() >= 3:
        community, hits = counted.most_common(1)[0]
        return community if hits * 5 >= counted.total() * 4 else ""
    named = {community for community in known if _names(hints, community)}
    return named.pop() if len(named) == 1 else ""


def _names(hints: Sequence[str], community: str) -> bool:
    """A community is also named by its first four signs: 铁北二路 for 铁北二路家属楼."""
    return any(community[: max(4, len(community) - 3)] in hint for hint in hints)


def _subject(row: ListRow, door: Door | None, book: Directory) -> Household | None:
    by_account = book.by_account.get(bare_number(row.account_no))
    if by_account is not None:
        return by_account
    by_card = book.by_card.get(bare_number(row.card_no), [])
    if len(by_card) == 1:
        return by_card[0]
    by_door = book.by_door.get(door.key, []) if door is not None and door.key else []
    named = [h for h in by_door if compare_names(row.name, h.name) is Likeness.AGREES]
    return named[0] if len(named) == 1 else None


def _unknown(row: ListRow) -> tuple[str, ...]:
    if not (row.account_no or row.card_no or row.name or row.door or row.amount):
        return ("row_not_readable",)
    numbers = [number for number in (row.account_no, row.card_no) if number]
    mistyped = any(not luhn_ok(bare_number(number)) for number in numbers)
    return ("unknown_household", "check_digit_wrong") if mistyped else ("unknown_household",)


def _weigh(row: ListRow, door: Door | None, subject: Household, book: Directory) -> _Evidence:
    seen = _Evidence(
        account=_number(row.account_no, subject.account_no),
        card=_number(row.card_no, subject.card_no),
        name=compare_names(row.name, subject.name),
        door=_door(row, door, subject, book),
    )
    others = book.by_card.get(bare_number(row.card_no), [])
    if others and subject not in others:
        seen.contradictions.append("card_differs")
    elif Likeness.DIFFERS in (seen.account, seen.card):
        seen.contradictions.append("household_not_certain")
        seen.contradictions.extend(_wrong_digit(row))
    if seen.name is Likeness.DIFFERS:
        seen.contradictions.append("name_differs")
    if seen.door is Likeness.DIFFERS:
        elsewhere = door is not None and _elsewhere(door, subject, book)
        seen.contradictions.append("community_differs" if elsewhere else "door_differs")
    if seen.door is Likeness.UNREADABLE:
        seen.contradictions.append("door_not_readable")
    return seen


def _wrong_digit(row: ListRow) -> list[str]:
    numbers = (row.account_no, row.card_no)
    wrong = any(number and not luhn_ok(bare_number(number)) for number in numbers)
    return ["check_digit_wrong"] if wrong else []


def _number(written: str, filed: str) -> Likeness:
    """PARTLY is a number with a slip, or one a spreadsheet rounded (8.80151E+13)."""
    said, known = bare_number(written), bare_number(filed)
    if not said:
        return Likeness.SILENT
    if said == known:
        return Likeness.AGREES
    if rounded := _ROUNDED.fullmatch(said.upper()):
        first, rest, power = rounded.groups()
        kept = len(known) == int(power) + 1 and known.startswith((first + rest)[:-1])
        return Likeness.PARTLY if kept else Likeness.DIFFERS
    return Likeness.PARTLY if is_mistyped(said, known) else Likeness.DIFFERS


def _door(row: ListRow, door: Door | None, subject: Household, book: Directory) -> Likeness:
    if not row.door:
        return Likeness.SILENT
    if door is None:
        return Likeness.UNREADABLE
    if _elsewhere(door, subject, book):
        return Likeness.DIFFERS
    return door.compare(subject.address)


def _elsewhere(door: Door, subject: Household, book: Directory) -> bool:
    """The row, or its list, is of another community than the household."""
    home = subject.address.community
    named = any(name != home for name in book.communities_in(door.place))
    return named or bool(book.community and home != book.community)


def _slips(row: ListRow, seen: _Evidence) -> tuple[str, ...]:
    slips = []
    for name, likeness, said in (
        ("account", seen.account, row.account_no),
        ("card", seen.card, row.card_no),
    ):
        if likeness is Likeness.PARTLY:
            slips.append(f"{name}_mistyped")
        if not said:
            slips.append(f"no_{name}_number")
    if seen.name is Likeness.PARTLY:
        slips.append("name_abbreviated")
    return tuple(slips)


def _ground(seen: _Evidence) -> str:
    """How three witnesses agree, or empty: a shortened name is no witness, a whole door is."""
    account, card, name, door = (
        likeness is Likeness.AGREES for likeness in (seen.account, seen.card, seen.name, seen.door)
    )
    shortened = seen.name is Likeness.PARTLY
    if account and card and (door or name) and (door or not shortened):
        return "account_card_name" if name else "account_card_door"
    if account and name and door:
        return "account_name_door"
    return "card_name_door" if card and name and door else ""
