import tempfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import ArchiveDamagedError
from index.hashing import pictures
from index.store.pairs import SPARE, Halves
from index.store.runs import Run, Writer
from index.store.segments import LISTED, Found, StoreSegment, search, search_either
from index.values import AssetRow, Channel, Codes, Fingerprint, Interval, distance
from tests import archives

NOBODY = np.empty(0, np.int64)
ZERO = np.zeros((1, 32), np.uint8)


def bits(count: int) -> Codes:
    """Return one code with so many bits set; uint8 (1, 32)."""
    return np.packbits(np.arange(256) < count)[None]


def written(what: Run | StoreSegment, *more: Run) -> bytes:
    with tempfile.TemporaryFile() as file:
        if isinstance(what, StoreSegment):
            what.write(file)
        else:
            with Writer(file) as writer:
                for piece in (what, *more):
                    writer.add(piece)
        file.seek(0)
        return file.read()


def run(asset: int, codes: Codes) -> Run:
    times = np.arange(len(codes), dtype=np.float64)
    fingerprint = Fingerprint(Channel.PICTURE, "test/1", times, times * 0, codes)
    return Run.of(AssetRow(asset), fingerprint)


def near(*codes: Codes, radius: int, most: int = 1000) -> Found:
    """Search assets 0, 1, 2…, of one code each, for the zero code."""
    segment = StoreSegment.of([run(asset, code) for asset, code in enumerate(codes)])
    return search([segment], ZERO, radius, removed=NOBODY, most=most)


def test_a_code_at_the_radius_is_found_and_one_bit_further_is_not() -> None:
    found = near(bits(64), bits(65), radius=64)

    assert found.assets.tolist() == [0]
    assert found.distances.tolist() == [64]


