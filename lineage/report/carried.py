"""What files say of themselves, in words that vouch for nothing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC

from index.values import Carried, Credentials, Fault, Manifest, Standing, Unread
from lineage.findings import Contradiction
from lineage.report.words import shortened
from lineage.values import Report

FORGEABLE = "All of this was written by whoever made the files, and can be forged."
QUOTE, NAME = 120, 60
"""Signs of a comment, and of a name, that are quoted."""
SOURCE_TYPES: Mapping[str, str] = {
    "algorithmicMedia": "made by a program",
    "composite": "composed of several pictures",
    "compositeCapture": "composed of what cameras took",
    "compositeSynthetic": "composed with what a program made",
    "compositeWithTrainedAlgorithmicMedia": "composed with what a trained model made",
    "computationalCapture": "taken by a camera",
    "digitalCapture": "taken by a camera",
    "digitalCreation": "drawn by a person",
    "humanEdits": "edited by a person",
    "screenCapture": "recorded from a screen",
    "trainedAlgorithmicMedia": "made by a trained model",
    "virtualRecording": "recorded in a made world",
}
"""What a digital source type says. Source: IPTC, NewsCodes, digital source type."""
UNREAD: Mapping[Unread, str] = {
    Unread.EXTRA: "It holds a C2PA manifest, which was not read: the extra c2pa reads them.",
    Unread.ELSEWHERE: "Its C2PA manifest is said to lie at {address}; it was not fetched.",
    Unread.DAMAGED: "It holds a C2PA manifest that cannot be read.",
    Unread.FAILED: "What it says of itself could not be read.",
}
FAULTS: Mapping[Fault, str] = {
    Fault.ALTERED: "The file was changed after that was signed: it does not fit these bytes.",
    Fault.BROKEN: "It does not fit its own signature: it was changed, or badly made.",
    Fault.EXPIRED: (
        "The certificate is out of date, and no time stamp shows that it was not when it signed."
    ),
    Fault.REVOKED: "The certificate was revoked.",
    Fault.UNTRUSTED: (
        "Whether the signer is who it says is not known: its certificate is on no list of trusted "
        "ones."
    ),
    Fault.OTHER: "It does not hold: {codes}.",
}
CONTRADICTIONS: Mapping[Contradiction, str] = {
    Contradiction.ALTERED: (
        "The file was changed after its C2PA manifest was signed: that does not fit these bytes."
    ),
    Contradiction.BROKEN: (
        "The C2PA manifest in the file does not fit its own signature: it was changed, or badly "
        "made."
    ),
    Contradiction.EDITS: (
        "The C2PA manifest in the file names nothing but {claim}; measured beside {source}: "
        "{against}."
    ),
    Contradiction.CAPTURE: (
        "The C2PA manifest in the file says that a camera took it; measured: it was made from "
        "{source}, or from a copy of it."
    ),
    Contradiction.CAPTURES: (
        "The file and {source} show the same, and the C2PA manifest of each leads back to another "
        "camera: one of both is wrong."
    ),
    Contradiction.EARLIER: (
        "The file says it was made on {claim}, and {source}, from which it was made, says that a "
        "camera recorded it on {against}: one of both dates is wrong."
    ),
    Contradiction.FUTURE: (
        "The file says it was made on {claim}, which was to come when it was looked at, on "
        "{against}: that date is wrong."
    ),
}
"""What is said of a contradiction; any of it may rest on a clock that was never set."""


@dataclass(frozen=True, slots=True)
class Said:
    """What one file says of itself.

    Attributes:
        name: The file's.
        source: Index of the source it is; None for the query.
        lines: What it says, a sentence each.
    """

    name: str
    source: int | None
    lines: tuple[str, ...]


def said(report: Report) -> list[Said]:
    """Return what the query and its sources say of themselves, each file once.

    Files that say no more than which program wrote them are left out.
    """
    files: list[tuple[str, int | None, Carried | None]] = [
        (report.query.name, None, report.query.carried)
    ]
    known = set()
    for index, source in enumerate(report.sources):
        if source.asset.row not in known:
            files.append((source.asset.name, index, source.carried))
        known.add(source.asset.row)
    return [
        Said(name, index, tuple(claims(carried)))
        for name, index, carried in files
        if carried is not None and _worth(carried)
    ]


def claims(carried: Carried) -> Iterator[str]:
    """Yield what a file says of itself: its tags, then its manifest and what became of that."""
    words = list(_tagged(carried))
    if words:
        yield f"The file says: {'; '.join(words)}."
    credentials = carried.credentials
    if credentials is None:
        return
    if credentials.unread is not None:
        address = _quoted(credentials.address or "")
        yield UNREAD[credentials.unread].format(address=address)
    elif credentials.manifests:
        yield from _credited(credentials, credentials.manifests[0])


def _worth(carried: Carried) -> bool:
    tagged = (carried.created, carried.camera, carried.place, *_texts(carried).values())
    return carried.credentials is not None or any(tagged)


def _texts(carried: Carried) -> Mapping[str, str | None]:
    return {name: carried.said(name) for name in ("title", "artist", "copyright", "comment")}


def _tagged(carried: Carried) -> Iterator[str]:
    if carried.created is not None:
        yield f"made {carried.created.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    for lead, value in (
        ("written by", carried.software),
        ("camera", carried.camera),
        ("place", carried.place),
    ):
        if value:
            yield f"{lead} {shortened(value, NAME)}"
    yield from (f"{name} {_quoted(value)}" for name, value in _texts(carried).items() if value)


def _credited(credentials: Credentials, newest: Manifest) -> Iterator[str]:
    words = list(_claimed(newest))
    yield f"Its C2PA manifest says: {'; '.join(words)}." if words else "It has a C2PA manifest."
    yield f"It is signed by {_signer(newest)}."
    for fault, sentence in FAULTS.items():
        if fault in credentials.faults:
            yield sentence.format(codes=shortened(", ".join(credentials.codes), QUOTE))
    if credentials.standing is Standing.INVALID and credentials.faults <= {Fault.UNTRUSTED}:
        yield "It does not hold, for a reason that was not told."
    if credentials.standing is Standing.TRUSTED:
        yield "The signer's certificate leads to one that is trusted here."
    if credentials.intact:
        yield "File and manifest are as they were signed."


def _claimed(newest: Manifest) -> Iterator[str]:
    types = dict.fromkeys(one.source_type for one in newest.actions if one.source_type)
    yield from (SOURCE_TYPES.get(one) or shortened(one, NAME) for one in types)
    if newest.generator:
        yield f"written by {shortened(newest.generator, NAME)}"
    done = dict.fromkeys(one.name.removeprefix("c2pa.") for one in newest.actions)
    if done:
        yield f"done to it: {shortened(', '.join(done), QUOTE)}"
    made = [one.title for one in newest.ingredients if one.title]
    if made:
        yield f"made with {', '.join(_quoted(title) for title in made[:3])}"
        if len(made) > len(made[:3]):
            yield f"and {len(made) - len(made[:3])} more files"


def _signer(newest: Manifest) -> str:
    names = [newest.signer, newest.organisation and f"of {newest.organisation}"]
    words = [shortened(" ".join(name for name in names if name) or "nobody named", NAME)]
    if newest.issuer:
        words.append(f"certified by {shortened(newest.issuer, NAME)}")
    words.append(f"on {newest.signed[:10]}" if newest.signed else "at a time nobody vouches for")
    return ", ".join(words)


def _quoted(text: str) -> str:
    return f"“{shortened(text, QUOTE)}”"
