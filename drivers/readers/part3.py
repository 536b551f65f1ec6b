"""How contactless readers wrap MIFARE Classic: PC/SC part 3, with the ways keys are loaded.

ACR122 keeps keys in two volatile places, ACR1252 in lasting ones (structure 20, 00-1F); some other
readers refuse volatile keys with 69 86 and take lasting ones. Source: reference cards 2.4.
"""

from __future__ import annotations

from cardstation.errors import LinkFailed, ensure
from cardstation.ports.reader import Hidden, Link
from drivers.readers.status_words import OK, data_of, failure, status_of

VOLATILE, LASTING = 0x00, 0x20
KEY_A, KEY_B = 0x60, 0x61
BLOCK = 16
REFUSED_STRUCTURE = 0x6986
REFUSED = 0x6300

STORE, INCREMENT, DECREMENT = 0x00, 0x01, 0x02


class Part3:
    """The storage-card commands of PC/SC part 3.

    Args:
        structures: Key structures in the order they are tried.
    """

    def __init__(self, *structures: int) -> None:
        self._structures = structures

    def load_key(self, link: Link, place: int, key: bytes) -> None:
        """Put a key into one of the reader's places.

        Raises:
            LinkFailed: the reader takes it in none of the ways known.
        """
        status = OK
        for structure in self._structures:
            command = Hidden(bytes([0xFF, 0x82, structure, place, len(key)]) + key)
            status = status_of(link.exchange(command))
            if status == OK:
                return
            if status != REFUSED_STRUCTURE:
                break
        raise failure(status, link.reader)

    def authenticate(self, link: Link, block: int, kind: int, place: int) -> bool:
        """Open a block's sector with a loaded key; False = the card did not accept it.

        Raises:
            LinkFailed: another word than yes or no.
        """
        what = bytes([0xFF, 0x86, 0x00, 0x00, 0x05, 0x01, 0x00, block, kind, place])
        status = status_of(link.exchange(what))
        if status not in (OK, REFUSED):
            raise failure(status, link.reader)
        return status == OK

    def read(self, link: Link, block: int) -> bytes:
        """Read one block of the open sector."""
        data = data_of(link.exchange(bytes([0xFF, 0xB0, 0x00, block, BLOCK])), link.reader)
        if len(data) != BLOCK:
            raise LinkFailed(reader=link.reader, length=len(data))
        return data

    def write(self, link: Link, block: int, data: bytes, *, hidden: bool = False) -> None:
        """Write one block of the open sector."""
        ensure(len(data) == BLOCK, "a block has 16 bytes")
        command = bytes([0xFF, 0xD6, 0x00, block, BLOCK]) + data
        data_of(link.exchange(Hidden(command) if hidden else command), link.reader)


class AcsPart3(Part3):
    """What ACS readers do beyond: value blocks. The value goes with its high byte first."""

    def change_value(self, link: Link, block: int, operation: int, value: int) -> None:
        """Store a value, add to it, or take from it; the reader transfers at once."""
        number = value.to_bytes(4, signed=True)
        command = bytes([0xFF, 0xD7, 0x00, block, 0x05, operation]) + number
        data_of(link.exchange(command), link.reader)

    def read_value(self, link: Link, block: int) -> int:
        """The value of a value block."""
        data = data_of(link.exchange(bytes([0xFF, 0xB1, 0x00, block, 0x04])), link.reader)
        return int.from_bytes(data, signed=True)

    def copy_value(self, link: Link, block: int, target: int) -> None:
        """Restore from one value block and transfer to another of the same sector."""
        command = bytes([0xFF, 0xD7, 0x00, block, 0x02, 0x03, target])
        data_of(link.exchange(command), link.reader)
