"""What is said of clips that were forged, or handled honestly, held against what was done."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from statistics import median
from typing import Any

from benchmarks import handling
from benchmarks.footage import LIKELY
from benchmarks.portraits import PORTRAITS
from benchmarks.tables import number, percent, table
from index.values import Box
from lineage.findings import INSIDE, SOUNDING, Kind, Significance, significance
from lineage.rates import RATES

MEETS = 0.1
"""Overlap of boxes, as a share of what both cover, from which a finding is of what was done."""
DONE: Mapping[str, frozenset[Kind]] = {
    "pasted": frozenset({Kind.REGION_CHANGED, Kind.OVERLAY_ADDED, Kind.FACE_REPLACED}),
    "moved": frozenset({Kind.REGION_CHANGED, Kind.OVERLAY_ADDED, Kind.FACE_REPLACED}),
    "blurred": frozenset({Kind.BLURRED, Kind.REGION_REMOVED}),
    "inpainted": frozenset({Kind.REGION_REMOVED, Kind.BLURRED}),
    "mouth": frozenset({Kind.MOUTH_REPLACED}),
    "face": frozenset({Kind.FACE_REPLACED}),
}
"""Kinds that name what was done rightly."""
READ = frozenset({Kind.CAPTION_ADDED, Kind.CAPTION_REMOVED})
"""Kinds that are told where letters are read, which these clips are not."""
HEAD = "clips", "found", "share", "named", "overlap", "start", "end", "misleading"
"""Of the tables of what was found of forged clips."""
TRUST = "kinds", "confidence", "findings", "mean", "right"
"""Head of the table of how sure findings are."""
EXPECTED: Mapping[str, frozenset[Kind]] = {
    "1.25 times as fast": frozenset({Kind.SPEED_CHANGED}),
}
"""Kinds that are true of honest copies, and may alter the meaning."""


@dataclass(frozen=True, slots=True)
class Told:
    """A finding about a clip.

    Attributes:
        kind: What is said to have been done.
        confidence: How sure it is.
        query: When.
        box: Where; None for all of the picture.
        measures: Numbers that say how much.
    """

    kind: str
    confidence: float
    query: tuple[float, float]
    box: tuple[float, float, float, float] | None
    measures: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Clip:
    """A clip and what was said of it.

    Attributes:
        film: What it was made of.
        handled: How it was.
        pace: Its frames a second.
        forgery: What was forged; None for an honest copy.
        query: When; None likewise.
        box: Where; None likewise.
        found: Whether its film was found.
        told: What is said.
        weak: What would be if all were said that differs, however little.
        without: What is said where a step is left out, by its name.
    """

    film: str
    handled: str
    pace: float
    forgery: str | None
    query: tuple[float, float] | None
    box: tuple[float, float, float, float] | None
    found: bool
    told: tuple[Told, ...]
    weak: tuple[Told, ...]
    without: Mapping[str, tuple[Told, ...]]


@dataclass(frozen=True, slots=True)
class Met:
    """How a finding meets what was done.

    Attributes:
        right: Whether it names it rightly.
        overlap: Of both boxes, as a share of what they cover together.
        start: Frames by which it begins too early or too late.
        end: The same of its end.
    """

    right: bool
    overlap: float
    start: float
    end: float


def met(clip: Clip, told: Told) -> Met | None:
    """Return how a finding meets what was forged; None where it is of something else."""
    if clip.forgery is None or clip.query is None or clip.box is None or told.box is None:
        return None
    overlap = Box(*told.box).shared(Box(*clip.box))
    shared = min(told.query[1], clip.query[1]) - max(told.query[0], clip.query[0])
    if overlap < MEETS or shared <= 0:
        return None
    start, end = (abs(told.query[at] - clip.query[at]) * clip.pace for at in (0, 1))
    return Met(Kind(told.kind) in DONE[clip.forgery], overlap, start, end)


def misleading(clip: Clip, told: Sequence[Told], *, likely: float = LIKELY) -> list[Told]:
    """Return findings that alter the meaning, or may, and are of nothing that was done.

    Args:
        clip: The clip.
        told: What is said of it.
        likely: Confidence from which a finding counts.
    """
    return [
        one
        for one in told
        if one.confidence >= likely
        and _matters(one)
        and Kind(one.kind) not in EXPECTED.get(clip.handled, frozenset())
        and not _about(clip, one)
    ]


def _matters(told: Told) -> bool:
    weight = significance(Kind(told.kind), boxed=told.box is not None)
    return weight is not Significance.TECHNICAL


def nearest(clip: Clip, told: Sequence[Told]) -> Met | None:
    """Return the finding that meets best what was forged; None where none does."""
    likely = (one for one in told if one.confidence >= LIKELY and Kind(one.kind) in INSIDE)
    meets = [each for one in likely if (each := met(clip, one)) is not None]
    return max(meets, key=lambda each: each.overlap, default=None)


def summary(found: Sequence[Clip]) -> dict[str, Any]:
    """Return the numbers of all tables, ready for JSON."""
    honest = [each for each in found if each.forgery is None]
    done = [each for each in found if each.forgery is not None]
    faces = [each for each in done if each.forgery in PORTRAITS]
    parts = [each for each in done if each.forgery not in PORTRAITS]
    names = list(dict.fromkeys(name for each in found for name in each.without))
    ablated = [each for each in found if each.without]
    ways = {"all steps": [(each, each.told) for each in ablated]}
    ways |= {name: [(each, each.without[name]) for each in ablated] for name in names}
    return {
        "films": len({each.film for each in found}),
        "honest": [_honest(name, of) for name, of in _grouped(honest, "handled")],
        "forged": [
            {"forgery": kind, "handled": name, **_forged(of)}
            for kind, every in _grouped(done, "forgery")
            for name, of in _grouped(every, "handled")
        ],
        "handled": [{"handled": name, **_forged(of)} for name, of in _grouped(parts, "handled")],
        "faces": [{"forgery": name, **_forged(of)} for name, of in _grouped(faces, "forgery")],
        "kinds": _kinds(found),
        "technical": handling.technical([(each.handled, _said(each)) for each in honest]),
        "ablation": [{"steps": name, **_ablated(pairs)} for name, pairs in ways.items()],
        "misleading": [_line(each, one) for each in found for one in misleading(each, each.told)],
        "missed": [_line(each) for each in done if nearest(each, each.told) is None],
    }


def reveals(result: Mapping[str, Any]) -> Iterator[str]:
    """Yield the section of docs/benchmarks.md about changes inside the picture."""
    yield "## Changes inside the picture\n"
    every = (*result["honest"], *result["handled"], *result["faces"])
    clips = sum(each["clips"] for each in every)
    yield (
        f"{clips} clips of {result['films']} films, a few seconds each (seed {result['seed']}): "
        "copies that were handled honestly, and copies in which 3 to 10 % of the frame was forged "
        "for 0.5 to 2.5 s, standing or drifting, so that it can be seen. *found*: a finding whose "
        "box meets it. *named*: one that names it rightly. *overlap*: of both boxes, as a share of "
        "what they cover together. *start*, *end*: frames by which the finding is off, at the "
        "median. Misleading: findings that alter the meaning, or may, and are of nothing that was "
        "done.\n"
    )
    yield from table(("handled", *HEAD), [row(each["handled"], each) for each in result["handled"]])
    if result["faces"]:
        yield (
            "\nOf films that show a face, copies in which for 1.5 to 3 s its mouth is that of "
            "another moment, or what lies between its brows and its mouth is another film's:\n"
        )
        yield from table(
            ("forged", *HEAD), [row(each["forgery"], each) for each in result["faces"]]
        )
    yield "\nBy what was forged:\n"
    rows = [row(f"{each['forgery']}, {each['handled']}", each) for each in result["forged"]]
    yield from table(("forged", *HEAD), rows)
    yield "\nHonest copies:\n"
    copies = [
        (each["handled"], *(number(each[name]) for name in ("clips", "traced", "misleading")))
        for each in result["honest"]
    ]
    yield from table(("handled", "clips", "traced", "misleading findings"), copies)
    yield "\nBy kind, over all of these clips:\n"
    yield from by_kind(result)
    yield "\nHow honest copies were handled, as findings tell it:\n"
    yield from handling.rows(result)
    yield (
        "\nHow sure all that differs is said to be, however little, beside how much of it is of "
        "what was done:\n"
    )
    yield from table(TRUST, list(trusted(result)))
    yield "\nWith a step left out, on some of the films:\n"
    steps = [
        (
            each["steps"],
            f"{each['found']} of {each['clips']}",
            f"{each['misleading']} of {each['honest']}",
        )
        for each in result["ablation"]
    ]
    yield from table(("steps", "forged clips found", "misleading, of honest copies"), steps)
    for name in ("missed", "misleading"):
        if result[name]:
            yield f"\n{name.capitalize()}:\n"
            yield from (f"- {each}" for each in result[name])


def again(result: Mapping[str, Any]) -> Iterator[str]:
    """Yield what came of another seed, in short."""
    honest = sum(each["clips"] for each in result["honest"])
    wrong = sum(each["misleading"] for each in result["honest"])
    yield (
        f"With seed {result['seed']}, at commit {result['machine']['commit']}; misleading findings "
        f"of {honest} honest copies: {wrong}.\n"
    )
    every = (*result["handled"], *result["faces"])
    rows = [row(each.get("handled") or each["forgery"], each) for each in every]
    yield from table(("handled or forged", *HEAD), rows)


def by_kind(result: Mapping[str, Any]) -> Iterator[str]:
    """Yield the table of how often each kind was told, and how often of what was done."""
    kinds = [
        (
            each["kind"],
            number(each["told"]),
            number(each["right"]),
            percent(each["right"] / each["told"]) if each["told"] else "–",
            f"{each['false']} of {each['honest']}",
        )
        for each in result["kinds"]
    ]
    yield from table(("kind", "told", "of what was done", "share", "of honest copies"), kinds)


def trusted(result: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    """Yield the rows of a table of how sure findings are, and how many of them are right."""
    for name, each in result["trust"].items():
        for one in each["bins"]:
            if one["count"]:
                yield (
                    name,
                    f"{one['low']:.1f}–{one['high']:.1f}",
                    number(one["count"]),
                    number(one["sure"]),
                    number(one["right"]),
                )


def row(name: str, each: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the row of a table of what was found of forged clips."""
    return (
        name,
        number(each["clips"]),
        number(each["found"]),
        percent(each["found"] / each["clips"]),
        number(each["named"]),
        *(_rounded(each[measure]) for measure in ("overlap", "start", "end")),
        number(each["misleading"]),
    )


