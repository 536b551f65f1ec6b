"""People at the centre: who is what, and proposals to add somebody or change their roles.

Everybody may look: who needs a second person has to know who there is.
"""

from __future__ import annotations

from dataclasses import dataclass

from cardstation.central.console.passwords import WORD_LEAST, hash_secret
from cardstation.central.console.people import (
    NAME,
    Person,
    everybody,
    is_needed,
    person,
    retire_person,
)
from cardstation.central.console.proposals import Kind, Proposal, propose, waiting
from cardstation.central.console.roles import Right, Role
from cardstation.central.console.visit import Act, Done, Page, Visit
from cardstation.errors import Refusal

WORD_MOST = 60


@dataclass(frozen=True, slots=True)
class People:
    """The page's value."""

    people: tuple[Person, ...]
    pending: tuple[Proposal, ...]
    roles: tuple[Role, ...]


def show(visit: Visit) -> People:
    """Everybody, and the forms."""
    return People(everybody(visit.connection), waiting(visit.connection, Kind.CLERK), tuple(Role))


def propose_person(visit: Visit) -> Done:
    """Propose somebody new, other roles for somebody, or a new first password.

    Raises:
        Refusal: `name_bad`, `name_unknown`, `roles_missing`, `reason_missing`,
            `proposed_already`, `word_short`.
    """
    name, reason = visit.get("name").lower(), visit.get("reason")
    if not NAME.fullmatch(name):
        raise Refusal("name_bad", name=name[:40])
    known = person(visit.connection, name) is not None
    if visit.get("reset"):
        if not known:
            raise Refusal("name_unknown", name=name)
        body: dict[str, object] = {"reset": True, "word_hash": _word(visit)}
    else:
        roles = sorted({role for role in visit.many.get("role", ()) if role in list(Role)})
        if not roles:
            raise Refusal("roles_missing", name=name)
        body = {"roles": roles, "display": visit.get("display")[:40]}
        if not known:
            body["word_hash"] = _word(visit)
    propose(visit.connection, Kind.CLERK, name, body, reason=reason, by=visit.who.name)
    return Done("proposed", f"clerk {name}", reason, "people")


def _word(visit: Visit) -> str:
    """The hash of the word that the person is told by whoever proposes."""
    word = visit.asked.get("word", "")
    if not WORD_LEAST <= len(word) <= WORD_MOST:
        raise Refusal("word_short", least=WORD_LEAST)
    return hash_secret(word)


def retire(visit: Visit) -> Done:
    """Take every role from somebody, at once; where they are needed, propose it.

    Raises:
        Refusal: `name_unknown`, `reason_missing`, `proposed_already`.
    """
    name, reason, by = visit.get("name"), visit.get("reason"), visit.who.name
    if not reason:
        raise Refusal("reason_missing")
    if is_needed(visit.connection, name):
        body: dict[str, object] = {"roles": []}
        propose(visit.connection, Kind.CLERK, name, body, reason=reason, by=by)
        return Done("proposed", f"clerk {name}", reason, "people")
    retire_person(visit.connection, name, given_by=by)
    return Done("person_retired", name, reason, "people")


PAGES = (Page("people", "People", Right.LOOK, show, icon="key", key="c"),)
ACTS = (
    Act("people", "people", Right.CLERK, propose_person),
    Act("people/retire", "people", Right.CLERK, retire),
)
