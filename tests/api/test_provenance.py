import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prov.model import (
    ProvActivity,
    ProvAgent,
    ProvAlternate,
    ProvAttribution,
    ProvDerivation,
    ProvDocument,
    ProvEntity,
    ProvGeneration,
    ProvRecord,
    ProvUsage,
)

from api.exports.provenance import document, lineage
from index.values import Channel, Interval
from lineage.derivations import Edge, Lineage, Node, Relation, Role, Stretch
from lineage.values import Report
from tests import reports

CLIP, SOURCE = "9f3a" + "0" * 58 + "c2", "1" + "0" * 63


def _read(*told: Report) -> ProvDocument:
    """Return what the reference library reads of the answers."""
    return _parsed(document(map(lineage, told), version="0.1.0"))


def _parsed(text: str) -> ProvDocument:
    read = ProvDocument.deserialize(content=text.encode(), format="json")
    assert isinstance(read, ProvDocument)
    return read


def _ends(record: ProvRecord) -> list[str]:
    """Return which two files a record is of, by the beginnings of their digests."""
    return [
        str(value).removeprefix("wherefrom:file-")[:4] for _, value in record.formal_attributes
    ][:2]


def _all(read: ProvDocument, kind: type[Any]) -> list[Any]:
    return list(read.get_records(kind))


def _values(record: ProvRecord, name: str) -> list[object]:
    return [value for key, value in record.attributes if str(key) == f"wherefrom:{name}"]


def test_what_is_read_back_is_what_was_written() -> None:
    text = document([lineage(reports.rich())], version="0.1.0")

    read = _parsed(text)

    assert read == _parsed(read.serialize() or "")
    assert len(_all(read, ProvEntity)) == 4 + 3


def test_files_are_entities_with_their_facts() -> None:
    entities = {str(one.identifier): one for one in _all(_read(reports.related()), ProvEntity)}

    source = entities[f"wherefrom:file-{SOURCE}"]
    assert str(source.label) == "street-protest-2019.mp4"
    assert _values(source, "sha256") == [SOURCE]
    assert _values(source, "duration") == [214.2]


@pytest.mark.parametrize(
    ("backwards", "ends"), [(False, ["9f3a", "1000"]), (True, ["1000", "9f3a"])]
)
def test_a_derivation_leads_from_what_was_made_to_what_it_was_made_from(
    *, backwards: bool, ends: list[str]
) -> None:
    read = _read(reports.related(backwards=backwards))

    (derivation,), (activity,) = _all(read, ProvDerivation), _all(read, ProvActivity)
    assert _ends(derivation) == ends
    assert derivation.formal_attributes[2][1] == activity.identifier
    assert _values(derivation, "confidence") == [0.96]
    assert _values(activity, "action") == ["c2pa.transcoded"]
    assert _ends(_all(read, ProvGeneration)[0])[0] == ends[0]
    assert _ends(_all(read, ProvUsage)[0])[1] == ends[1]


@pytest.mark.parametrize("relation", [Relation.SIBLINGS, Relation.DUPLICATE, Relation.UNDETERMINED])
def test_what_has_no_direction_is_no_derivation(relation: Relation) -> None:
    read = _read(reports.related(relation))

    assert [_ends(one) for one in _all(read, ProvAlternate)] == [["9f3a", "1000"]]
    assert not _all(read, ProvDerivation)
    assert not _all(read, ProvActivity)
    (statement,) = (one for one in _all(read, ProvEntity) if _values(one, "relation"))
    assert _values(statement, "relation") == [relation.value]
    assert _values(statement, "confidence") == [0.96]


