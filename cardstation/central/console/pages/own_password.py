"""A person's own password, and the way out."""

from __future__ import annotations

from dataclasses import dataclass

from cardstation.central.console.passwords import LENGTH_LEAST
from cardstation.central.console.people import change_secret
from cardstation.central.console.sessions import end, prove
from cardstation.central.console.visit import Act, Done, Page, Visit
from cardstation.errors import Refusal


@dataclass(frozen=True, slots=True)
class Own:
    """The page's value."""

    least: int
    must: bool


def show(visit: Visit) -> Own:
    """The form."""
    return Own(LENGTH_LEAST, visit.who.must_change)


def change(visit: Visit) -> Done:
    """Keep a new password; every session of the person is over.

    Raises:
        Refusal: `password_wrong`, `login_locked`, `password_differs`, `password_weak`.
    """
    name, new = visit.who.name, visit.asked.get("secret_new", "")
    prove(visit.engine, name, visit.asked.get("secret_old", ""), visit.address)
    if new != visit.asked.get("secret_again", ""):
        raise Refusal("password_differs")
    change_secret(visit.connection, name, new)
    return Done("password_changed", name, "", "", leaves=True)


def leave(visit: Visit) -> Done:
    """End the session."""
    end(visit.connection, visit.session)
    return Done("logout", visit.who.name, "", "", leaves=True)


PAGES = (Page("password", "Password", None, show),)
ACTS = (Act("password", "password", None, change), Act("logout", "password", None, leave))
