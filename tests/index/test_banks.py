import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.archive import Archive
from index.banks import Banks, Match
from index.catalogue import banks
from index.catalogue.banks import Bank, Entry, Policy
from index.desk import Desk
from index.hashing.exchanged import Kind
from tests import archives

ZERO, ONES = "0" * 64, "f" * 64
NEAR = f"{2**31 - 1:064x}"
"""31 bits from zero."""
FAR = f"{2**32 - 1:064x}"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    Archive.open(tmp_path / "a", create=True).close()
    with Desk.open(tmp_path / "a") as opened:
        yield opened


def bank(desk: Desk, name: str = "b", policy: Policy = Policy.BLOCK) -> str:
    with desk.changing() as change:
        assert banks.add(change, Bank(name, name, policy, "because", 1.0))
    return name


def put(desk: Desk, kind: Kind, *values: str, to: str = "b") -> int:
    with desk.changing() as change:
        return banks.put(change, [Entry(to, kind, value, None, 1.0) for value in values])


def values(found: list[Match]) -> list[str]:
    return [one.entry.value for one in found]


def frames(*hashes: str, quality: int = 100) -> str:
    return json.dumps([f"{each},{quality},{at}.000" for at, each in enumerate(hashes)])


def test_pdq_hashes_match_up_to_31_bits_the_nearest_first(desk: Desk) -> None:
    bank(desk)
    put(desk, Kind.PDQ, NEAR, FAR, ONES, ZERO)

    [found] = Banks(desk.catalogue).matches([(Kind.PDQ, ZERO)])

    assert [(one.entry.value, one.distance) for one in found] == [(ZERO, 0), (NEAR, 31)]


def test_what_comes_or_goes_is_seen_at_once(desk: Desk) -> None:
    known = Banks(desk.catalogue)
    bank(desk)
    assert known.matches([(Kind.PDQ, ZERO)]) == [[]]

    put(desk, Kind.PDQ, ZERO)
    [[there]] = known.matches([(Kind.PDQ, ZERO)])
    with desk.changing() as change:
        banks.drop(change, "b", there.entry.number)

    assert known.matches([(Kind.PDQ, ZERO)]) == [[]]


def test_bytes_are_found_as_an_asset_and_as_a_hash(desk: Desk) -> None:
    bank(desk)
    bank(desk, "c", Policy.ALLOW)
    digest = archives.digest("film")
    put(desk, Kind.ASSET, digest)
    put(desk, Kind.SHA256, digest, to="c")
    put(desk, Kind.MD5, digest[:32], to="c")

    known = Banks(desk.catalogue)

    assert {one.bank.name for one in known.of_assets([digest])} == {"b", "c"}
    assert [
        len(found) for found in known.matches([(Kind.SHA256, digest), (Kind.MD5, digest[:32])])
    ] == [2, 1]


def test_a_list_matches_where_four_fifths_of_the_frames_asked_for_are_like_it(desk: Desk) -> None:
    bank(desk)
    put(desk, Kind.VPDQ, frames(ZERO, ONES, "0f" * 32, "f0" * 32, "33" * 32, "cc" * 32))
    known = Banks(desk.catalogue)
    four = (NEAR, ONES, "0f" * 32, "f0" * 32)

    [enough, few] = known.matches(
        [(Kind.VPDQ, frames(*four, "55" * 32)), (Kind.VPDQ, frames(*four[:3], "55" * 32))]
    )

    assert [(one.query, one.listed) for one in enough] == [(0.8, 4 / 6)]
    assert few == []


def test_frames_of_poor_quality_match_nothing(desk: Desk) -> None:
    bank(desk)
    put(desk, Kind.VPDQ, frames(ZERO, quality=49))

    assert Banks(desk.catalogue).matches([(Kind.VPDQ, frames(ZERO))]) == [[]]
    assert Banks(desk.catalogue).matches([(Kind.VPDQ, frames(ZERO, quality=49))]) == [[]]


def test_an_entry_is_listed_once_and_goes_with_its_bank(desk: Desk) -> None:
    bank(desk)
    assert put(desk, Kind.PDQ, ZERO, ONES) == 2
    assert put(desk, Kind.PDQ, ZERO, NEAR) == 1
    with desk.changing() as change:
        assert banks.count(change, "b") == 3
        banks.remove(change, "b")
        assert banks.version(change)[1] == 0


def test_no_two_banks_have_one_name(desk: Desk) -> None:
    bank(desk, "a")
    bank(desk, "b")
    with desk.changing() as change:
        assert not banks.add(change, Bank("other", "a", Policy.ALLOW, "", 1.0))
        assert not banks.replace(change, Bank("b", "a", Policy.ALLOW, "", 1.0))
        assert banks.replace(change, Bank("b", "z", Policy.ALLOW, "", 1.0))
        assert [each.name for each in banks.listed(change)] == ["a", "z"]
        assert [each.name for each in banks.listed(change, after="a")] == ["z"]
