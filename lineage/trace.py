"""The story of a suspect clip, from its file to the answer.

Read `trace` from top to bottom: the clip is decoded once; its codes are looked up; what they hit is
gathered into candidates; each candidate's own pictures are laid beside the clip's, frame by frame;
what that proves explains some of the clip's time, and what it leaves is said to be unexplained: so
far the pictures, in `looking`, and the sound, in `listening`. Then the pixels of what was found are
compared, and what differs is told.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from importlib import metadata
from pathlib import Path
from tempfile import TemporaryDirectory

from index import files, measure
from index.archive import Archive
from index.hashing.learned import Model
from index.keyframes import Level
from index.sandbox import Sandbox
from index.values import AssetRow, Channel
from lineage import carried, contradictions, derive, jingles, listening, report
from lineage.clock import Clock, Progress
from lineage.early import Early, Tell
from lineage.listening import Doubted, Listener, Proven
from lineage.looking import look
from lineage.params import DEFAULT, TraceParams, described
from lineage.proofs import Prover
from lineage.reading import Reader
from lineage.relations import Found, Kindred
from lineage.reveal import Revealer, registered, share
from lineage.sources import explained, ranked
from lineage.trios import trios
from lineage.values import Query, Report, Searched, Segment, Source


def trace(  # noqa: PLR0913 # a clip, where it is sought, and who is told
    path: Path,
    archive: Archive,
    *,
    params: TraceParams = DEFAULT,
    at: datetime | None = None,
    progress: Progress | None = None,
    doubted: Doubted | None = None,
    proven: Proven | None = None,
    early: Tell | None = None,
) -> Report:
    """Return where the clip's pictures and sound come from, as far as the archive can tell.

    Args:
        path: The suspect clip.
        archive: What to search.
        params: How hard to look.
        at: What time it is; None where no date in a file counts as one to come.
        progress: Told how far it is.
        doubted: Told each stretch of pictures that was looked at and is not proven, and of sound
            that which comes nearest to a proof.
        proven: Told each stretch as soon as it is proven, long before all is weighed.
        early: Told what was done to the sources each time that more of them is found, and again
            while their pixels are compared; the answer may say less or more.

    Raises:
        MissingFileError: There is no such file, or it may not be read.
        BadMediaError: It holds nothing that can be decoded.
    """
    clock = Clock(progress)
    with Sandbox(preload=measure.NEEDED) as sandbox:
        sandbox.start()
        digest, searched = files.digest(path), searched_in(archive)
        prover = Prover(path, archive, sandbox, params.proof, doubted, proven)
        media = sandbox.run(measure.media, path)
        listener = Listener(path, archive, sandbox, params.listen, doubted, proven)
        heard = jingles.without(
            listener.told(media, progress=clock.within("listen")),
            archive.commons().of_asset,
            params=params.listen,
        )
        clock.mark("listen")
        said = carried.of(path, sandbox, params.trusted)
        query = Query(files.name(path), files.uri(path), digest, media, said)
        rank = partial(ranked, asset=archive.asset, params=params.proof.prove)
        telling = Early(searched, early)

        def more(found: Sequence[tuple[AssetRow, Segment]]) -> None:
            if telling.due:
                lengths = {Channel.PICTURE: media.duration, Channel.SOUND: heard.length}
                telling(query, rank([*found, *heard.found], lengths=lengths), heard.rests)

        clock.mark("carried")
        looked = look(path, media, prover, heard.found, params=params, clock=clock, each=more)
        query, rests = replace(query, media=looked.media), [*looked.rests, *heard.rests]
        lengths = {Channel.PICTURE: looked.media.duration, Channel.SOUND: heard.length}
        sources = rank([*looked.found, *heard.found], lengths=lengths)
        sources = carried.of_sources(sources, archive, sandbox, params.trusted)
        clock.mark("carried")
        telling(query, sources, rests)
        shown = derive.told(sources, Channel.PICTURE, params=derive.DEFAULT)
        revealer = Revealer(path, archive, sandbox, params.reveal)
        again = partial(telling.again, query, sources, rests)
        revealed = revealer.revealed(shown, progress=clock.within("reveal"), each=again)
        copies = derive.copied(sources, shown, most=params.copies)
        alike = revealer.revealed(copies)
        three = trios(revealer, [*shown, *copies] if copies else [])
        beneath = revealer.beneath(shown, rests, least=derive.DEFAULT.unheard)
        clock.mark("reveal")
        reader = Reader(path, archive, sandbox, params.read)
        revealed = reader.read(revealed, shown, progress=clock.within("read"))
        clock.mark("read")
    findings = derive.derived(query, searched, sources, rests, revealed, beneath=beneath)
    kindred = Kindred(path, archive, partial(trace, params=replace(params, copies=0)))
    known = Found(query, searched, sources, rests, findings)
    related = kindred.related(known, revealed, alike, three, most=params.related)
    findings += contradictions.contradictions(query, sources, findings, related, at=at)
    findings.sort(key=lambda one: one.query.start)
    return Report(
        version=metadata.version("wherefrom"),
        query=query,
        searched=searched,
        sources=registered(sources, [*revealed, *alike], query.media),
        unexplained=tuple(rests),
        summary=report.summary(
            query, sources, unexplained=rests, searched=searched, findings=findings
        ),
        picture_explained=explained(sources, Channel.PICTURE, lengths)
        if query.media.has_picture
        else None,
        sound_explained=explained(sources, Channel.SOUND, lengths) if heard.length else None,
        limits=(
            *_absences(sources, archive),
            *report.limits(
                query,
                sources,
                unexplained=rests,
                searched=searched,
                revealed=share(revealed, shown),
            ),
        ),
        timing=clock.timing(),
        findings=tuple(findings),
        derivations=related,
    )


def compare(  # noqa: PLR0913 # as trace
    path: Path,
    source: Path,
    *,
    model: Model | None = None,
    params: TraceParams = DEFAULT,
    at: datetime | None = None,
    progress: Progress | None = None,
) -> Report:
    """Return which parts of a clip show another file: a trace in an archive of that one file.

    Args:
        path: The clip.
        source: The other file.
        model: What describes frames as well.
        params: How hard to look.
        at: What time it is; None where no date in a file counts as one to come.
        progress: Told how far it is.

    Raises:
        MissingFileError: There is no such file, or it may not be read.
        BadMediaError: One of them holds nothing that can be decoded.
    """
    with (
        TemporaryDirectory(prefix="wherefrom-") as folder,
        Archive.open(Path(folder) / "archive", create=True) as archive,
    ):
        with Sandbox() as sandbox:
            pieces = sandbox.each(measure.fingerprint, source, Level.DENSE, model)
            measured = archive.spool(pieces)
        archive.add(measured, digest=files.digest(source), path=source)
        deeper = described(archive, model, params=params)
        return trace(path, archive, params=deeper, at=at, progress=progress)


def _absences(sources: Sequence[Source], archive: Archive) -> Iterator[str]:
    """Yield which sources' files cannot be read, and where they should be."""
    every = {source.asset.row: source.asset for source in sources}
    read = {
        source.asset.row
        for source in sources
        if any(segment.frame_exact for segment in source.segments)
    }
    for asset in (asset for row, asset in every.items() if row not in read):
        absence = archive.absence(asset)
        if absence is not None:
            yield report.away(asset.name, absence)


def searched_in(archive: Archive) -> Searched:
    """Return what a query is compared with in an archive."""
    extent = archive.extent()
    channels = (
        (Channel.PICTURE, Channel.SOUND) if listening.searchable(archive) else (Channel.PICTURE,)
    )
    return Searched(archive.id, extent.assets, extent.seconds, extent.codes, channels)
