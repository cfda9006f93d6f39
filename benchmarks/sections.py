"""Sections of docs/benchmarks.md: a result to lines of Markdown, nothing else."""

from collections.abc import Iterator, Mapping
from typing import Any

from benchmarks.machine import Measure, verdict
from benchmarks.tables import number, percent, table

TIER_COLUMNS = (
    "tier",
    "right",
    "added",
    "false",
    "codes an hour",
    "MB an hour",
    "CPU s an hour",
    "CPU s a clip",
    "by MB",
    "by CPU s",
)

type Result = Mapping[str, Any]
"""A file of benchmarks/results."""


def speed(result: Result) -> Iterator[str]:
    """Yield the lines about time, memory and disk."""
    yield "## Time, memory and disk\n"
    yield from _measures(result)


def scale(result: Result) -> Iterator[str]:
    """Yield the lines about what all tiers cost, and about tracing in a large archive."""
    yield "## All tiers, and a million codes\n"
    yield (
        "The *spine* of indexing is decoding, and codes of whole frames; beside it stands what "
        "each tier adds. The clip is traced with the real command in an archive of real films and "
        "made-up assets. Each made-up code is half one real code and half another that is much "
        "like it, so that bits are set as often and codes lie about as densely as in footage. "
        "Made-up assets have no file: a candidate among them costs no decoding, as one of real "
        "footage would.\n"
    )
    yield from _measures(result)


def service(result: Result) -> Iterator[str]:
    """Yield the lines about look-ups by codes in the service."""
    yield "## Look-ups at upload\n"
    yield (
        "Fingerprints of 60 frames are sent to the real service, `POST /v1/lookup`: of clips it "
        "holds (*known*) and of frames that nobody filmed (*unknown*), which are looked up in all "
        "ways. *All kinds* is an archive of a million codes; few are of frames, as in any. Of the "
        "other all are, as in one of forty times the size. Callers that ask again at once tell how "
        "many are answered; the waits are at half of that rate. Where other programs ran as well, "
        "*two cores / CPU* says how many two idle cores would answer.\n"
    )
    yield from _measures(result)


def waits(result: Result) -> Iterator[str]:
    """Yield the lines about how long people wait for the service."""
    yield "## Waiting for the service\n"
    yield (
        "Pages are asked for one after the other, 200 times each, in an archive of 100,000 made-up "
        "assets. Clips are sent to the service of an archive of real films and of those they were "
        "cut from; one waits from when all of a clip has arrived until the first candidate is "
        "told, or the first findings, which the page shows at once. Those are told as soon as a "
        "source is proven, with each further one, and again as pixels are compared.\n"
    )
    yield from _measures(result)


def footage(result: Result) -> Iterator[str]:
    """Yield the lines about real altered clips."""
    whole = result["summary"]
    yield "## Real altered clips\n"
    yield (
        f"Of {whole['suspects']} clips, {whole['suspects_with_right_source']} were traced to the "
        f"right source; of {whole['pairs']} stretches, {whole['pairs_found']}. The median error in "
        f"time is {number(whole['median_offset_error'])} s, where the truth is good to about "
        f"0.1 s. For {whole['unrelated']} clips that show nothing of the archive, "
        f"{whole['false_sources']} sources were named.\n"
    )
    if "named" in whole:
        yield (
            f"Of {whole['nameable']} faces, mouths, sounds, captions, overlays and blurs that were "
            f"put in, findings name {whole['named']}; *told* is all that alters the meaning, or "
            "may; **bold** what was done and is not named.\n"
        )
    rows = [
        (
            each["suspect"],
            "+".join(
                f"**{done}**" if done in each.get("unnamed", ()) else done
                for done in each["kind"].split("+")
            ),
            each["source"],
            "yes" if each["found"] else "**no**",
            number(each["offset_error"]),
            f"{each['overlap']:.0%}",
            ", ".join(each["also"]),
            ", ".join(each.get("told", ())),
        )
        for each in result["rows"]
    ]
    head = (
        "clip",
        "what was done",
        "source",
        "found",
        "error (s)",
        "covered",
        "also named",
        "told",
    )
    yield from table(head, rows)
    for clip, sources in result["false"].items():
        yield f"\n**False:** {clip} is said to show {', '.join(sources)}."


def unrelated(result: Result) -> Iterator[str]:
    """Yield the lines about clips that show nothing of the archive."""
    yield "## Clips that show nothing of the archive\n"
    channels = ", ".join(f"{count} by {name}" for name, count in result["channels"].items())
    yield (
        f"{result['queries']:,} clips, {result['seconds'] / 3600:.1f} hours, made of "
        f"{result['films']} unrelated films by edits at random (seed {result['seed']}), were "
        f"traced in an archive of {result['hours']:.2f} hours, pictures and sound. For "
        f"**{result['wrong']}** of them a source was named{f' ({channels})' if channels else ''}. "
        f"So, with 95 % certainty, it is at most {percent(result['at_most'])} of clips like these "
        f"(Poisson's distribution; of none, the rule of three). Clips of one film are alike: "
        f"counting films instead of clips, all that is certain is at most "
        f"{percent(result['at_most_by_film'])} of films."
    )
    if result["false"]:
        yield ""
    for each in result["false"]:
        yield (
            f"- **False:** clip {each['number']} of {each['film']} ({each['edit']}) is said to "
            f"show {each['asset']} by {each['channel']}, {number(each['confidence'])} sure"
        )
    yield from _near(result)
    rows = [
        (each["edit"], number(each["queries"]), number(each["wrong"]), *map(number, _most(each)))
        for each in result["edits"]
    ]
    yield ""
    yield from table(("edit", "clips", "false", "median strength", "highest"), rows)
    yield from _larger(result)


