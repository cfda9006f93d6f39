"""What a machine may say in a fact-check's markup: a draft of schema.org's MediaReview.

It says which files the clip shows, which stretch of which, and what differs. Who reviews, what was
claimed, how the clip is rated and which file is the original are for a person to say; there is
no property for them here, and so no ClaimReview: it would be about a claim, and none was read.

Source: schema.org: MediaReview, MediaReviewItem, MediaObject and its kinds, Clip.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from api.exports.document import Document, number
from api.exports.files import hash_uri, public
from api.exports.texts import text
from api.exports.verdicts import Said, told
from index.values import Asset, Interval, Media
from lineage.findings import Finding, Significance
from lineage.report import evidence, explained
from lineage.values import Report, Segment, Source

CONTEXT = "https://schema.org"
DRAFT = "Draft"
"""A word of schema.org's own for what is not finished."""


def markup(reports: Sequence[Report]) -> str:
    """Return a draft for each answer as JSON-LD, without the last line's end; one stands alone."""
    drafts = [draft(report) for report in reports]
    return written(drafts[0] if len(drafts) == 1 else drafts)


def written(drafts: Document | Sequence[Document]) -> str:
    """Return a draft, or several, as JSON-LD, without the last line's end."""
    return json.dumps(drafts, ensure_ascii=False, allow_nan=False, indent=1)


def draft(report: Report, said: Mapping[int, Sequence[Said]] | None = None) -> Document:
    """Return what can be said of a clip without judging it.

    Args:
        report: What was found.
        said: What people said of its findings, by number from 1; None where nobody was asked.
    """
    assets = {source.asset.id: source.asset for source in report.sources}
    return {
        "@context": CONTEXT,
        "@type": "MediaReview",
        "creativeWorkStatus": DRAFT,
        "abstract": text(" ".join((report.summary, *report.limits))),
        "itemReviewed": {
            "@type": "MediaReviewItem",
            "mediaItemAppearance": [_clip(report, said or {})],
        },
        "mentions": [
            {
                "@type": "SoftwareApplication",
                "name": "wherefrom",
                "softwareVersion": report.version,
            },
            *map(_archived, assets.values()),
        ],
    }


def _clip(report: Report, said: Mapping[int, Sequence[Said]]) -> Document:
    """Return the clip, its stretches and what differs in them."""
    query = report.query
    told = _file(query.name, query.digest, query.media)
    address = public(query.uri)
    if address is not None:
        told["contentUrl"] = text(address)
    parents = {one.source_index for one in report.derivations if one.onward}
    if parents:
        made_from = {report.sources[index].asset.digest for index in parents}
        told["isBasedOn"] = [{"@id": hash_uri(digest)} for digest in sorted(made_from)]
    parts = [
        *(
            _part(segment, source, derived=index in parents)
            for index, source in enumerate(report.sources)
            for segment in source.segments
        ),
        *_differences(report, said),
    ]
    return told | ({"hasPart": parts} if parts else {})


def _part(segment: Segment, source: Source, *, derived: bool) -> Document:
    """Return a stretch of the clip and the stretch of a source that it shows.

    Args:
        segment: Both stretches.
        source: Whose.
        derived: Whether the clip is said to be made from it. If not, it is only mentioned.
    """
    shown = _stretch(segment.source) | {"isPartOf": {"@id": hash_uri(source.asset.digest)}}
    return _stretch(segment.query) | {
        "description": f"{text(evidence(segment))} Confidence {segment.confidence:.2f}.",
        "isBasedOn" if derived else "mentions": shown,
    }


def _differences(report: Report, said: Mapping[int, Sequence[Said]]) -> Iterator[Document]:
    """Yield what differs and may matter to what the clip says, with what people said of it."""
    for place, finding in enumerate(report.findings, 1):
        if finding.significance is not Significance.TECHNICAL:
            words = [_comment(one) for one in said.get(place, ())]
            shown = _stretch(finding.query) | {"description": _said(finding, report)}
            yield shown | ({"comment": words} if words else {})


def _comment(one: Said) -> Document:
    """Return what somebody said of a finding; the holder of a key may be a person or a desk."""
    return {
        "@type": "Comment",
        "text": text(told(one)),
        "creditText": text(one.who),
        "dateCreated": datetime.fromtimestamp(one.at, UTC).isoformat(timespec="seconds"),
    }


def _said(finding: Finding, report: Report) -> str:
    return f"{text(explained(finding, report.sources))} Confidence {finding.confidence:.2f}."


def _stretch(when: Interval) -> Document:
    return {
        "@type": "Clip",
        "startOffset": number(when.start),
        "endOffset": number(when.end),
    }


def _archived(asset: Asset) -> Document:
    told = _file(asset.name, asset.digest, asset.media)
    known = {
        "contentUrl": public(asset.uri),
        "headline": asset.title,
        "datePublished": asset.published_at,
    }
    return told | {name: text(value) for name, value in known.items() if value is not None}


def _file(name: str, digest: str, media: Media) -> Document:
    """Return a file by its digest, which tells which one was compared wherever it is shown."""
    told = {"@id": hash_uri(digest), "name": text(name), "sha256": digest}
    lasts = {"duration": f"PT{number(media.duration)}S"}
    if not media.has_picture:
        return {"@type": "AudioObject"} | told | lasts
    if media.frame_rate is None:  # of a single picture
        return {"@type": "ImageObject"} | told
    size = {"videoFrameSize": f"{media.width}x{media.height}"}
    return {"@type": "VideoObject"} | told | lasts | size
