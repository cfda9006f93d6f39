"""Hits to candidates: which stretches of which assets deserve a look at their pictures.

Each hit says "this moment of the query may be that moment of that asset". Hits of a true source lie
on a line source = a + rate * query; hits by chance do not. Votes are weighed by how rare the
query's moment is in the archive, as words are in text retrieval (Spärck Jones, "A statistical
interpretation of term specificity", Journal of Documentation 28, 1972; for video: Sivic and
Zisserman, "Video Google", ICCV 2003).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from index.values import AssetRow, Hits, Interval
from lineage.values import Candidate, Heard, Segment


@dataclass(frozen=True, slots=True)
class GatherParams:
    """How hits become candidates.

    Attributes:
        far: Bits at which the nearest hit of a moment has a quarter of the weight of an equal one.
        rates: Source seconds per query second that are tried; backwards as well.
        slack: Seconds a hit may lie off the line: archived keyframes stand for what is around them.
        room: Seconds added on both sides of the voted stretch, for what lies between keyframes.
        common: Share of the assets that a moment may resemble before it says nothing.
        few: Number of assets it may resemble however small the archive.
        fades: Bits further than the nearest that halve a hit's weight, and within which one that is
            learned to be common says what the nearest is.
        many: Local features that agree in two frames from which on more say no more.
        weak: Share of an asset's strongest line below which another is not looked at.
        lines: Lines through one asset's hits at most.
        longest: Seconds of one asset looked at in one go.
        plainly: Share by which a line must weigh more than one of a plainer rate; codes of pictures
            that hardly move lie on many lines.
        moments: Moments of the query that must resemble an asset for it to be looked at.
        most: Candidates returned at most.
    """

    far: float = 68.0
    rates: tuple[float, ...] = (1.0, 0.5, 0.67, 0.8, 1.25, 1.5, 2.0)
    slack: float = 1.0
    room: float = 3.0
    common: float = 0.1
    few: int = 12
    fades: float = 8.0
    many: float = 12.0
    weak: float = 0.1
    lines: int = 32
    longest: float = 90.0
    plainly: float = 1e-9
    moments: int = 1
    most: int = 40


@dataclass(frozen=True, slots=True, eq=False)
class _Votes:
    """Hits of one asset in one variant, as points in the plane of both times.

    Attributes:
        rows: Their rows in the hits.
        query: Seconds in the query.
        source: Seconds in the asset.
        hold: Seconds for which the archived code stands.
        weight: What each says.
    """

    rows: npt.NDArray[np.int64]
    query: npt.NDArray[np.float64]
    source: npt.NDArray[np.float64]
    hold: npt.NDArray[np.float64]
    weight: npt.NDArray[np.float64]

    def of(self, chosen: npt.NDArray[np.bool_]) -> "_Votes":
        """Return some of them."""
        return _Votes(
            self.rows[chosen],
            self.query[chosen],
            self.source[chosen],
            self.hold[chosen],
            self.weight[chosen],
        )

    def beside(self, other: "_Votes") -> "_Votes":
        """Return both together."""
        pairs = ((getattr(self, f.name), getattr(other, f.name)) for f in fields(self))
        return _Votes(*(np.concatenate(pair) for pair in pairs))

    @property
    def score(self) -> float:
        """Their weight, each moment of the query counted once, by its best."""
        order = np.lexsort((-self.weight, self.query))
        return float(self.weight[order][_firsts(self.query[order])].sum())


@dataclass(frozen=True, slots=True, eq=False)
class _Line:
    """Votes on one line, or on lines that look at the same stretches."""

    votes: _Votes
    rate: float
    within: Interval

    def query(self, params: "GatherParams") -> Interval:
        """The stretch of the query to look at."""
        first, last = self.votes.query.min(), self.votes.query.max()
        return Interval(max(0.0, first - params.room), last + params.room)

    def source(self, params: "GatherParams") -> Interval:
        """The stretch of the asset to look at.

        What the votes' lines reach only before the query begins, or after it ends, is not shown.
        """
        room, speed = params.room * max(1.0, abs(self.rate)), abs(self.rate)
        before = self.votes.query - self.within.start
        after = self.within.end - self.votes.query
        if self.rate < 0:
            before, after = after, before
        starts, ends = self.votes.source, self.votes.source + self.votes.hold
        low = max(starts.min() - room, (starts - speed * before).min() - params.slack)
        high = min(ends.max() + room, (ends + speed * after).max() + params.slack)
        return Interval(max(0.0, low), high)


def gather(
    hits: Sequence[Hits],
    *,
    assets: int,
    within: Interval,
    heard: Heard = (),
    params: GatherParams = GatherParams(),
) -> list[Candidate]:
    """Return the candidates the hits point to, best first.

    Args:
        hits: One value for each variant of the query.
        assets: Number of assets in the archive.
        within: The stretch of the query that was looked up.
        heard: What was found of its sound.
        params: See there.
    """
    if not any(map(len, hits)):
        return []
    moments, rarities = _rarities(hits, assets=assets, params=params)
    found: list[Candidate] = []
    for part in hits:
        rarity = rarities[np.searchsorted(moments, part.query_times)]
        for rows in _of_assets(part, rarity > 0, params=params):
            votes = _Votes(
                rows,
                part.query_times[rows],
                part.times[rows],
                part.holds[rows],
                rarity[rows] * _strength(part, rows, params=params),
            )
            lines = _joined(_lines(votes, within, params=params), params=params)
            sound = tuple(one for row, one in heard if row == part.assets[rows[0]])
            found += [_candidate(part, line, sound, params=params) for line in lines]
    return sorted(found, key=lambda candidate: -candidate.score)[: params.most]


def _of_assets(
    hits: Hits, telling: npt.NDArray[np.bool_], *, params: GatherParams
) -> Iterator[npt.NDArray[np.int64]]:
    """Yield the rows of the hits that tell something, asset by asset."""
    rows = np.flatnonzero(telling)
    rows = rows[np.argsort(hits.assets[rows], kind="stable")]
    for each in np.split(rows, np.flatnonzero(np.diff(hits.assets[rows])) + 1):
        if len(each) and len(np.unique(hits.query_times[each])) >= params.moments:
            yield each


def too_common(
    hits: Sequence[Hits], *, assets: int, params: GatherParams = GatherParams()
) -> npt.NDArray[np.float64]:
    """Return the query's times that resemble too many assets to say anything, rising."""
    if not hits:
        return np.empty(0)
    times, rarity = _rarities(hits, assets=assets, params=params)
    common: npt.NDArray[np.float64] = times[rarity == 0]
    return common


