import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.values import AssetRow, Channel, Hits
from lineage.features import AgreeParams, Shape, agreeing

WIDE: Shape = (1.0, 0.5625)
TALL: Shape = (0.5625, 1.0)


def places(seed: int, count: int = 20) -> npt.NDArray[np.float32]:
    rng = np.random.default_rng(seed)
    return rng.uniform((0, 0, 0.01, 0), (1, 0.56, 0.05, 6.28), (count, 4)).astype(np.float32)


def moved(
    at: npt.NDArray[np.float32], *, scale: float, turn: float, shift: tuple[float, float]
) -> npt.NDArray[np.float32]:
    """Return places as another frame shows them."""
    point = (at[:, 0] + 1j * at[:, 1]) * scale * np.exp(1j * turn) + complex(*shift)
    columns = point.real, point.imag, at[:, 2] * scale, at[:, 3] + turn
    return np.column_stack(columns).astype(np.float32)


def hits(
    query: npt.NDArray[np.float32],
    source: npt.NDArray[np.float32],
    *,
    asset: int = 7,
    at: float = 1.0,
    time: float = 31.0,
) -> Hits:
    count = len(query)
    return Hits(
        np.full(count, at),
        np.full(count, asset),
        np.full(count, time),
        np.zeros(count),
        np.full(count, 20, np.uint16),
        Channel.FEATURE,
        "plain",
        query,
        source,
    )


def agreed(found: Hits, *, shape: Shape = WIDE, other: Shape = WIDE, assets: int = 50) -> Hits:
    return agreeing(found, assets=assets, shape=shape, shapes=lambda _: other)


@settings(max_examples=25)
@given(st.floats(0.3, 3.0), st.floats(-3.1, 3.1), st.floats(-0.4, 0.4), st.integers(0, 99))
def test_features_that_lie_alike_tell_how(
    scale: float, turn: float, shift: float, seed: int
) -> None:
    query = places(seed)
    found = agreed(hits(query, moved(query, scale=scale, turn=turn, shift=(shift, 0.1))))

    assert found.agreeing.tolist() == [pytest.approx(20, abs=6)]
    assert (found.query_times.tolist(), found.times.tolist()) == ([1.0], [31.0])
    x, y = found.maps[0] @ [0.5, 0.5, 1.0]
    middle = (0.5 + 0.28125j) * scale * np.exp(1j * turn) + complex(shift, 0.1)
    assert complex(x, y * 0.5625) == pytest.approx(middle, abs=0.01)


def test_map_is_told_in_shares_of_each_frame() -> None:
    query = places(3)

    found = agreed(hits(query, query), other=TALL)

    assert found.maps[0] @ [1.0, 1.0, 1.0] == pytest.approx([1 / 0.5625, 0.5625], abs=0.01)


def test_features_that_lie_elsewhere_do_not_agree() -> None:
    assert len(agreed(hits(places(1), places(2)))) == 0


def test_half_of_them_elsewhere_leaves_the_others_agreeing() -> None:
    query = places(1)
    source = moved(query, scale=0.5, turn=0.2, shift=(0.1, 0.1))
    source[10:] = places(5)[10:]

    found = agreed(hits(query, source))

    assert found.agreeing.tolist() == [pytest.approx(10, abs=2)]


def test_a_single_place_seen_often_is_no_agreement() -> None:
    query = np.tile(places(1, 1), (20, 1))

    assert len(agreed(hits(query, query))) == 0


def test_features_seen_in_many_assets_say_nothing() -> None:
    query = places(1)
    everywhere = [hits(query, query, asset=asset) for asset in range(AgreeParams().few + 1)]
    joined = Hits(
        np.concatenate([one.query_times for one in everywhere]),
        np.concatenate([one.assets for one in everywhere]),
        np.concatenate([one.times for one in everywhere]),
        np.concatenate([one.holds for one in everywhere]),
        np.concatenate([one.distances for one in everywhere]),
        Channel.FEATURE,
        "plain",
        np.concatenate([one.query_places for one in everywhere]),
        np.concatenate([one.places for one in everywhere]),
    )

    assert len(agreed(joined, assets=20)) == 0
    assert len(agreed(joined, assets=1000)) == len(everywhere)


def test_no_hits_agree_on_nothing() -> None:
    empty = hits(places(1, 0), places(1, 0))

    assert len(agreed(empty)) == 0
    assert AssetRow(7) not in agreed(empty).assets
