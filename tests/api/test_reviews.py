import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyld import jsonld  # type: ignore[import-untyped]  # it comes without types

from api.exports.reviews import draft, markup, written
from api.exports.verdicts import Said
from index.values import Channel, Interval
from lineage.derivations import Relation
from lineage.findings import Finding, Kind
from lineage.values import Report
from tests import reports

SCHEMA = "https://schema.org/"
PARENTS = {
    "MediaReview": "Review",
    "Review": "CreativeWork",
    "MediaReviewItem": "CreativeWork",
    "VideoObject": "MediaObject",
    "AudioObject": "MediaObject",
    "ImageObject": "MediaObject",
    "MediaObject": "CreativeWork",
    "SoftwareApplication": "CreativeWork",
    "Clip": "CreativeWork",
    "Comment": "CreativeWork",
    "CreativeWork": "Thing",
}
"""Types of schema.org that are used, and what each is a kind of."""
DOMAINS = {
    "name": "Thing",
    "description": "Thing",
    "abstract": "CreativeWork",
    "comment": "CreativeWork",
    "creativeWorkStatus": "CreativeWork",
    "creditText": "CreativeWork",
    "dateCreated": "CreativeWork",
    "datePublished": "CreativeWork",
    "hasPart": "CreativeWork",
    "headline": "CreativeWork",
    "isBasedOn": "CreativeWork",
    "isPartOf": "CreativeWork",
    "mentions": "CreativeWork",
    "text": "CreativeWork",
    "itemReviewed": "Review",
    "mediaItemAppearance": "MediaReviewItem",
    "contentUrl": "MediaObject",
    "duration": "MediaObject",
    "sha256": "MediaObject",
    "videoFrameSize": "VideoObject",
    "startOffset": "Clip",
    "endOffset": "Clip",
    "softwareVersion": "SoftwareApplication",
}
"""Properties of schema.org that are used, and of which type each is."""
JUDGEMENTS = {
    "author",
    "claimReviewed",
    "mediaAuthenticityCategory",
    "originalMediaContextDescription",
    "originalMediaLink",
    "reviewRating",
}
"""What a person has to say."""


def _altered() -> Report:
    """Return a clip of which it is said that a face was changed, and that it was shrunk."""
    face = Finding(Kind.FACE_REPLACED, Channel.PICTURE, Interval(1, 2), 0.9, Interval(13, 14), 0)
    small = Finding(Kind.RESIZED, Channel.PICTURE, Interval(0, 3), 0.9, Interval(12, 15), 0)
    return replace(reports.related(), findings=(face, small))


def _online() -> Report:
    made = reports.rich()
    first = made.sources[0]
    shown = replace(first, asset=replace(first.asset, uri="https://example.org/briefing"))
    return replace(
        made,
        query=replace(made.query, uri="https://example.net/clip.mp4"),
        sources=(shown, *made.sources[1:]),
    )


def _still() -> Report:
    """Return an answer about a photo."""
    made = reports.related()
    media = replace(made.query.media, frame_rate=None, has_sound=False)
    return replace(made, query=replace(made.query, name="photo.jpg", media=media))


REPORTS = {
    "still": _still(),
    "rich": reports.rich(),
    "related": reports.related(),
    "altered": _altered(),
    "online": _online(),
    "siblings": reports.related(Relation.SIBLINGS),
    "backwards": reports.related(backwards=True),
    "nothing": reports.nothing(),
    "sound alone": reports.sound_only(),
}


def _context(url: str, _: object) -> dict[str, object]:
    """Return schema.org's context with the terms above alone, and nothing from the network."""
    assert url == SCHEMA.rstrip("/")
    terms = {name: f"{SCHEMA}{name}" for name in (*DOMAINS, *PARENTS)}
    return {
        "contentType": "application/ld+json",
        "contextUrl": None,
        "documentUrl": url,
        "document": {"@context": terms},
    }


def _expanded(text: str) -> Any:  # noqa: ANN401 - any JSON
    return jsonld.expand(json.loads(text), {"documentLoader": _context})


def _objects(value: object) -> Iterator[Mapping[str, Any]]:
    """Yield all objects in a document, outer ones first."""
    if isinstance(value, list):
        for each in value:
            yield from _objects(each)
    elif isinstance(value, dict):
        yield value
        for each in value.values():
            yield from _objects(each)


def _names(value: object) -> list[str]:
    """Return all names of properties in a document, each as often as it is there."""
    return sorted(
        name.removeprefix(SCHEMA)
        for each in _objects(value)
        for name in each
        if not name.startswith("@")
    )


def _kinds(name: str) -> list[str]:
    """Return a type and all that it is a kind of."""
    return [name, *(_kinds(PARENTS[name]) if name in PARENTS else [])]


