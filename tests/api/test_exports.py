import base64
import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from PIL import Image
from rich.console import Console

from api.exports.document import document, line
from api.exports.stills import embedded
from api.exports.terminal import table
from index.values import Box, Channel, Interval, Still
from lineage.derivations import Relation, Way
from lineage.findings import Finding, Kind
from lineage.values import Pair, Registration, Report
from tests import reports

CONTRACT = "shared/contract/trace.schema.json"


def _shared_take() -> Report:
    held = replace(reports.segment((0, 4), (41, 41.04), exact=False), rate=0.0)
    backwards = reports.segment((4, 8), (50, 58), backwards=True, variant="flip")
    archived = reports.asset(1, "briefing.mxf", 200)
    return reports.report([reports.source(archived, [held, backwards], duration=8)])


def _captioned(text: str) -> Report:
    caption = Finding(
        Kind.CAPTION_ADDED,
        Channel.PICTURE,
        Interval(1, 3),
        0.9,
        Interval(1, 3),
        0,
        Box(0.1, 0.8, 0.9, 0.95),
        text=text,
    )
    return replace(reports.single(), findings=(caption,))


REPORTS = {
    "captioned": _captioned("They knew\x1b[2J"),
    "rich": reports.rich(),
    "many": reports.supercut(60, 30, length=600),
    "single": reports.single(),
    "long": reports.single(7210.0),
    "nothing": reports.nothing(),
    "sound alone": reports.sound_only(),
    "held and reversed": _shared_take(),
    "common": reports.common(),
    "related": reports.related(),
    "related backwards": reports.related(backwards=True),
    "siblings": reports.related(Relation.SIBLINGS),
    "no name in UTF-8": reports.nothing("caf\udce9\n\U0001f3a5.mp4"),
}


@pytest.fixture(scope="module")
def schema(request: pytest.FixtureRequest) -> jsonschema.Draft202012Validator:
    text = (request.config.rootpath / "docs" / "trace.schema.json").read_text(encoding="utf-8")
    return jsonschema.Draft202012Validator(
        json.loads(text), format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )


@pytest.mark.parametrize("name", REPORTS)
def test_the_document_follows_the_contract(
    name: str, schema: jsonschema.Draft202012Validator
) -> None:
    written = json.loads(line(REPORTS[name]).encode("utf-8"))

    assert [error.message for error in schema.iter_errors(written)] == []


def test_the_schema_only_adds_to_the_contract_s(root: Path) -> None:
    contract = root.parent / CONTRACT
    if not contract.is_file():
        pytest.skip(f"no contract at ../{CONTRACT}")

    ours, theirs = (
        json.loads(path.read_text(encoding="utf-8"))
        for path in (root / "docs" / "trace.schema.json", contract)
    )
    assert kept(theirs, ours)
    assert not kept(ours | {"required": ["more"]}, ours)
    assert not kept({"enum": ["one", "two"]}, {"enum": ["one", "three"]})


def kept(theirs: object, ours: object) -> bool:
    """Return whether all of theirs stands in ours: objects may have more members, enums values."""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        return all(
            name in ours
            and (set(each) <= set(ours[name]) if name == "enum" else kept(each, ours[name]))
            for name, each in theirs.items()
        )
    return theirs == ours


def test_the_document_is_kept(golden: Callable[[str, str], None]) -> None:
    golden("trace.json", json.dumps(document(reports.rich()), indent=1, ensure_ascii=False) + "\n")


@pytest.mark.parametrize("name", REPORTS)
def test_a_document_is_one_line(name: str) -> None:
    assert "\n" not in line(REPORTS[name])


def test_times_are_rounded_to_milliseconds_and_stay_ascending() -> None:
    brief = reports.segment((1.00041, 1.00044), (0.0, 0.00003))
    archived = reports.asset(1, "briefing.mxf", 200)
    report = reports.report([reports.source(archived, [brief], duration=8)])

    written = document(report)["sources"][0]["segments"][0]

    assert (written["query"], written["source"]) == ([1.0, 1.001], [0.0, 0.001])


def test_a_reversed_segment_keeps_ascending_times_and_a_negative_rate() -> None:
    written = document(_shared_take())["sources"][0]["segments"][1]

    assert (written["source"], written["rate"]) == ([50.0, 58.0], -2.0)


def test_a_number_that_is_none_is_a_bug() -> None:
    broken = replace(reports.single(), timing={"total": float("nan")})

    with pytest.raises(ValueError, match="finite"):
        document(broken)


