"""Where a clip may come from, by its codes alone: the story of `trace` up to its candidates.

What would prove them lies in the clip, and the clip is elsewhere. So a candidate must rest on more
than it does in a trace, and it is told as what it is.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import metadata
from math import ceil
from pathlib import Path

import numpy as np

from index.archive import Archive
from index.errors import BadMediaError, called
from index.fingerprints import Fingerprints
from index.hashing import pictures
from index.values import Asset, Channel, Fingerprint, Hits, Interval
from lineage import candidates, lookups, report, unexplained
from lineage.candidates import GatherParams
from lineage.clock import Clock, Progress
from lineage.listening import searchable
from lineage.params import TraceParams
from lineage.trace import searched_in
from lineage.values import Candidate, Hint, Lookup, Tell


@dataclass(frozen=True, slots=True)
class Least:
    """What a candidate must rest on to be told without proof.

    Attributes:
        moments: Moments of the query.
        stored: Moments of the asset.
        agreeing: Local features that agree in half of its pairs of frames.
        seconds: Of the query, from the first moment to the last.
    """

    moments: int
    stored: int = 1
    agreeing: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class CoarseParams:
    """When codes alone are enough.

    Attributes:
        trace: How a trace looks things up.
        gather: How hits of pictures become candidates: one for each line, since only a proof could
            tell those of several apart, and the plainest rate that is about as good. Of 133
            stretches of made clips the rate was then right in 0.86, else in 0.31.
        hear: The same of sound.
        least: What a candidate must rest on; docs/limits.md has the figures. Of whole frames none
            misled in the test footage, and two are asked for since in a large archive more are
            alike by chance. Letters are like letters: a card of them is one frame of an asset, and
            few of its features lie alike. Codes of sound less than a second apart are heard in part
            in the same sound: where silence begins, many are alike.
        seldom: Of the moments of a part, one in so many is looked up flipped, turned or negative,
            as few clips are: three more ways would cost more than the two that most are shown in.
        few: Moments of a part of which all are, however it is turned.
        told: Share of a candidate that a better one of the same asset may cover.
        jump: Seconds by which the source's clock may jump between two candidates that are one.
        most: Candidates told at most.
    """

    trace: TraceParams = field(default_factory=TraceParams)
    gather: GatherParams = field(
        default_factory=lambda: GatherParams(longest=0.0, plainly=0.3, moments=2)
    )
    hear: GatherParams = field(
        default_factory=lambda: GatherParams(
            far=64.0, rates=(1.0,), slack=0.3, longest=0.0, moments=3
        )
    )
    least: tuple[tuple[Tell, Least], ...] = (
        (Tell.FRAMES, Least(moments=2)),
        (Tell.FEATURES, Least(moments=3, stored=2, agreeing=6)),
        (Tell.SOUND, Least(moments=3, seconds=1.0)),
    )
    seldom: int = 3
    few: int = 24
    told: float = 0.5
    jump: float = 2.0
    most: int = 40


DEFAULT = CoarseParams()
PLAINLY = frozenset({"plain", "mirror"})
"""How most copies are shown: of these no moment is left out."""
AROUND = {Tell.FRAMES: (0.0, 0.2), Tell.FEATURES: (0.0, 0.2), Tell.SOUND: (0.5, 0.5)}
"""Seconds before and after its time that a code of the query stands for."""


def lookup(
    prints: Fingerprints,
    archive: Archive,
    *,
    params: CoarseParams = DEFAULT,
    progress: Progress | None = None,
) -> Lookup:
    """Return where a clip may come from, as far as codes tell; nothing of it is proven.

    Args:
        prints: The clip's codes.
        archive: What to search.
        params: When codes are enough.
        progress: Told how far it is.

    Raises:
        BadMediaError: The codes were not measured as the archive's were.
    """
    _comparable(prints, archive)
    clock = Clock(progress)
    archive = archive.still()
    searched = searched_in(archive)
    found: list[Hint] = []
    windows = list(_windows(prints, params.trace.part))
    for number, window in enumerate(windows):
        clock.within("search")(number / len(windows))
        found += _seen(prints, window, archive, assets=searched.assets, params=params)
        clock.mark("search")
        found += _heard(prints, window, archive, assets=searched.assets, params=params)
        clock.mark("listen")
    hints = tuple(distinct(joined(found, params=params), params=params))
    return Lookup(
        version=_version(),
        name=prints.name,
        duration=prints.duration,
        counts=prints.counts,
        searched=searched,
        hints=hints,
        summary=report.coarse_summary(hints, searched=searched),
        limits=report.coarse_limits(prints.counts, searched=searched),
        timing=clock.timing(),
    )


@cache
def _version() -> str:
    """Return the program's version; to read it costs more than many a look-up."""
    return metadata.version("wherefrom")