def ablation(result: Result) -> Iterator[str]:
    """Yield the lines about what each stage adds and costs."""
    yield "## What each stage adds and costs\n"
    yield (
        "The same clips with one stage switched off at a time. Processor time is of a clip, "
        "without the start of the command. False: clips that show nothing of the archive for which "
        "a source was named, by pictures."
    )
    for name, each in result["sets"].items():
        yield f"\n### Stages on {name}\n"
        columns = ("top1", "files", "recall", "f1", "offset_median", "sound_f1")
        rows = [
            (
                one["name"],
                *(number(one[column]) for column in columns),
                f"{one['alarmed']} of {one['negatives']}",
                number(one["cpu"]),
            )
            for one in each["rows"]
        ]
        yield from table(("stages", *columns, "false", "CPU s a clip"), rows)


def tiers(result: Result) -> Iterator[str]:
    """Yield the lines about what each tier finds by itself."""
    yield "## What each tier finds by itself\n"
    yield (
        "Each in an archive of its codes alone, given the same frames: where most votes point, "
        "without proof, held to what `wherefrom lookup` asks of a candidate. *right*: clips whose "
        "source is named first. *added*: of these, those that whole frames do not name. *false*: "
        "clips that show nothing of the archive for which a file is named. Bytes and processor "
        "time of indexing are of an hour of footage, decoding left out. *by MB*: the percentage of "
        "the clips that is added for each MB an hour that is kept beside whole frames; *by CPU s*: "
        "the same for each second of looking a clip up."
    )
    for name, each in result["sets"].items():
        yield f"\n### Tiers on {name}\n"
        yield (
            f"{each['queries']} clips of {len(each['edits'])} edits, {each['negatives']} that show "
            f"nothing of the archive; {number(60 * each['hours'])} minutes of archived footage.\n"
        )
        rows = [_tier(one, each) for one in each["rows"]]
        yield from table(TIER_COLUMNS, rows)
        yield "\nBy edit, the share that is right:\n"
        by_edit = [
            (
                edit,
                number(clips),
                *(number(one["edits"].get(edit, 0) / clips) for one in each["rows"]),
            )
            for edit, clips in each["edits"].items()
        ]
        yield from table(("edit", "n", *(one["name"] for one in each["rows"])), by_edit)


def _tier(one: Result, among: Result) -> tuple[str, ...]:
    added, more = 100 * one["added"] / among["queries"], one["extra"] / 1e6
    return (
        one["name"],
        number(one["right"] / among["queries"]),
        number(one["added"]),
        f"{one['alarmed']} of {among['negatives']}",
        number(one["codes"]),
        number(one["bytes"] / 1e6),
        number(one["kept_cpu"]),
        number(one["asked_cpu"]),
        number(added / more if more else None),
        number(added / one["asked_cpu"] if more else None),
    )


def _measures(result: Result) -> Iterator[str]:
    """Yield a table of measures, beside what they must reach."""
    measures = [Measure(**each) for each in result["measures"]]
    rows = [
        (each.name, f"{number(each.value)} {each.unit}", verdict(each), each.note)
        for each in measures
    ]
    yield from table(("what", "measured", "asked for", ""), rows)


def _near(result: Result) -> Iterator[str]:
    """Yield how near the clips came to being taken for a source."""
    quantiles = ", ".join(
        f"{percent(float(q))} of clips at most {number(value)}"
        for q, value in result["quantiles"].items()
    )
    yield (
        f"\nHow near they came, by pictures: *strength* is what the best of what was looked at and "
        f"not accepted showed, as a multiple of what a proof needs (1 would be accepted; 0 where "
        f"nothing was alike enough to be looked at, as for "
        f"{result['queries'] - result['looked_at']:,} clips): {quantiles}."
    )


def _most(edit: Result) -> tuple[float, float]:
    return edit["median"], edit["most"]


def _larger(result: Result) -> Iterator[str]:
    """Yield what that says of larger archives."""
    tail = result["tail"]
    yield (
        "\nLarger archives offer more chances. If false sources grow at most in proportion to the "
        "archive's hours, which is assumed and not measured, there are at most "
        f"{number(result['at_most'] / result['hours'])} for a clip and hour of archive, and this "
        "many clips get one:\n"
    )
    rows = [
        (number(each["hours"]), percent(each["at_most"]), percent(each["expected"]))
        for each in result["archives"]
    ]
    yield from table(("hours of archive", "at most, with 95 % certainty", "by the tail"), rows)
    yield (
        "\nThe bound is all that the count proves; where it says 100 %, the measurement is too "
        "small to say anything."
    )
    if tail is not None:
        yield (
            f"The last column is a model, not a bound: the highest {percent(tail['share'])} of the "
            f"strengths, those beyond {number(tail['start'])}, are taken to fall off "
            f"exponentially, by a factor of e every {number(tail['mean'])}. It knows nothing of "
            f"footage that is alike for a reason, such as one studio on two days."
        )