@pytest.mark.parametrize(
    ("variant", "mirrored", "degrees"),
    [("plain", False, 0), ("mirror", True, 0), ("flip", True, 180), ("turn", False, 180)],
)
def test_a_variant_is_written_as_geometry(variant: str, *, mirrored: bool, degrees: int) -> None:
    turned = reports.segment((0, 4), (1, 5), variant=variant, box=Box(0.25, 0, 1, 1))
    archived = reports.asset(1, "briefing.mxf", 200)
    report = reports.report([reports.source(archived, [turned], duration=8)])

    geometry = document(report)["sources"][0]["segments"][0]["geometry"]

    assert geometry == {
        "query_box": [0, 0, 1, 1],
        "source_box": [0.25, 0, 1, 1],
        "mirrored": mirrored,
        "rotation_degrees": degrees,
    }


@pytest.mark.parametrize(
    ("told", "written"),
    [
        (Registration(0.9984, 0.0312, 1.0), {"agreement": 0.998, "error": 0.03, "compared": 1.0}),
        (Registration(-0.2, None, 0.0), {"agreement": 0.0, "error": None, "compared": 0.0}),
    ],
)
def test_how_well_pixels_were_laid_over_one_another_is_written(
    told: Registration, written: dict[str, float | None]
) -> None:
    laid = replace(reports.segment((0, 4), (1, 5)), registration=told)
    archived = reports.asset(1, "briefing.mxf", 200)
    report = reports.report([reports.source(archived, [laid], duration=8)])

    assert document(report)["sources"][0]["segments"][0]["registration"] == written


@pytest.mark.parametrize(
    ("variant", "degrees", "written"),
    [("plain", 5.13, 5.1), ("plain", -0.4, 0), ("turn", 179.7, 180), ("turn", -175.0, -175.0)],
)
def test_how_pictures_lie_over_one_another_is_written(
    variant: str, degrees: float, written: float
) -> None:
    lies = (0.99593, 0.16913, -0.08151, -0.04698, 0.9966, 0.02531)
    turned = reports.segment((0, 4), (1, 5), variant=variant)
    turned = replace(turned, across=lies, degrees=degrees, visible=0.625)
    archived = reports.asset(1, "briefing.mxf", 200)
    report = reports.report([reports.source(archived, [turned], duration=8)])

    geometry = document(report)["sources"][0]["segments"][0]["geometry"]

    assert geometry["rotation_degrees"] == written
    assert geometry["homography"] == [*lies, 0, 0, 1]
    assert geometry["visible"] == 0.625


def test_times_are_exact_only_where_they_were_checked() -> None:
    written = [
        segment["frame_exact"]
        for source in document(reports.rich())["sources"]
        for segment in source["segments"]
    ]

    assert written == [True, True, True, True, True, False, True]


def test_what_is_too_common_is_written_with_what_shows_it() -> None:
    first, second = document(reports.common())["unexplained"]

    assert first["reason"] == "too-common"
    assert (first["shared"]["assets"], first["shared"]["time"]) == (14, 3.21)
    assert first["shared"]["asset"]["name"] == "evening-news-0412.mxf"
    assert "shared" not in second


def test_no_direction_is_claimed_where_nothing_speaks_for_one() -> None:
    lineage = document(reports.rich())["lineage"]

    assert [node["role"] for node in lineage["nodes"]] == ["query", "asset", "asset", "asset"]
    assert {edge["relation"] for edge in lineage["edges"]} == {"undetermined"}
    assert [len(edge["evidence"]) for edge in lineage["edges"]] == [3, 2, 2]


@pytest.mark.parametrize("backwards", [False, True])
def test_edge_leads_from_parent_to_child(*, backwards: bool) -> None:
    answer = reports.related(backwards=backwards)
    (edge,) = document(answer)["lineage"]["edges"]

    ends = [answer.sources[0].asset.id, "query"]
    assert [edge["parent"], edge["child"]] == (ends[::-1] if backwards else ends)
    assert (edge["relation"], edge["confidence"]) == ("derived", 0.96)
    assert edge["actions"] == ["c2pa.transcoded"]


def test_edge_tells_the_signs_that_speak_the_clearest_first() -> None:
    (edge,) = document(reports.related())["lineage"]["edges"]

    assert edge["evidence"][1:] == [
        "“street-protest-2019.mp4” goes on where the clip ends.",
        "“street-protest-2019.mp4” has finer detail.",
    ]


