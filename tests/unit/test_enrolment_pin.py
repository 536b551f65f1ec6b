"""A station pins a centre's key once all of its answer is right, and no second one unasked."""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import dataclass
from pathlib import Path

import httpx
import msgspec
import pytest

from cardstation.central.centre_key import CentreKey
from cardstation.domain.checkpoint import AnswerSigned, Checkpoint
from cardstation.domain.message_signature import ANSWER_SIGNATURE
from cardstation.errors import LedgerRefused
from cardstation.sync import wire
from cardstation.sync.http_ledger import HttpLedger
from drivers.keys import PinnedCentre
from tests.kit.postgres import TestKey

OURS, OTHER = CentreKey.generate(), CentreKey.generate()


@dataclass
class Answering:
    """A centre that enrols whoever asks, with one of its signatures by another key or none."""

    key: CentreKey
    says: CentreKey | None = None
    points: CentreKey | None = None

    def __call__(self, request: httpx.Request) -> httpx.Response:
        asked = request.headers["signature-input"]
        nonce = asked.partition('nonce="')[2].partition('"')[0]
        point = Checkpoint("S001", 1, 0, "0" * 64, nonce)
        signature = (self.points or self.key).sign(point.message)
        head = wire.Head(1, 0, "0" * 64, "next", "active", signature, self.key.public, None)
        body = msgspec.json.encode(head)
        question = b64decode(request.headers["signature"].partition(":")[2].rstrip(":"))
        said = (self.says or self.key).sign(AnswerSigned("S001", question, body).message)
        headers = {ANSWER_SIGNATURE: b64encode(said).decode()}
        return httpx.Response(200, content=body, headers=headers)


def enrolled(home: Path, answer: Answering, *, new_key: bool = False) -> None:
    transport = httpx.MockTransport(answer)
    line = HttpLedger(
        "http://127.0.0.1:1", "S001", TestKey(), PinnedCentre(home), transport=transport
    )
    try:
        assert line.enrol("code", new_key=new_key).nonce == "next"
    finally:
        line.close()


@pytest.mark.parametrize("pinned", [b"", OURS.public], ids=["first", "again"])
@pytest.mark.parametrize("new_key", [False, True])
@pytest.mark.parametrize(
    "answer", [Answering(OTHER, says=OURS), Answering(OTHER, points=OURS)], ids=["answer", "head"]
)
def test_an_answer_that_is_not_signed_by_the_key_it_names_pins_nothing(
    tmp_path: Path, pinned: bytes, new_key: bool, answer: Answering
) -> None:
    seal = PinnedCentre(tmp_path)
    if pinned:
        seal.pin(pinned)
    with pytest.raises(LedgerRefused, match="ledger_signature_bad"):
        enrolled(tmp_path, answer, new_key=new_key)
    assert seal.pinned == pinned


def test_another_centres_key_is_taken_only_when_somebody_says_so(tmp_path: Path) -> None:
    seal = PinnedCentre(tmp_path)
    for _ in range(2):
        enrolled(tmp_path, Answering(OURS))
        assert seal.pinned == OURS.public
    with pytest.raises(LedgerRefused, match="centre_key_other"):
        enrolled(tmp_path, Answering(OTHER))
    assert seal.pinned == OURS.public
    enrolled(tmp_path, Answering(OTHER), new_key=True)
    assert seal.pinned == OTHER.public