def _rounded(value: float | None) -> str:
    """Return a measure without what only adding up binary fractions leaves of it."""
    return number(None if value is None else round(value, 3))


def _grouped(found: Iterable[Clip], name: str) -> list[tuple[str, list[Clip]]]:
    """Return clips by one of their attributes, in the order in which its values come up."""
    groups: dict[str, list[Clip]] = {}
    for each in found:
        groups.setdefault(attrgetter(name)(each), []).append(each)
    return list(groups.items())


def _honest(name: str, of: Sequence[Clip]) -> dict[str, Any]:
    return {
        "handled": name,
        "clips": len(of),
        "traced": sum(each.found for each in of),
        "misleading": sum(len(misleading(each, each.told)) for each in of),
    }


def _forged(of: Sequence[Clip]) -> dict[str, Any]:
    near = [each for clip in of if (each := nearest(clip, clip.told)) is not None]
    return {
        "clips": len(of),
        "found": len(near),
        "named": sum(_named(each) for each in of),
        **{
            name: median(attrgetter(name)(each) for each in near) if near else None
            for name in ("overlap", "start", "end")
        },
        "misleading": sum(len(misleading(each, each.told)) for each in of),
    }


def _named(clip: Clip) -> bool:
    likely = (one for one in clip.told if one.confidence >= LIKELY)
    return any((each := met(clip, one)) is not None and each.right for one in likely)


