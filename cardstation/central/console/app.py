"""The console's web application: one way in for every page, act and export, always the same.

A look or an act runs in one transaction: the session is looked up and kept alive, the right is
asked for, an act is recorded in the audit log beside what it did. What is refused is undone whole.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse
from sqlalchemy import Connection, Engine

from cardstation.central.console import gate
from cardstation.central.console.answers import again, refused, shown, shown_login, shown_once
from cardstation.central.console.audit import record_act
from cardstation.central.console.exports import file_of
from cardstation.central.console.pages import ACTS, EXPORTS, PAGES
from cardstation.central.console.rendering import STATIC, static_bytes
from cardstation.central.console.roles import Right
from cardstation.central.console.sessions import Session, log_in, session_of
from cardstation.central.console.visit import ZONE, Act, Export, Page, Visit
from cardstation.central.engine import transaction
from cardstation.errors import CardStationError, Mishap, Refusal
from cardstation.i18n import translator

ROOT = "/console"
LOGIN = f"{ROOT}/login"
_PAGE_S = 30.0
_EXPORT_S = 120.0
_LOGINS = 8

Handler = Callable[[Request], Awaitable[Response]]


class NotLoggedIn(Refusal):
    """Nobody, or somebody whose session is over."""


@dataclass(frozen=True, slots=True)
class Console:
    """The pages over one ledger.

    Attributes:
        logins: How many may wait at once: who logs in without end takes no thread from a station.
    """

    engine: Engine
    logins: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_LOGINS))

    def look(self, page: Page) -> Handler:
        """Answers a look at a page."""

        def look(request: Request) -> Response:
            with transaction(self.engine, deadline_s=_PAGE_S) as connection:
                visit = self._visit(request, connection, page.right)
                subject = " ".join(filter(None, visit.asked.values()))
                if page.audited and subject:
                    _record(visit, page.audited, subject)
                return shown(request, page, visit)

        async def handler(request: Request) -> Response:
            return await run_in_threadpool(self._answered, request, look)

        return handler

    def act(self, act: Act) -> Handler:
        """Answers a form."""

        async def handler(request: Request) -> Response:
            try:
                gate.refuse_foreign(request)
                if act.brings_file:
                    # Nobody's megabytes are read before it is known who sends them.
                    turned_away = await run_in_threadpool(self._turned_away, request, act)
                    if turned_away is not None:
                        return turned_away
                form = await gate.read_form(request, brings_file=act.brings_file)
            except Refusal as why:
                return refused(request, why)
            return await run_in_threadpool(
                self._answered, request, lambda asked: self._do(asked, act, form)
            )

        return handler

    def _turned_away(self, request: Request, act: Act) -> Response | None:
        passed = Response(status_code=204)

        def look(asked: Request) -> Response:
            with transaction(self.engine, deadline_s=_PAGE_S) as connection:
                self._visit(asked, connection, act.right)
                return passed

        answer = self._answered(request, look)
        return None if answer is passed else answer

    def _do(self, request: Request, act: Act, form: gate.Form) -> Response:
        try:
            with transaction(self.engine, deadline_s=_PAGE_S) as connection:
                visit = self._visit(request, connection, act.right, form)
                gate.refuse_forged(visit.session.csrf, form)
                done = act.do(visit)
                _record(visit, done.act, done.subject, done.detail)
                # Made before the commit, sent after it: nobody sees a secret that is not kept.
                once = None if done.once is None else shown_once(request, visit, done)
        except Refusal as why:
            if isinstance(why, NotLoggedIn) or why.code in gate.STATUS:
                raise
            with transaction(self.engine, deadline_s=_PAGE_S) as connection:
                visit = self._visit(request, connection, act.right, form)
                return again(request, act, visit, why)
        if once is not None:
            return once
        place = LOGIN if done.leaves else f"{ROOT}/{done.go}"
        answer = RedirectResponse(f"{place}{'&' if '?' in place else '?'}done={done.act}", 303)
        if done.leaves:
            gate.keep_session(request, answer, "")
        return answer

    def export(self, export: Export) -> Handler:
        """Answers with a file."""

        def make(request: Request) -> Response:
            with transaction(self.engine, deadline_s=_EXPORT_S) as connection:
                visit = self._visit(request, connection, Right.EXPORT)
                if export.right not in visit.who.rights:
                    raise Refusal("right_missing")
                _record(visit, "exported", export.name, request.url.query)
                return file_of(export, visit)

        async def handler(request: Request) -> Response:
            return await run_in_threadpool(self._answered, request, make)

        return handler

    async def login(self, request: Request) -> Response:
        """Begins a session."""
        try:
            gate.refuse_foreign(request)
            form = await gate.read_form(request)
            if self.logins.locked():
                raise Mishap("ledger_overloaded")
            async with self.logins:
                token = await run_in_threadpool(
                    log_in,
                    self.engine,
                    form.fields.get("name", "").strip().lower()[:40],
                    form.fields.get("secret", ""),
                    gate.address_of(request),
                )
        except CardStationError as why:
            return shown_login(request, why)
        answer = RedirectResponse(gate.own_place(request.query_params.get("go", "")), 303)
        gate.keep_session(request, answer, token)
        return answer

    def _answered(self, request: Request, answer: Callable[[Request], Response]) -> Response:
        try:
            if gate.COOKIE not in request.cookies:
                raise NotLoggedIn("not_logged_in")
            return answer(request)
        except NotLoggedIn:
            place = request.url.path if request.method == "GET" else f"{ROOT}/"
            return RedirectResponse(f"{LOGIN}?go={gate.own_place(place)}", 303)
        except CardStationError as why:
            return refused(request, why)

    def _visit(
        self,
        request: Request,
        connection: Connection,
        right: Right | None,
        form: gate.Form | None = None,
    ) -> Visit:
        session = _session(request, connection)
        if right is not None and session.who.must_change:
            raise Refusal("password_first")
        if right is not None and right not in session.who.rights:
            raise Refusal("right_missing")
        asked = gate.asked_of(request)
        return Visit(
            connection=connection,
            engine=self.engine,
            session=session,
            asked=asked if form is None else {**form.fields, **asked},
            many={} if form is None else form.many,
            upload=None if form is None else form.upload,
            t=translator(gate.look_of(request)["lang"]),
            now=datetime.now(ZONE),
            address=gate.address_of(request),
        )


def _session(request: Request, connection: Connection) -> Session:
    found = session_of(
        connection,
        request.cookies.get(gate.COOKIE, ""),
        by_itself="by_itself" in request.query_params,
    )
    if found is None:
        raise NotLoggedIn("not_logged_in")
    return found


def _record(visit: Visit, act: str, subject: str, detail: str = "") -> None:
    who, address = visit.who.name, visit.address
    record_act(visit.connection, who, act, subject, detail, address=address)


def build_console(engine: Engine) -> FastAPI:
    """The console over one ledger, to be mounted at `/console`."""
    app = FastAPI(title="cardstation console", openapi_url=None, docs_url=None, redoc_url=None)
    console = Console(engine)
    app.add_api_route("/login", _login_page, methods=["GET"])
    app.add_api_route("/login", console.login, methods=["POST"])
    app.add_api_route("/look", _look, methods=["GET"])
    app.add_api_route("/static/{name}", _static, methods=["GET"])
    for export in EXPORTS:
        path = f"/exports/{export.name}.{{kind}}"
        app.add_api_route(path, console.export(export), methods=["GET"])
    for page in PAGES:
        app.add_api_route(f"/{page.address}", console.look(page), methods=["GET"])
    for act in ACTS:
        app.add_api_route(f"/{act.path}", console.act(act), methods=["POST"])

    @app.middleware("http")
    async def harden(
        request: Request, answer: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        return gate.hardened(request, await answer(request))

    @app.exception_handler(404)
    @app.exception_handler(405)
    async def nowhere(request: Request, _error: Exception) -> Response:
        return refused(request, Refusal("page_unknown"))

    return app


def no_such_page(request: Request) -> Response:
    """An address below ours that no mount takes for one, such as one with a line feed in it."""
    return gate.hardened(request, refused(request, Refusal("page_unknown")))


async def _login_page(request: Request) -> Response:
    return shown_login(request)


async def _look(request: Request) -> Response:
    answer = RedirectResponse(gate.own_place(request.query_params.get("back", "")), 303)
    gate.keep_look(request, answer)
    return answer


async def _static(name: str, request: Request) -> Response:
    if name not in STATIC:
        return refused(request, Refusal("page_unknown"))
    kept = {"Cache-Control": "public, max-age=31536000, immutable"}
    return Response(static_bytes(name), media_type=STATIC[name], headers=kept)