def test_statements_are_the_program_s_and_what_was_done_is_nobody_s() -> None:
    read = _read(reports.related())

    (agent,), (attribution,) = _all(read, ProvAgent), _all(read, ProvAttribution)
    assert _values(agent, "version") == ["0.1.0"]
    (statement,) = (one for one in _all(read, ProvEntity) if _values(one, "relation"))
    assert [value for _, value in attribution.formal_attributes] == [
        statement.identifier,
        agent.identifier,
    ]
    assert _values(statement, "evidence")[1:] == [
        "“street-protest-2019.mp4” goes on where the clip ends.",
        "“street-protest-2019.mp4” has finer detail.",
    ]


@pytest.mark.parametrize("backwards", [False, True])
def test_a_stretch_names_the_seconds_of_either_file(*, backwards: bool) -> None:
    read = _read(reports.related(backwards=backwards))

    (stretch,) = (each for one in _all(read, ProvEntity) for each in _values(one, "stretch"))
    assert f'"wherefrom:file-{CLIP}": [0.0, 3.0]' in str(stretch)
    assert f'"wherefrom:file-{SOURCE}": [12.0, 15.0]' in str(stretch)


def test_several_answers_share_the_files_they_have_in_common() -> None:
    again = reports.related(Relation.SIBLINGS)
    other = replace(again, query=replace(again.query, name="other.mp4", digest="e" * 64))

    read = _read(reports.related(), other, other)

    files = [one for one in _all(read, ProvEntity) if _values(one, "sha256")]
    assert len(files) == 3
    assert len(_all(read, ProvDerivation) + _all(read, ProvAlternate)) == 2


def test_the_same_bytes_are_one_entity_of_which_nothing_is_said() -> None:
    told = reports.related(Relation.DUPLICATE)
    itself = replace(told, query=replace(told.query, digest=told.sources[0].asset.digest))

    read = _read(itself)

    (file,) = _all(read, ProvEntity)
    assert {str(kind) for kind in file.get_asserted_types()} == {
        "wherefrom:Query",
        "wherefrom:Asset",
    }
    assert not _all(read, ProvAlternate)


def test_a_kept_lineage_tells_of_the_unseen_and_since_when() -> None:
    nodes = (
        Node("unseen-1", Role.UNSEEN),
        Node(SOURCE[:16], Role.REMOVED, "gone.mxf", SOURCE, None, "Title", "2019-03-15T11:00:00Z"),
    )
    edge = Edge(
        "unseen-1",
        SOURCE[:16],
        Channel.PICTURE,
        Relation.DERIVED,
        0.97,
        (Stretch(Interval(0, 2), Interval(4, 8), 2.0),),
        ("c2pa.changedSpeed",),
        ("Because.",),
        "direction/1",
        "2026-05-01T00:00:00Z",
    )

    read = _parsed(document([Lineage(nodes, (edge,))], version="0.1.0"))

    (derivation,) = _all(read, ProvDerivation)
    assert str(derivation.formal_attributes[1][1]) == "wherefrom:unseen-1"
    (statement,) = (one for one in _all(read, ProvEntity) if _values(one, "relation"))
    assert _values(statement, "method") == ["direction/1"]
    assert _values(statement, "since") == ["2026-05-01T00:00:00Z"]


@given(st.text(min_size=1) | st.just('\udce9\n\u202e"\\\0'))
def test_any_name_survives(name: str) -> None:
    told = reports.related()
    text = document([lineage(replace(told, query=replace(told.query, name=name)))], version="0.1.0")

    entities = _all(_parsed(text.encode().decode()), ProvEntity)

    shown = name.encode("utf-8", "backslashreplace").decode()
    assert shown in {str(one.label) for one in entities}


@pytest.mark.parametrize("seed", ["1", "2"])
def test_the_same_answer_gives_the_same_bytes(seed: str) -> None:
    script = (
        "from api.exports.provenance import document, lineage; from tests import reports; "
        "print(document([lineage(reports.rich())], version='0.1.0'))"
    )
    again = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-c", script],
        check=True,
        capture_output=True,
        env={"PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"},
    )

    assert again.stdout.decode() == document([lineage(reports.rich())], version="0.1.0") + "\n"
