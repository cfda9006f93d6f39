"""What becomes of a claim that is asked again, and what is claimed of a stretch."""

from dataclasses import dataclass, replace
from enum import StrEnum

from index.values import Channel, Interval

FILE_NEEDED = "the source's file"
"""What it takes to look at pixels and samples."""


class Verdict(StrEnum):
    """What becomes of a claim."""

    CONFIRMED = "confirmed"
    OPEN = "could-not-be-re-run"
    DIFFERS = "differs-by-version"
    CONTRADICTED = "contradicted"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one claim.

    Attributes:
        verdict: In a word.
        because: In a sentence.
        needs: What it would take to ask again; empty where it was asked.
        firm: Whether it holds whatever versions were used then and are used now.
    """

    verdict: Verdict
    because: str
    needs: str = ""
    firm: bool = False

    def excused(self) -> "Outcome":
        """Return what it is where it was claimed by other versions than those that asked again.

        Another version of a decoder may give other pixels of the same file, so that what rests on
        pixels alone need not come out the same.
        """
        if self.verdict is not Verdict.CONTRADICTED or self.firm:
            return self
        return replace(self, verdict=Verdict.DIFFERS)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A claim that a stretch of the query shows a stretch of a source.

    Attributes:
        digest: SHA-256 of the source's file.
        channel: Picture or sound.
        query: In the query.
        source: In the source, ascending.
        rate: Source seconds per query second; negative is backwards, 0 one frame held.
    """

    digest: str
    channel: Channel
    query: Interval
    source: Interval
    rate: float

    def source_time(self, query_time: float) -> float:
        """Return the source's time that is shown at a time of the query.

        >>> one = Stretch("", Channel.PICTURE, Interval(0, 2), Interval(5, 9), 2.0)
        >>> one.source_time(0.5)
        6.0
        """
        anchor = self.source.end if self.rate < 0 else self.source.start
        return anchor + self.rate * (query_time - self.query.start)
