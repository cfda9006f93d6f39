"""Sections of docs/benchmarks.md about clips with known edits, of wherefrom and of its peers."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from benchmarks.sections import Result
from benchmarks.tables import number, percent, table

EDIT_COLUMNS = (
    "n",
    "top1",
    "files",
    "precision",
    "recall",
    "f1",
    "offset_median",
    "offset_p95",
    "rate_error",
    "direction",
    "box_hit",
    "kinds",
)
SOUND_COLUMNS = EDIT_COLUMNS[:-2]
COLUMNS_TOLD = """
*top1*: the surest answer names a true source. *files*: share of the true sources that are named.
*precision*, *recall*, *f1*: of segments, as VCSL defines them, on the clip's time and the source's
together. *offset*: seconds between the moment that is said and the true one. *rate_error*: median
relative error of the playing rate. *direction*: forwards or backwards told rightly. *box_hit*,
*kinds*: changed regions and true kinds of edit that are found. – where there is nothing to measure.
Of *copyofcopy* the truth lists an original and one copy; other archived copies of it, which are
named as well, count as false.
"""
OWN = "wherefrom"


def edits(result: Result) -> Iterator[str]:
    """Yield the lines about clips with known edits."""
    yield "## Known edits"
    yield COLUMNS_TOLD.rstrip()
    for name, each in result["sets"].items():
        score, misses = each["score"], each["misses"]
        yield f"\n### {name}\n\n{_pooled(score)}\n"
        yield from table(("edit", *EDIT_COLUMNS), _by_edit(score, EDIT_COLUMNS))
        if "spared" in each:
            yield f"\n{_spared(each['spared'])}"
        if "stated" in each:
            yield "\nOf what is found, how it is shown:\n"
            yield from table(("", "told", "right", "share", "wrong"), _stated(each["stated"]))
        if misses:
            yield "\nMissed:\n"
            yield from (f"- {miss}" for miss in misses)
        if "sound" in each:
            yield f"\nTheir sound. {_pooled(each['sound'])}\n"
            yield from table(("edit", *SOUND_COLUMNS), _by_edit(each["sound"], SOUND_COLUMNS))


def peers(result: Result) -> Iterator[str]:
    """Yield the lines about wherefrom and its peers."""
    yield "## Beside its peers\n"
    yield (
        "All answered the same clips in one run, each at its own published threshold. *signature*: "
        "FFmpeg's MPEG-7 filter. *pdq*: PDQ of a frame a second, decided as vPDQ does. *pdq-best*: "
        "the same at the frame distance and share that turn out best on these very clips. "
        "*videohash*: one hash of the whole video. *chromaprint*: sound. Seconds of wherefrom hold "
        "the start of the command; those of the others leave out what they do to the archive."
    )
    for name, each in result["sets"].items():
        yield f"\n### Peers on {name}\n"
        yield f"{each['queries']} clips, {each['archive']} archived files."
        for channel, scores in each["channels"].items():
            yield f"\n{channel.capitalize()}:\n"
            yield from _summary(scores)
            yield f"\n{channel.capitalize()}, *top1* by edit; **bold** where a peer is ahead:\n"
            yield from _beside(scores)
    yield "\n![Share of the true sources each names, by edit](pictures/edits.svg)"


def shares(result: Result) -> tuple[list[tuple[str, list[float | None]]], list[str]]:
    """Return the share of true sources each named by edit, over all sets, and their names."""
    scores = [each["channels"]["picture"] for each in result["sets"].values()]
    names = list(dict.fromkeys(name for each in scores for name in each))
    edits = sorted({edit for each in scores for one in each.values() for edit in one["edits"]})
    return [(edit, [_mean(scores, name, edit) for name in names]) for edit in edits], names


def _spared(rows: Mapping[str, Any]) -> str:
    """Return in a sentence what counts where copies that the truth leaves out count neither way."""
    told = "; ".join(
        f"{name}: precision {number(each['precision'])}, recall {number(each['recall'])}, F1 "
        f"{number(each['f1'])}"
        for name, each in rows.items()
    )
    return f"With copies of a source that the truth leaves out counted neither way, {told}."


def _stated(stated: Mapping[str, Any]) -> Sequence[tuple[str, ...]]:
    """Return a row for each manner in which something may be shown."""
    rows = []
    for name, each in stated.items():
        share = percent(each["right"] / each["told"]) if each["told"] else ""
        counts = (str(each["told"]), str(each["right"]), share)
        rows.append((name, *counts, ", ".join(each["wrong"])))
    return rows


def _pooled(score: Result) -> str:
    """Return the measures over all clips, as sentences."""
    alarms = score["false_alarms"].items()
    said = ", ".join(f"{kind} {one['alarmed']} of {one['n']}" for kind, one in alarms)
    kept = {share: one for share, one in score["false_alarms_at_recall"].items() if one is not None}
    at = ", ".join(
        f"{percent(float(share))} of the pairs {percent(one)}" for share, one in kept.items()
    )
    return (
        f"Average precision, pooled over all clips: pairs {number(score['pair_ap'])}, segments "
        f"{number(score['match_ap'])}. False alarms: {said or 'none asked for'}"
        f"{f'; at the confidence that keeps {at}' if at else ''}. A clip takes "
        f"{number(score['seconds']['median'])} s at the median, "
        f"{number(score['seconds']['p95'])} s at the 95th percentile."
    )


def _by_edit(score: Result, columns: Sequence[str]) -> list[tuple[str, ...]]:
    return [
        (edit, *(number(one[column]) for column in columns))
        for edit, one in [*score["edits"].items(), ("all", score["all"])]
    ]


def _summary(scores: Result) -> Iterator[str]:
    """Yield a table of who answered, with the measures over all clips."""
    columns = ("top1", "files", "precision", "recall", "f1", "offset_median", "direction")
    rows = [
        (
            name,
            number(one["all"]["n"]),
            *(number(one["all"][column]) for column in columns),
            number(one["pair_ap"]),
            number(one["match_ap"]),
            _alarms(one),
            number(one["seconds"]["mean"]),
        )
        for name, one in scores.items()
    ]
    yield from table(("", "n", *columns, "pair_ap", "match_ap", "false alarms", "s a clip"), rows)


def _beside(scores: Result) -> Iterator[str]:
    """Yield a table with a row for each edit and a column for each who answered."""
    own, *others = list(scores)
    rows = []
    for edit, mine in scores[own]["edits"].items():
        theirs = [scores[name]["edits"].get(edit) for name in others]
        cells = [_cell(one, mine) for one in theirs]
        marked = [name for name, cell in zip(others, cells, strict=True) if "**" in cell]
        row = (edit, number(mine["n"]), number(mine["top1"]), *cells, ", ".join(marked))
        rows.append(row)
    alarms = [_alarms(scores[name]) for name in (own, *others)]
    rows.append(("false alarms", "", *alarms, ""))
    yield from table(("edit", "n", own, *others, "ahead"), rows)


def _cell(theirs: Result | None, mine: Result) -> str:
    if theirs is None:
        return "–"
    told = number(theirs["top1"])
    told += f" (of {theirs['n']})" if theirs["n"] != mine["n"] else ""
    return f"**{told}**" if theirs["top1"] > mine["top1"] else told


def _alarms(score: Result) -> str:
    each = score["false_alarms"].values()
    return f"{sum(one['alarmed'] for one in each)} of {sum(one['n'] for one in each)}"


def _mean(scores: Sequence[Result], name: str, edit: str) -> float | None:
    """Return the share of one edit, each set weighed by its clips."""
    found = [each[name]["edits"][edit] for each in scores if edit in each[name]["edits"]]
    clips = sum(one["n"] for one in found)
    return sum(one["n"] * one["files"] for one in found) / clips if clips else None
