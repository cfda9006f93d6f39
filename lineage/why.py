"""Why a clip and one asset did or did not match.

Every part of the clip goes through the stages as if the asset were alone; where that proves
something, it goes through them once more among all of the archive.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import inf
from pathlib import Path

from index import files, measure
from index.archive import Archive
from index.errors import UserError, called
from index.sandbox import Sandbox
from index.values import Asset, Channel, Interval, Media
from lineage import alone, listening, prove, rivals
from lineage.clock import Progress
from lineage.listening import Listener
from lineage.looking import parts
from lineage.params import DEFAULT, TraceParams
from lineage.proofs import Prover
from lineage.report import clock
from lineage.steps import archive as contests
from lineage.steps import pictures, sounds
from lineage.steps.values import Contest, Pair, Step
from lineage.steps.verdict import Account, verdict
from lineage.values import Heard, Segment


@dataclass(frozen=True, slots=True)
class Why:
    """What became of a pair.

    Attributes:
        clip: The clip's name.
        asset: The archived file.
        media: What the clip holds.
        looked_at: The stretch of the clip that was looked at.
        parts: In how many parts.
        accounts: Picture, then sound: stage by stage, up to the stage that lost the pair.
        verdict: All of it in one sentence.
    """

    clip: str
    asset: Asset
    media: Media
    looked_at: Interval
    parts: int
    accounts: tuple[Account, ...]
    verdict: str


@dataclass(frozen=True, slots=True)
class _Case:
    """A clip and an asset, and what it takes to look at both."""

    path: Path
    asset: Asset
    archive: Archive
    sandbox: Sandbox
    media: Media
    within: Interval | None
    params: TraceParams
    held: Mapping[Channel, int]

    @property
    def whole(self) -> Interval:
        return self.within or Interval(0.0, self.media.duration)


def why(  # noqa: PLR0913 # what of the pair, and how
    path: Path,
    asset: Asset,
    archive: Archive,
    *,
    start: float = 0.0,
    end: float = inf,
    params: TraceParams = DEFAULT,
    progress: Progress | None = None,
) -> Why:
    """Return what each stage measured of a clip and one asset, up to the stage that lost them.

    Args:
        path: The suspect clip.
        asset: The archived file.
        archive: Where it is.
        start: Seconds of the clip from which it is looked at.
        end: Seconds up to which it is.
        params: How hard to look.
        progress: Told how far it is.

    Raises:
        MissingFileError: There is no such file, or it may not be read.
        BadMediaError: It holds nothing that can be decoded.
        UserError: The clip has no such stretch.
    """
    tell = progress or (lambda _stage, _share: None)
    with Sandbox(preload=measure.NEEDED) as sandbox:
        media = sandbox.run(measure.media, path)
        within = _stretch(path, media, start, end)
        held = archive.card(asset).codes
        case = _Case(path, asset, archive, sandbox, media, within, params, held)
        sound, parts_heard = _sound(case, lambda share: tell("sound", min(1.0, share)))
        heard = [(asset.row, one) for one in sound.found]
        picture, seen = _pictures(case, heard, lambda share: tell("picture", min(1.0, share)))
    accounts = picture, sound
    return Why(
        clip=files.name(path),
        asset=asset,
        media=media,
        looked_at=case.whole,
        parts=max(1, seen, parts_heard),
        accounts=accounts,
        verdict=verdict(accounts, asset.name),
    )


def _stretch(path: Path, media: Media, start: float, end: float) -> Interval | None:
    """Return the stretch of the clip to look at; None if it is all of it."""
    if start <= 0 and end >= media.duration:
        return None
    end = min(end, media.duration)
    if start >= end:
        raise UserError(
            f"{called(path)} has nothing from {clock(start)} to {clock(end)}: it ends at "
            f"{clock(media.duration)}.",
            hint="Name seconds of the clip, the first before the last.",
        )
    return Interval(start, end)


def _pictures(case: _Case, heard: Heard, progress: Callable[[float], None]) -> tuple[Account, int]:
    """Return what became of the pictures, and in how many parts they were looked at."""
    lacking = _lacking(case, Channel.PICTURE)
    if lacking is not None:
        return Account(Channel.PICTURE, (lacking,), there=False), 0
    params, row = case.params, case.asset.row
    provers = [
        Prover(case.path, each, case.sandbox, params.proof)
        for each in (case.archive.alone(case.asset), case.archive)
    ]
    pair, contest, count = Pair(), None, 0
    stages = parts(
        case.path, case.media, case.sandbox, within=case.within, params=params, progress=progress
    )
    for whole, seen in stages:
        count += 1
        found = alone.pictures(seen, whole, provers[0], heard=heard, params=params)
        pair = pair.also(found)
        if found.proven:
            stood = rivals.pictures(
                seen, whole, found.proven, row, provers[1], heard=heard, params=params
            )
            contest = stood if contest is None else contest.also(stood)
    kept = [case.held.get(channel, 0) for channel in (Channel.PICTURE, Channel.FEATURE)]
    steps = [pictures.coded(pair, *kept)]
    if steps[0].passed:
        lookup = params.lookup
        radius = {
            Channel.PICTURE: lookup.picture,
            Channel.MASKED: lookup.masked,
            Channel.FEATURE: lookup.feature,
            Channel.LEARNED: lookup.learned,
            Channel.PANEL: lookup.picture,
            Channel.SOUND: params.listen.radius,
        }
        steps += pictures.near(pair, radius=radius, fewest=lookup.agree.fewest)
    if any(way.hits for way in pair.ways):
        steps += [pictures.pointed(way) for way in pair.ways if way.hits]
        laid = [pictures.laid(look, params=params.proof.prove) for look in pair.looks]
        steps += laid or [pictures.unlaid(pair)]
    return _account(Channel.PICTURE, steps, contest, params), count


def _sound(case: _Case, progress: Callable[[float], None]) -> tuple[Account, int]:
    """Return what became of the sound, and in how many parts it was listened to."""
    lacking = _lacking(case, Channel.SOUND)
    if lacking is None and Channel.SOUND not in case.held:
        sentence = "The archived file was indexed without its sound, so sound cannot be compared."
        lacking = Step("codes", sentence, passed=False)
    if lacking is not None:
        return Account(Channel.SOUND, (lacking,), there=False), 0
    params = case.params.listen
    listeners = [
        Listener(case.path, each, case.sandbox, params)
        for each in (case.archive.alone(case.asset), case.archive)
    ]
    pair, contest, count = Pair(), None, 0
    for heard in listeners[0].parts(case.whole, exactly=case.within is not None):
        count += 1
        found = alone.sound(heard, listeners[0])
        pair = pair.also(found)
        if found.proven:
            stood = rivals.sound(heard, found.proven, case.asset.row, listeners[1])
            contest = stood if contest is None else contest.also(stood)
        progress((listening.span(heard).end - case.whole.start) / case.whole.length)
    steps = [sounds.coded(pair, case.held[Channel.SOUND])]
    if steps[0].passed:
        steps += sounds.near(pair, radius=params.radius)
    if any(way.hits for way in pair.ways):
        steps += [sounds.pointed(way) for way in pair.ways if way.hits]
        steps += [sounds.laid(look, params=params.sound) for look in pair.looks] or [
            sounds.unlaid()
        ]
    return _account(Channel.SOUND, steps, contest, case.params), count


def _lacking(case: _Case, channel: Channel) -> Step | None:
    """Return the step that says which of both has no such channel; None if both have it."""
    files_held = {"The clip": case.media, "The archived file": case.asset.media}
    lacking = [name for name, media in files_held.items() if not _has(media, channel)]
    if not lacking:
        return None
    who = lacking[0] if len(lacking) == 1 else "Neither the clip nor the archived file"
    has = "has no" if len(lacking) == 1 else "has a"
    if channel is Channel.PICTURE:
        has = has.removesuffix(" a")
        sentence = f"{who} {has} picture, only sound, so pictures cannot be compared."
    else:
        sentence = f"{who} {has} sound track, so sound cannot be compared."
    return Step("codes", sentence, passed=False)


def _has(media: Media, channel: Channel) -> bool:
    return media.has_picture if channel is Channel.PICTURE else media.has_sound


def _account(
    channel: Channel, steps: list[Step], contest: Contest | None, params: TraceParams
) -> Account:
    found: tuple[Segment, ...] = ()
    if contest is not None:
        steps.append(contests.stood(contest))
        found = tuple(prove.joined(contest.held, params=params.proof.prove))
    return Account(channel, tuple(steps), found)
