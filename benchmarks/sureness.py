"""Sections of docs/benchmarks.md about the confidence: a result to lines of Markdown."""

from collections.abc import Iterator, Mapping

from benchmarks.sections import Result
from benchmarks.tables import number, percent, table

HELD_OUT = ("right, held out", "error of calibration (as said)", "Brier's score (as said)")


def calibration(result: Result) -> Iterator[str]:
    """Yield the lines about what the confidence was fitted to, and how that holds of the unseen."""
    yield "## Confidence, fitted and tested\n"
    clips = ", ".join(f"{count} of {name}" for name, count in result["sets"].items())
    kinds = result["kinds"]
    yield (
        f"Every stretch that was laid beside an archived file, told or refused, of the clips in "
        f"which anything was alike enough for that ({clips}). It is right when it names a true "
        f"file and, to within 0.2 s (of real pairs 0.6 s), the moment; of still pictures the file "
        f"alone. What the truth leaves open is left out. *held out*: as sure as curves say that "
        f"were fitted to clips of other seeds and of other films; left out where among these none "
        f"is wrong.\n"
    )
    yield "![Share of right stretches by confidence, held out](pictures/calibration.svg)\n"
    yield from table(
        ("kind", "right", "wrong", "of the wrong, told", "at most", *HELD_OUT),
        [(kind, *_refuted(each), *_held_out(each)) for kind, each in kinds.items()],
    )
    yield (
        "\n*at most*: with 95 % certainty, of wrong stretches that are looked at; the same film is "
        "looked at many times, so that is too little if films differ much. *as said*: by the "
        "confidence the program itself gave the same answers when they were traced. By "
        "confidence, of all stretches, also the refused ones:\n"
    )
    yield from _bins("kind", {kind: each["looked_at"] for kind, each in kinds.items()})
    yield "\nThe curves: bound / (1 + exp(-(intercept + slopes · evidence))).\n"
    rows = [
        (
            kind,
            *_curve(one["curve"]),
            f"{one['failed']} of {one['trials']}",
            percent(one["at_most"]),
            _same(each),
        )
        for kind, each in kinds.items()
        for one in (each["fit"],)
    ]
    yield from table(
        ("kind", "intercept", "slopes", "bound", "surest, wrong", "at most", "in use"), rows
    )
    yield (
        "\nSlopes are of motion and octaves of length; of still pictures, of the halvings from 1 "
        "down to what is unlike and octaves of length; of single ones that are held, of such "
        "halvings; of sound, of agreement and octaves of what is heard. The bound is what is to be "
        "expected of one more stretch like the surest nine tenths of the right ones, as far as "
        "they are likelier right than wrong, and 0.99 however many there were; "
        "*at most*, with 95 % certainty, this share of them is wrong."
    )
    if result["tries"] is not None:
        yield from _growth(result["tries"])
    wrong = [f"- {kind}: {said}" for kind, each in kinds.items() for said in each["wrong"]]
    if wrong:
        yield "\nAnswers that were wrong:\n"
        yield from wrong


def reliability(result: Result) -> Iterator[str]:
    """Yield the lines about how far the confidence can be trusted."""
    yield "## Confidence of answers\n"
    sets = ", ".join(f"{name} ({count})" for name, count in result["queries"].items())
    yield (
        f"What the command, at the commit named below, said of clips that no confidence was fitted "
        f"to: {sets}. Before 28 November 2026 it was a formula that nothing was fitted to. A "
        f"segment is right when it names a true file and the moment to within 0.5 s. The error of "
        f"calibration is the mean difference between confidence and the share that is right, over "
        f"the bins; Brier's score is 0 at best.\n"
    )
    yield "![Share of right answers by confidence](pictures/reliability.svg)\n"
    yield from _bins("channel", result["channels"])
    for channel, each in result["channels"].items():
        yield (
            f"\n{channel.capitalize()}: {each['right']} of {each['answers']} right, error of "
            f"calibration {number(each['calibration_error'])}, Brier's score "
            f"{number(each['brier'])}."
        )


def _bins(head: str, answers: Mapping[str, Result]) -> Iterator[str]:
    """Yield a table with a row for each bin that holds answers."""
    rows = [
        (
            name,
            f"{one['low']:.2f}–{one['high']:.2f}",
            *(number(one[column]) for column in ("count", "sure", "right")),
        )
        for name, each in answers.items()
        for one in each["bins"]
        if one["count"]
    ]
    yield from table((head, "confidence", "answers", "mean", "share right"), rows)


def _refuted(kind: Result) -> tuple[str, ...]:
    wrong = kind["refuted"]
    counts = (kind["fit"]["right"], wrong["looked_at"], wrong["told"])
    return (*map(number, counts), percent(wrong["at_most"]))


def _held_out(kind: Result) -> tuple[str, ...]:
    """Return how well the held-out answers are calibrated, beside how well they were."""
    new, old = kind["told"], kind["said"]
    count = f"{new['right']} of {new['answers']}"
    measures = ("calibration_error", "brier")
    return (count, *(f"{number(new[name])} ({number(old[name])})" for name in measures))


def _growth(tries: Result) -> Iterator[str]:
    """Yield what wrong stretches say of larger archives."""
    each = {
        channel: one["looked_at"] / tries["clips"] for channel, one in tries["channels"].items()
    }
    told = ", ".join(
        f"{number(each[channel])} by {channel} (at most {one['most']})"
        for channel, one in tries["channels"].items()
    )
    limits = " and ".join(
        f"{one['limit']} by {channel}" for channel, one in tries["channels"].items()
    )
    yield (
        f"\n**Larger archives.** A false answer takes a wrong stretch that is looked at and passes "
        f"the proof, so what counts is how many are looked at and not how many files there are. "
        f"{tries['clips']} clips of unrelated films, in an archive of {tries['hours']:.2f} hours, "
        f"had on the mean {told}. If these grow in proportion to the archive, they do so until the "
        f"most candidates are looked at that a trace allows in four minutes of a clip, {limits}; "
        f"and if each passes as rarely as those of above, then of clips that show nothing of the "
        f"archive this share gets a false answer at most:\n"
    )
    rows = [
        (channel, number(size["hours"]), number(size["stretches"]), percent(size["at_most"]))
        for channel, one in tries["channels"].items()
        if one["looked_at"]
        for size in one["archives"]
    ]
    head = ("channel", "hours", "wrong stretches a clip", "false at most, with 95 % certainty")
    yield from table(head, rows)
    yield (
        "\nBoth are assumed and not measured; where it says 100 %, the measurement is too small to "
        "say anything. The candidates of a larger archive are the best of "
        "more, so each may pass more often; and footage that is alike for a reason, such as one "
        "studio on two days, is as frequent as the archive makes it."
    )


def _curve(curve: Result) -> tuple[str, ...]:
    slopes = ", ".join(f"{slope:.3g}" for slope in curve["slopes"])
    return f"{curve['intercept']:.3g}", slopes, f"{curve['bound']:.4g}"


def _same(kind: Result) -> str:
    """Return whether the fitted curve is the one in use, or which is."""
    fitted, used = _curve(kind["fit"]["curve"]), _curve(kind["in_use"])
    return "yes" if fitted == used else f"no: {'; '.join(used)}"
