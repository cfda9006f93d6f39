import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from index.hashing import exchanged
from index.hashing.exchanged import Kind, canonical, code, distance, frames, kind

HASHES = some.binary(min_size=32, max_size=32).map(bytes.hex)
ROWS = some.tuples(HASHES, some.integers(0, 100), some.integers(0, 10**6).map(lambda ms: ms / 1e3))


@given(HASHES, HASHES, HASHES)
def test_bits_apart_are_a_distance(one: str, other: str, third: str) -> None:
    assert distance(one, one) == 0
    assert (
        distance(one, other) == distance(other, one) == (int(one, 16) ^ int(other, 16)).bit_count()
    )
    assert distance(one, third) <= distance(one, other) + distance(other, third)


@given(HASHES, some.integers(0, 255))
def test_one_bit_more_is_one_bit_apart(value: str, bit: int) -> None:
    assert distance(value, f"{int(value, 16) ^ (1 << bit):064x}") == 1


@given(HASHES)
def test_a_hash_in_capitals_is_the_same_hash(value: str) -> None:
    assert (
        canonical(Kind.PDQ, value.upper()) == canonical(Kind.PDQ, value) == bytes(code(value)).hex()
    )


@given(some.sampled_from([Kind.PDQ, Kind.MD5, Kind.SHA256, Kind.VPDQ]), some.text())
def test_any_text_is_a_hash_or_refused(kind: Kind, value: str) -> None:
    try:
        kept = canonical(kind, value)
    except ValueError:
        return
    assert canonical(kind, kept) == kept


@given(some.lists(ROWS, min_size=1, max_size=20))
def test_a_list_of_frames_is_read_as_it_was_written(rows: list[tuple[str, int, float]]) -> None:
    value = json.dumps([f"{hashed},{quality},{at:.3f}" for hashed, quality, at in rows])

    held = frames(value)

    assert exchanged.written(held) == value == canonical(Kind.VPDQ, value)
    assert held.quality.tolist() == [quality for _, quality, _ in rows]
    assert np.allclose(held.times, [at for *_, at in rows])


@pytest.mark.parametrize(
    "value",
    [
        "",
        "[]",
        "{}",
        "[1]",
        '["00,50,1"]',
        f'["{"0" * 64},101,1"]',
        f'["{"0" * 64},-1,1"]',
        f'["{"0" * 64},50,nan"]',
        f'["{"0" * 64},50,-1"]',
        f'["{"0" * 64},50"]',
        "[" * 100_000,
    ],
)
def test_what_is_no_list_of_frames_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        frames(value)


def test_frames_of_poor_quality_and_repeated_ones_are_not_compared() -> None:
    one, other, poor = ("0" * 64, "f" * 64, "a" * 64)
    held = frames(json.dumps([f"{one},50,0", f"{one},90,1", f"{other},100,2", f"{poor},49,3"]))

    assert sorted(bytes(each).hex() for each in held.good(50)) == [one, other]


def test_kinds_go_by_the_names_that_others_give_them() -> None:
    assert kind("video_md5") is kind("md5") is Kind.MD5
    with pytest.raises(ValueError, match="tmk"):
        kind("tmk")
    with pytest.raises(ValueError, match="sha256"):
        exchanged.hash_kind("asset")
