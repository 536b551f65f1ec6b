"""What follows when a second person approves: one function per kind, in the same transaction."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from datetime import timedelta

from sqlalchemy import func, insert

from cardstation.central.console import people
from cardstation.central.console.allowances import put_in_force as allow_station
from cardstation.central.console.explaining import keep_explanation
from cardstation.central.console.prices import put_in_force
from cardstation.central.console.proposals import Kind, Proposal
from cardstation.central.console.roles import Role
from cardstation.central.console.sessions import hashed
from cardstation.central.console.tables import blacklist, station_codes
from cardstation.central.console.visit import Once, Visit
from cardstation.central.order_changes import withdraw_on
from cardstation.central.reconcile.audit_list import close_item
from cardstation.central.reconcile.files import accept_file
from cardstation.central.reconcile.matching import match_all
from cardstation.domain.order_change import OrderChange

CODE_VALID = timedelta(minutes=10)

Effect = Callable[[Visit, Proposal], Once | None]


def _tariff(visit: Visit, approved: Proposal) -> None:
    put_in_force(visit.connection, approved.body, approved.number, visit.now.date())


def _blacklist(visit: Visit, approved: Proposal) -> None:
    visit.connection.execute(
        insert(blacklist).values(
            proposal=approved.number,
            card_no=approved.body["card_no"],
            listed=approved.body["listed"],
            reason=approved.reason,
        )
    )


def _station(visit: Visit, approved: Proposal) -> Once:
    code = secrets.token_urlsafe(9)
    visit.connection.execute(
        insert(station_codes).values(
            code_hash=hashed(code),
            station=approved.subject,
            valid_until=func.clock_timestamp() + CODE_VALID,
            proposal=approved.number,
        )
    )
    what = "Enrolment code of station {subject}"
    return Once(what, approved.subject, code, int(CODE_VALID.total_seconds()))


def _clerk(visit: Visit, approved: Proposal) -> Once | None:
    connection, name = visit.connection, approved.subject
    what = "First password of {subject}, its second half"
    by, number, word = visit.who.name, approved.number, str(approved.body.get("word_hash", ""))
    if approved.body.get("reset"):
        return Once(what, name, people.reset_secret(connection, name, word_hash=word))
    roles = [Role(role) for role in approved.body["roles"]]
    if not roles:
        people.retire_person(connection, name, given_by=by, proposal=number)
        return None
    if people.person(connection, name) is not None:
        people.give_roles(connection, name, roles, given_by=by, proposal=number)
        return None
    display = str(approved.body.get("display", ""))
    secret = people.add_person(
        connection, name, display, roles, given_by=by, proposal=number, word_hash=word
    )
    return Once(what, name, secret)


def _explanation(visit: Visit, approved: Proposal) -> None:
    keep_explanation(
        visit.connection,
        int(approved.body["exception"]),
        approved.reason,
        clerk=approved.made_by,
        suspended=True,
        proposal=approved.number,
    )


def _order(visit: Visit, approved: Proposal) -> None:
    change = OrderChange(approved.subject, approved.reason, approved.made_by, visit.who.name)
    withdraw_on(visit.connection, change)


def _file(visit: Visit, approved: Proposal) -> None:
    accept_file(visit.connection, int(approved.subject), by=visit.who.name)
    match_all(visit.connection, visit.now)


def _audit(visit: Visit, approved: Proposal) -> None:
    close_item(visit.connection, approved, visit.now)


def _grant(visit: Visit, approved: Proposal) -> None:
    allow_station(visit.connection, approved.body, approved.number)


EFFECTS: Mapping[Kind, Effect] = {
    Kind.TARIFF: _tariff,
    Kind.BLACKLIST: _blacklist,
    Kind.STATION: _station,
    Kind.CLERK: _clerk,
    Kind.EXPLANATION: _explanation,
    Kind.ORDER: _order,
    Kind.FILE: _file,
    Kind.AUDIT: _audit,
    Kind.GRANT: _grant,
}