@pytest.mark.parametrize("way", Way)
def test_edge_and_table_tell_the_way_that_is_ruled_out(way: Way) -> None:
    (edge,) = document(reports.ruled_out(way))["lineage"]["edges"]
    told = " ".join(printed(reports.ruled_out(way)).split())

    film = reports.single().sources[0].asset
    ends = {"parent": film.id, "child": "query"}
    back = {"parent": "query", "child": film.id}
    assert edge["relation"] == "undetermined"
    assert edge["excluded"] == (ends if way is Way.ONWARD else back)
    start = f"“{film.name}” was not made from this clip; whether this clip was made from it"
    other = f"This clip was not made from “{film.name}”; whether “{film.name}” was made from it"
    assert (other if way is Way.ONWARD else start) in told
    assert "excluded" not in document(reports.related())["lineage"]["edges"][0]


@pytest.mark.parametrize("relation", Relation)
def test_table_says_which_was_made_from_which(relation: Relation) -> None:
    told = " ".join(printed(reports.related(relation)).split())

    assert "Which was made from which" in told
    decided = relation in {Relation.DERIVED, Relation.SIBLINGS}
    assert told.count("0.96") == decided


def test_an_asset_with_two_sources_is_one_node() -> None:
    source = reports.single().sources[0]
    segments = tuple(replace(one, channel=Channel.SOUND) for one in source.segments)
    sound = replace(source, channel=Channel.SOUND, segments=segments)

    lineage = document(reports.report([source, sound]))["lineage"]

    assert (len(lineage["nodes"]), len(lineage["edges"])) == (2, 2)


def printed(report: Report, *, width: int = 100, colour: bool = False) -> str:
    console = Console(width=width, file=io.StringIO(), force_terminal=colour, no_color=not colour)
    console.print(table(report))
    written = console.file
    assert isinstance(written, io.StringIO)
    return written.getvalue()


def test_the_table_is_kept(golden: Callable[[str, str], None]) -> None:
    golden("trace.txt", "".join(f"{row.rstrip()}\n" for row in printed(reports.rich()).split("\n")))


@pytest.mark.parametrize("width", [40, 80, 200])
@pytest.mark.parametrize("name", REPORTS)
def test_the_table_fits_the_terminal(name: str, width: int) -> None:
    rows = printed(REPORTS[name], width=width).splitlines()

    assert max(len(row) for row in rows) <= width


def test_the_table_shows_times_in_full_on_a_usual_terminal() -> None:
    assert "1:02:03.4–1:02:06.2" in printed(reports.rich(), width=80)


def test_what_a_caption_says_is_written_and_shown_without_its_escapes() -> None:
    report = _captioned("They\x1b[2J [b]knew")

    (told,) = document(report)["findings"]
    assert told["text"] == "They\x1b[2J [b]knew"
    assert "added: “They�[2J [b]knew”." in printed(report)


def test_markup_and_escapes_in_a_name_are_shown_not_obeyed() -> None:
    shown = printed(reports.nothing("[red]x[/red]\x1b[2J.mp4"), colour=True)

    assert "[red]x[/red]" in shown
    assert "\x1b[2J" not in shown


def test_a_mirrored_source_is_shown_mirrored() -> None:
    still = Still(1.0, reports.picture(3))

    shown = pixels(embedded(still, variant="mirror").uri)

    assert np.abs(shown.astype(int) - still.picture[:, ::-1]).mean() < 6


@pytest.mark.parametrize(
    ("size", "shown"), [((640, 360), (320, 180)), ((360, 640), (180, 320)), ((90, 60), (90, 60))]
)
def test_pictures_are_made_small_and_never_larger(
    size: tuple[int, int], shown: tuple[int, int]
) -> None:
    small = embedded(Still(0.0, reports.picture(1, *size)))

    assert (small.width, small.height) == shown
    assert Image.fromarray(pixels(small.uri)).size == shown


def test_pairs_may_lack_the_source() -> None:
    assert Pair(Still(0.0, reports.picture(1))).source is None


def pixels(uri: str) -> np.ndarray:
    code = re.fullmatch(r"data:image/jpeg;base64,([A-Za-z0-9+/=]+)", uri)
    assert code
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(code[1]))))


def test_interval_ends_are_numbers() -> None:
    gap = reports.gap(0, 1)

    written = document(reports.report((), [replace(gap, query=Interval(0, 1))]))["unexplained"]

    assert written == [{"channel": "picture", "query": [0.0, 1.0], "reason": "no-match"}]
