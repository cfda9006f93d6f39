"""The exhibits of an answer, drawn from the files at hand."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from api.exports.exhibits import plates
from api.exports.exhibits.answers import Answer, Told
from api.exports.exhibits.files import made
from api.exports.exhibits.plates import Files
from api.exports.exhibits.sheets import png
from index import measure
from index.errors import BadMediaError
from index.sandbox import Sandbox
from lineage.exhibits import MOST_SIDE, Case, Exhibitor, showable


def drawn(
    answer: Answer, clip: Path, sources: Mapping[str, Path]
) -> Iterator[tuple[int, Mapping[str, bytes]]]:
    """Yield the exhibit of each finding that can be shown: its number, and its files by name.

    Left out are those of which a source is not at hand, or shows nothing then.

    Args:
        answer: What was found.
        clip: The query's file.
        sources: Files by their SHA-256.
    """
    with Sandbox() as sandbox:
        exhibitor = Exhibitor(sandbox)
        for number, told in answer.told.items():
            path = sources.get(told.source.digest)
            if path is None or not showable(told.finding, told.segment):
                continue
            rate = sandbox.run(measure.media, path).frame_rate
            case = Case(told.finding, told.segment, clip, path, answer.rate, rate)
            try:
                yield number, made(told, case, Files(answer.query, told.source), exhibitor)
            except BadMediaError:
                continue


def cropped(told: Told, clip: Path) -> bytes | None:
    """Return the crop of the clip in a finding's exhibit, which takes no source; None without one.

    Args:
        told: The finding.
        clip: The query's file.
    """
    box = told.finding.box
    if box is None:
        return None
    case = Case(told.finding, told.segment, clip, clip, None, None)
    with Sandbox() as sandbox:
        shown = sandbox.run(measure.stills, clip, [case.strongest])
        times = [still.time for still in shown]
        whole = sandbox.run(measure.stills, clip, times, side=MOST_SIDE)
    return png(plates.crop(whole[0], box)) if whole else None
