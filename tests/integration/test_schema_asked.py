"""Whatever the ledger's description allows, and what it does not: answered as it says, and kept.

`./dev soak hostile` asks the same for longer.
"""

from __future__ import annotations

import pytest
from fastapi.routing import APIRoute
from starlette.routing import Mount

from cardstation.central.api import Service, build
from cardstation.central.enrolment import EnrolmentCodes
from cardstation.central.openapi import document
from tests.kit.hostile import House
from tests.kit.postgres import ADMIN, CENTRE_KEY
from tests.kit.schema_asked import Asker

pytest_plugins = ("tests.kit.ledger_fixtures", "tests.kit.hostile_fixtures")
pytestmark = [pytest.mark.postgres, pytest.mark.xdist_group("schema")]

EXAMPLES = 1
UNTOLD = {("GET", "/openapi.json")}


def test_every_operation_answers_as_it_says(house: House) -> None:
    asker = Asker(house, examples=EXAMPLES)
    try:
        asked = [asker.ask(one) for one in asker.operations()]
    finally:
        asker.close()
    assert len(asked) == sum(len(path) for path in document()["paths"].values())
    for who in ("station 200", "desk 200", "person 200", "person 303", "nobody 401", "nobody 403"):
        assert asker.told[who], (who, asker.told)
    assert not [who for who in asker.told if who.rpartition(" ")[2] >= "500"]


def test_what_is_served_is_told(house: House) -> None:
    """Nothing answers that the description does not name."""
    app = build(Service(house.centre.books.engine, EnrolmentCodes(), ADMIN, CENTRE_KEY))
    served = set()
    for route in app.routes:
        inside = route.app.routes if isinstance(route, Mount) else [route]
        prefix = route.path if isinstance(route, Mount) else ""
        for one in inside:
            if isinstance(one, APIRoute):
                place = f"{prefix}{one.path}".replace(":path}", "}")
                served |= {(method, place) for method in one.methods}
    told = {
        (method.upper(), place)
        for place, methods in document()["paths"].items()
        for method in methods
    }
    assert served - UNTOLD == told
