"""What each stage adds and costs: the same cases with one of them switched off at a time.

    python -m benchmarks.ablation --cases CASES

All clips are traced in one process, so that starting the command is not counted with the stages.
Processor time is of that process and of the decoders it starts, one for each clip.
"""

import json
import resource
import shutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import inf
from pathlib import Path
from types import ModuleType
from typing import Any

from api.exports.document import document
from benchmarks import cases, machine
from benchmarks.cases import Record
from benchmarks.machine import WHEREFROM
from index.archive import Archive
from index.errors import UserError
from index.hashing.mounts import MountParams
from index.values import Channel
from lineage.params import SEARCH, TraceParams
from lineage.trace import trace

LEFT_ON = MountParams(least=1.0)
"""No bar is that wide, so all stay."""
RATES = (1.0,)
SHOWN = ("top1", "files", "precision", "recall", "f1", "offset_median")


@dataclass(frozen=True, slots=True)
class Variant:
    """A trace with something switched off.

    Attributes:
        name: What is.
        params: How clips are traced.
        within_reach: Whether the archived files are there to prove it by.
    """

    name: str
    params: TraceParams
    within_reach: bool = True


def variants(whole: TraceParams = SEARCH) -> list[Variant]:
    """Return the whole of it first, then each with less."""
    listen, proof = whole.listen, whole.proof
    once = tuple(tier for tier in whole.tiers if not tier.again)
    upright = tuple(
        replace(tier, variants=("plain",)) for tier in whole.tiers if "plain" in tier.variants
    )
    align = replace(proof.align, lines=replace(proof.align.lines, rates=RATES))
    steady = replace(
        whole,
        gather=replace(whole.gather, rates=RATES),
        proof=replace(proof, align=align),
        listen=replace(listen, ears=listen.ears[:1]),
    )
    deaf = replace(whole, listen=replace(listen, ears=()))
    alone = replace(steady, tiers=upright[:1], mounts=LEFT_ON, listen=deaf.listen)
    return [
        Variant("all stages", whole),
        Variant("without local features", _without(whole, Channel.FEATURE)),
        Variant("without masked codes", _without(whole, Channel.MASKED)),
        Variant("without archived panels", _without(whole, Channel.PANEL)),
        Variant("without pictures beside sound", _without(whole, Channel.SOUND)),
        Variant("without originals beside copies", replace(whole, tiers=once)),
        Variant("without a closer look", replace(whole, proof=replace(proof, closer=inf))),
        Variant("without turned pictures", replace(whole, tiers=upright)),
        Variant("without removing the clip's bars", replace(whole, mounts=LEFT_ON)),
        Variant("without other speeds, of sound also pitches", steady),
        Variant("without sound", deaf),
        Variant("without proof: the archived files are gone", whole, within_reach=False),
        Variant("whole frames alone, proven", alone),
    ]


def _without(whole: TraceParams, channel: Channel) -> TraceParams:
    return replace(whole, tiers=tuple(tier for tier in whole.tiers if tier.channel is not channel))


def archives(of: Path, place: Path) -> dict[bool, Path]:
    """Make an archive whose files are there and one whose files are gone; return them by that."""
    made = {True: place / "within-reach", False: place / "out-of-reach"}
    away = place / "away"
    shutil.copytree(of / "archive", away)
    for within, archive in made.items():
        films = of / "archive" if within else away
        machine.run([WHEREFROM, "index", films, "--archive", archive, "--quiet"], allowed=(0, 3))
    shutil.rmtree(away)
    return made


def traced(
    params: TraceParams, clips: Sequence[Path], archive: Path, bench: Path
) -> tuple[list[Record], float]:
    """Return what is said of each clip, and the seconds of processor time that took.

    One that cannot be read has no answer.
    """
    convert = cases.module(bench / "run_wherefrom.py").convert
    said: list[Record] = []
    before = _cpu()
    with Archive.open(archive) as opened:
        for clip in clips:
            try:
                answer = trace(clip, opened, params=params)
            except UserError as error:
                print(f"left out: {error}", file=sys.stderr)
            else:
                said.append(convert(json.loads(json.dumps(document(answer))), clip.name))
    return said, _cpu() - before


def rows(of: Path, place: Path, bench: Path, score: ModuleType) -> Iterator[dict[str, Any]]:
    """Yield what comes of each variant, ready for JSON."""
    truth = cases.records(of / "truth.jsonl")
    clips = [of / "queries" / true["query"] for true in truth]
    made = archives(of, place)
    with machine.workers(1) as worker:
        # What a process loads for its first trace is no stage's cost.
        worker.submit(traced, SEARCH, clips[:1], made[True], bench).result()
        for each in variants():
            archive = made[each.within_reach]
            said, cpu = worker.submit(traced, each.params, clips, archive, bench).result()
            seen, heard = (
                score.score(truth, said, channel=channel) for channel in ("picture", "sound")
            )
            yield row(each.name, seen, heard, cpu / len(clips))


def row(name: str, seen: Record, heard: Record, cpu: float) -> dict[str, Any]:
    """Return what comes of a variant, ready for JSON, and say it.

    Args:
        name: What is switched off.
        seen: The bench's score of pictures.
        heard: The same of sound.
        cpu: Seconds of processor time a query.
    """
    alarms = seen["false_alarms"].values()
    found = {
        "name": name,
        **{column: seen["all"][column] for column in SHOWN},
        "sound_f1": heard["all"]["f1"],
        "alarmed": sum(each["alarmed"] for each in alarms),
        "negatives": sum(each["n"] for each in alarms),
        "cpu": cpu,
    }
    print(*found.values(), sep="  ", flush=True)
    return found


def main() -> int:
    """Make, trace in each way, score and save; return the exit code."""
    asked = cases.options("Tell what each stage adds and costs.").parse_args()
    reason = cases.reason_not(asked)
    if reason is not None:
        print(reason)
        return 0 if asked.bench == cases.BENCH else 2
    facts, score = machine.facts(), cases.module(asked.bench / "score.py")
    found: dict[str, Any] = {}
    with cases.folder(asked) as folder:
        for of in cases.sets(asked, folder):
            place = folder / f"ablation-{of.name}"
            shutil.rmtree(place, ignore_errors=True)
            found[of.name] = {
                "queries": len(cases.records(of / "truth.jsonl")),
                "rows": list(rows(of, place, asked.bench, score)),
            }
    if not asked.brief:
        print(machine.save("ablation", facts, sets=found))
    return 0


def _cpu() -> float:
    both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(used.ru_utime + used.ru_stime for used in both)


if __name__ == "__main__":
    sys.exit(main())
