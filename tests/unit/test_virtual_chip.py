"""The virtual SLE4442 obeys the data sheet: memories, code, protection, wear, time, tears."""

from __future__ import annotations

import pytest

from drivers.virtual.chip import FACTORY_CODE, Control, VirtualSle4442
from drivers.virtual.procedures import change_code, present_code, read_counter, update_main
from drivers.virtual.tear import Moment, PullAfter, Tear, Torn, every_tear

WRONG = b"\x11\x22\x33"


def powered() -> VirtualSle4442:
    chip = VirtualSle4442()
    chip.power_up()
    return chip


def unlocked() -> VirtualSle4442:
    chip = powered()
    present_code(chip, FACTORY_CODE)
    return chip


def test_a_blank_card_looks_like_the_makers() -> None:
    chip = VirtualSle4442()
    assert chip.power_up() == bytes.fromhex("A2131091")
    image = chip.command(Control.READ_MAIN)
    assert image[:8] == bytes.fromhex("A2131091FFFF8115")
    assert image[0x15:0x1B] == bytes.fromhex("D27600000400")
    assert set(image[8:0x15] + image[0x1B:]) == {0xFF}
    assert chip.command(Control.READ_PROTECTION) == bytes.fromhex("00FF1FF8")
    assert chip.command(Control.READ_SECURITY) == bytes.fromhex("07000000")


def test_no_power_no_answer() -> None:
    with pytest.raises(Torn):
        VirtualSle4442().command(Control.READ_MAIN)
    with pytest.raises(Torn):
        VirtualSle4442().reset()


def test_the_right_code_is_accepted_and_then_readable() -> None:
    chip = powered()
    assert present_code(chip, FACTORY_CODE) == 7
    assert chip.verified
    assert chip.command(Control.READ_SECURITY) == b"\x07" + FACTORY_CODE


@pytest.mark.parametrize("wrong", [b"\x00\xff\xff", b"\xff\x00\xff", b"\xff\xff\x00", WRONG])
def test_wrong_codes_count_down_and_lock_for_ever(wrong: bytes) -> None:
    chip = powered()
    assert [present_code(chip, wrong) for _ in range(4)] == [3, 1, 0, 0]
    chip.power_up()
    assert present_code(chip, FACTORY_CODE) == 0
    update_main(chip, 0x20, b"\x00")
    assert chip.main[0x20] == 0xFF


def test_a_success_restores_the_counter() -> None:
    chip = powered()
    assert present_code(chip, WRONG) == 3
    assert present_code(chip, FACTORY_CODE) == 7


FULL = (
    (Control.UPDATE_SECURITY, 0, 0x03),
    (Control.COMPARE, 1, 0xFF),
    (Control.COMPARE, 2, 0xFF),
    (Control.COMPARE, 3, 0xFF),
    (Control.UPDATE_SECURITY, 0, 0xFF),
)


def test_the_procedure_by_hand() -> None:
    chip = powered()
    for step in FULL:
        chip.command(*step)
    assert chip.verified


@pytest.mark.parametrize("left_out", range(5))
def test_every_step_is_mandatory(left_out: int) -> None:
    chip = powered()
    for number, step in enumerate(FULL):
        if number != left_out:
            chip.command(*step)
    assert not chip.verified
    update_main(chip, 0x20, b"\x00")
    assert chip.main[0x20] == 0xFF


@pytest.mark.parametrize("gap", range(1, 5))
@pytest.mark.parametrize("control", [Control.READ_MAIN, Control.READ_SECURITY, Control.COMPARE])
def test_any_command_in_between_ends_the_procedure(gap: int, control: Control) -> None:
    chip = powered()
    for step in FULL[:gap]:
        chip.command(*step)
    chip.command(control, 0)
    for step in FULL[gap:]:
        chip.command(*step)
    assert not chip.verified
    assert read_counter(chip) == 3


def test_the_counter_alone_never_grows_before_the_code() -> None:
    chip = powered()
    chip.command(Control.UPDATE_SECURITY, 0, 0x03)
    chip.command(Control.UPDATE_SECURITY, 0, 0xFF)
    assert read_counter(chip) == 3
    chip.command(Control.UPDATE_SECURITY, 1, 0x00)
    assert chip.security[1:] == FACTORY_CODE


def test_opening_a_new_procedure_drops_the_verified_state() -> None:
    chip = unlocked()
    assert present_code(chip, WRONG) == 3
    assert not chip.verified


