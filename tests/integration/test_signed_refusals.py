"""A refusal is believed when the centre signed it for this very question, and only then."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace
from pathlib import Path

import httpx
import msgspec
import pytest

from cardstation.central.centre_key import CentreKey
from cardstation.domain.checkpoint import AnswerSigned
from cardstation.domain.message_signature import (
    ANSWER_SIGNATURE,
    LABEL,
    content_digest,
    read_signature,
)
from cardstation.errors import LedgerRefused
from cardstation.services.sync import FREEZING, sync
from cardstation.store import Store
from cardstation.sync.http_ledger import HttpLedger
from cardstation.sync.signing import TO_STRANGERS
from cardstation.sync.wire import Enrolment
from tests.kit.desk import bare_desk
from tests.kit.postgres import CENTRE_KEY, CODES, Centre, TestKey, TestPin

pytest_plugins = ("tests.kit.ledger_fixtures",)

ANOTHER = CentreKey.generate()


def refusing(code: str, key: CentreKey | None) -> HttpLedger:
    """A line on which somebody says no, signed by a key or by none."""

    def answer(request: httpx.Request) -> httpx.Response:
        body = b'{"code":"%s","values":{}}' % code.encode()
        said = AnswerSigned("S001", read_signature(request.headers["signature"], LABEL), body)
        signed = key and {ANSWER_SIGNATURE: b64encode(key.sign(said.message)).decode()}
        return httpx.Response(409, content=body, headers=signed)

    pin, wire = TestPin(CENTRE_KEY.public), httpx.MockTransport(answer)
    return HttpLedger("http://127.0.0.1:1", "S001", TestKey(), pin, transport=wire)


@pytest.mark.parametrize(
    ("key", "believed", "verdict"),
    [
        (None, "ledger_answer_unsigned", ""),
        (ANOTHER, "ledger_signature_bad", ""),
        (CENTRE_KEY, "ledger_fork", "ledger_fork"),
    ],
    ids=["unsigned", "another's", "genuine"],
)
def test_only_the_centre_stops_a_desk(
    tmp_path: Path, key: CentreKey | None, believed: str, verdict: str
) -> None:
    store = Store.open(tmp_path)
    line = refusing("ledger_fork", key)
    desk = replace(bare_desk(store), name="S001", ledger=line)
    with pytest.raises(LedgerRefused, match=believed):
        sync(desk)
    with store.reading() as reading:
        assert reading.outbox.verdict() == verdict
    line.close()
    store.close()


def test_nothing_that_is_said_to_strangers_stops_a_desk() -> None:
    assert not TO_STRANGERS & FREEZING


def test_a_refusal_of_one_question_is_none_of_another(centre: Centre) -> None:
    line = centre.station()
    nonce = line.head().nonce
    kept: list[httpx.Response] = []
    send = line._client.send

    def swapped(request: httpx.Request) -> httpx.Response:
        kept.append(send(request))
        return kept[0]

    line._client.send = swapped  # type: ignore[method-assign,assignment]
    with pytest.raises(LedgerRefused, match="batch_empty"):
        line.push([], nonce)
    with pytest.raises(LedgerRefused, match="ledger_signature_bad"):
        line.push([b"{}"], nonce)


def test_words_of_others_under_a_stations_signature_get_no_signed_refusal(
    centre: Centre,
) -> None:
    line = centre.station()
    nonce = line.head().nonce
    answers: list[httpx.Response] = []

    def mangled(request: httpx.Request) -> httpx.Response:
        """The same signature: on another body, on another path, and from a stranger."""
        mine = msgspec.json.encode(Enrolment("S001", ANOTHER.public, CODES[1]))
        for path, body, digest in (
            ("/S001/entries", b"x", request.headers["content-digest"]),
            ("/S001/entries", b"x", content_digest(b"x")),
            ("/S001/board", request.content, request.headers["content-digest"]),
            ("", mine, content_digest(mine)),
        ):
            names = ("signature", "signature-input")
            kept = {name: request.headers[name] for name in names} | {"content-digest": digest}
            url = f"{centre.url}/v1/stations{path}"
            answers.append(httpx.post(url, content=body, headers=kept, trust_env=False))
        return answers[0]

    line._client.send = mangled  # type: ignore[method-assign,assignment]
    with pytest.raises(LedgerRefused, match="signature_bad"):
        line.push([], nonce)
    assert len(answers) == 4
    assert [one for one in answers if ANSWER_SIGNATURE in one.headers] == []
