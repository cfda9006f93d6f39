"""Clip and source side by side, in step, as a short film."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import batched
from math import ceil
from typing import cast

import av
import numpy as np
from av.codec.context import Flags
from PIL import Image

from api.exports.exhibits.plates import titled
from api.exports.exhibits.sheets import PAPER, row
from api.exports.stills import laid, outlined
from index.values import Interval, Picture, Still
from lineage.exhibits import AROUND, Exhibitor, Moment, Name, Seen
from lineage.footage import FRAME_RATE

LONGEST = 10.0
"""Seconds that are shown, at most."""
SIDE = 480
"""Pixels of the long side of each picture."""
SLACK = 0.002
"""Seconds by which a time in a document may be rounded off from its frame's."""
BLOCK = 50
"""Frames decoded in one go, so that memory stays flat."""
FINEST = 1001
"""Largest denominator of a rate of frames: 30000/1001 is one."""
OPTIONS = {"crf": "20", "preset": "medium", "x264-params": "mbtree=0"}
"""Its macroblock tree gives the same pictures other bytes: of 4 runs in a row 2 differed."""


@dataclass(frozen=True, slots=True, eq=False)
class Reel:
    """A film of both.

    Attributes:
        data: An MP4 file.
        size: Width and height.
        times: For each of its frames the time in the clip and that in the source.
    """

    data: bytes
    size: tuple[int, int]
    times: tuple[tuple[float, float], ...]


def reel(seen: Seen, exhibitor: Exhibitor) -> Reel:
    """Return a film of a finding and what is around it, the source laid over the clip's frame.

    It has no sound. The same files give the same bytes.

    Args:
        seen: The finding.
        exhibitor: Fetches frames.
    """
    rate = Fraction(seen.case.rate or FRAME_RATE).limit_denominator(FINEST)
    times: list[tuple[float, float]] = []
    written = io.BytesIO()
    size = (0, 0)
    with av.open(written, "w", format="mp4", options={"fflags": "+bitexact"}) as container:
        video = container.add_stream("libx264", rate=rate, options=OPTIONS)
        video.pix_fmt = "yuv420p"
        # Several threads cut a picture differently from run to run.
        video.codec_context.thread_count = 1
        video.codec_context.flags |= Flags.bitexact
        for moment in _moments(seen, exhibitor, float(rate)):
            picture = _side_by_side(moment, seen)
            if not times:
                size = picture.shape[1], picture.shape[0]
                video.width, video.height = size
            times.append((moment.query.time, moment.source.time))
            container.mux(video.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(video.encode())
    return Reel(written.getvalue(), size, tuple(times))


def _stretch(seen: Seen) -> Interval:
    """Return what of the clip is shown: if it is too long, what is around the strongest moment."""
    whole, told = seen.case.segment.query, seen.case.finding.query
    start, end = max(whole.start, told.start - AROUND), min(whole.end, told.end + AROUND)
    start = max(start, min(seen.case.strongest - LONGEST / 2, end - LONGEST))
    return Interval(start, min(end, start + LONGEST))


def _moments(seen: Seen, exhibitor: Exhibitor, rate: float) -> Iterator[Moment]:
    within = _stretch(seen)
    count = max(1, ceil(within.length * rate - 0.5))
    times = (within.start + number / rate for number in range(count))
    for some in batched(times, BLOCK):
        for query, source in exhibitor.pairs(seen.case, list(some), side=SIDE):
            yield Moment(Name.STRONGEST, query, source)


def _side_by_side(moment: Moment, seen: Seen) -> Picture:
    """Return both pictures with their times, of even size, outlined while the finding lasts."""
    told = seen.case.finding.query
    lasts = told.start - SLACK <= moment.query.time < told.end - SLACK
    sides: list[tuple[str, Still]] = [
        ("clip", moment.query),
        ("source", laid(moment, seen.case.segment)),
    ]
    shown = [titled(word, outlined(still, seen.box) if lasts else still) for word, still in sides]
    both = row(shown)
    size = both.width + both.width % 2, both.height + both.height % 2
    even = Image.new("RGB", size, PAPER)
    even.paste(both)
    return cast("Picture", np.asarray(even, np.uint8))