def _about(clip: Clip, told: Told) -> bool:
    """Return whether a finding is of what was forged, as far as time and place say."""
    if clip.query is None or clip.box is None:
        return False
    shared = min(told.query[1], clip.query[1]) - max(told.query[0], clip.query[0])
    if told.box is None:
        return False
    place, found = Box(*clip.box), Box(*told.box)
    # What moves about covers far more in all than at any moment.
    return shared > 0 and place.common(found) >= min(place.area, found.area) * MEETS


def _said(clip: Clip) -> list[tuple[Kind, float, bool]]:
    return [(Kind(one.kind), one.confidence, one.box is not None) for one in clip.told]


def _kinds(found: Sequence[Clip]) -> list[dict[str, Any]]:
    """Return for each kind that matters how often it was told, rightly, and of honest copies."""
    told, right, false = Counter[Kind](), Counter[Kind](), Counter[Kind]()
    for clip in found:
        wrong = {id(one) for one in misleading(clip, clip.told)}
        likely = [one for one in clip.told if one.confidence >= LIKELY and _matters(one)]
        told.update(Kind(one.kind) for one in likely)
        right.update(Kind(one.kind) for one in likely if id(one) not in wrong)
        if clip.forgery is None:
            false.update({Kind(one.kind) for one in likely if id(one) in wrong})
    honest = sum(each.forgery is None for each in found)
    return [
        {
            "kind": kind.value,
            "told": told[kind],
            "right": right[kind],
            "false": false[kind],
            "honest": honest,
        }
        for kind in sorted(RATES)
        if kind not in SOUNDING | READ
    ]


def _ablated(pairs: Sequence[tuple[Clip, Sequence[Told]]]) -> dict[str, Any]:
    done = [(clip, told) for clip, told in pairs if clip.forgery is not None]
    honest = [(clip, told) for clip, told in pairs if clip.forgery is None]
    return {
        "clips": len(done),
        "found": sum(nearest(clip, told) is not None for clip, told in done),
        "honest": len(honest),
        "misleading": sum(len(misleading(clip, told)) for clip, told in honest),
    }


def _line(clip: Clip, told: Told | None = None) -> str:
    done = f"{clip.film}, {clip.handled}"
    if clip.query is not None:
        start, end = clip.query
        done += f", {clip.forgery} {number(start)}–{number(end)} s"
    if told is None:
        return f"{done}{'' if clip.found else ': its film was not found'}"
    start, end = told.query
    return f"{done}: {told.kind} {number(start)}–{number(end)} s, {number(told.confidence)} sure"
