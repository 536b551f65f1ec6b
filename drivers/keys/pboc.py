"""The arithmetic of PBOC purses: card keys, session keys, MAC1, MAC2, TAC, secure messaging.

Everything is 3DES with two keys in ECB, or single DES in CBC with an IV of zeros; the reference's
section 3.2 to 3.4 is where each formula stands. Keys go in and out as `Secret`.
"""

from __future__ import annotations

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext, modes

from cardstation.errors import ensure
from cardstation.ports.purse import LoadOrder, PurseKind
from drivers.keys.secret import Secret

BLOCK = 8
MAC_BYTES = 4
CHALLENGE_BYTES = 4
ZEROS = bytes(BLOCK)
_ECB = modes.ECB()  # noqa: S305  # the standard's own mode, one block at a time


def encrypt(key: Secret, data: bytes) -> bytes:
    """3DES (16 bytes of key) or DES (8 bytes) of whole blocks, one by one."""
    return _blocks(_cipher(key, _ECB).encryptor(), data)


def decrypt(key: Secret, data: bytes) -> bytes:
    """The inverse of `encrypt`."""
    return _blocks(_cipher(key, _ECB).decryptor(), data)


def encrypt_chained(key: Secret, data: bytes) -> bytes:
    """As `encrypt`, in CBC from zeros on."""
    return _blocks(_cipher(key, modes.CBC(ZEROS)).encryptor(), data)


def decrypt_chained(key: Secret, data: bytes) -> bytes:
    """The inverse of `encrypt_chained`."""
    return _blocks(_cipher(key, modes.CBC(ZEROS)).decryptor(), data)


def padded(data: bytes) -> bytes:
    """80, then zeros up to a whole block; always at least the 80."""
    return data + b"\x80" + bytes(-(len(data) + 1) % BLOCK)


def mac(key: Secret, data: bytes, start: bytes = ZEROS) -> bytes:
    """The whole last block; of it the left four bytes are the MAC.

    With 8 bytes of key CBC with DES; with 16 bytes CBC with the left half, whose last block then
    goes through both halves (ISO 9797-1, algorithm 3).
    """
    text = padded(data)
    if len(key.reveal()) == BLOCK:
        return _blocks(_cipher(key, modes.CBC(start)).encryptor(), text)[-BLOCK:]
    left, last = Secret(key.reveal()[:BLOCK]), text[-BLOCK:]
    chained = start
    if len(text) > BLOCK:
        chained = _blocks(_cipher(left, modes.CBC(start)).encryptor(), text[:-BLOCK])[-BLOCK:]
    return encrypt(key, bytes(a ^ b for a, b in zip(chained, last, strict=True)))


def diversified(master: Secret, *factors: bytes) -> Secret:
    """A card's own key: 3DES of each level's factor, and of its inverse, under the key above."""
    key = master
    for factor in factors:
        ensure(len(factor) == BLOCK, "a diversification factor has eight bytes")
        inverse = bytes(byte ^ 0xFF for byte in factor)
        key = Secret(encrypt(key, factor + inverse))
    return key


def load_session_text(challenge: bytes, sequence: int) -> bytes:
    """What a load's session key is made of; the key is its 3DES under the card's load key."""
    return challenge + sequence.to_bytes(2) + b"\x80\x00"


def load_session_key(card_key: Secret, challenge: bytes, sequence: int) -> Secret:
    """SESLK, used as a single DES key."""
    return Secret(encrypt(card_key, load_session_text(challenge, sequence)))


def purchase_session_key(card_key: Secret, challenge: bytes, sequence: int, count: int) -> Secret:
    """SESPK, from the offline count and the two low bytes of the terminal's own count."""
    text = challenge + sequence.to_bytes(2) + (count & 0xFFFF).to_bytes(2)
    return Secret(encrypt(card_key, text))


def kind_byte(kind: PurseKind) -> bytes:
    """The transaction type of a load in MACs and in GET TRANSACTION PROVE."""
    return bytes([kind.value])


def mac1_text(balance_fen: int, order: LoadOrder) -> bytes:
    """What the card proves with MAC1."""
    head = balance_fen.to_bytes(4) + order.fen.to_bytes(4)
    return head + kind_byte(order.kind) + order.terminal


def mac2_text(order: LoadOrder) -> bytes:
    """What the desk proves with MAC2."""
    return order.fen.to_bytes(4) + kind_byte(order.kind) + order.terminal + order.moment


def tac_text(new_balance_fen: int, sequence: int, order: LoadOrder) -> bytes:
    """What the card proves for ever with the TAC; `sequence` as INITIALIZE answered it."""
    return new_balance_fen.to_bytes(4) + sequence.to_bytes(2) + mac2_text(order)


def tac_key(internal: Secret) -> Secret:
    """Both halves of the internal key, one over the other: a single DES key."""
    whole = internal.reveal()
    halves = zip(whole[:BLOCK], whole[BLOCK:], strict=True)
    return Secret(bytes(left ^ right for left, right in halves))


def external_cryptogram(key: Secret, challenge: bytes) -> bytes:
    """The answer to a challenge of four bytes (zeros follow) or eight."""
    return encrypt(key, challenge.ljust(BLOCK, b"\x00"))


def line_cipher(key: Secret, data: bytes) -> bytes:
    """Data under secure messaging with encryption: its length leads, whole blocks stay as is."""
    return encrypt(key, line_text(data))


def line_text(data: bytes) -> bytes:
    """What is encrypted: length, data, and 80 00 … only where the last block is not full."""
    text = bytes([len(data)]) + data
    return text if len(text) % BLOCK == 0 else padded(text)


def line_mac(key: Secret, challenge: bytes, head: bytes, data: bytes) -> bytes:
    """The MAC of a command under secure messaging; its Lc counts the MAC too.

    `head` is CLA INS P1 P2, `data` what is sent: a cipher where it is encrypted.
    """
    ensure(len(challenge) == CHALLENGE_BYTES, "secure messaging begins with a four-byte challenge")
    length = bytes([len(data) + MAC_BYTES])
    return mac(key, head + length + data, challenge.ljust(BLOCK, b"\x00"))[:MAC_BYTES]


def _cipher(key: Secret, mode: modes.ECB | modes.CBC) -> Cipher[modes.ECB | modes.CBC]:
    value = key.reveal()
    ensure(len(value) in (BLOCK, 2 * BLOCK), "a purse key has eight or sixteen bytes")
    return Cipher(TripleDES((value * 3)[: 3 * BLOCK]), mode)


def _blocks(context: CipherContext, data: bytes) -> bytes:
    ensure(len(data) % BLOCK == 0, "whole blocks only")
    return context.update(data) + context.finalize()
