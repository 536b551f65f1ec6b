"""What the console answers with: a page, the login, a secret shown once, a refusal in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from fastapi import Request, Response
from fastapi.responses import HTMLResponse
from sqlalchemy import func, select

from cardstation.central.console import gate
from cardstation.central.console.pages import PAGES
from cardstation.central.console.rendering import render
from cardstation.central.console.tables import decisions, explanations, proposals
from cardstation.central.console.visit import ZONE, Act, Done, Page, Visit
from cardstation.central.console.words import DONE
from cardstation.central.tables import exceptions
from cardstation.errors import CardStationError, Mishap, OutcomeUnknown
from cardstation.i18n import translator
from cardstation.sentences import of_error

_OF_BOOKS = frozenset({"ledger_overloaded", "ledger_commit_unknown", "ledger_database_gone"})
_BY_NAME = {page.name: page for page in PAGES}


def shown(
    request: Request,
    page: Page,
    visit: Visit,
    *,
    why: CardStationError | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:
    """A page; `why` says what was refused of the form with `typed` in it."""
    values = {
        **_of(visit),
        "page": page,
        "it": page.show(visit),
        "typed": typed or {},
        "refused": None if why is None else of_error(why, visit.t),
        "done": DONE.get(request.query_params.get("done", ""), ""),
    }
    return _html(request, page.name, values, 200 if why is None else 422)


def again(request: Request, act: Act, visit: Visit, why: CardStationError) -> Response:
    """The page a form came from, with why it was refused and what was typed."""
    typed = {name: text for name, text in visit.asked.items() if "secret" not in name}
    return shown(request, _BY_NAME[act.page], visit, why=why, typed=typed)


def shown_once(request: Request, visit: Visit, done: Done) -> Response:
    """A secret, the only time it is seen."""
    values = {**_of(visit), "page": None, "once": done.once, "go": done.go}
    return _html(request, "once", values)


def shown_login(request: Request, why: CardStationError | None = None) -> Response:
    """The login; `why` says what was wrong with the last one."""
    t = translator(gate.look_of(request)["lang"])
    values = {
        "go": gate.own_place(request.query_params.get("go", "")),
        "refused": None if why is None else of_error(_for_people(request, why), t),
        "done": DONE.get(request.query_params.get("done", ""), ""),
    }
    return _html(request, "login", values, 200 if why is None else gate.status_of(why))


def refused(request: Request, why: CardStationError) -> Response:
    """What was refused, in words; a page that is late is asked for again by itself."""
    why = _for_people(request, why)
    t = translator(gate.look_of(request)["lang"])
    first = why.code == "password_first"
    go, again = f"/console/{'password' if first else ''}", ""
    if why.code == "page_late" and request.method == "GET" and "/exports/" not in request.url.path:
        go = gate.own_place(f"{request.url.path}?{request.url.query}")
        again = gate.own_place(
            f"{request.url.path}?{request.url.include_query_params(by_itself=1).query}"
        )
    values = {"told": of_error(why, t), "go": go, "again": again}
    return _html(request, "refused", values, gate.status_of(why))


def _for_people(request: Request, why: CardStationError) -> CardStationError:
    """What happened to the books, as it is for who looks at a page or sends a form."""
    if why.code not in _OF_BOOKS:
        return why
    unknown = isinstance(why, OutcomeUnknown) and request.method != "GET"
    return Mishap("act_unknown" if unknown else "page_late")


def _of(visit: Visit) -> dict[str, Any]:
    rights = visit.who.rights
    connection = visit.connection
    open_items = select(func.count()).select_from(
        exceptions.outerjoin(explanations, explanations.c.exception == exceptions.c.number)
    )
    waiting = select(func.count()).select_from(
        proposals.outerjoin(decisions, decisions.c.proposal == proposals.c.number)
    )
    return {
        "who": visit.who,
        "rights": rights,
        "csrf": visit.session.csrf,
        "rail": [one for one in PAGES if one.icon and (one.right is None or one.right in rights)],
        "badges": {
            "suspense": connection.scalar(open_items.where(explanations.c.exception.is_(None))),
            "proposals": connection.scalar(waiting.where(decisions.c.verdict.is_(None))),
        },
    }


def _html(
    request: Request, template: str, values: Mapping[str, Any], status: int = 200
) -> Response:
    look = gate.look_of(request)
    whole = {
        "look": look,
        "here": gate.own_place(f"{request.url.path}?{request.url.query}"),
        "now": datetime.now(ZONE),
        "done": "",
        "refused": None,
        "wall": request.query_params.get("wall") == "1",
        **values,
    }
    return HTMLResponse(render(template, translator(look["lang"]), whole), status)
