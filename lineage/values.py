"""The words of the answer: what was found where, and what was not.

All are frozen; times are seconds, boxes fractions of the shown picture, scores 0 to 1.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from index.values import Asset, AssetRow, Box, Carried, Channel, Hits, Interval, Media, Still
from lineage.derivations import Derivation
from lineage.findings import Finding


class Reason(StrEnum):
    """Why a stretch of the query has no source."""

    NO_MATCH = "no-match"
    TOO_COMMON = "too-common"
    TOO_PLAIN = "too-plain"
    SILENT = "silent"
    TOO_SHORT = "too-short"
    UNDECODABLE = "undecodable"


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """An asset worth a look, and where to look in it.

    Attributes:
        asset: The catalogue's row.
        variant: How the query had been turned when its codes matched.
        query: The stretch of the query whose codes voted.
        source: The stretch of the asset they point to, with room for what lies between codes.
        rate: Source seconds per query second of the best line through the votes; signed.
        score: Weighed votes; comparable within one query, not bounded.
        votes: Distinct moments of the query that voted.
        hits: The hits on the line.
        heard: Where its sound is in the query, if it is of pictures.
    """

    asset: AssetRow
    variant: str
    query: Interval
    source: Interval
    rate: float
    score: float
    votes: int
    hits: Hits
    heard: tuple["Segment", ...] = ()


LEVEL = 1.0
"""Degrees under which a turn is within what the laying errs by."""

TURNED: Mapping[str, tuple[bool, int]] = {
    "plain": (False, 0),
    "mirror": (True, 0),
    "flip": (True, 180),
    "turn": (False, 180),
    "negative": (False, 0),
}
"""Whether a variant swaps left and right, and by how many degrees it then turns."""


@dataclass(frozen=True, slots=True)
class Registration:
    """How well the pictures of a stretch were laid over those of its source.

    Attributes:
        agreement: How parts of both correlate, up to 1, where they do so worst.
        error: Pixels of the query's frame by which both are still off one another, at the median;
            None where they could not be laid over one another, or nothing in them tells it.
        compared: Share of the stretch in which they could, so that pixels were compared.
    """

    agreement: float
    error: float | None
    compared: float


@dataclass(frozen=True, slots=True)
class Segment:
    """One stretch of the query and the stretch of a source it shows.

    Attributes:
        query: In the query.
        source: In the asset; ascending also where the query plays it backwards.
        rate: Source seconds per query second; negative is backwards, 0 one frame held.
        channel: Picture or sound.
        variant: "plain", "mirror", "flip", "turn" or "negative".
        confidence: In [0, 1].
        frame_exact: Whether the times were checked frame by frame against the source.
        query_box: The part of the query's picture in which the source is shown.
        source_box: The part of the source's picture that is shown.
        likeness: Mean correlation of the aligned pictures, -1 to 1; None if none were compared.
        motion: Correlation of what moves in them, -1 to 1; None if nothing moves.
        across: Where places of the query's frame lie in the source's, both as shares of the frame:
            the first two rows of a matrix, row by row; None if no pictures were compared.
        degrees: By how many the source is turned clockwise to be as the query shows it, once left
            and right are swapped if they are; None likewise.
        visible: Share of the query_box that is compared, the rest being hidden by something else.
        clear: Seconds of it by which it is measured, where a part of the picture was changed in
            others; None for all, and for sound.
        agreement: Share of the bits of both sounds that agree, of chance 0.5; None for pictures.
        heard: Seconds in which both sounds are heard; None for pictures.
        pitch: How many times the source's the pitch is; None for pictures.
        inside: The part of the query's picture inside its bars; None if no pictures were compared.
        source_inside: The same of the source's.
        registration: How its pictures lie over the source's; None if no pixels were compared.
    """

    query: Interval
    source: Interval
    rate: float
    channel: Channel
    variant: str
    confidence: float
    frame_exact: bool
    query_box: Box | None = None
    source_box: Box | None = None
    likeness: float | None = None
    motion: float | None = None
    across: tuple[float, ...] | None = None
    degrees: float | None = None
    visible: float = 1.0
    clear: float | None = None
    agreement: float | None = None
    heard: float | None = None
    pitch: float | None = None
    inside: Box | None = None
    source_inside: Box | None = None
    registration: Registration | None = None

    @property
    def tilt(self) -> int:
        """By how many whole degrees the source is turned clockwise beside what the variant says.

        0 where that is within what the laying errs by.
        """
        if self.degrees is None:
            return 0
        apart = (self.degrees - TURNED[self.variant][1] + 180) % 360 - 180
        return round(apart) if abs(apart) >= LEVEL else 0

    def source_time(self, query_time: float) -> float:
        """Return the source's time shown at a time of the query.

        >>> from index.values import Interval as I
        >>> Segment(I(0, 2), I(5, 9), -2.0, Channel.PICTURE, "plain", 1.0, True).source_time(0.5)
        8.0
        """
        anchor = self.source.end if self.rate < 0 else self.source.start
        return anchor + self.rate * (query_time - self.query.start)

    def lying(self, part: Box) -> Box | None:
        """Return where a part of the query's frame lies in the source's; None where it does not."""
        if self.across is None:
            return None
        corners = np.array([[x, y, 1.0] for x in (part.x0, part.x1) for y in (part.y0, part.y1)])
        lies = corners @ np.reshape(self.across, (2, 3)).T
        x0, y0, x1, y1 = np.clip([*lies.min(axis=0), *lies.max(axis=0)], 0.0, 1.0)
        return Box(float(x0), float(y0), float(x1), float(y1)) if x0 < x1 and y0 < y1 else None


type Heard = Sequence[tuple[AssetRow, Segment]]
"""Stretches of sound that were found, and whose they are."""


@dataclass(frozen=True, slots=True)
class Source:
    """An asset some of the query comes from, on one channel.

    Attributes:
        asset: The archived file.
        channel: Picture or sound.
        segments: By query time; never empty.
        explained: Share of the query's time on this channel that the segments cover.
        carried: What the asset's file says of itself; None where that is out of reach.
    """

    asset: Asset
    channel: Channel
    segments: tuple[Segment, ...]
    explained: float
    carried: Carried | None = None

    @property
    def confidence(self) -> float:
        """The confidence of the surest segment."""
        return max(segment.confidence for segment in self.segments)


@dataclass(frozen=True, slots=True)
class Shared:
    """What many assets show.

    Attributes:
        assets: How many.
        asset: One of them.
        time: When it shows that.
    """

    assets: int
    asset: Asset
    time: float


@dataclass(frozen=True, slots=True)
class Unexplained:
    """A stretch of the query no source explains, and why.

    Attributes:
        channel: Picture or sound.
        query: The stretch.
        reason: Why.
        shared: What it shows, where that is too common.
    """

    channel: Channel
    query: Interval
    reason: Reason
    shared: Shared | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """The suspect clip.

    Attributes:
        name: Of its file.
        uri: Where that is.
        digest: SHA-256 of its bytes.
        media: What it holds.
        carried: What it says of itself; None where that was not read.
    """

    name: str
    uri: str
    digest: str
    media: Media
    carried: Carried | None = None


@dataclass(frozen=True, slots=True)
class Searched:
    """What the query was compared with.

    Attributes:
        id: The archive's id; of the one file where two files are compared.
        assets: Files.
        seconds: Their length together.
        codes: Their codes together.
        channels: The channels that were compared.
    """

    id: str
    assets: int
    seconds: float
    codes: int
    channels: tuple[Channel, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """The whole answer for one query.

    Attributes:
        version: Of the program.
        query: What was asked about.
        searched: What it was compared with.
        sources: Best first; one for each asset and channel.
        unexplained: By time.
        summary: One sentence for a person.
        picture_explained: Share of the shown time some source explains; None without picture.
        limits: What this search could not have found.
        timing: Seconds by stage, and "total".
        sound_explained: As picture_explained, of the time with sound; None where none was compared.
        findings: What was done to the sources, by time.
        derivations: How the query and each source are related, and sources that show the same to
            one another.
    """

    version: str
    query: Query
    searched: Searched
    sources: tuple[Source, ...]
    unexplained: tuple[Unexplained, ...]
    summary: str
    picture_explained: float | None
    limits: tuple[str, ...]
    timing: Mapping[str, float]
    sound_explained: float | None = None
    findings: tuple[Finding, ...] = ()
    derivations: tuple[Derivation, ...] = ()


class Tell(StrEnum):
    """By which codes a candidate was told."""

    FRAMES = "frames"
    FEATURES = "features"
    SOUND = "sound"


@dataclass(frozen=True, slots=True)
class Hint:
    """A candidate as codes alone tell it, where no picture and no sound could be compared.

    Attributes:
        asset: The archived file.
        channel: Picture or sound.
        tell: By which codes.
        variant: How the query had been turned when its codes matched.
        query: From the first to the last moment of the query that agrees.
        source: The stretch of the asset they point to, ascending; good to about a second.
        rate: Source seconds per query second that was tried; negative is backwards.
        moments: Moments of the query that agree.
        asked: Moments of the query that were looked up in that stretch.
        bits: Median of the bits by which their codes differ, 0 to 256.
        votes: Their weight, by how rare each is in the archive and how near; comparable within one
            lookup, not bounded.
    """

    asset: Asset
    channel: Channel
    tell: Tell
    variant: str
    query: Interval
    source: Interval
    rate: float
    moments: int
    asked: int
    bits: float
    votes: float


@dataclass(frozen=True, slots=True)
class Lookup:
    """The answer for a query of which only codes are known.

    Attributes:
        version: Of the program.
        name: The clip's name; None where it was kept back.
        duration: Seconds of the clip.
        counts: Codes of the clip by channel.
        searched: What they were compared with.
        hints: Those with most votes first.
        summary: One sentence for a person.
        limits: What this search could not have found.
        timing: Seconds by stage, and "total".
    """

    version: str
    name: str | None
    duration: float
    counts: Mapping[Channel, int]
    searched: Searched
    hints: tuple[Hint, ...]
    summary: str
    limits: tuple[str, ...]
    timing: Mapping[str, float]


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """A moment of the query and the same moment of the source.

    Attributes:
        query: As the query shows it.
        source: As the source shows it, not turned; None where the source is out of reach.
    """

    query: Still
    source: Still | None = None
