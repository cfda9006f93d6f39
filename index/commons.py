"""Codes to common shots: which stretches many assets share, such as intros, idents, test cards.

A shot is common if more assets show it than can be told apart by it, and those are otherwise their
own: copies of one film share everything, which makes none of it common. Codes are grouped by
agreeing in some of their bits, for several choices of bits (Gionis, Indyk and Motwani, "Similarity
search in high dimensions via hashing", VLDB 1999), so that the time taken grows with the number of
codes and not with its square. docs/adr/0012 has the reasons and what was measured.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from index.catalogue.commons import Commons, ceiling
from index.store.runs import HOLD_UNIT, TIME_UNIT, Run
from index.values import CODE_BITS, CODE_BYTES, AssetRow, Codes, Times, distance


@dataclass(frozen=True, slots=True)
class CommonParams:
    """When shots are one, and when it is common.

    Attributes:
        alike: Bits a code may differ from the middle of its group. Saved anew, smaller or brighter,
            most codes move by 2 to 10, seldom 20 (docs/limits.md); an intro written into 24 films
            in four sizes and qualities moved by 4 at most. Unrelated ones differ in 84 or more.
        choices: Choices of bits by which codes are grouped.
        spare: Bits of a choice beyond those that number all codes: few unrelated ones agree
            then. Of two codes 14 bits apart, among a million, one choice in four agrees.
        least: Assets of a group, at least. Noise keeps some codes of a shot from each group, and
            groups that have codes in common are one.
        own: Share of an asset's time that others must not share for the asset to count.
        joined: Seconds between common moments of an asset that are common as well: of a moving
            intro, two files seldom have codes of the same frames.
        stands: Seconds for which a code may stand after its hold where no other follows.
        longest: Seconds of a stretch beyond which it is no intro but footage that many quote, and
            that points to them.
        together: Share of the assets of two neighbouring shots that must have both for them to be
            one.
    """

    alike: int = 16
    choices: int = 16
    spare: int = 4
    least: int = 4
    own: float = 0.25
    joined: float = 4.0
    stands: float = 2.0
    longest: float = 60.0
    together: float = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class _Moments:
    """Codes of all assets, by asset and time.

    Attributes:
        assets: int64 (n,).
        starts: float64 (n,), seconds.
        ends: float64 (n,), seconds until which the code stands.
        codes: uint8 (n, 32).
    """

    assets: npt.NDArray[np.int64]
    starts: Times
    ends: Times
    codes: Codes


def learned(
    runs: Sequence[Run],
    lengths: Mapping[AssetRow, float],
    *,
    params: CommonParams = CommonParams(),
) -> Commons:
    """Return the stretches that many assets share.

    Args:
        runs: The codes of each asset.
        lengths: Seconds of each asset.
        params: See there.
    """
    moments = _moments(runs, lengths, params=params)
    least = ceiling(len(lengths))
    labels = _labels(moments, params=params)
    own = _own(moments, labels, params=params)
    labels = _common(moments, labels, own, least=least)
    if not (labels >= 0).any():
        return Commons.of([])
    shots = _shots(moments, labels, params=params)
    return Commons.of(list(_stretches(moments, shots, own, params=params)))


def _moments(
    runs: Sequence[Run], lengths: Mapping[AssetRow, float], *, params: CommonParams
) -> _Moments:
    some = sorted((run for run in runs if len(run)), key=lambda run: run.asset)
    assets = np.concatenate([np.empty(0, np.int64), *(np.full(len(r), r.asset) for r in some)])
    starts = np.concatenate([np.empty(0), *(run.times * TIME_UNIT for run in some)])
    holds = np.concatenate([np.empty(0), *(run.holds * HOLD_UNIT for run in some)])
    nexts = np.append(starts[1:], 0.0)
    over = np.array([lengths.get(AssetRow(asset), 0.0) for asset in assets.tolist()])
    last = np.append(np.diff(assets), 1) > 0
    ends = np.minimum(np.where(last, over, nexts), starts + holds + params.stands)
    codes = np.concatenate([np.empty((0, CODE_BYTES), np.uint8), *(run.codes for run in some)])
    return _Moments(assets, starts, np.maximum(ends, starts), codes)


def _labels(moments: _Moments, *, params: CommonParams) -> npt.NDArray[np.int64]:
    """Return the number of the group of each code; -1 for those that few assets have.

    Groups are taken the largest first. One that has codes of another is part of that.
    """
    found = sorted(_groups(moments, params=params), key=lambda group: -group[0])
    labels = np.full(len(moments.codes), -1)
    many = 0
    for _, rows in found:
        taken = labels[rows]
        known = taken[taken >= 0]
        label = int(np.bincount(known).argmax()) if len(known) else many
        many += not len(known)
        labels[rows[taken < 0]] = label
    return labels


def _groups(
    moments: _Moments, *, params: CommonParams
) -> Iterator[tuple[int, npt.NDArray[np.int64]]]:
    """Yield codes that are alike and of several assets: how many assets, which rows."""
    random = np.random.default_rng(0)
    bits = len(moments.codes).bit_length() + params.spare
    for _ in range(params.choices):
        keys = _keys(moments.codes, random.choice(CODE_BITS, bits, replace=False))
        order = np.argsort(keys, kind="stable")
        firsts = np.flatnonzero(np.diff(keys[order], prepend=keys[order[:1]] ^ 1))
        sizes = np.diff(firsts, append=len(order))
        for group in np.flatnonzero(sizes >= params.least):
            rows = order[firsts[group] : firsts[group] + sizes[group]]
            middle = _middle(moments.codes[rows])
            near = rows[distance(moments.codes[rows], middle) <= params.alike]
            owners = len(np.unique(moments.assets[near]))
            if owners >= params.least:
                yield owners, near


def _keys(codes: Codes, bits: npt.NDArray[np.int64]) -> npt.NDArray[np.uint32]:
    """Return some bits of each code as a number."""
    keys = np.zeros(len(codes), np.uint32)
    for bit in bits.tolist():
        keys = (keys << 1) | (codes[:, bit // 8] >> (7 - bit % 8) & 1)
    return keys


def _middle(codes: Codes) -> Codes:
    """Return the code that has each bit as most of these have it."""
    return np.packbits(np.unpackbits(codes, axis=1).mean(axis=0) >= 0.5)  # noqa: PLR2004 # most


def _own(
    moments: _Moments, labels: npt.NDArray[np.int64], *, params: CommonParams
) -> npt.NDArray[np.bool_]:
    """Return, by row, whether its asset shares little enough with others to count."""
    size = int(moments.assets.max(initial=-1)) + 1
    rows = np.flatnonzero(labels >= 0)
    reach = moments.ends[rows] - moments.starts[rows]
    follows = _follows(moments, rows, params=params)
    reach[:-1] = np.where(follows, np.diff(moments.starts[rows]), reach[:-1])
    shared = np.bincount(moments.assets[rows], reach, minlength=size)
    steps = np.append(np.diff(moments.starts), 0.0)
    same = np.append(np.diff(moments.assets) == 0, [False] * bool(len(steps)))
    whole = np.bincount(
        moments.assets, np.where(same, steps, moments.ends - moments.starts), minlength=size
    )
    own: npt.NDArray[np.bool_] = (shared <= (1 - params.own) * whole)[moments.assets]
    return own


def _common(
    moments: _Moments,
    labels: npt.NDArray[np.int64],
    own: npt.NDArray[np.bool_],
    *,
    least: float,
) -> npt.NDArray[np.int64]:
    """Return the labels, those of groups that too few assets of their own have replaced by -1."""
    counted = own & (labels >= 0)
    pairs = np.unique(np.column_stack([labels, moments.assets])[counted], axis=0)
    many = np.bincount(pairs[:, 0], minlength=max(1, int(labels.max(initial=-1)) + 1))
    return np.where((labels >= 0) & (many[labels] > least), labels, -1)


def _shots(
    moments: _Moments, labels: npt.NDArray[np.int64], *, params: CommonParams
) -> npt.NDArray[np.int64]:
    """Return the labels, groups that follow one another in most of their assets made one shot."""
    rows = np.flatnonzero(labels >= 0)
    follows = _follows(moments, rows, params=params)
    before, after = labels[rows[:-1]][follows], labels[rows[1:]][follows]
    shot = np.arange(int(labels.max(initial=-1)) + 1)
    owners = {label: set(moments.assets[labels == label].tolist()) for label in {*before, *after}}
    for first, second in sorted(set(zip(before.tolist(), after.tolist(), strict=True))):
        both = owners[first] & owners[second]
        if len(both) >= params.together * len(owners[first] | owners[second]):
            shot[shot == shot[second]] = shot[first]
    return np.where(labels >= 0, shot[labels], -1)


def _follows(
    moments: _Moments, rows: npt.NDArray[np.int64], *, params: CommonParams
) -> npt.NDArray[np.bool_]:
    """Return which of the rows but the last are followed by the next within the same stretch."""
    before, after = rows[:-1], rows[1:]
    same = moments.assets[before] == moments.assets[after]
    near = moments.starts[after] - moments.ends[before] <= params.joined
    follows: npt.NDArray[np.bool_] = same & near
    return follows


def _stretches(
    moments: _Moments,
    shots: npt.NDArray[np.int64],
    own: npt.NDArray[np.bool_],
    *,
    params: CommonParams,
) -> Iterator[tuple[int, int, float, float, bool]]:
    """Yield shot, asset, start, end and whether the asset counts, of each stretch."""
    rows = np.flatnonzero(shots >= 0)
    follows = _follows(moments, rows, params=params)
    begins = ~follows | (shots[rows[:-1]] != shots[rows[1:]])
    for run in np.split(np.arange(len(rows)), np.flatnonzero(begins) + 1):
        if not len(run):
            continue
        first, last = rows[run[0]], rows[run[-1]]
        reaches = run[-1] < len(follows) and follows[run[-1]]
        end = moments.starts[rows[run[-1] + 1]] if reaches else moments.ends[last]
        start = moments.starts[first]
        if 0 < end - start <= params.longest:
            yield (
                int(shots[first]),
                int(moments.assets[first]),
                float(start),
                float(end),
                bool(own[first]),
            )
