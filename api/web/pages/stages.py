"""What is being done to a clip, in words for whoever waits."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that is done.

    Attributes:
        stages: What workers call it.
        words: What people are told.
        seldom: Whether few traces have it, so that it is told only when it is done.
    """

    stages: tuple[str, ...]
    words: str
    seldom: bool = False


STEPS = (
    Step(("fetch",), "Fetching the clip", seldom=True),
    Step(("listen",), "Listening to the sound"),
    Step(("decode",), "Looking at the pictures"),
    Step(("search", "prove"), "Proving which files it shows"),
    Step(("reveal",), "Comparing pixels"),
    Step(("read",), "Reading captions, writing the answer"),
)
"""In the order in which they are begun; a long clip is looked at in parts, and goes back."""