@pytest.mark.parametrize("lose", ["power", "reset"])
def test_the_verified_state_ends_with_the_supply(lose: str) -> None:
    chip = unlocked()
    if lose == "power":
        chip.power_off()
        assert not chip.verified
        chip.power_up()
    else:
        chip.reset()
    assert not chip.verified
    update_main(chip, 0x20, b"\x00")
    assert chip.main[0x20] == 0xFF


def test_a_new_code_works_at_once_and_the_old_one_no_more() -> None:
    chip = unlocked()
    change_code(chip, b"abc")
    chip.command(Control.UPDATE_SECURITY, 4, 0x00)
    chip.power_up()
    assert present_code(chip, FACTORY_CODE) == 3
    assert present_code(chip, b"abc") == 7


def test_protected_bytes_stay_and_others_change() -> None:
    chip = unlocked()
    update_main(chip, 0x00, b"\x55")
    update_main(chip, 0x08, b"\x55")
    assert chip.main[0] == 0xA2
    assert chip.main[8] == 0x55


def test_protection_compares_and_freezes_for_ever() -> None:
    chip = unlocked()
    update_main(chip, 0x08, b"\x55")
    chip.command(Control.WRITE_PROTECTION, 0x08, 0x54)
    assert chip.protection[1] == 0xFF
    chip.command(Control.WRITE_PROTECTION, 0x08, 0x55)
    assert chip.protection[1] == 0xFE
    update_main(chip, 0x08, b"\x00")
    assert chip.main[8] == 0x55
    chip.command(Control.WRITE_PROTECTION, 0x20, 0xFF)
    assert len(chip.protection) == 4
    chip.power_up()
    chip.command(Control.WRITE_PROTECTION, 0x09, 0xFF)
    assert chip.protection[1] == 0xFE


@pytest.mark.parametrize(
    ("old", "new", "steps"),
    [
        (0xFF, 0x12, 1),
        (0x37, 0x12, 1),
        (0x12, 0x37, 2),
        (0x12, 0xFF, 1),
        (0xFF, 0xFF, 1),
        (0x12, 0x12, 1),
        (0x12, 0xED, 2),
    ],
)
def test_erase_and_program_take_place_only_where_needed(old: int, new: int, steps: int) -> None:
    chip = unlocked()
    chip.main[0x40] = old
    chip.arm(None)
    before_s = chip.chip_time_s
    update_main(chip, 0x40, bytes([new]))
    assert chip.main[0x40] == new
    assert chip.steps == steps
    assert chip.chip_time_s - before_s == pytest.approx(steps * 0.0025 + 24 / 50_000)
    assert chip.wear[0x40] == 1
    assert chip.changed_bytes == (old != new)


def test_times_of_reading_and_of_a_refusal() -> None:
    chip = powered()
    start_s = chip.chip_time_s
    chip.command(Control.READ_MAIN)
    assert chip.chip_time_s - start_s == pytest.approx((24 + 2048) / 50_000)
    start_s = chip.chip_time_s
    chip.command(Control.UPDATE_MAIN, 0x20, 0x00)
    assert chip.chip_time_s - start_s == pytest.approx((24 + 2) / 50_000)


def test_true_timing_sleeps_what_the_meter_counts() -> None:
    chip, slept = VirtualSle4442(), []
    chip.sleep = slept.append
    chip.power_up()
    present_code(chip, FACTORY_CODE)
    update_main(chip, 0x20, b"\x12\x34")
    assert sum(slept) == pytest.approx(chip.chip_time_s)
    assert slept.count(0.0025) == 4


def test_sub_steps_of_a_code_and_an_update() -> None:
    chip = powered()
    chip.arm(None)
    present_code(chip, FACTORY_CODE)
    assert chip.steps == 5
    update_main(chip, 0x20, b"\x12")
    assert chip.steps == 6


@pytest.mark.parametrize("tear", list(every_tear(5, (0, 1, 2))), ids=str)
def test_a_cut_in_the_code_procedure_costs_at_most_one_try(tear: Tear) -> None:
    chip = powered()
    chip.arm(tear)
    with pytest.raises(Torn):
        present_code(chip, FACTORY_CODE)
    assert not chip.powered
    chip.power_up()
    assert not chip.verified
    begun = (tear.step, tear.moment) > (0, Moment.BEFORE) and tear.step > 0
    done = tear == Tear(4, Moment.AFTER)
    if begun and not done and tear.step < 4:
        assert read_counter(chip) == 3
    else:
        assert read_counter(chip) in (3, 7)
    assert present_code(chip, FACTORY_CODE) == 7


