"""The ledger's HTTP service: what a station, and the demo beside it, may ask.

Every station request is signed by its device key (RFC 9421). A push and every look at cards or
orders must carry the nonce of the last answer, so nothing captured can be used again; asking for
the head, which hands out that nonce, need not.
"""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import FastAPI, Request, Response
from sqlalchemy import Engine
from starlette.exceptions import HTTPException

from cardstation.central import acts, boards, books, ledger, orders, wire
from cardstation.central.answers import (
    acknowledged,
    current,
    fresh,
    head_answer,
    known,
    told,
)
from cardstation.central.batch import MOST_BYTES
from cardstation.central.centre_key import CentreKey
from cardstation.central.console.app import build_console, no_such_page
from cardstation.central.contact import keeps_nothing_back, note_contact
from cardstation.central.enrolment import EnrolmentCodes, enrol
from cardstation.central.feeds.routes import add_feed_routes
from cardstation.central.granting import grant_for
from cardstation.central.invoices.states import standing_invoice
from cardstation.central.openapi import document
from cardstation.central.reception import Reception
from cardstation.central.requests import (
    Signed,
    is_loopback,
    json_answer,
    only_local,
    plain_word,
    read_body,
    read_json,
    refusal,
)
from cardstation.domain.ledger import Order
from cardstation.errors import CardStationError, LedgerRefused

_YEARS = range(2000, 2200)
_FORM_BYTES = 64 * 1024
_DIGITS = 19
"""Of a number that a signed 64-bit integer holds for sure, and one more."""


@dataclass(frozen=True, slots=True)
class Service:
    """What the routes work with.

    Attributes:
        admin_token: Lets a program on this machine post orders and see totals.
        key: Signs what stations must be able to prove later.
        pages: Connections of the console's own, so that no page keeps a station waiting; None =
            the same ones.
    """

    engine: Engine
    codes: EnrolmentCodes
    admin_token: str
    key: CentreKey
    pages: Engine | None = None


def build(service: Service) -> FastAPI:
    """The application over one ledger."""
    app = FastAPI(title="cardstation central ledger", openapi_url=None)
    reception = Reception(service.engine, service.key)
    _station_routes(app, service, reception)
    _look_routes(app, service, reception)
    _board_routes(app, service, reception)
    _receipt_routes(app, service, reception)
    _order_routes(app, service, reception)
    _local_routes(app, service, reception)
    add_feed_routes(app, reception, service.engine, service.key, fresh)
    app.mount("/console", build_console(service.pages or service.engine))

    @app.exception_handler(CardStationError)
    async def said_no(_request: Request, error: CardStationError) -> Response:
        return refusal(error)

    @app.exception_handler(HTTPException)
    async def nowhere(request: Request, error: HTTPException) -> Response:
        if request.url.path.startswith("/console/"):
            return no_such_page(request)
        said = wire.Refused("page_unknown", {})
        return json_answer(said, error.status_code, error.headers)

    @app.get("/healthz")
    async def healthz() -> Response:
        await reception.look()
        return json_answer({"ok": True})

    @app.get("/openapi.json")
    async def openapi() -> Response:
        return json_answer(document())

    return app


def _station_routes(app: FastAPI, service: Service, reception: Reception) -> None:
    engine = service.engine

    @app.get("/v1/stations/{station}/head")
    async def head(station: str, request: Request) -> Response:
        def look(signed: Signed, _body: bytes) -> Response:
            found = known(engine, signed)
            note_contact(engine, station, request.query_params)
            grant = grant_for(engine, found, signed.said.nonce, request.query_params)
            return head_answer(engine, service.key, signed, found, grant=grant)

        return await reception.station(request, look, name=station)

    @app.get("/v1/stations/{station}/entries")
    async def own_entries(station: str, request: Request) -> Response:
        def look(signed: Signed, _body: bytes) -> Response:
            current(signed, known(engine, signed))
            after = _number(request.query_params.get("after", ""))
            return json_answer(wire.Loads(list(books.entries_after(engine, station, after))))

        return await reception.station(request, look, name=station)

    @app.post("/v1/stations/{station}/entries")
    async def entries(station: str, request: Request) -> Response:
        def post(signed: Signed, body: bytes) -> Response:
            batch = read_json(body, wire.Batch)
            nonce, signed_by = signed.said.nonce, signed.by
            done = ledger.push(engine, station, batch.entries, nonce=nonce, signed_by=signed_by)
            return acknowledged(service.key, signed, done)

        return await reception.station(request, post, name=station, most_bytes=MOST_BYTES)

    @app.post("/v1/stations/{station}/epoch")
    async def epoch(station: str, request: Request) -> Response:
        def grant(signed: Signed, body: bytes) -> Response:
            asked = read_json(body, wire.EpochAsked)
            fields = {name: getattr(asked, name) for name in asked.__struct_fields__}
            made = acts.grant_epoch(engine, signed, **fields)
            return head_answer(engine, service.key, signed, made)

        return await reception.station(request, grant, name=station, most_bytes=_FORM_BYTES)


