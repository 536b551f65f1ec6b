"""Message signatures against the standard's own example, and every way they may be wrong."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from cardstation.central.signatures import genuine
from cardstation.domain.message_signature import (
    COVERED,
    content_digest,
    digest_matches,
    read_signature,
    read_signature_input,
    signature_base,
    signature_params,
)

# RFC 9421 appendix B.1.4 (public key) and B.2.6 (signing a request with Ed25519).
RFC_PUBLIC = base64.b64decode("JrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=")
RFC_INPUT = (
    'sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length")'
    ';created=1618884473;keyid="test-key-ed25519"'
)
RFC_SIGNATURE = (
    "sig-b26=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu"
    "4A0w6vuQv5lIp5WPpBKRCw==:"
)
RFC_MESSAGE = {
    "date": "Tue, 20 Apr 2021 02:07:55 GMT",
    "@method": "POST",
    "@path": "/foo",
    "@authority": "example.com",
    "content-type": "application/json",
    "content-length": "18",
}
MESSAGE = {
    "@method": "POST",
    "@authority": "127.0.0.1:8000",
    "@path": "/v1/stations/S001/entries",
    "@query": "?",
    "content-digest": content_digest(b"{}"),
}


def test_the_standards_own_example() -> None:
    said = read_signature_input(RFC_INPUT)
    assert said.created == 1618884473
    assert said.key_id == "test-key-ed25519"
    base = signature_base(RFC_MESSAGE, said.covered, said.params)
    assert genuine(RFC_PUBLIC, read_signature(RFC_SIGNATURE, "sig-b26"), base)


def test_content_digest_example_of_the_standard() -> None:
    """RFC 9530 appendix B.1, the body with its line feed."""
    assert content_digest(b'{"hello": "world"}\n') == (
        "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:"
    )
    assert not digest_matches(content_digest(b"a"), b"b")


def test_what_is_signed_is_what_is_read() -> None:
    params = signature_params(COVERED, created=7, nonce="n-1_~", key_id="S001")
    said = read_signature_input(f"station={params}")
    assert (said.covered, said.params) == (COVERED, params)
    assert (said.nonce, said.key_id, said.label) == ("n-1_~", "S001", "station")


@pytest.mark.parametrize("changed", list(MESSAGE))
def test_any_changed_component_breaks_the_signature(changed: str) -> None:
    key = Ed25519PrivateKey.generate()
    params = signature_params(COVERED, created=7, nonce="n", key_id="S001")
    signature = key.sign(signature_base(MESSAGE, COVERED, params))
    public = key.public_key().public_bytes_raw()
    assert genuine(public, signature, signature_base(MESSAGE, COVERED, params))
    other = {**MESSAGE, changed: MESSAGE[changed] + "x"}
    assert not genuine(public, signature, signature_base(other, COVERED, params))
    renamed = params.replace('nonce="n"', 'nonce="m"')
    assert not genuine(public, signature, signature_base(MESSAGE, COVERED, renamed))


def test_a_key_or_signature_of_the_wrong_size_is_not_genuine() -> None:
    assert not genuine(b"", b"\0" * 64, b"")
    assert not genuine(RFC_PUBLIC, b"short", b"")


@pytest.mark.parametrize(
    "field",
    [
        "",
        "station",
        'station=("@path"',
        'station=("@path" "@path");created=1',
        'station=("@path";req);created=1',
        "station=(@path);created=1",
        'station=("@path");created=1, other=("@path");created=1',
        'station=("@path");created=1;created=2',
        'station=("@path");created="1" ;nonce="a"',
        'station=("@path");alg="rsa-v1_5-sha256"',
    ],
)
def test_anything_else_is_refused(field: str) -> None:
    with pytest.raises(ValueError):
        read_signature_input(field)


@pytest.mark.parametrize("field", ["", "other=:AAAA:", "station=:A!:", "station=:AAAA"])
def test_not_a_signature(field: str) -> None:
    with pytest.raises(ValueError):
        read_signature(field, "station")


@pytest.mark.parametrize("text", ['a"b', "a b", "a\\b", "a\n"])
def test_tokens_that_would_need_quoting_are_refused(text: str) -> None:
    with pytest.raises(ValueError):
        signature_params(COVERED, created=1, nonce=text, key_id="S001")