@pytest.mark.parametrize("moment", Moment)
def test_a_cut_at_a_compare(moment: Moment) -> None:
    chip = powered()
    chip.arm(Tear(2, moment))
    with pytest.raises(Torn):
        present_code(chip, FACTORY_CODE)
    assert chip.steps == (3 if moment is Moment.AFTER else 2)
    assert chip.security[0] == 3


def test_before_inside_and_after_a_step() -> None:
    def torn(tear: Tear) -> int:
        chip = unlocked()
        chip.main[0x20] = 0x0F
        chip.arm(tear)
        with pytest.raises(Torn):
            update_main(chip, 0x20, b"\xf0\x00")
        assert chip.main[0x21] == 0xFF
        return chip.main[0x20]

    assert torn(Tear(0, Moment.BEFORE)) == 0x0F
    assert torn(Tear(0, Moment.AFTER)) == 0xFF
    assert torn(Tear(1, Moment.BEFORE)) == 0xFF
    assert torn(Tear(1, Moment.AFTER)) == 0xF0
    erased = {torn(Tear(0, Moment.INSIDE, seed)) for seed in range(64)}
    assert len(erased) > 5
    assert all(value & 0x0F == 0x0F for value in erased)
    programmed = {torn(Tear(1, Moment.INSIDE, seed)) for seed in range(64)}
    assert len(programmed) > 5
    assert all(value & 0xF0 == 0xF0 for value in programmed)


def test_a_tear_happens_once_and_the_same_seed_gives_the_same_bits() -> None:
    seen = []
    for _ in range(2):
        chip = unlocked()
        chip.arm(Tear(0, seed=7))
        with pytest.raises(Torn):
            update_main(chip, 0x20, b"\x00")
        seen.append(chip.main[0x20])
        chip.power_up()
        present_code(chip, FACTORY_CODE)
        update_main(chip, 0x20, b"\x00")
        assert chip.main[0x20] == 0
    assert seen[0] == seen[1]


def test_a_flaky_byte_reads_differently_until_it_is_written_again() -> None:
    chip = unlocked()
    chip.arm(Tear(0, seed=1, flaky=True))
    with pytest.raises(Torn):
        update_main(chip, 0x20, b"\x00")
    seen = set()
    for _ in range(8):
        chip.power_up()
        seen.add(chip.main[0x20])
    assert len(seen) > 1
    present_code(chip, FACTORY_CODE)
    update_main(chip, 0x20, b"\x5a")
    for _ in range(4):
        chip.power_up()
        assert chip.main[0x20] == 0x5A


@pytest.mark.parametrize("count", range(4))
def test_pulled_after_so_many_changed_bytes(count: int) -> None:
    chip = unlocked()
    chip.arm(PullAfter(count))
    with pytest.raises(Torn):
        update_main(chip, 0x20, b"\xff\x01\xff\x02\x03\x04")
    changed = sum(value != 0xFF for value in chip.main[0x20:0x26])
    assert changed == count
    assert chip.changed_bytes == count


def test_pulled_from_outside_in_the_middle_of_a_step() -> None:
    chip = unlocked()
    chip.sleep = lambda seconds: chip.power_off() if seconds == 0.0025 else None
    with pytest.raises(Torn):
        update_main(chip, 0x20, b"\x00\x00")
    assert chip.main[0x21] == 0xFF
    assert not chip.powered


def test_pulled_from_outside_between_two_bytes() -> None:
    chip = unlocked()
    chip.on_change = chip.power_off
    with pytest.raises(Torn):
        update_main(chip, 0x20, b"\x00\x00")
    assert chip.main[0x20:0x22] == b"\x00\xff"


def test_the_supply_gone_between_the_two_steps_of_a_byte() -> None:
    chip = unlocked()
    chip.main[0x20] = 0x00
    chip.on_change = chip.power_off
    with pytest.raises(Torn):
        update_main(chip, 0x20, b"\x01")
    assert chip.main[0x20] == 0xFF


def test_a_torn_freeze_is_done_or_not() -> None:
    seen = set()
    for seed in range(16):
        chip = unlocked()
        chip.arm(Tear(0, seed=seed))
        with pytest.raises(Torn):
            chip.command(Control.WRITE_PROTECTION, 0x08, 0xFF)
        seen.add(chip.protection[1])
    assert seen == {0xFF, 0xFE}


def test_every_tear_lists_each_moment_once() -> None:
    assert list(every_tear(0)) == []
    assert list(every_tear(2, (5,))) == [
        Tear(0, Moment.BEFORE),
        Tear(0, Moment.INSIDE, 5),
        Tear(1, Moment.BEFORE),
        Tear(1, Moment.INSIDE, 5),
        Tear(1, Moment.AFTER),
    ]