def enough(candidate: Candidate, least: Least) -> bool:
    """Return whether a candidate rests on enough to be told without proof."""
    hits = candidate.hits
    agreeing = float(np.median(hits.agreeing)) if len(hits.agreeing) else 0.0
    return (
        candidate.votes >= least.moments
        and float(np.ptp(hits.query_times)) >= least.seconds
        and len(np.unique(hits.times)) >= least.stored
        and agreeing >= least.agreeing
    )


def joined(hints: Iterable[Hint], *, params: CoarseParams = DEFAULT) -> list[Hint]:
    """Return the hints, those that go on where another of the same asset ends made one.

    A long clip is looked up part by part.
    """
    whole: list[Hint] = []
    for hint in sorted(hints, key=lambda one: one.query):
        for index, other in enumerate(whole):
            if _goes_on(other, hint, params.jump):
                whole[index] = _together(other, hint)
                break
        else:
            whole.append(hint)
    return whole


def distinct(hints: Iterable[Hint], *, params: CoarseParams = DEFAULT) -> list[Hint]:
    """Return those with most votes, without what a better one of the same asset tells.

    Pictures that hardly move lie on many lines.
    """
    kept: list[Hint] = []
    for hint in sorted(hints, key=lambda one: (-one.votes, one.channel, one.query)):
        known = [
            one.query for one in kept if (one.asset, one.channel) == (hint.asset, hint.channel)
        ]
        if unexplained.covered(hint.query, known) <= params.told:
            kept.append(hint)
    return kept[: params.most]


def _comparable(prints: Fingerprints, archive: Archive) -> None:
    """Make sure that the codes can be compared with the archive's."""
    for _, measured in prints.columns():
        name = measured.channel.name.lower()
        recipe = archive.recipes.get(name, measured.recipe)
        if len(measured) and measured.recipe != recipe:
            raise BadMediaError(
                f"{called(Path(prints.name or 'The clip'))} has {name} codes of "
                f"{measured.recipe}, which cannot be compared with the archive's {recipe}.",
                hint="Make it anew with the version of wherefrom that made the archive.",
            )


def _windows(prints: Fingerprints, length: float) -> Iterator[Interval]:
    """Yield the parts in which a clip is looked up, so that memory stays flat."""
    last = [float(measured.times[-1]) for _, measured in prints.columns() if len(measured)]
    end = max(prints.duration, *last) + 1e-3
    count = max(1, ceil(end / length - 0.5))
    for number in range(count):
        yield Interval(end * number / count, end * (number + 1) / count)


def _seen(
    prints: Fingerprints, window: Interval, archive: Archive, *, assets: int, params: CoarseParams
) -> list[Hint]:
    """Return what codes of pictures tell of a part: each tier only of what those before left."""
    found: list[Hint] = []
    turned = {
        variant: replace(prints.picture, codes=codes)
        for variant, codes in pictures.turned(prints.picture.codes).items()
    }
    shape = lookups.shape_of(prints.width, prints.height)
    for tier in params.trace.tiers:
        if tier.panels or tier.again or tier.channel not in {Channel.PICTURE, Channel.FEATURE}:
            continue  # What lies inside a frame, or what a model says, is not in its code.
        left = unexplained.gaps(window, (hint.query for hint in found))
        left = [gap for gap in left if gap.length >= params.trace.rest.short]
        if tier.channel is Channel.PICTURE:
            tell, wanted = Tell.FRAMES, {name: turned[name] for name in tier.variants}
            if not PLAINLY.intersection(tier.variants):
                wanted = {name: _some(each, window, params) for name, each in wanted.items()}
            radius = params.trace.lookup.picture
            hits = lookups.either(wanted, left, archive, radius=radius)
        else:
            tell, wanted = Tell.FEATURES, {name: prints.features[name] for name in tier.variants}
            hits = lookups.agreeing(wanted, left, archive, shape=shape, params=params.trace.lookup)
        gathered = candidates.gather(hits, assets=assets, within=window, params=params.gather)
        found += _hints(gathered, wanted, archive, tell, params=params)
    return found


