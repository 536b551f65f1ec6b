"""The ledger's own description, OpenAPI 3.1: every address that is answered, and with what.

Made of the values that go over the wire and of the console's own lists, so it cannot say less
than what is served; a test asks everything it allows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

import msgspec

from cardstation import __version__
from cardstation.central import wire
from cardstation.central.books import Totals
from cardstation.central.console.exports import TYPES
from cardstation.central.console.gate import COOKIE
from cardstation.central.console.pages import ACTS, EXPORTS, PAGES
from cardstation.central.console.rendering import STATIC
from cardstation.central.console.uploads import KIND
from cardstation.central.feeds import wire as feeds

Said = dict[str, Any]

STATION, DESK, PERSON = "station", "desk", "person"
_KEYS: Said = {
    STATION: {
        "type": "apiKey",
        "in": "header",
        "name": "signature",
        "description": "RFC 9421, Ed25519, labelled `station`, over @method, @authority, @path,"
        " @query and content-digest (RFC 9530, SHA-256); signature-input names keyid = station and"
        " the nonce of the last answer, which only the head needs not.",
    },
    DESK: {
        "type": "http",
        "scheme": "bearer",
        "description": "Programs of the ledger's own machine, with the token of its start.",
    },
    PERSON: {"type": "apiKey", "in": "cookie", "name": COOKIE, "description": "A login."},
}
_FIELD = re.compile(r"\{(\w+)\}")
_NEWS = ("version", "unsent", "oldest", "boot", "grant")
_ASKED = (
    *("q", "day", "which", "code", "station", "clerk", "act", "before", "done", "wall"),
    *("team", "zone"),
)


@dataclass(frozen=True, slots=True)
class _Told:
    """One operation of stations or of the desk."""

    method: str
    path: str
    what: str
    answer: type
    opens: str = STATION
    body: type | None = None
    asks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Done:
    """It works."""

    ok: bool


@dataclass(frozen=True, slots=True)
class Posted:
    """The order that was posted."""

    order_id: str


_HOME = "/v1/stations/{station}"
_OPERATIONS = (
    _Told("get", "/healthz", "Whether the books can be read", Done, ""),
    _Told("get", f"{_HOME}/head", "What the books have of a station", wire.HeadAnswer, asks=_NEWS),
    _Told("get", f"{_HOME}/entries", "Own entries after one", wire.Loads, asks=("after",)),
    _Told("post", f"{_HOME}/entries", "Post entries", wire.AckAnswer, body=wire.Batch),
    _Told("post", f"{_HOME}/epoch", "Begin a new epoch", wire.HeadAnswer, body=wire.EpochAsked),
    _Told(
        "post", f"{_HOME}/board", "Say what the board shows", wire.BoardHeard, body=wire.BoardTold
    ),
    _Told("get", "/v1/cards/{card_no}/loads", "What decides a card's intents", wire.Loads),
    _Told("get", "/v1/seals", "Hand-overs by seal", wire.Loads, asks=("first", "last")),
    _Told("get", "/v1/seals/{seal_no}/steps", "The steps of the bag under a seal", wire.Loads),
    _Told("get", "/v1/receipts/{receipt_no}/invoice", "Its tax invoice", wire.Invoiced),
    _Told("get", "/v1/orders", "Orders that wait", wire.Orders, asks=_NEWS),
    _Told("post", "/v1/orders/{order_id}/lease", "Hold an order", wire.Orders),
    _Told("post", "/v1/orders/{order_id}/release", "Let an order go", wire.Orders),
    _Told("get", "/v1/feeds", "How far the feeds are", feeds.Feeds, asks=("at",)),
    _Told("get", "/v1/feeds/deltas", "What changed", feeds.Deltas, asks=("feed", "after")),
    _Told("get", "/v1/feeds/snapshot", "The newest whole", feeds.Snapshot, asks=("feed",)),
    _Told("get", "/v1/feeds/page", "A page of it", bytes, asks=("feed", "number", "page")),
    _Told("post", "/v1/stations", "Enrol", wire.HeadAnswer, body=wire.Enrolment),
    _Told("post", "/v1/orders", "Post a paid order", Posted, DESK, wire.NewOrder),
    _Told("get", "/v1/totals", "The books in one view", Totals, DESK),
)


@cache
def document() -> Said:
    """The whole description, as JSON values."""
    kinds = {kind for one in _OPERATIONS for kind in (one.answer, one.body) if kind is not None}
    told = sorted({*kinds, wire.Refused} - {bytes}, key=lambda kind: kind.__name__)
    _, schemas = msgspec.json.schema_components(told, ref_template="#/components/schemas/{name}")
    paths: dict[str, Said] = {}
    for one in _OPERATIONS:
        paths.setdefault(one.path, {})[one.method] = _operation(one)
    for address, method, said in _console():
        paths.setdefault(f"/console/{address}", {})[method] = said
    return {
        "openapi": "3.1.0",
        "info": {"title": "cardstation central ledger", "version": __version__},
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": _KEYS},
    }


def _operation(one: _Told) -> Said:
    refused = _answer("Why not", "application/json", _of(wire.Refused))
    said: Said = {
        "summary": one.what,
        "parameters": _parameters(one.path, one.asks),
        "security": [{one.opens: []}] if one.opens else [],
        "responses": {
            "200": _answer("Done", *_content(one.answer)),
            **({"4XX": refused} if one.opens else {}),
            "503": refused,
        },
    }
    if one.body is not None:
        said["requestBody"] = _body("application/json", _of(one.body))
    return said


def _console() -> list[tuple[str, str, Said]]:
    """Pages, acts and exports: addresses below `/console/`, methods and what is to be said."""
    found = [
        ("login", "get", _page("Log in", "login", login=False)),
        ("login", "post", {**_page("Log in", "login", login=False), "requestBody": _form(False)}),
        ("look", "get", _page("Choose language and theme", "look", login=False)),
        ("static/{name}", "get", _static()),
    ]
    found += [(one.address, "get", _page(one.title, one.address)) for one in PAGES]
    for act in ACTS:
        said = {**_page(act.path, act.path), "requestBody": _form(act.brings_file)}
        found.append((act.path, "post", said))
    for export in EXPORTS:
        address = f"exports/{export.name}.{{kind}}"
        said = _page(export.title, address)
        file = {"description": "The file", "content": {kind: {} for kind in TYPES.values()}}
        said["responses"] |= {"200": file}
        found.append((address, "get", said))
    return found


def _page(what: str, address: str, *, login: bool = True) -> Said:
    page = _answer("A page", "text/html", {"type": "string"})
    return {
        "summary": what,
        "parameters": _parameters(address, _ASKED),
        "security": [{PERSON: []}] if login else [],
        "responses": {
            "200": page,
            "303": {"description": "Go on there", "headers": {"Location": {"schema": _TEXT}}},
            "4XX": page,
            "503": page,
        },
    }


def _static() -> Said:
    said = _page("A file of the pages", "static/{name}", login=False)
    said["responses"] = {
        "200": {"description": "The file", "content": {kind: {} for kind in STATIC.values()}},
        "404": said["responses"]["4XX"],
    }
    return said


_TEXT: Said = {"type": "string"}


def _form(brings_file: bool) -> Said:
    fields: Said = {"type": "object", "additionalProperties": _TEXT}
    if not brings_file:
        return _body("application/x-www-form-urlencoded", fields)
    file = {"type": "string", "contentMediaType": "application/octet-stream"}
    return _body(KIND, {**fields, "properties": {"file": file}})


def _parameters(path: str, asks: tuple[str, ...]) -> list[Said]:
    places = [(name, "path") for name in _FIELD.findall(path)]
    places += [(name, "query") for name in asks if (name, "path") not in places]
    return [
        {"name": name, "in": place, "required": place == "path", "schema": _TEXT}
        for name, place in places
    ]


def _content(kind: type) -> tuple[str, Said]:
    return ("application/octet-stream", {}) if kind is bytes else ("application/json", _of(kind))


def _of(kind: type) -> Said:
    return {"$ref": f"#/components/schemas/{kind.__name__}"}


def _body(kind: str, schema: Said) -> Said:
    return {"required": True, "content": {kind: {"schema": schema}}}


def _answer(what: str, kind: str, schema: Said) -> Said:
    return {"description": what, "content": {kind: {"schema": schema}}}