@pytest.mark.parametrize("radius", [0, 256])
def test_the_smallest_and_the_largest_radius_are_meant_as_they_say(radius: int) -> None:
    assert (
        near(bits(0), bits(256), radius=radius).distances.tolist() == [0, 256][: 1 + radius // 256]
    )


@given(st.integers(0, 2**32), st.integers(90, 140), st.integers(1, 130))
def test_search_finds_what_comparing_every_pair_finds(seed: int, radius: int, asked: int) -> None:
    stored, wanted = archives.codes(seed, 50), archives.codes(seed + 1, asked)
    segments = [StoreSegment.of([run(0, stored[:20])]), StoreSegment.of([run(1, stored[20:])])]

    found = search(segments, wanted, radius, removed=NOBODY, most=1000)

    rows = found.times.astype(int) + 20 * found.assets
    pairs = set(zip(found.queries.tolist(), rows.tolist(), strict=True))
    table = distance(wanted[:, None], stored[None])
    assert pairs == set(zip(*map(list, np.nonzero(table <= radius)), strict=True))
    assert (found.distances == table[found.queries, rows]).all()
    assert (np.diff(found.queries) >= 0).all()


@given(st.integers(0, 2**32), st.integers(0, 140), st.integers(1, 130))
def test_both_ways_are_found_as_by_comparing_every_pair_whose_steady_halves_are_near(
    seed: int, radius: int, asked: int
) -> None:
    stored, wanted = archives.codes(seed, 50), archives.codes(seed + 1, asked)
    stored[:20] = wanted[np.arange(20) % asked] ^ archives.codes(seed + 2, 20) & (1 << seed % 8)
    mirrored = pictures.turned(wanted)["mirror"]
    stored[10:20] = mirrored[np.arange(10) % asked]
    segments = [StoreSegment.of([run(0, stored[:15])]), StoreSegment.of([run(1, stored[15:])])]

    both = search_either(segments, wanted, radius, removed=NOBODY, most=1000)

    steady, other = (Halves.of(codes).stays for codes in (wanted, stored))
    allowed = np.bitwise_count(steady[:, None] ^ other[None]).sum(axis=2) <= radius // 2 + SPARE
    tables = [distance(turned[:, None], stored[None]) for turned in (wanted, mirrored)]
    near = [np.where((table <= radius) & allowed, table, 999) for table in tables]
    told = [np.full_like(table, 999) for table in tables]
    told[0][both[0].queries, both[0].times.astype(int) + 15 * both[0].assets] = both[0].distances
    told[1][both[1].queries, both[1].times.astype(int) + 15 * both[1].assets] = both[1].distances
    assert np.array_equal(told, near)
    assert list(map(len, both)) == [(table < 999).sum() for table in near]


@given(st.integers(0, 2**32), st.integers(0, 2 * SPARE))
def test_what_is_very_near_is_found_both_ways_wherever_it_differs(seed: int, apart: int) -> None:
    random = np.random.default_rng(seed)
    flips = np.packbits(random.permutation(256) < apart)
    (code,) = archives.codes(seed, 1)
    stored = np.stack([code ^ flips, pictures.turned(code[None])["mirror"][0] ^ flips])
    segment = StoreSegment.of([run(0, stored[:1]), run(1, stored[1:])])

    plain, mirrored = search_either([segment], code[None], 2 * SPARE, removed=NOBODY, most=9)

    assert (plain.assets.tolist(), plain.distances.tolist()) == ([0], [apart])
    assert (mirrored.assets.tolist(), mirrored.distances.tolist()) == ([1], [apart])


def test_of_hits_both_ways_the_nearest_are_kept_and_none_of_removed_assets() -> None:
    segment = StoreSegment.of([run(asset, bits(bit)) for asset, bit in enumerate((9, 3, 5, 1))])

    plain, mirrored = search_either([segment], ZERO, 64, removed=np.array([3]), most=2)

    assert plain.assets.tolist() == [1, 2]
    assert len(mirrored) == 0


@pytest.mark.parametrize(("stored", "wanted"), [(ZERO, ZERO[:0]), (ZERO[:0], ZERO)])
def test_a_search_both_ways_for_nothing_or_in_nothing_finds_nothing(
    stored: Codes, wanted: Codes
) -> None:
    segment = StoreSegment.of([run(1, stored)])

    assert [len(f) for f in search_either([segment], wanted, 64, removed=NOBODY, most=9)] == [0, 0]


def crowd(count: int) -> Codes:
    """Return codes some of which are much alike, as those of footage are."""
    random = np.random.default_rng(1)
    centres = random.random((count // 40, 256))
    ranks = centres[random.integers(0, len(centres), count)] + random.normal(0, 0.2, (count, 256))
    return np.packbits(ranks > 0.5, axis=1)


def test_looking_through_the_likeliest_lists_finds_nearly_all_and_nothing_else() -> None:
    stored = crowd(LISTED)
    segment = StoreSegment.of([run(0, stored)])
    wanted = stored[:: LISTED // 200]

    every, likely = (
        search([segment], wanted, 40, removed=NOBODY, most=1000, exactly=exactly)
        for exactly in (True, False)
    )

    all_of, some_of = (
        set(zip(found.queries.tolist(), found.times.tolist(), strict=True))
        for found in (every, likely)
    )
    assert some_of <= all_of
    assert len(some_of) >= 0.95 * len(all_of)


def test_a_small_store_segment_is_compared_whole_anyway() -> None:
    segment = StoreSegment.of([run(0, crowd(LISTED - 192))])

    search([segment], ZERO, 40, removed=NOBODY, most=1000, exactly=False)

    assert "lists" not in vars(segment)


def test_removed_assets_are_not_found() -> None:
    segment = StoreSegment.of([run(7, bits(0)), run(8, bits(1))])

    found = search([segment], ZERO, 10, removed=np.array([7]), most=1000)

    assert found.assets.tolist() == [8]


def test_of_very_many_hits_the_nearest_are_kept() -> None:
    found = near(bits(9), bits(3), bits(5), bits(3), radius=64, most=3)

    assert found.assets.tolist() == [1, 3, 2]


def test_a_search_for_nothing_finds_nothing() -> None:
    none = np.empty((0, 32), np.uint8)

    assert len(search([StoreSegment.of([run(1, ZERO)])], none, 64, removed=NOBODY, most=9)) == 0
    assert len(search([], ZERO, 64, removed=NOBODY, most=9)) == 0
    assert len(search([StoreSegment.of([])], ZERO, 64, removed=NOBODY, most=9)) == 0


@pytest.mark.parametrize("codes", [ZERO[0], ZERO.astype(np.int64), ZERO[:, :8]])
def test_search_refuses_what_are_no_codes(codes: Codes) -> None:
    with pytest.raises(ValueError, match="codes are uint8"):
        search([], codes, 64, removed=NOBODY, most=9)


@pytest.mark.parametrize("radius", [-1, 257])
def test_search_refuses_a_radius_beyond_the_code(radius: int) -> None:
    with pytest.raises(ValueError, match="0 to 256 bits"):
        search([], ZERO, radius, removed=NOBODY, most=9)


@given(st.floats(0, 400_000), st.floats(0, 600))
def test_times_are_kept_to_a_twentieth_of_a_millisecond(time: float, hold: float) -> None:
    fingerprint = Fingerprint(Channel.PICTURE, "t/1", np.array([time]), np.array([hold]), ZERO)
    segment = StoreSegment.of([Run.of(AssetRow(1), fingerprint)])

    found = search([segment], ZERO, 0, removed=NOBODY, most=9)

    assert found.times[0] == pytest.approx(time, abs=0.000_051)
    assert found.holds[0] == pytest.approx(hold, abs=0.005_1)


def test_a_hold_too_long_to_keep_is_kept_as_the_longest() -> None:
    fingerprint = Fingerprint(Channel.PICTURE, "t/1", np.array([0.0]), np.array([3600.0]), ZERO)

    assert Run.of(AssetRow(1), fingerprint).holds.tolist() == [65_535]


def test_a_store_segment_read_back_holds_the_same_runs() -> None:
    runs = [run(3, archives.codes(1)), run(9, archives.codes(2, 0)), run(12, archives.codes(3, 2))]

    parts = StoreSegment.read(written(StoreSegment.of(runs)), name="x").parts()

    assert [part.asset for part in parts] == [3, 9, 12]
    assert all((a.codes == b.codes).all() for a, b in zip(parts, runs, strict=True))
    assert all((a.times == b.times).all() for a, b in zip(parts, runs, strict=True))


def test_a_buffer_file_read_back_holds_the_same_codes() -> None:
    kept = run(5, archives.codes(1))

    read = Run.read(AssetRow(5), written(kept), name="x")

    assert (read.codes == kept.codes).all()
    assert (read.times == kept.times).all()


def test_the_same_runs_make_the_same_bytes() -> None:
    assert written(StoreSegment.of([run(3, ZERO)])) == written(StoreSegment.of([run(3, ZERO)]))


@pytest.mark.parametrize("at", [0.0, 0.2, 0.5, 0.75, 0.9])
def test_a_changed_byte_is_noticed(at: float) -> None:
    data = bytearray(written(StoreSegment.of([run(3, archives.codes(1, 40))])))
    data[int(at * len(data))] ^= 0xFF

    with pytest.raises(ArchiveDamagedError, match="segments/x is damaged"):
        StoreSegment.read(bytes(data), name="segments/x")


def test_a_shortened_file_is_noticed() -> None:
    data = written(run(3, archives.codes(1, 40)))

    with pytest.raises(ArchiveDamagedError, match="buffer/x is damaged"):
        Run.read(AssetRow(3), data[:-100], name="buffer/x")


def test_columns_that_disagree_are_noticed() -> None:
    whole = StoreSegment.of([run(3, archives.codes(1))])
    short = StoreSegment(whole.runs, whole.times[1:], whole.holds, whole.places, whole.index)

    with pytest.raises(ArchiveDamagedError):
        StoreSegment.read(written(short), name="x")


def test_runs_that_leave_codes_out_are_noticed() -> None:
    whole = StoreSegment.of([run(3, archives.codes(1)), run(4, archives.codes(2))])
    short = StoreSegment(whole.runs[1:], whole.times, whole.holds, whole.places, whole.index)

    with pytest.raises(ArchiveDamagedError):
        StoreSegment.read(written(short), name="x")


@given(st.integers(0, 99), st.booleans())
def test_places_come_back_as_they_were_measured(seed: int, buffered: bool) -> None:  # noqa: FBT001 # a parameter of the test
    rng = np.random.default_rng(seed)
    places = rng.uniform((0, 0, 0.01, 0), (1, 1, 0.4, 2 * np.pi), (9, 4)).astype(np.float32)
    times, codes = np.arange(9.0), archives.codes(seed, 9)
    kept = Run.of(
        AssetRow(3), Fingerprint(Channel.FEATURE, "test/1", times, times * 0, codes, places)
    )
    if buffered:
        kept = Run.read(AssetRow(3), written(kept), name="x")
    segment = StoreSegment.read(written(StoreSegment.of([kept])), name="x")

    found = search([segment], codes, 0, removed=NOBODY, most=10)

    turned = np.angle(np.exp(1j * (found.places[:, 3] - places[:, 3])))
    assert found.places[:, :2] == pytest.approx(places[:, :2], abs=1 / 500)
    assert found.places[:, 2] == pytest.approx(places[:, 2], rel=0.02)
    assert np.abs(turned).max() < 0.02


def test_codes_without_places_are_stored_without() -> None:
    plain = run(3, archives.codes(1))

    assert Run.read(AssetRow(3), written(plain), name="x").places.shape == (4, 0)
    assert search(
        [StoreSegment.of([plain])], archives.codes(1), 0, removed=NOBODY, most=10
    ).places.shape == (4, 0)


def test_a_time_that_many_codes_share_is_written_once() -> None:
    times = np.repeat(np.arange(100.0), 64)
    codes, places = archives.codes(3, 6400), np.zeros((6400, 4), np.float32)
    kept = Run.of(
        AssetRow(3), Fingerprint(Channel.FEATURE, "test/1", times, times * 0, codes, places)
    )

    read = Run.read(AssetRow(3), written(kept), name="x")

    assert (read.times == kept.times).all()
    assert len(written(kept)) < 6400 * (32 + 4) + 3000


def test_codes_in_pieces_are_read_as_in_one() -> None:
    whole = Fingerprint(
        Channel.PICTURE, "test/1", np.arange(9.0), np.arange(9.0), archives.codes(3, 9)
    )
    early, late = (
        Run.of(AssetRow(3), whole.within([Interval(*seconds)])) for seconds in ((0, 4), (4, 9))
    )

    read = Run.read(AssetRow(3), written(early, late), name="x")

    assert read.codes.tolist() == whole.codes.tolist()
    assert read.times.tolist() == [10_000 * n for n in range(9)]
    assert read.holds.tolist() == [100 * n for n in range(9)]
