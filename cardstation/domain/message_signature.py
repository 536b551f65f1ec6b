"""HTTP message signatures: which bytes of a request are signed, the same on both sides.

RFC 9421 with Ed25519 (§3.3.6) and the Content-Digest field of RFC 9530. Only what this product
sends: one signature labelled `station`, derived components and single-valued fields.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

LABEL = "station"
ANSWER_SIGNATURE = "centre-signature"
"""Header of an answer to a signed request: the centre's signature over `AnswerSigned`, base64."""
COVERED = ("@method", "@authority", "@path", "@query", "content-digest")

_INPUT = re.compile(r"(?P<label>[a-z*][a-z0-9_.*-]*)=(?P<params>\((?P<parts>[^()]*)\)(?P<rest>.*))")
_PARAM = re.compile(r';(?P<name>[a-z*][a-z0-9_.*-]*)=(?:(?P<number>-?\d+)|"(?P<text>[^"\\]*)")')
_PLAIN = re.compile(r"[A-Za-z0-9_.:~+/=-]*")


@dataclass(frozen=True, slots=True)
class SignatureInput:
    """What a Signature-Input field says.

    Attributes:
        covered: Names of the signed components, in order.
        params: The signature parameters exactly as sent; they are signed too.
        created: Seconds since 1970 by the signer's clock.
    """

    label: str
    covered: tuple[str, ...]
    params: str
    created: int
    nonce: str
    key_id: str


def content_digest(body: bytes) -> str:
    """The Content-Digest field of a body (SHA-256)."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"


def digest_matches(field: str, body: bytes) -> bool:
    """Whether a Content-Digest field is the one of a body."""
    return hmac.compare_digest(field.encode(), content_digest(body).encode())


def signature_params(covered: Sequence[str], *, created: int, nonce: str, key_id: str) -> str:
    """The signature parameters as they are sent and signed.

    Raises:
        ValueError: a nonce or key id with characters that would need quoting.
    """
    for text in (nonce, key_id):
        if not _PLAIN.fullmatch(text):
            raise ValueError("not a plain token")
    parts = " ".join(f'"{name}"' for name in covered)
    return f'({parts});created={created};nonce="{nonce}";keyid="{key_id}";alg="ed25519"'


def signature_base(components: Mapping[str, str], covered: Sequence[str], params: str) -> bytes:
    """The bytes that are signed (RFC 9421 §2.5).

    Raises:
        KeyError: a covered component that the message does not have.
    """
    lines = [f'"{name}": {components[name]}' for name in covered]
    return "\n".join([*lines, f'"@signature-params": {params}']).encode()


def read_signature_input(field: str) -> SignatureInput:
    """Read a Signature-Input field.

    Raises:
        ValueError: not one signature, a component named twice or with parameters, or another
            algorithm than Ed25519.
    """
    found = _INPUT.fullmatch(field.strip())
    if found is None:
        raise ValueError("not a signature input")
    covered = tuple(re.findall(r'"([^"]*)"', found["parts"]))
    spelled = " ".join(f'"{name}"' for name in covered)
    params = list(_PARAM.finditer(found["rest"]))
    named = {param["name"]: param["number"] or param["text"] or "" for param in params}
    whole = "".join(param[0] for param in params) == found["rest"] and len(named) == len(params)
    if spelled != found["parts"] or len(set(covered)) != len(covered) or not whole:
        raise ValueError("not a signature input")
    if named.get("alg", "ed25519") != "ed25519":
        raise ValueError("another algorithm")
    return SignatureInput(
        label=found["label"],
        covered=covered,
        params=found["params"],
        created=int(named.get("created", "0")),
        nonce=named.get("nonce", ""),
        key_id=named.get("keyid", ""),
    )


def read_signature(field: str, label: str) -> bytes:
    """The signature of a label in a Signature field.

    Raises:
        ValueError: it is not there or not base64.
    """
    start, end = f"{label}=:", ":"
    text = field.strip()
    if not (text.startswith(start) and text.endswith(end) and len(text) > len(start)):
        raise ValueError("no such signature")
    return base64.b64decode(text[len(start) : -1], validate=True)
