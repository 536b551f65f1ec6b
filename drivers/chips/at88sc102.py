"""The AT88SC102: two zones of 64 bytes that are erased as one, a code with four tries, erase keys.

A tear in a zone loses all 64 bytes of it, so a layout writes only zones that carry nothing
current. Facts: reference cards 1.4 and, for ACS readers, 2.1: 90 00 proves nothing, everything is
read back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cardstation.domain.card import Span
from cardstation.errors import CodeLocked, CodeRefused, Refusal, WriteNotTaken, ensure
from cardstation.ports.reader import Link
from drivers.chips import at88sc102_map as sc102
from drivers.chips.at24c import silent
from drivers.readers.acs import AcsSc102
from drivers.readers.speech import spoken_by

SPOKEN: Mapping[str, AcsSc102] = {"acs": AcsSc102()}


class At88Sc102:
    """One powered chip; implements `cardstation.ports.chip.Chip`.

    An image shows what carries data; codes, keys and counters stand in it as FF.
    """

    size = sc102.SIZE
    all_tries = sc102.TRIES
    writable: tuple[range, ...] = sc102.DATA
    smears: tuple[range, ...] = sc102.UNITS

    def __init__(self, link: Link, speech: AcsSc102) -> None:
        self._link = link
        self._speech = speech
        self._presented = False
        self._keys: tuple[bytes, ...] = ()

    def read(self) -> bytes:
        """All data; what carries none is not even read."""
        image = bytearray(b"\xff" * self.size)
        parts = (range(sc102.CODE.start), range(sc102.PROTECTED.start, sc102.ZONES[0].stop))
        for part in (*parts, sc102.ZONES[1]):
            image[part.start : part.stop] = self._speech.read(self._link, part.start, len(part))
        return bytes(image)

    def tries_left(self) -> int | None:
        """By the attempts counter."""
        return sc102.tries_in(self._counter()[0])

    def unlock(self, code: bytes, *, last_tries: bool = False) -> None:
        """Read the counter, and present the code once if the rule allows it.

        Args:
            code: Security code and both erase keys, 12 bytes; only the first two are presented.
            last_tries: A torn attempt of ours is on record, so one try may be missing.

        Raises:
            Refusal: code `code_tries_low`; nothing was presented.
            CodeRefused: wrong code. CodeLocked: no tries left. LinkFailed: a try may be gone.
        """
        security, *keys = sc102.split_code(code)
        ensure(not self._presented, "a code is presented once per link")
        tries = self.tries_left()
        if tries == 0:
            raise CodeLocked(reader=self._link.reader)
        if tries != self.all_tries and not (last_tries and tries == self.all_tries - 1):
            raise Refusal("code_tries_low", reader=self._link.reader, tries_left=tries)
        self._presented = True
        self._speech.verify(self._link, sc102.CODE.start, security)
        counter = self._counter()
        if counter != b"\xff\xff":
            left = sc102.tries_in(counter[0])
            if left == 0:
                raise CodeLocked(reader=self._link.reader)
            raise CodeRefused(reader=self._link.reader, tries_left=left)
        self._keys = tuple(keys)

    def write(self, current: bytes, spans: Sequence[Span]) -> None:
        """Write what differs from `current`, span by span: erase what must be, then clear bits.

        Erasing a unit loses what else stands in it until it is written back: the layout sees to
        it that nothing current does.

        Raises:
            WriteNotTaken: bytes read back differently; the rest was not written.
            LinkFailed: outcome unknown. Defect: a span touches what carries no data.
        """
        ensure(bool(self._keys), "bytes are written only after the code was accepted")
        ensure(len(current) == self.size, "the image is the whole memory")
        for span in spans:
            inside = any(one.start <= span.address and span.end <= one.stop for one in sc102.DATA)
            ensure(inside, "only what carries data is written")
        image = bytearray(current)
        for span in spans:
            touched = False
            for change in tuple(sc102.changes(bytes(image), span)):
                touched = True
                if isinstance(change, Span):
                    self._speech.write(self._link, change)
                    image[change.address : change.end] = change.data
                else:
                    self._erase(change)
                    image[change.unit.start : change.unit.stop] = b"\xff" * len(change.unit)
            if touched:
                self._read_back(bytes(image), range(span.address, span.end))

    def set_code(self, old: bytes, new: bytes) -> None:
        """Give the card its code and keys and blow the issuer fuse; only when issuing, last.

        Raises:
            LinkFailed: the code may be old, new or mixed: keep both.
        """
        ensure(bool(self._keys), "the code is changed only after the old one was accepted")
        sc102.split_code(old)
        security, *keys = sc102.split_code(new)
        for place, value in zip((*sc102.KEYS, sc102.CODE), (*keys, security), strict=True):
            self._speech.erase_words(self._link, place.start, len(place))
            self._speech.write(self._link, Span(place.start, value), hidden=True)
        self._speech.blow_fuse(self._link, sc102.ISSUER_FUSE)

    def _erase(self, change: sc102.Erase) -> None:
        unit = change.unit
        if change.zone is None:
            self._speech.erase_words(self._link, unit.start, len(unit))
        else:
            key = self._keys[change.zone]
            self._speech.erase_zone(self._link, sc102.KEYS[change.zone].start, key)
        self._read_back(b"\xff" * self.size, unit)

    def _read_back(self, wanted: bytes, places: range) -> None:
        seen = self._speech.read(self._link, places.start, len(places))
        for place, value in zip(places, seen, strict=True):
            if value != wanted[place]:
                raise WriteNotTaken(reader=self._link.reader, address=f"{place:02X}")

    def _counter(self) -> bytes:
        return self._speech.read(self._link, sc102.COUNTER.start, len(sc102.COUNTER))


class At88Sc102Driver:
    """Recognises and attaches; implements `cardstation.ports.chip.ChipDriver`.

    The transport code is the one of reader makers' sample cards; a card maker may ship another.
    """

    name = "at88sc102"
    title = "AT88SC102"
    blank_code = b"\xf0\xf0" + b"\xff" * 10
    spoken = SPOKEN

    def recognises(self, atr: bytes) -> bool:
        """True for every memory without an answer to reset of its own."""
        return silent(atr)

    def attach(self, link: Link) -> At88Sc102:
        """Take a fresh link and tell the reader which chip it holds.

        Raises:
            ReaderCannotMemory: the reader has no commands for this chip. LinkFailed.
        """
        speech = spoken_by(SPOKEN, link, self.name)
        speech.select(link)
        return At88Sc102(link, speech)
