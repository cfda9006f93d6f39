"""What a look-up by codes says of stretches of which codes of whole frames say nothing.

The codes kept of each source become an archive, in which the clip is looked up as anywhere else.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from index.archive import Archive
from index.files import Location
from index.fingerprints import Fingerprints
from index.values import Media
from lineage.coarse import lookup
from lineage.rerun.values import FILE_NEEDED, Outcome, Stretch, Verdict
from lineage.values import Hint


@dataclass(frozen=True, slots=True)
class HintParams:
    """When a candidate of a look-up agrees with a claim.

    Attributes:
        late: Seconds by which it may be off: of 198 candidates 91 % were within two of the truth,
            which is too few for another place to contradict anything.
    """

    late: float = 2.0


DEFAULT = HintParams()


def hints(query: Fingerprints, sources: Mapping[str, Fingerprints]) -> tuple[Hint, ...]:
    """Return where a clip may come from among sources of which codes are kept.

    Args:
        query: The clip's codes.
        sources: Those of the sources, by the SHA-256 of their files.

    Raises:
        BadMediaError: Both were not measured alike.
    """
    with (
        TemporaryDirectory(prefix="wherefrom-") as folder,
        Archive.open(Path(folder) / "archive", create=True) as archive,
    ):
        for digest, prints in sources.items():
            place = Location(f"file:///{digest}", 0, 0)
            columns = (prints.picture, prints.features["plain"], prints.sound)
            measured = archive.spool([*columns, _media(prints)])
            archive.add(measured, digest=digest, path=Path(digest), location=place)
        return lookup(query, archive).hints


def by_hints(stretch: Stretch, found: Iterable[Hint], *, params: HintParams = DEFAULT) -> Outcome:
    """Return whether a look-up names what is claimed; nothing it says contradicts a claim."""
    beside = [
        hint
        for hint in found
        if (hint.asset.digest, hint.channel) == (stretch.digest, stretch.channel)
        and hint.query.overlap(stretch.query) > 0
    ]
    late = [(_late(hint, stretch), hint) for hint in beside]
    near = [(off, hint) for off, hint in late if off <= params.late]
    if near:
        _, hint = min(near, key=lambda one: one[0])
        counts = f"{hint.moments} of {hint.asked} moments"
        said = f"by {hint.tell.value} looked up, to about two seconds: {counts} agree"
        return Outcome(Verdict.CONFIRMED, said)
    if late:
        off = min(off for off, _ in late)
        said = f"codes name the source, but a place about {off:.0f} s away, which proves nothing"
        return Outcome(Verdict.OPEN, said, FILE_NEEDED)
    return Outcome(Verdict.OPEN, "codes alone do not tell this stretch", FILE_NEEDED)


def _late(hint: Hint, stretch: Stretch) -> float:
    """Return by how many seconds both lines are apart, in the middle of what they share."""
    start = max(hint.query.start, stretch.query.start)
    middle = (start + min(hint.query.end, stretch.query.end)) / 2
    anchor = hint.source.end if hint.rate < 0 else hint.source.start
    there = anchor + hint.rate * (middle - hint.query.start)
    return abs(there - stretch.source_time(middle))


def _media(prints: Fingerprints) -> Media:
    seen = prints.width > 0 and prints.height > 0
    return Media(
        prints.duration,
        prints.width if seen else 0,
        prints.height if seen else 0,
        None,
        has_picture=seen,
        has_sound=bool(len(prints.sound)) or not seen,
        container="",
        codec="",
    )
