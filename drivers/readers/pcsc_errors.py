"""What every result code of PC/SC means to a station: one table, hresult → error.

The codes are those of pcsc-lite and of Windows (reference cards 2.5 and 5.2) and, during an
exchange on Windows, raw Win32 codes without the 8010 prefix. The sign of an hresult differs
between platforms, so it is masked to 32 bits first.

Measured with pcscd 1.9.9 and vpcd: a daemon killed during a call gives 80100013 once and
8010001D ever after; a card gone during an exchange gives 0 with an empty answer, then 80100016,
then 80100069; an answer of one byte makes pyscard raise SystemError; and on any error
`SCardTransmit` hands back 64 KiB of memory that was never written, so data that comes with an
error is neither looked at nor logged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from cardstation.errors import (
    CardMute,
    CardRemoved,
    CardServiceGone,
    LinkFailed,
    Mishap,
    ReaderBusy,
    ReaderGone,
    ReaderHung,
    Value,
)

SUCCESS = 0
CANCELLED = 0x80100002
UNKNOWN_READER = 0x80100009
TIMEOUT = 0x8010000A
SHARING_VIOLATION = 0x8010000B
PROTO_MISMATCH = 0x8010000F
NO_READERS = 0x8010002E
UNRESPONSIVE_CARD = 0x80100066


@dataclass(frozen=True, slots=True)
class Meaning:
    """An error class and the code it is raised with (the class's own name by default)."""

    error: type[Mishap]
    code: str = ""


GONE = Meaning(CardServiceGone)
DENIED = Meaning(CardServiceGone, "card_service_denied")
REMOVED = Meaning(CardRemoved)
UNPLUGGED = Meaning(ReaderGone)
MUTE = Meaning(CardMute)
BUSY = Meaning(ReaderBusy)
HUNG = Meaning(ReaderHung)
BROKEN = Meaning(LinkFailed)

MEANINGS: Mapping[int, Meaning] = MappingProxyType(
    {
        0x00000006: UNPLUGGED,  # Windows ERROR_INVALID_HANDLE
        0x00000016: REMOVED,  # Windows ERROR_BAD_COMMAND
        0x0000001F: REMOVED,  # Windows ERROR_GEN_FAILURE
        0x0000045D: REMOVED,  # Windows ERROR_IO_DEVICE
        0x80100001: BROKEN,  # F_INTERNAL_ERROR
        CANCELLED: BROKEN,
        0x80100003: GONE,  # E_INVALID_HANDLE: the handle died with the service
        0x80100004: BROKEN,  # E_INVALID_PARAMETER
        0x80100005: BROKEN,  # E_INVALID_TARGET
        0x80100006: BROKEN,  # E_NO_MEMORY
        0x80100007: HUNG,  # F_WAITED_TOO_LONG
        0x80100008: BROKEN,  # E_INSUFFICIENT_BUFFER
        UNKNOWN_READER: UNPLUGGED,
        TIMEOUT: HUNG,
        SHARING_VIOLATION: BUSY,
        0x8010000C: REMOVED,  # E_NO_SMARTCARD
        0x8010000D: MUTE,  # E_UNKNOWN_CARD
        0x8010000E: BROKEN,  # E_CANT_DISPOSE
        PROTO_MISMATCH: MUTE,
        0x80100010: BROKEN,  # E_NOT_READY
        0x80100011: BROKEN,  # E_INVALID_VALUE
        0x80100012: GONE,  # E_SYSTEM_CANCELLED
        0x80100013: GONE,  # F_COMM_ERROR: between library and service
        0x80100014: BROKEN,  # F_UNKNOWN_ERROR
        0x80100015: MUTE,  # E_INVALID_ATR
        0x80100016: REMOVED,  # E_NOT_TRANSACTED
        0x80100017: UNPLUGGED,  # E_READER_UNAVAILABLE
        0x80100018: GONE,  # P_SHUTDOWN
        0x80100019: BROKEN,  # E_PCI_TOO_SMALL
        0x8010001A: UNPLUGGED,  # E_READER_UNSUPPORTED
        0x8010001B: BROKEN,  # E_DUPLICATE_READER
        0x8010001C: MUTE,  # E_CARD_UNSUPPORTED
        0x8010001D: GONE,  # E_NO_SERVICE
        0x8010001E: GONE,  # E_SERVICE_STOPPED
        0x8010001F: BROKEN,  # E_UNEXPECTED, and E_UNSUPPORTED_FEATURE of pcsc-lite
        0x80100020: BROKEN,  # E_ICC_INSTALLATION
        0x80100021: BROKEN,  # E_ICC_CREATEORDER
        0x80100022: BROKEN,  # E_UNSUPPORTED_FEATURE of Windows
        0x80100023: BROKEN,  # E_DIR_NOT_FOUND
        0x80100024: BROKEN,  # E_FILE_NOT_FOUND
        0x80100025: BROKEN,  # E_NO_DIR
        0x80100026: BROKEN,  # E_NO_FILE
        0x80100027: DENIED,  # E_NO_ACCESS
        0x80100028: BROKEN,  # E_WRITE_TOO_MANY
        0x80100029: BROKEN,  # E_BAD_SEEK
        0x8010002A: BROKEN,  # E_INVALID_CHV
        0x8010002B: BROKEN,  # E_UNKNOWN_RES_MNG
        0x8010002C: BROKEN,  # E_NO_SUCH_CERTIFICATE
        0x8010002D: BROKEN,  # E_CERTIFICATE_UNAVAILABLE
        NO_READERS: UNPLUGGED,
        0x8010002F: REMOVED,  # E_COMM_DATA_LOST
        0x80100030: BROKEN,  # E_NO_KEY_CONTAINER
        0x80100031: BROKEN,  # E_SERVER_TOO_BUSY
        0x80100065: MUTE,  # W_UNSUPPORTED_CARD
        UNRESPONSIVE_CARD: MUTE,
        0x80100067: MUTE,  # W_UNPOWERED_CARD
        0x80100068: BROKEN,  # W_RESET_CARD: somebody else reset it
        0x80100069: REMOVED,  # W_REMOVED_CARD
        0x8010006A: DENIED,  # W_SECURITY_VIOLATION: polkit says no
        0x8010006B: BROKEN,  # W_WRONG_CHV
        0x8010006C: BROKEN,  # W_CHV_BLOCKED
        0x8010006D: BROKEN,  # W_EOF
        0x8010006E: BROKEN,  # W_CANCELLED_BY_USER
        0x8010006F: BROKEN,  # W_CARD_NOT_AUTHENTICATED
    }
)


def plain(hresult: int) -> int:
    """The result code as an unsigned 32-bit number, whatever sign the platform gives it."""
    return hresult & 0xFFFFFFFF


def mishap(hresult: int, reader: str = "") -> Mishap:
    """The error a result code stands for; codes nobody listed break the link, no more.

    Args:
        hresult: Result of an SCard function, never `SUCCESS`.
        reader: Name of the reader, for the sentence.
    """
    number = plain(hresult)
    meaning = MEANINGS.get(number, BROKEN)
    values: dict[str, Value] = {"reader": reader} if reader else {}
    return meaning.error(meaning.code, advice="", **values, hresult=f"{number:08X}")


def link_mishap(hresult: int, reader: str) -> LinkFailed:
    """The same for a call on a powered card: always a `LinkFailed`.

    A service that died during an exchange leaves the outcome as open as a pulled card does;
    the code still says it was the service.
    """
    error = mishap(hresult, reader)
    if isinstance(error, LinkFailed):
        return error
    return ReaderGone(error.code, advice=error.advice, **error.values)


def service_mishap(hresult: int, reader: str = "") -> CardServiceGone:
    """The same for a call that made or kept a context: always a `CardServiceGone`."""
    error = mishap(hresult, reader)
    if isinstance(error, CardServiceGone):
        return error
    return CardServiceGone("", advice=error.advice, **error.values)


def no_answer(reader: str, length: int) -> LinkFailed:
    """The error of an answer too short to hold a status word.

    An empty answer with a result of success is how pcsc-lite drivers report a card that left.
    """
    if length == 0:
        return CardRemoved(reader=reader, hresult="00000000")
    return LinkFailed(reader=reader, length=length)