@pytest.mark.parametrize("name", REPORTS)
def test_a_processor_of_json_ld_knows_every_word(name: str) -> None:
    text = markup([REPORTS[name]])

    assert _names(_expanded(text)) == _names(json.loads(text))


@pytest.mark.parametrize("name", REPORTS)
def test_every_property_is_one_of_its_type(name: str) -> None:
    typed = [each for each in _objects(draft(REPORTS[name])) if "@type" in each]

    misplaced = [
        (each["@type"], name)
        for each in typed
        for name in each
        if not name.startswith("@") and DOMAINS[name] not in _kinds(each["@type"])
    ]
    assert misplaced == []


@pytest.mark.parametrize("name", REPORTS)
def test_nothing_is_said_that_a_person_has_to_say(name: str) -> None:
    told = draft(REPORTS[name])

    assert told["creativeWorkStatus"] == "Draft"
    assert not JUDGEMENTS.intersection(_names(told))
    assert "ClaimReview" not in {each.get("@type") for each in _objects(told)}


def _clip(report: Report) -> Mapping[str, Any]:
    (clip,) = draft(report)["itemReviewed"]["mediaItemAppearance"]
    assert isinstance(clip, dict)
    return clip


def test_a_clip_is_based_on_what_it_is_said_to_be_made_from() -> None:
    clip = _clip(reports.related())

    source = {"@id": "ni:///sha-256;EAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}
    assert clip["isBasedOn"] == [source]
    (part,) = clip["hasPart"]
    assert (part["startOffset"], part["endOffset"]) == (0.0, 3.0)
    assert part["isBasedOn"] == {
        "@type": "Clip",
        "startOffset": 12.0,
        "endOffset": 15.0,
        "isPartOf": source,
    }


@pytest.mark.parametrize(
    ("name", "kind"),
    [("still", "ImageObject"), ("sound alone", "AudioObject"), ("rich", "VideoObject")],
)
def test_a_file_is_of_the_kind_that_it_is(name: str, kind: str) -> None:
    assert _clip(REPORTS[name])["@type"] == kind


@pytest.mark.parametrize("name", ["siblings", "backwards", "rich"])
def test_what_has_no_direction_is_mentioned_only(name: str) -> None:
    clip = _clip(REPORTS[name])

    assert "isBasedOn" not in _names(clip)
    assert all("isPartOf" in part["mentions"] for part in clip["hasPart"] if "mentions" in part)
    assert any("mentions" in part for part in clip["hasPart"])


def test_what_may_matter_is_told_and_what_is_technical_is_not() -> None:
    told = [part["description"] for part in _clip(_altered())["hasPart"]]

    assert len(told) == 2
    assert told[1] == "The face is not the source's. Confidence 0.90."


def test_who_said_what_of_a_finding_is_told_in_words_of_schema_org() -> None:
    said = {1: [Said("confirmed", "I saw both.", "ada", 60.0), Said("confirmed", None, "bob", 0.0)]}

    text = written(draft(_altered(), said))

    clip = json.loads(text)["itemReviewed"]["mediaItemAppearance"][0]
    assert clip["hasPart"][1]["comment"] == [
        {
            "@type": "Comment",
            "text": "Confirmed by a person. I saw both.",
            "creditText": "ada",
            "dateCreated": "1970-01-01T00:01:00+00:00",
        },
        {
            "@type": "Comment",
            "text": "Confirmed by a person.",
            "creditText": "bob",
            "dateCreated": "1970-01-01T00:00:00+00:00",
        },
    ]
    assert _names(_expanded(text)) == _names(json.loads(text))


def test_no_source_is_never_called_genuine() -> None:
    told = draft(reports.nothing())

    assert told["abstract"].startswith("Not in these archives: ")
    assert [each["@type"] for each in told["mentions"]] == ["SoftwareApplication"]


def test_a_place_on_a_disk_is_told_to_nobody_and_an_address_to_all() -> None:
    assert "file://" not in markup([reports.rich()])
    assert "contentUrl" not in _names(draft(reports.rich()))
    assert _clip(_online())["contentUrl"] == "https://example.net/clip.mp4"
    assert draft(_online())["mentions"][1]["contentUrl"] == "https://example.org/briefing"


def test_several_clips_are_several_drafts() -> None:
    text = markup([reports.related(), reports.nothing()])

    assert [each["@type"] for each in json.loads(text)] == ["MediaReview"] * 2
    assert len(_expanded(text)) == 2


@given(st.text(min_size=1) | st.just('\udce9\n\u202e"\\\0'))
def test_any_name_survives(name: str) -> None:
    told = reports.related()

    text = markup([replace(told, query=replace(told.query, name=name))]).encode().decode()

    (clip,) = json.loads(text)["itemReviewed"]["mediaItemAppearance"]
    assert clip["name"] == name.encode("utf-8", "backslashreplace").decode()
