"""Reads what a browser sends and says what may come in: forms, cookies, where a request is from."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, urlsplit

from fastapi import Request, Response
from starlette.requests import ClientDisconnect

from cardstation.central.console.audit import plain
from cardstation.central.console.sessions import LONGEST
from cardstation.central.console.uploads import KIND, MOST_UPLOAD_BYTES, Upload, parts_of
from cardstation.errors import CardStationError, Refusal
from cardstation.i18n import DEFAULT_LANGUAGE, LANGUAGES

COOKIE = "cs_session"
LOOK = {"lang": LANGUAGES, "theme": ("auto", "light", "dark")}
"""What a person may choose about the looks of the pages; cookies of these names."""
STATUS = {
    "form_stale": 403,
    "right_missing": 403,
    "password_first": 403,
    "login_wrong": 401,
    "login_locked": 429,
    "page_unknown": 404,
    "item_unknown": 404,
    "proposal_unknown": 404,
    "file_unknown": 404,
}
"""Of refusals that no page can show beside its form; others are the form's own."""
MOST_FORM_BYTES = 64 * 1024
_PATIENCE_S = 10.0
_RETRY_AFTER_S = 5
_UPLOAD_S = 60.0
_YEAR_S = 365 * 24 * 3600

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self';"
        " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


@dataclass(frozen=True, slots=True)
class Form:
    """A form that was sent, as plain text."""

    fields: Mapping[str, str]
    many: Mapping[str, tuple[str, ...]]
    upload: Upload | None = None


async def read_form(request: Request, *, brings_file: bool = False) -> Form:
    """The fields of a form.

    Args:
        request: That sends it.
        brings_file: A file comes along, in a form of the other kind; larger, and given more time.

    Raises:
        Refusal: `form_unreadable`: too large, too slow, of another kind, or no UTF-8.
    """
    whole_kind = request.headers.get("content-type", "")
    kind = whole_kind.partition(";")[0].strip().lower()
    most = MOST_UPLOAD_BYTES if brings_file else MOST_FORM_BYTES
    body = bytearray()
    upload: Upload | None = None
    try:
        async with asyncio.timeout(_UPLOAD_S if brings_file else _PATIENCE_S):
            async for part in request.stream():
                body += part
                if len(body) > most:
                    raise Refusal("form_unreadable")
        if kind != (KIND if brings_file else "application/x-www-form-urlencoded"):
            raise Refusal("form_unreadable")
        if brings_file:
            found, upload = parts_of(whole_kind, bytes(body))
        else:
            found = parse_qsl(
                body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=200
            )
    except (ValueError, TimeoutError, ClientDisconnect) as error:
        raise Refusal("form_unreadable") from error
    many: dict[str, tuple[str, ...]] = {}
    for name, value in found:
        many[name] = (*many.get(name, ()), plain(value))
    return Form({name: values[-1] for name, values in many.items()}, many, upload)


def refuse_foreign(request: Request) -> None:
    """Refuse a form that another site's page sent.

    Raises:
        Refusal: `form_stale`.
    """
    site = request.headers.get("sec-fetch-site", "same-origin")
    origin = request.headers.get("origin")
    same = origin is None or urlsplit(origin).netloc == request.headers.get("host", "")
    if site not in ("same-origin", "none") or not same:
        raise Refusal("form_stale")


def refuse_forged(csrf: str, form: Form) -> None:
    """Refuse a form that does not bring back what the session's own pages gave it.

    Raises:
        Refusal: `form_stale`.
    """
    given = form.fields.get("csrf", "")
    if not secrets.compare_digest(given.encode(), csrf.encode()):
        raise Refusal("form_stale")


def status_of(error: CardStationError) -> int:
    """The HTTP status of an error."""
    return STATUS.get(error.code, 422 if isinstance(error, Refusal) else 503)


def asked_of(request: Request) -> dict[str, str]:
    """The fields of an address and its query, as plain text."""
    named = {**request.query_params, **request.path_params}
    return {name: plain(str(value)) for name, value in named.items()}


def address_of(request: Request) -> str:
    """Where a request came from."""
    return request.client.host if request.client else ""


def look_of(request: Request) -> dict[str, str]:
    """Language and theme, as chosen, else as the browser says."""
    asked = request.headers.get("accept-language", "")
    spoken = "en" if asked.lower().startswith("en") else DEFAULT_LANGUAGE
    found = {"lang": spoken, "theme": "auto"}
    for name, allowed in LOOK.items():
        if (chosen := request.cookies.get(f"cs_{name}", "")) in allowed:
            found[name] = chosen
    return found


def own_place(asked: str) -> str:
    """An address below `/console/` to go on at; anything else is the first page."""
    parts = urlsplit(asked)
    inside = parts.path.startswith("/console/") and "\\" not in asked and ".." not in parts.path
    if not inside or parts.scheme or parts.netloc:
        return "/console/"
    query = f"?{parts.query}" if parts.query else ""
    return quote(f"{parts.path}{query}", safe="/?&=%:.-_~,+@")


def keep_session(request: Request, response: Response, token: str) -> None:
    """Set the cookie of a session; without one, take it away."""
    secure = request.url.scheme == "https"
    fixed = {"path": "/console", "httponly": True, "samesite": "strict", "secure": secure}
    if token:
        age = int(LONGEST.total_seconds())
        response.set_cookie(COOKIE, token, max_age=age, **fixed)  # type: ignore[arg-type]
    else:
        response.delete_cookie(COOKIE, **fixed)  # type: ignore[arg-type]


def keep_look(request: Request, response: Response) -> None:
    """Set the cookies of what was chosen about the looks."""
    for name, allowed in LOOK.items():
        if (chosen := request.query_params.get(name, "")) in allowed:
            response.set_cookie(
                f"cs_{name}",
                chosen,
                max_age=_YEAR_S,
                path="/console",
                httponly=True,
                samesite="strict",
                secure=request.url.scheme == "https",
            )


def hardened(request: Request, response: Response) -> Response:
    """A response with everything that keeps a browser from being used against its owner."""
    response.headers.update(_HEADERS)
    if response.status_code == 503:
        response.headers["Retry-After"] = str(_RETRY_AFTER_S)
    response.headers.setdefault("Cache-Control", "no-store")
    if request.url.scheme == "https":
        response.headers["Strict-Transport-Security"] = f"max-age={_YEAR_S}"
    return response
