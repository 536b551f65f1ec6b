"""What stations may ask of the feeds; every question is signed and carries a fresh nonce."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict

from fastapi import FastAPI, Request, Response
from sqlalchemy import Engine

from cardstation.central.centre_key import CentreKey
from cardstation.central.feeds import serving, wire
from cardstation.central.feeds.policy import bring_policy
from cardstation.central.reception import Reception
from cardstation.central.requests import Signed, json_answer, plain_word
from cardstation.domain.feed import FeedsTold
from cardstation.errors import LedgerRefused

_DIGITS = 18


Look = Callable[[Signed], Response]
Answered = Callable[[Request, Look], Awaitable[Response]]


def add_feed_routes(
    app: FastAPI,
    reception: Reception,
    engine: Engine,
    key: CentreKey,
    ensure_fresh: Callable[[Engine, Signed], object],
) -> None:
    """Put them on the application.

    Args:
        app: Where.
        reception: Lets stations in.
        engine: The books.
        key: Signs which feeds a station has.
        ensure_fresh: Refuses who may not ask, and what was asked before.
    """

    async def answered(request: Request, look: Look) -> Response:
        def work(signed: Signed, _body: bytes) -> Response:
            ensure_fresh(engine, signed)
            return look(signed)

        return await reception.station(request, work)

    _heads(app, answered, engine, key)
    _bodies(app, answered, engine)


def _heads(app: FastAPI, answered: Answered, engine: Engine, key: CentreKey) -> None:
    @app.get("/v1/feeds")
    async def feeds(request: Request) -> Response:
        def look(signed: Signed) -> Response:
            bring_policy(engine, key)
            at = [plain_word(one) for one in request.query_params.getlist("at")]
            found = serving.heads_for(engine, signed.station, at)
            told = FeedsTold(signed.station, signed.said.nonce, found)
            heads = [wire.FeedHead(**asdict(one)) for one in found]
            return json_answer(wire.Feeds(heads, key.sign(told.message)))

        return await answered(request, look)


def _bodies(app: FastAPI, answered: Answered, engine: Engine) -> None:
    @app.get("/v1/feeds/deltas")
    async def deltas(request: Request) -> Response:
        def look(signed: Signed) -> Response:
            feed, after = _feed(request), _number(request.query_params, "after")
            found = serving.deltas_after(engine, signed.station, feed, after)
            return json_answer(wire.Deltas([wire.Delta(**asdict(one)) for one in found]))

        return await answered(request, look)

    @app.get("/v1/feeds/snapshot")
    async def snapshot(request: Request) -> Response:
        def look(signed: Signed) -> Response:
            found = serving.newest_snapshot(engine, signed.station, _feed(request))
            return json_answer(wire.Snapshot(**{**asdict(found), "pages": list(found.pages)}))

        return await answered(request, look)

    @app.get("/v1/feeds/page")
    async def page(request: Request) -> Response:
        def look(signed: Signed) -> Response:
            asked = request.query_params
            which = _number(asked, "number"), _number(asked, "page")
            found = serving.page_of(engine, signed.station, _feed(request), *which)
            return Response(found, media_type="application/octet-stream")

        return await answered(request, look)


def _feed(request: Request) -> str:
    return plain_word(request.query_params.get("feed", ""))


def _number(asked: Mapping[str, str], name: str) -> int:
    text = asked.get(name, "")
    if not (text.isascii() and text.isdecimal() and len(text) <= _DIGITS):
        raise LedgerRefused("request_unreadable")
    return int(text)