def _some(measured: Fingerprint, window: Interval, params: CoarseParams) -> Fingerprint:
    """Return the codes of some of the moments of a part, spread evenly."""
    inside = measured.within([window])
    moments = np.unique(inside.times)
    if len(moments) <= params.few:
        return inside
    rows = np.isin(inside.times, moments[:: params.seldom])
    return replace(
        inside,
        times=inside.times[rows],
        holds=inside.holds[rows],
        codes=inside.codes[rows],
        places=inside.places[rows],
    )


def _heard(
    prints: Fingerprints, window: Interval, archive: Archive, *, assets: int, params: CoarseParams
) -> list[Hint]:
    """Return what codes of sound tell of a part."""
    if not searchable(archive):
        return []
    wanted = {"plain": prints.sound}
    hits = lookups.alike(wanted, [window], archive, radius=params.trace.listen.radius)
    gathered = candidates.gather(hits, assets=assets, within=window, params=params.hear)
    return _hints(gathered, wanted, archive, Tell.SOUND, params=params)


def _hints(
    gathered: Sequence[Candidate],
    wanted: dict[str, Fingerprint],
    archive: Archive,
    tell: Tell,
    *,
    params: CoarseParams,
) -> list[Hint]:
    least = dict(params.least)[tell]
    told = [candidate for candidate in gathered if enough(candidate, least)]
    assets = archive.assets_of({candidate.asset for candidate in told})
    return [
        _hint(candidate, wanted[candidate.variant], assets[candidate.asset], tell)
        for candidate in told
    ]


def _hint(candidate: Candidate, wanted: Fingerprint, asset: Asset, tell: Tell) -> Hint:
    """Return a candidate as its codes tell it, without the room a proof would look at."""
    hits = _nearest(candidate.hits)
    first, last = float(hits.query_times[0]), float(hits.query_times[-1])
    before, after = AROUND[tell]
    query = Interval(max(0.0, first - before), last + after)
    offset = float(np.median(hits.times - candidate.rate * hits.query_times))
    ends = sorted(offset + candidate.rate * time for time in (query.start, query.end))
    low = min(max(0.0, ends[0]), asset.media.duration)
    asked = wanted.times[(wanted.times >= first) & (wanted.times <= last)]
    return Hint(
        asset=asset,
        channel=Channel.SOUND if tell is Tell.SOUND else Channel.PICTURE,
        tell=tell,
        variant=candidate.variant,
        query=query,
        source=Interval(low, max(min(ends[1], asset.media.duration), low + 1e-3)),
        rate=candidate.rate,
        moments=len(hits),
        asked=len(np.unique(asked)),
        bits=float(np.median(hits.distances)),
        votes=round(candidate.score, 2),
    )


def _nearest(hits: Hits) -> Hits:
    """Return the nearest hit of each moment of the query, by time."""
    order = np.lexsort((hits.distances, hits.query_times))
    moments = hits.query_times[order]
    return hits.at(order[np.diff(moments, prepend=-1.0) > 0])


def _goes_on(hint: Hint, later: Hint, jump: float) -> bool:
    """Return whether a hint of a later part goes on where another ends."""
    alike = (hint.asset, hint.tell, hint.variant, hint.rate)
    if alike != (later.asset, later.tell, later.variant, later.rate):
        return False
    ends, goes = (
        (hint.source.start, later.source.end)
        if hint.rate < 0
        else (hint.source.end, later.source.start)
    )
    gap = later.query.start - hint.query.end
    return abs(gap) <= jump and abs(goes - ends - hint.rate * gap) <= jump


def _together(hint: Hint, later: Hint) -> Hint:
    moments = hint.moments + later.moments
    return replace(
        hint,
        query=Interval(hint.query.start, max(hint.query.end, later.query.end)),
        source=Interval(
            min(hint.source.start, later.source.start), max(hint.source.end, later.source.end)
        ),
        moments=moments,
        asked=hint.asked + later.asked,
        bits=(hint.bits * hint.moments + later.bits * later.moments) / moments,
        votes=round(hint.votes + later.votes, 2),
    )
