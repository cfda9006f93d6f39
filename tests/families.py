"""Made-up files and what was measured of pairs of them, for the tests of the lineage."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path

from index.archive import Archive
from index.catalogue import lineages
from index.catalogue.database import Catalogue
from index.lineages import facts
from index.values import Channel, Interval, Media
from lineage import kept, ledger
from lineage.derivations import Direction, Edge, Kinship, Lineage, Node, Relation, Role, Stretch
from lineage.graph import Beliefs, Family, beliefs
from lineage.kinships import METHOD
from tests import archives

NOW = datetime(2026, 5, 1, tzinfo=UTC)
LONG = 60.0


def digest(name: str) -> str:
    """Return the digest of a made-up file, which begins with its name."""
    return f"{name.encode().hex()}{archives.digest(name)}"[:64]


def media(duration: float = LONG) -> Media:
    return Media(duration, 640, 360, 25.0, True, True, "mov", "h264")  # noqa: FBT003 # picture, sound


def node(name: str, *, duration: float = LONG, published: str | None = None) -> Node:
    """Return a made-up file as a node that is named by its digest."""
    whole = digest(name)
    return Node(whole, Role.ASSET, f"{name}.mp4", whole, media(duration), published_at=published)


def nodes(names: Iterable[str], **others: Node) -> dict[str, Node]:
    """Return made-up files by digest; others in place of those of their name."""
    return {digest(name): others.get(name, node(name)) for name in names}


def kinship(  # noqa: PLR0913 # one argument for each field that tests vary
    source: str,
    query: str,
    relation: Relation = Relation.DERIVED,
    *,
    channel: Channel = Channel.PICTURE,
    sure: float = 0.97,
    odds: tuple[float, float, float] | None = None,
    shown: Sequence[tuple[float, float, float]] = ((0, 10, 0),),
    done: tuple[str, ...] = (),
    back: tuple[str, ...] = (),
    backwards: bool = False,
) -> Kinship:
    """Return what was measured of two files: by default that the query was made from the source.

    Args:
        source: Name of the source.
        query: Name of the query.
        relation: What is decided.
        channel: Picture or sound.
        sure: How likely that relation is; the others share the rest.
        odds: In place of that, how likely each is: onward, back, siblings.
        shown: Start and end in the query, and start in the source, of each stretch.
        done: Actions if the query was made from the source.
        back: Actions if the source was made from the query.
        backwards: Whether it was.
    """
    rest = (1 - sure) / 2
    told = {
        Relation.SIBLINGS: (rest, rest, sure),
        Relation.DERIVED: (rest, sure, rest) if backwards else (sure, rest, rest),
    }.get(relation, (0.4, 0.4, 0.2))
    return Kinship(
        digest(query),
        digest(source),
        channel,
        relation,
        0.9,
        tuple(
            Stretch(Interval(start, end), Interval(at, at + end - start))
            for start, end, at in shown
        ),
        backwards,
        Direction(*(odds or told)),
        done,
        back,
        ("They are alike.",),
        "test/1",
    )


def believed(kinships: Sequence[Kinship], known: Mapping[str, Node] | None = None) -> Beliefs:
    """Return what is believed of files by what was measured of them."""
    files = {file for one in kinships for file in one.files}
    every = {file: Node(file, Role.ASSET, media=media()) for file in files}
    return beliefs(Family.joining(kinships), {**every, **(known or {})}, now=NOW)


def arrows(told: Beliefs | Lineage) -> set[tuple[str, str, str]]:
    """Return parent, child and channel of each edge with a direction, by names of one letter."""
    return {
        (letter(one.parent), letter(one.child), one.channel.name.lower())
        for one in told.edges
        if one.relation is Relation.DERIVED
    }


def pairs(told: Beliefs | Lineage) -> set[tuple[str, ...]]:
    """Return the names of each pair without direction, with their relation."""
    return {
        (*sorted((letter(one.parent), letter(one.child))), one.relation.value)
        for one in told.edges
        if one.relation is not Relation.DERIVED
    }


def edge(told: Beliefs | Lineage, parent: str, child: str, channel: str = "picture") -> Edge:
    """Return the edge between two files that are named by a letter."""
    return next(
        one
        for one in told.edges
        if (letter(one.parent), letter(one.child)) == (parent, child)
        and one.channel.name.lower() == channel
    )


def letter(name: str) -> str:
    """Return the letter a digest or an id begins with; "?" of what nobody has seen."""
    if name.startswith(kept.UNSEEN):
        return "?"
    found = bytes.fromhex(name[:2]).decode("ascii", "replace")
    return found if found.isalpha() and name.startswith(digest(found)[:16]) else "?"


def catalogue(folder: Path) -> Catalogue:
    """Return an empty catalogue, open for writing."""
    return Catalogue.open(folder / "catalogue.sqlite", write=True, create=True)


def entered(kinships: Sequence[Kinship], order: Sequence[str], opened: Catalogue) -> Lineage:
    """Enter files one by one into a catalogue; return what is believed in the end.

    Args:
        kinships: What is measured of them.
        order: Their names, in the order in which they come.
        opened: The catalogue.
    """
    with opened.changing() as change:
        for place, name in enumerate(order):
            here = {digest(one) for one in order[: place + 1]}
            new = digest(name)
            measured: dict[str, list[Kinship]] = {}
            for one in kinships:
                if new in one.files and one.files <= here:
                    measured.setdefault(one.other(new), []).append(one)
            told = {one: {"name": one, "media": asdict(media())} for one in here}
            ledger.enter(change, new, measured, told, now=NOW)
        return kept.lineage(change)


def archived(folder: Path, names: str, kinships: Sequence[Kinship], *, related: str) -> Path:
    """Make an archive of files named by letters, and what was measured of them; return its folder.

    Args:
        folder: Where the archive and its films are put.
        names: A letter for each file, in the order in which they come.
        kinships: Of files by letters, as `kinship` returns them.
        related: Those that wait no more.
    """
    films = folder / "films"
    films.mkdir()
    with Archive.open(folder / "archive", create=True) as opened:
        assets = {
            digest(name): archives.add(opened, archives.film(films, place, f"{name}.mp4"), place)
            for place, name in enumerate(names)
        }
        every = {one.digest: facts(one) for one in assets.values()}
        real = [
            replace(one, query=assets[one.query].digest, source=assets[one.source].digest)
            for one in kinships
        ]
        with opened.lineages.changing() as change:
            for place, asset in enumerate(assets.values()):
                before = {one.digest for one in list(assets.values())[:place]}
                found: dict[str, list[Kinship]] = {}
                for one in real:
                    if asset.digest in one.files and one.other(asset.digest) in before:
                        found.setdefault(one.other(asset.digest), []).append(one)
                ledger.enter(change, asset.digest, found, every, now=NOW)
                if asset.name.removesuffix(".mp4") in related:
                    lineages.relate(change, asset.row, METHOD)
    return folder / "archive"
