"""Claims of a bundle, and what became of them."""

from dataclasses import dataclass

from lineage.rerun import Outcome, Verdict


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim, and what became of it.

    Attributes:
        about: "clip", "custody", "source", "stretch", "finding", "exhibit", "unexplained" or
            "relation".
        number: Which of these, from 1.
        words: What is claimed.
        outcome: What became of it.
    """

    about: str
    number: int
    words: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Checked:
    """A bundle that was checked.

    Attributes:
        seal: The digest that stands for the bag.
        clip: The clip's name.
        summary: The answer in a sentence.
        differing: Which versions are others than those that made it.
        at_hand: SHA-256 of the sources' files that were asked again.
        claims: All of them.
    """

    seal: str
    clip: str
    summary: str
    differing: tuple[str, ...]
    at_hand: tuple[str, ...]
    claims: tuple[Claim, ...]

    def of(self, verdict: Verdict) -> list[Claim]:
        """Return the claims with a verdict."""
        return [claim for claim in self.claims if claim.outcome.verdict is verdict]