def _ceiling(assets: int, params: GatherParams) -> float:
    return max(params.few, params.common * assets)


def _frequency(
    hits: Sequence[Hits],
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """Return the query's times with hits and the number of assets each resembles."""
    times = np.concatenate([np.empty(0), *(part.query_times for part in hits)])
    owners = np.concatenate([np.empty(0, np.int64), *(part.assets for part in hits)])
    moments, moment = np.unique(times, return_inverse=True)
    wide = int(owners.max(initial=0)) + 1
    pairs = np.unique(moment * wide + owners)
    return moments, np.bincount(pairs // wide, minlength=len(moments))


def _rarities(
    hits: Sequence[Hits], *, assets: int, params: GatherParams
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return the query's times with hits and the weight of each: 0 if it is too common."""
    moments, counts = _frequency(hits)
    rarity = np.log1p(assets / np.maximum(counts, 1))
    rarity[(counts > _ceiling(assets, params)) | _shared(hits, params=params)] = 0.0
    return moments, rarity


def _shared(hits: Sequence[Hits], *, params: GatherParams) -> npt.NDArray[np.bool_]:
    """Return which of the query's times with hits show what was learned to be common.

    They hit a common moment of an asset, and no other moment is much nearer: then the assets of
    which that was not learned say no more than the others.
    """
    times = np.concatenate([part.query_times for part in hits])
    common = np.concatenate(
        [part.common if part.common.size else np.zeros(len(part), np.bool_) for part in hits]
    )
    far = np.concatenate([_remoteness(part, params=params) for part in hits])
    moments, moment = np.unique(times, return_inverse=True)
    nearest, shared = np.full((2, len(moments)), np.inf)
    np.minimum.at(nearest, moment, far)
    np.minimum.at(shared, moment[common], far[common])
    return np.isfinite(shared) & (shared <= nearest + params.fades)


def _remoteness(hits: Hits, *, params: GatherParams) -> npt.NDArray[np.float64]:
    """Return how far each hit is, in bits; of frames with features in common, as far as few are."""
    if not len(hits.agreeing):
        return hits.distances.astype(np.float64)
    few: npt.NDArray[np.float64] = params.far * (1 - hits.agreeing / hits.agreeing.max())
    return few


def _strength(
    hits: Hits, rows: npt.NDArray[np.int64], *, params: GatherParams
) -> npt.NDArray[np.float64]:
    """Return each hit's weight among those of its moment in one asset."""
    if not len(hits.agreeing):
        return _closeness(hits, rows, params=params)
    agreeing = hits.agreeing[rows].astype(np.float64)
    _, moment = np.unique(hits.query_times[rows], return_inverse=True)
    most = np.zeros(moment.max(initial=-1) + 1)
    np.maximum.at(most, moment, agreeing)
    weight: npt.NDArray[np.float64] = (agreeing / most[moment]) ** 2
    return weight * np.minimum(1.0, agreeing / params.many)


def _closeness(
    hits: Hits, rows: npt.NDArray[np.int64], *, params: GatherParams
) -> npt.NDArray[np.float64]:
    """Return each hit's weight among those of its moment in one asset.

    The nearest has 1; one `fades` bits further has half. In a studio that looks alike for an hour
    only the best moments count. A nearest one far off counts less as well.
    """
    far = hits.distances[rows].astype(np.float64)
    _, moment = np.unique(hits.query_times[rows], return_inverse=True)
    nearest = np.full(moment.max(initial=-1) + 1, np.inf)
    np.minimum.at(nearest, moment, far)
    best = nearest[moment]
    weight: npt.NDArray[np.float64] = 0.5 ** ((far - best) / params.fades) * (
        1.0 - 0.75 * best / params.far
    )
    return weight


def _lines(votes: _Votes, within: Interval, *, params: GatherParams) -> Iterator[_Line]:
    """Yield the lines through one asset's votes, the strongest first, each without those before."""
    strongest = 0.0
    for _ in range(params.lines):
        if not len(votes.rows) or len(np.unique(votes.query)) < params.moments:
            return
        rate, on = _best_line(votes, params=params)
        line = _Line(votes.of(on), rate, within)
        strongest = max(strongest, line.votes.score)
        if line.votes.score < params.weak * strongest:
            return
        yield line
        votes = votes.of(~on)


def _joined(lines: Iterable[_Line], *, params: GatherParams) -> list[_Line]:
    """Return the lines, those that look at overlapping stretches made one."""
    joined: list[_Line] = []
    for line in lines:
        for index, other in enumerate(joined):
            both = _Line(other.votes.beside(line.votes), other.rate, other.within)
            apart = line.source(params).length + other.source(params).length
            if (
                both.source(params).length <= min(apart, params.longest)
                and both.query(params).length <= params.longest
            ):
                joined[index] = both
                break
        else:
            joined.append(line)
    return joined


def _best_line(votes: _Votes, *, params: GatherParams) -> tuple[float, npt.NDArray[np.bool_]]:
    """Return the rate of the line most of the weight lies on, and which votes lie on it.

    Offsets are counted in cells, as in Hough's transform; a line may take the cells beside its own.
    Forwards at 1 wins ties.
    """
    best, answer = -1.0, (1.0, np.ones(len(votes.rows), bool))
    rates = np.array((*params.rates, *(-rate for rate in params.rates)))
    offsets = votes.source - rates[:, None] * votes.query
    cells = np.round(offsets / params.slack).astype(np.int64)
    cells -= cells.min(axis=1, keepdims=True) - 1
    _, moment = np.unique(votes.query, return_inverse=True)
    for row, (cell, most) in enumerate(_heaviest(cells, moment, votes.weight)):
        if most <= best:
            continue  # A line weighs no more than its cells, of which several may hold a moment.
        near = np.abs(cells[row] - cell) <= 1
        score = votes.of(near).score
        if score > best * (1 + params.plainly):
            off = np.abs(offsets[row] - np.median(offsets[row][near]))
            best = score
            answer = (float(rates[row]), near | (off <= params.slack + votes.hold))
    return answer


def _heaviest(
    cells: npt.NDArray[np.int64], moment: npt.NDArray[np.int64], weight: npt.NDArray[np.float64]
) -> Iterator[tuple[int, float]]:
    """Yield for each rate the cell that with both beside it holds most, and how much.

    Each moment is counted once a cell.

    Args:
        cells: (r, n), 1 or more.
        moment: (n,), the number of each vote's moment.
        weight: (n,).
    """
    widths = cells.max(axis=1) + 2
    starts = np.cumsum(widths) - widths
    places = (cells + starts[:, None]).ravel()
    key = np.tile(moment, len(cells)) * widths.sum() + places
    weights = np.tile(weight, len(cells))
    order = np.lexsort((-weights, key))
    first = order[_firsts(key[order])]
    held = np.bincount(places[first], weights[first], minlength=widths.sum())
    sums = np.convolve(held, np.ones(3), mode="same")
    for start, width in zip(starts.tolist(), widths.tolist(), strict=True):
        cell = int(sums[start : start + width].argmax())
        yield cell, float(sums[start + cell])


def _firsts(
    rising: npt.NDArray[np.float64] | npt.NDArray[np.int64],
) -> npt.NDArray[np.bool_]:
    """Return which of some values that never fall are not what stands before them."""
    first = np.ones(len(rising), np.bool_)
    np.not_equal(rising[1:], rising[:-1], out=first[1:])
    return first


def _candidate(
    hits: Hits, line: _Line, heard: tuple[Segment, ...], *, params: GatherParams
) -> Candidate:
    rows = line.votes.rows
    return Candidate(
        asset=AssetRow(int(hits.assets[rows[0]])),
        variant=hits.variant,
        query=line.query(params),
        source=line.source(params),
        rate=line.rate,
        score=line.votes.score,
        votes=len(np.unique(line.votes.query)),
        hits=hits.at(rows),
        heard=heard,
    )
