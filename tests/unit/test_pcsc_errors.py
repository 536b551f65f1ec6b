"""Every result code of PC/SC has one meaning, and pyscard has gained none we do not map."""

from __future__ import annotations

import pytest

from cardstation.errors import (
    CardMute,
    CardRemoved,
    CardServiceGone,
    LinkFailed,
    Mishap,
    ReaderBusy,
    ReaderGone,
    ReaderHung,
)
from cardstation.sentences import SENTENCES
from drivers.readers.pcsc_errors import (
    MEANINGS,
    link_mishap,
    mishap,
    no_answer,
    service_mishap,
)
from tests.kit.proven import not_proven


def test_every_constant_of_pyscard_is_mapped() -> None:
    try:
        from smartcard import scard
    except ImportError:
        not_proven("no PC/SC library here")
    names = [name for name in dir(scard) if name.startswith(("SCARD_E_", "SCARD_W_", "SCARD_F_"))]
    assert len(names) > 50
    unmapped = [name for name in names if getattr(scard, name) & 0xFFFFFFFF not in MEANINGS]
    assert unmapped == []


@pytest.mark.parametrize(
    ("hresult", "error"),
    [
        (0x80100069, CardRemoved),
        (0x80100016, CardRemoved),
        (0x8010002F, CardRemoved),
        (0x8010000C, CardRemoved),
        (0x16, CardRemoved),
        (0x1F, CardRemoved),
        (0x45D, CardRemoved),
        (0x6, ReaderGone),
        (0x80100017, ReaderGone),
        (0x80100009, ReaderGone),
        (0x8010002E, ReaderGone),
        (0x8010000B, ReaderBusy),
        (0x80100066, CardMute),
        (0x80100065, CardMute),
        (0x8010000F, CardMute),
        (0x8010000A, ReaderHung),
        (0x80100068, LinkFailed),
        (0x80100001, LinkFailed),
        (0x80100013, CardServiceGone),
        (0x8010001D, CardServiceGone),
        (0x8010001E, CardServiceGone),
        (0x8010006A, CardServiceGone),
        (0x80100999, LinkFailed),
    ],
)
def test_what_a_result_means(hresult: int, error: type[Mishap]) -> None:
    caught = mishap(hresult, "reader")
    assert type(caught) is error
    assert caught.values == {"reader": "reader", "hresult": f"{hresult:08X}"}


def test_the_sign_of_a_result_does_not_matter() -> None:
    negative = 0x80100069 - (1 << 32)
    assert type(mishap(negative)) is CardRemoved
    assert mishap(negative).values == {"hresult": "80100069"}


@pytest.mark.parametrize("hresult", sorted(MEANINGS))
def test_a_powered_card_only_ever_fails_as_a_link(hresult: int) -> None:
    error = link_mishap(hresult, "reader")
    assert isinstance(error, LinkFailed)
    assert error.code == mishap(hresult).code
    assert isinstance(service_mishap(hresult), CardServiceGone)
    assert error.code in SENTENCES


def test_a_service_that_dies_during_an_exchange_says_so_as_a_link() -> None:
    error = link_mishap(0x80100013, "reader")
    assert (type(error), error.code) == (ReaderGone, "card_service_gone")


def test_a_refused_account_has_its_own_words() -> None:
    assert service_mishap(0x8010006A).code == "card_service_denied"


def test_an_answer_too_short_for_a_status() -> None:
    assert type(no_answer("reader", 0)) is CardRemoved
    assert type(no_answer("reader", 1)) is LinkFailed


@pytest.mark.parametrize(
    "code",
    [
        "card_library_missing",
        "card_service_denied",
        "pcscd_missing",
        "private_service_refused",
        "virtual_driver_missing",
    ],
)
def test_the_codes_of_this_room_have_their_sentences(code: str) -> None:
    assert code in SENTENCES