def _board_routes(app: FastAPI, service: Service, reception: Reception) -> None:
    engine = service.engine

    @app.post("/v1/stations/{station}/board")
    async def board(station: str, request: Request) -> Response:
        def take(signed: Signed, body: bytes) -> Response:
            fresh(engine, signed)
            told = read_json(body, wire.BoardTold)
            return json_answer(wire.BoardHeard(boards.take_board(engine, station, told)))

        return await reception.station(request, take, name=station, most_bytes=MOST_BYTES)


def _look_routes(app: FastAPI, service: Service, reception: Reception) -> None:
    engine = service.engine

    @app.get("/v1/cards/{card_no:path}/loads")
    async def loads(card_no: str, request: Request) -> Response:
        def look(signed: Signed, _body: bytes) -> Response:
            fresh(engine, signed)
            return json_answer(wire.Loads(list(books.loads_of(engine, plain_word(card_no)))))

        return await reception.station(request, look)

    @app.get("/v1/seals")
    async def sealed(request: Request) -> Response:
        def look(signed: Signed, _body: bytes) -> Response:
            fresh(engine, signed)
            first, last = (plain_word(request.query_params.get(at, "")) for at in ("first", "last"))
            return json_answer(wire.Loads(list(books.sealed_hand_overs(engine, first, last))))

        return await reception.station(request, look)

    @app.get("/v1/seals/{seal_no}/steps")
    async def bag_steps(seal_no: str, request: Request) -> Response:
        def look(signed: Signed, _body: bytes) -> Response:
            fresh(engine, signed)
            return json_answer(wire.Loads(list(books.bag_steps(engine, plain_word(seal_no)))))

        return await reception.station(request, look)


def _receipt_routes(app: FastAPI, service: Service, reception: Reception) -> None:
    engine = service.engine

    @app.get("/v1/receipts/{receipt_no}/invoice")
    async def invoice(receipt_no: str, request: Request) -> Response:
        def look(signed: Signed, _body: bytes) -> Response:
            station = fresh(engine, signed).station
            found = standing_invoice(engine, station, plain_word(receipt_no))
            return json_answer(wire.Invoiced(found))

        return await reception.station(request, look)


def _order_routes(app: FastAPI, service: Service, reception: Reception) -> None:
    engine = service.engine

    @app.get("/v1/orders")
    async def waiting(request: Request) -> Response:
        def look(signed: Signed, _body: bytes) -> Response:
            station = fresh(engine, signed).station
            note_contact(engine, station, request.query_params)
            if keeps_nothing_back(request.query_params):
                orders.end_leases(engine, station, signed.said_at)
            return told(service.key, signed, orders.orders_for(engine, station))

        return await reception.station(request, look)

    @app.post("/v1/orders/{order_id:path}/lease")
    async def lease(order_id: str, request: Request) -> Response:
        def hold(signed: Signed, _body: bytes) -> Response:
            station = fresh(engine, signed).station
            held = orders.lease_order(engine, station, plain_word(order_id))
            return told(service.key, signed, (held,))

        return await reception.station(request, hold)

    @app.post("/v1/orders/{order_id:path}/release")
    async def release(order_id: str, request: Request) -> Response:
        def free(signed: Signed, _body: bytes) -> Response:
            station = fresh(engine, signed).station
            freed = orders.release_order(engine, station, plain_word(order_id))
            return told(service.key, signed, (freed,))

        return await reception.station(request, free)


def _local_routes(app: FastAPI, service: Service, reception: Reception) -> None:
    engine = service.engine

    @app.post("/v1/stations")
    async def enrolment(request: Request) -> Response:
        if not (is_loopback(request) or request.url.scheme == "https"):
            raise LedgerRefused("local_only")

        def take(signed: Signed, body: bytes) -> Response:
            asked = read_json(body, wire.Enrolment)
            if signed.station != asked.station or not signed.by(asked.public_key):
                raise LedgerRefused("signature_bad")
            made = enrol(engine, asked.station, asked.public_key, asked.code, service.codes)
            return head_answer(engine, service.key, signed, made)

        return await reception.stranger(request, take, most_bytes=_FORM_BYTES)

    @app.post("/v1/orders")
    async def new_order(request: Request) -> Response:
        only_local(request, service.admin_token)
        asked = read_json(await read_body(request, _FORM_BYTES), wire.NewOrder)
        fields = {name: getattr(asked, name) for name in asked.__struct_fields__}
        if asked.paid_at is not None and asked.paid_at.year not in _YEARS:
            raise LedgerRefused("request_unreadable")

        def post() -> Response:
            orders.post_order(engine, Order(**fields))
            return json_answer({"order_id": asked.order_id})

        return await reception.own(post)

    @app.get("/v1/totals")
    async def totals(request: Request) -> Response:
        only_local(request, service.admin_token)
        return await reception.own(lambda: json_answer(books.totals(engine)))


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < _DIGITS):
        raise LedgerRefused("request_unreadable")
    return int(text)
