"""What is decided of pairs of copies whose truth is known, and how often rightly."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from benchmarks.chains import Truth
from benchmarks.tables import percent
from index.values import Channel
from lineage import direction as direct
from lineage.derivations import Cue, Derivation, Direction, Relation, Sign
from lineage.direction import DEFAULT, DirectionParams, direction, excluded

SURE = 0.9
"""How sure a wrong answer must be to be worse than none."""
HEAD = (
    "arrows decided",
    "of these right",
    "siblings said",
    "said to be parent or child",
    "wrong, 0.9 sure",
)


@dataclass(frozen=True, slots=True)
class Told:
    """What was said of a pair.

    Attributes:
        film: What it shows.
        truth: How both are related.
        removes: Generations between them.
        done: What was done to either.
        found: Whether one was found to be the source of the other.
        same: Whether they were said to hold the same pictures.
        cues: What each sign that speaks says: its name, for the source, for the query.
        family: Number of its family, among those of one run.
        names: Of the query and the source in it.
        distance: Grey levels by which both differ; None where that was not measured.
    """

    film: str
    truth: Truth
    removes: int
    done: str
    found: bool
    same: bool
    cues: tuple[tuple[Sign, float, float], ...]
    family: int = 0
    names: tuple[str, str] = ("child", "original")
    distance: float | None = None

    @property
    def heard(self) -> bool:
        """Whether anything is weighed of the pair."""
        return self.found and not self.same

    def says(self, sign: Sign) -> tuple[float, float]:
        """Return what a sign says for the source, and for the query; nothing if it is silent."""
        cues = ((source, query) for told, source, query in self.cues if told is sign)
        return next(cues, (0.0, 0.0))


def among(found: Sequence[Told], *, params: DirectionParams | None = None) -> list[Told]:
    """Return what the signs say of pairs of which the archive holds the whole family.

    Args:
        found: Pairs, told of each by itself.
        params: When a relation is decided; None where the original is known to be that.
    """
    told: list[Told] = []
    for number in dict.fromkeys(one.family for one in found):
        family = {one.names: one for one in found if one.family == number and one.found}
        related = {names: _derivation(one, params) for names, one in family.items()}
        after = direct.among(related, params=params or DEFAULT)
        told += [
            replace(one, cues=tuple((cue.sign, cue.source, cue.query) for cue in after[names].cues))
            for names, one in family.items()
        ]
        told += [one for one in found if one.family == number and not one.found]
    return told


def _derivation(one: Told, params: DirectionParams | None) -> Derivation:
    """Return what is said of a pair by itself, or what is true of it and its original."""
    cues = tuple(Cue(*cue) for cue in one.cues)
    base = Derivation(
        0, Channel.PICTURE, Relation.UNDETERMINED, 1.0, cues=cues, distance=one.distance
    )
    if one.same:
        return replace(base, relation=Relation.DUPLICATE)
    if params is not None:
        return direct.decided(base, params=params)
    odds = Direction(float(one.truth is Truth.ONWARD), float(one.truth is Truth.BACK), 0.0)
    known = "original" in one.names
    return replace(base, odds=odds, relation=Relation.DERIVED if known else Relation.UNDETERMINED)


def said(one: Told, params: DirectionParams) -> tuple[Truth | None, float]:
    """Return what is decided of a pair, None for nothing, and how sure that is."""
    if not one.heard:
        return None, 0.0
    answer, sure = likeliest(_odds(one, params))
    return (answer if sure >= params.decided else None), sure


def judged(found: Sequence[Told], params: DirectionParams) -> list[dict[str, Any]]:
    """Return for each kind of pair how many were decided, and how many of these rightly."""
    groups: dict[tuple[Truth, int], list[Told]] = {}
    for one in found:
        groups.setdefault((one.truth, one.removes), []).append(one)
    return [
        {"truth": truth.value, "removes": removes, **_row(group, params)}
        for (truth, removes), group in sorted(groups.items(), key=_place)
    ]


def thresholds(
    found: Sequence[Told], params: DirectionParams, *, together: bool = False
) -> list[dict[str, Any]]:
    """Return what is decided, and how much of it wrongly, by how sure it must be.

    Args:
        found: Pairs.
        params: What the signs count for.
        together: Whether the archive holds their families.
    """
    rows = []
    for least in (0.5, 0.6, 0.7, 0.8, 0.9, 0.95):
        at = DirectionParams(params.weights, params.neither, least)
        pairs = among(found, params=at) if together else found
        rows.append({"decided": least, **_row(pairs, at)})
    return rows


def ruled_out(found: Sequence[Told], params: DirectionParams) -> list[dict[str, Any]]:
    """Return in how many pairs a way is ruled out, and in how many wrongly, by how unlikely it is.

    Args:
        found: Pairs.
        params: What the signs count for.
    """
    rows = []
    for most in (0.03, 0.02, 0.01, 0.005, 0.002):
        at = replace(params, excluded=most, decided=1.0)
        told = [(one.truth, excluded(_odds(one, at), params=at)) for one in found if one.heard]
        ways = [(truth, way) for truth, way in told if way is not None]
        rows.append(
            {
                "most": most,
                "pairs": len(found),
                "ruled_out": len(ways),
                "of_arrows": sum(truth is not Truth.SIBLINGS for truth, _ in ways),
                "wrongly": sum(way.value == truth.value for truth, way in ways),
            }
        )
    return rows


def _odds(one: Told, params: DirectionParams) -> Direction:
    return direction([Cue(*cue) for cue in one.cues], params=params)


def _row(group: Sequence[Told], params: DirectionParams) -> dict[str, Any]:
    return counted([(one.truth, *said(one, params)) for one in group])


def counted(answers: Sequence[tuple[Truth, Truth | None, float]]) -> dict[str, Any]:
    """Return how many pairs were decided, and how many of these rightly.

    Args:
        answers: Of each pair the truth, what is decided, if anything is, and how sure that is.
    """
    decided = [(truth, answer, sure) for truth, answer, sure in answers if answer is not None]
    arrows = [(truth, answer) for truth, answer, _ in decided if truth is not Truth.SIBLINGS]
    kin = [answer for truth, answer, _ in decided if truth is Truth.SIBLINGS]
    return {
        "pairs": len(answers),
        "arrows": sum(truth is not Truth.SIBLINGS for truth, _, _ in answers),
        "arrows_decided": len(arrows),
        "arrows_right": sum(truth is answer for truth, answer in arrows),
        "siblings": sum(truth is Truth.SIBLINGS for truth, _, _ in answers),
        "siblings_said": sum(answer is Truth.SIBLINGS for answer in kin),
        "siblings_parted": sum(answer is not Truth.SIBLINGS for answer in kin),
        "wrong_and_sure": sum(
            truth is not answer and sure >= SURE for truth, answer, sure in decided
        ),
    }


def misses(found: Sequence[Told], params: DirectionParams) -> list[str]:
    """Return a line for each pair of which something wrong is decided."""
    lines = []
    for one in found:
        answer, sure = said(one, params)
        if answer is not None and answer is not one.truth:
            lines.append(f"{one.film}, {one.truth} ({one.done}): {answer}, {sure:.2f} sure")
    return lines


def cells(each: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the cells of a row of what was counted, as in `HEAD`."""
    return (
        f"{each['arrows_decided']} of {each['arrows']}" if each["arrows"] else "",
        percent(each["arrows_right"] / each["arrows_decided"]) if each["arrows_decided"] else "",
        f"{each['siblings_said']} of {each['siblings']}" if each["siblings"] else "",
        f"{each['siblings_parted']} of {each['siblings']}" if each["siblings"] else "",
        f"{each['wrong_and_sure']} of {each['pairs']}",
    )


def _place(group: tuple[tuple[Truth, int], object]) -> tuple[int, int]:
    """Return where a group comes in the table."""
    truth, removes = group[0]
    return list(Truth).index(truth), removes


def likeliest(odds: Direction) -> tuple[Truth, float]:
    """Return the likeliest relation, and how likely it is."""
    every = {Truth.ONWARD: odds.onward, Truth.BACK: odds.back, Truth.SIBLINGS: odds.siblings}
    best = max(every, key=lambda truth: every[truth])
    return best, every[best]
