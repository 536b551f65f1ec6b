"""The ledger's HTTP service: what a station, and the demo beside it, may ask.

Every station request is signed by its device key (RFC 9421). A push and every look at cards or
orders must carry the nonce of the last answer, so nothing captured can be used again; asking for
the head, which hands out that nonce, need not.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from sqlalchemy import Engine, text

from cardstation.central import acts, books, heads, ledger, orders, wire
from cardstation.central.batch import MOST_BYTES
from cardstation.central.centre_key import CentreKey
from cardstation.central.console.app import build_console
from cardstation.central.contact import keeps_nothing_back, note_contact
from cardstation.central.engine import transaction
from cardstation.central.enrolment import EnrolmentCodes, enrol
from cardstation.central.requests import (
    Signed,
    is_loopback,
    json_answer,
    only_local,
    read_body,
    read_json,
    refusal,
    signature_of,
)
from cardstation.domain.checkpoint import OrdersTold
from cardstation.domain.ledger import Order
from cardstation.errors import CardStationError, LedgerRefused


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
    _station_routes(app, service)
    _order_routes(app, service)
    _local_routes(app, service)
    app.mount("/console", build_console(service.pages or service.engine))

    @app.exception_handler(CardStationError)
    async def said_no(_request: Request, error: CardStationError) -> Response:
        return refusal(error)

    @app.get("/healthz")
    def healthz() -> Response:
        with transaction(service.engine) as connection:
            connection.execute(text("SELECT 1"))
        return json_answer({"ok": True})

    return app


def _station_routes(app: FastAPI, service: Service) -> None:
    @app.get("/v1/stations/{station}/head")
    def head(station: str, request: Request) -> Response:
        signed = _signed_as(signature_of(request, b""), station)
        known = _known(service.engine, signed)
        note_contact(service.engine, station, request.query_params)
        return json_answer(_head_answer(service, signed, known))

    @app.get("/v1/stations/{station}/entries")
    def own_entries(station: str, after: int, request: Request) -> Response:
        signed = _signed_as(signature_of(request, b""), station)
        _current(signed, _known(service.engine, signed))
        return json_answer(wire.Loads(list(books.entries_after(service.engine, station, after))))

    @app.post("/v1/stations/{station}/entries")
    async def entries(station: str, request: Request) -> Response:
        body = await read_body(request, MOST_BYTES)
        signed = _signed_as(signature_of(request, body), station)
        batch = read_json(body, wire.Batch)
        done = await run_in_threadpool(
            ledger.push,
            service.engine,
            station,
            batch.entries,
            nonce=signed.said.nonce,
            signed_by=signed.by,
        )
        return json_answer(_ack(service, signed, done))

    @app.post("/v1/stations/{station}/epoch")
    async def epoch(station: str, request: Request) -> Response:
        body = await read_body(request, MOST_BYTES)
        signed = _signed_as(signature_of(request, body), station)
        asked = read_json(body, wire.EpochAsked)
        made = await run_in_threadpool(
            acts.grant_epoch,
            service.engine,
            signed,
            last_seq=asked.last_seq,
            last_hash=asked.last_hash,
            clerk=asked.clerk,
            approver=asked.approver,
        )
        return json_answer(_head_answer(service, signed, made))

    @app.get("/v1/cards/{card_no:path}/loads")
    def loads(card_no: str, request: Request) -> Response:
        _fresh(service.engine, signature_of(request, b""))
        return json_answer(wire.Loads(list(books.loads_of(service.engine, card_no))))

    @app.get("/v1/seals/{seal_no}/steps")
    def bag_steps(seal_no: str, request: Request) -> Response:
        _fresh(service.engine, signature_of(request, b""))
        return json_answer(wire.Loads(list(books.bag_steps(service.engine, seal_no))))


def _order_routes(app: FastAPI, service: Service) -> None:
    @app.get("/v1/orders")
    def waiting(request: Request) -> Response:
        signed = signature_of(request, b"")
        known = _fresh(service.engine, signed)
        note_contact(service.engine, known.station, request.query_params)
        if keeps_nothing_back(request.query_params):
            orders.end_leases(service.engine, known.station, signed.said_at)
        return _told(service, signed, orders.orders_for(service.engine, known.station))

    @app.post("/v1/orders/{order_id:path}/lease")
    def lease(order_id: str, request: Request) -> Response:
        signed = signature_of(request, b"")
        known = _fresh(service.engine, signed)
        held = orders.lease_order(service.engine, known.station, order_id)
        return _told(service, signed, (held,))

    @app.post("/v1/orders/{order_id:path}/release")
    def release(order_id: str, request: Request) -> Response:
        signed = signature_of(request, b"")
        known = _fresh(service.engine, signed)
        freed = orders.release_order(service.engine, known.station, order_id)
        return _told(service, signed, (freed,))


def _local_routes(app: FastAPI, service: Service) -> None:
    @app.post("/v1/stations")
    async def enrolment(request: Request) -> Response:
        if not (is_loopback(request) or request.url.scheme == "https"):
            raise LedgerRefused("local_only")
        body = await read_body(request, MOST_BYTES)
        asked = read_json(body, wire.Enrolment)
        signed = _signed_as(signature_of(request, body), asked.station)
        if not signed.by(asked.public_key):
            raise LedgerRefused("signature_bad")
        made = await run_in_threadpool(
            enrol, service.engine, asked.station, asked.public_key, asked.code, service.codes
        )
        return json_answer(_head_answer(service, signed, made))

    @app.post("/v1/orders")
    async def new_order(request: Request) -> Response:
        only_local(request, service.admin_token)
        asked = read_json(await read_body(request, MOST_BYTES), wire.NewOrder)
        fields = {name: getattr(asked, name) for name in asked.__struct_fields__}
        await run_in_threadpool(orders.post_order, service.engine, Order(**fields))
        return json_answer({"order_id": asked.order_id})

    @app.get("/v1/totals")
    def totals(request: Request) -> Response:
        only_local(request, service.admin_token)
        return json_answer(books.totals(service.engine))


def _told(service: Service, signed: Signed, found: tuple[Order, ...]) -> Response:
    told = OrdersTold(signed.station, signed.said.nonce, found)
    lines = [wire.NewOrder(**asdict(order)) for order in found]
    return json_answer(wire.Orders(lines, service.key.sign(told.message)))


def _signed_as(signed: Signed, station: str) -> Signed:
    if signed.station != station:
        raise LedgerRefused("signature_bad")
    return signed


def _known(engine: Engine, signed: Signed) -> heads.Head:
    """The head of the station that signed, whatever its status: it may always ask why."""
    head = heads.head_of(engine, signed.station)
    if not signed.by(head.public_key):
        raise LedgerRefused("signature_bad")
    return head


def _fresh(engine: Engine, signed: Signed) -> heads.Head:
    head = _known(engine, signed)
    heads.refuse_inactive(head)
    return _current(signed, head)


def _current(signed: Signed, head: heads.Head) -> heads.Head:
    if signed.said.nonce != head.nonce:
        raise LedgerRefused("nonce_stale")
    return head


def _head_answer(service: Service, signed: Signed, head: heads.Head) -> wire.HeadAnswer:
    found = acts.rewind_for(service.engine, head)
    rewind = None
    if found is not None:
        ordered, signature = found
        rewind = wire.RewindOrder(
            seq=ordered.seq,
            hash=ordered.hash,
            reason=ordered.reason,
            ordered_by=ordered.ordered_by,
            approved_by=ordered.approved_by,
            signature=signature,
        )
    return wire.HeadAnswer(
        epoch=head.epoch,
        last_seq=head.last_seq,
        last_hash=head.last_hash,
        nonce=head.nonce,
        status=head.status,
        signature=service.key.sign(head.checkpoint(signed.said.nonce).message),
        centre_key=service.key.public,
        rewind=rewind,
    )


def _ack(service: Service, signed: Signed, done: ledger.Acknowledged) -> wire.AckAnswer:
    return wire.AckAnswer(
        epoch=done.head.epoch,
        acked_seq=done.head.last_seq,
        acked_hash=done.head.last_hash,
        exceptions=[wire.Conflict(one.seq, one.code, one.other) for one in done.exceptions],
        nonce=done.head.nonce,
        totals=done.totals,
        signature=service.key.sign(done.head.checkpoint(signed.said.nonce).message),
    )
