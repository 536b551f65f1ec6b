"""Asks the ledger everything its own description allows, and what it does not, as who may and not.

Schemathesis makes the requests out of the description; a station's are signed, a person's carry
their cookie and what their forms must bring back.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from requests.auth import AuthBase
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from sqlalchemy import select

from cardstation.central.console.roles import Role
from cardstation.central.openapi import DESK, PERSON, STATION, document
from cardstation.central.tables import stations
from resources import path
from tests.kit.console import Browser, Town, person
from tests.kit.hostile import House
from tests.kit.postgres import ADMIN

CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
)
SECRET_ACCOUNT = "0000004711"
ENDS_THE_VISIT = ("/console/logout",)
KNOWN = {"station": "S001", "number": "1", "kind": "csv", "batch": "B1"}
NASTY = ("", "1", "S001", "\0\ud7ff", "<script>", "'; --", "9" * 300, "2026-11-26", "=1+1", "-5")
_FIELD = re.compile(r'name="(\w+)"')


class Signing(AuthBase):
    """S001's signature over whatever is sent."""

    def __init__(self, house: House) -> None:
        self._house = house

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        parts = urlsplit(str(request.url))
        asked = f"{parts.path}?{parts.query}" if parts.query else parts.path
        body = request.body or b""
        raw = body.encode() if isinstance(body, str) else bytes(body)
        with self._house.centre.books.owner.connect() as connection:
            mine = select(stations.c.nonce).where(stations.c.station == "S001")
            nonce = str(connection.scalar(mine))
        request.headers.update(self._house.signed(str(request.method), asked, raw, nonce=nonce))
        return request


class Desk(AuthBase):
    """A program of the ledger's machine."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["authorization"] = f"Bearer {ADMIN}"
        return request


def form_fields() -> Sequence[str]:
    """Every field that a form of the console has."""
    pages = sorted(path("console").rglob("*.html"))
    found = {name for page in pages for name in _FIELD.findall(page.read_text("utf-8"))}
    return sorted(found - {"csrf", "viewport"})


class Asker:
    """Asks one ledger.

    Attributes:
        told: How many answers of each status.
    """

    def __init__(self, house: House, *, examples: int, number: int = 0) -> None:
        self.told: Counter[str] = Counter()
        self._house, self._examples, self._number = house, examples, number
        self._session = requests.Session()
        self._session.trust_env = False
        town = Town(house.centre)
        town.lines["S002"] = _line(house)
        town.sell("S002", int(SECRET_ACCOUNT))
        self._browser = Browser(house.centre.url)
        person(house.centre.books, "chief", *Role)
        assert self._browser.log_in("chief").status_code == 303
        self._csrf = self._browser.csrf()
        self._fields = form_fields()
        self._values = itertools.cycle(NASTY)

    def close(self) -> None:
        self._session.close()
        self._browser.close()

    def operations(self) -> Iterator[Any]:
        for found in schemathesis.openapi.from_dict(dict(document())).get_all_operations():
            yield found.ok()

    def ask(self, operation: Any) -> None:
        """Ask one operation: as nobody, as who may, and as who may but says nonsense."""
        kinds = [kind for one in operation.definition.raw.get("security", ()) for kind in one]
        opens = kinds[0] if kinds else ""
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            self._run(operation, mode, "")
            if opens and operation.path not in ENDS_THE_VISIT:
                self._run(operation, mode, opens)

    def _run(self, operation: Any, mode: GenerationMode, as_who: str) -> None:
        names = {one for one in KNOWN if f"{{{one}}}" in operation.path}
        fixed = {name: KNOWN[name] for name in names} if mode.is_positive else None

        @seed(self._number)
        @settings(
            max_examples=self._examples,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(mode, path_parameters=fixed))
        def once(case: Any) -> None:
            self._once(case, as_who, needs=bool(operation.definition.raw.get("security")))

        try:
            once()
        except Unsatisfiable:
            # Where nothing is asked, nothing can be asked wrongly.
            assert mode.is_negative, operation.path

    def _once(self, case: Any, as_who: str, *, needs: bool) -> None:
        if as_who == PERSON and isinstance(case.body, Mapping):
            filled = {name: next(self._values) for name in self._fields}
            case.body = {**filled, **case.body, "csrf": self._csrf}
        cookies = {**(case.cookies or {}), **dict(self._browser.client.cookies)}
        auth = {STATION: Signing(self._house), DESK: Desk()}.get(as_who)
        answer = case.call(
            base_url=self._house.centre.url,
            session=self._session,
            auth=auth,
            cookies=cookies if as_who == PERSON else None,
            allow_redirects=False,
            timeout=60,
        )
        self.told[f"{as_who or 'nobody'} {answer.status_code}"] += 1
        case.validate_response(answer, checks=list(CHECKS))
        if needs and not as_who:
            refused = answer.status_code in (401, 403, 404, 405, 413, 422)
            sent_away = "/console/login" in str(answer.headers.get("location", ""))
            assert refused or (answer.status_code == 303 and sent_away), case.as_curl_command()
            assert SECRET_ACCOUNT not in answer.text


def _line(house: House) -> Any:
    from tests.kit.facts import Chain

    return house.centre.line("S002", house.keys["S002"]), Chain("S002")
