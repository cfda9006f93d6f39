"""What several people say of a finding: every word is kept, and nobody speaks for another."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.settings import Settings
from api.web.app import app
from index.archive import Archive
from index.catalogue import tasks
from index.desk import Desk
from index.values import Channel, Interval
from lineage.findings import Finding, Kind
from lineage.values import Report
from tests import reports
from tests.api.web.conftest import HERE
from tests.browser.stage import done

type Bearer = Callable[..., dict[str, str]]
TRACE = "/v1/traces/known"
WORDS = {"prov": "faceReplaced", "c2pa": "face-replaced", "otio": "face", "review": "The face"}
"""What each format says of a face that was replaced."""


@dataclass(frozen=True)
class Person:
    """One who may judge.

    Attributes:
        client: Of the service.
        headers: With that person's key.
    """

    client: TestClient
    headers: dict[str, str]

    def says(self, finding: int = 1, **opinion: str) -> dict[str, Any]:
        address = f"{TRACE}/reviews/{finding}"
        got = self.client.put(address, json=opinion, headers=self.headers)
        assert got.status_code == 200, got.text
        return dict(got.json())

    def takes_back(self, finding: int = 1) -> int:
        address = f"{TRACE}/reviews/{finding}"
        return int(self.client.delete(address, headers=self.headers).status_code)

    def card(self) -> dict[str, Any]:
        cards = self.client.get(f"{TRACE}/findings", headers=self.headers).json()["items"]
        return next(dict(one) for one in cards if one["finding"] == 1)

    def history(self, **params: object) -> dict[str, Any]:
        got = self.client.get(f"{TRACE}/reviews", headers=self.headers, params=params)  # type: ignore[arg-type] # plain values
        assert got.status_code == 200, got.text
        return dict(got.json())

    def text(self, path: str) -> str:
        got = self.client.get(f"{TRACE}/{path}", headers=self.headers)
        assert got.status_code == 200, got.text
        return got.text


def answer() -> Report:
    """Return an answer about a clip that was made from its source, with another face."""
    made = reports.related()
    (told,) = made.derivations
    face = Finding(Kind.FACE_REPLACED, Channel.PICTURE, Interval(0, 3), 0.9, Interval(12, 15), 0)
    kinds = (*told.kinds, Kind.FACE_REPLACED)
    summary = made.summary.replace(".", ", with another face.")
    return replace(
        made, findings=(face,), derivations=(replace(told, kinds=kinds),), summary=summary
    )


@pytest.fixture
def desk_archive(tmp_path: Path) -> Path:
    """An archive that holds nothing: nothing is looked for in it."""
    path = tmp_path / "empty.archive"
    Archive.open(path, create=True).close()
    return path


@pytest.fixture
def people(desk_archive: Path, bearer: Bearer) -> Iterator[list[Person]]:
    with Desk.open(desk_archive) as desk:
        done(desk, "known", answer())
        page = desk.folder("known") / "report.html"
        page.write_text("<!--reviews--><!--review:1-->", encoding="utf-8")
    with TestClient(app(desk_archive, Settings(tracers=0), {}), base_url=HERE) as client:
        yield [Person(client, bearer("admin")) for _ in range(2)]


def test_the_last_word_of_each_stands_beside_those_of_others(people: list[Person]) -> None:
    ann, bob = people
    ann.says(verdict="rejected")
    ann.says(verdict="confirmed", comment="I saw both.")
    said = bob.says(comment="Look at 0:02.")

    card = ann.card()

    assert [(one["verdict"], one["comment"]) for one in card["reviews"]] == [
        ("confirmed", "I saw both."),
        (None, "Look at 0:02."),
    ]
    assert (card["decided"], card["disputed"]) == ("confirmed", False)
    assert card["review"] == said == bob.card()["mine"]
    assert card["mine"] == card["reviews"][0]
    assert len({one["who"] for one in card["reviews"]}) == 2


def test_who_disagrees_decides_nothing(people: list[Person]) -> None:
    ann, bob = people
    ann.says(verdict="confirmed")
    bob.says(verdict="rejected")

    assert (ann.card()["decided"], ann.card()["disputed"]) == (None, True)
    assert "People disagree on this" in ann.text("report")
    assert "confirmed 0 and rejected 0, and disagree on 1; 0 are" in ann.text("report")

    ann.says(verdict="rejected")

    assert (ann.card()["decided"], ann.card()["disputed"]) == ("rejected", False)


def test_every_word_is_kept_and_told_in_order(people: list[Person]) -> None:
    ann, bob = people
    ann.says(verdict="confirmed")
    bob.says(verdict="rejected", comment="No.")
    ann.says(verdict="rejected")
    ann.takes_back()

    told = bob.history()

    assert told["next"] is None
    assert [
        (one["verdict"], one["comment"], one["withdrawn"], one["standing"]) for one in told["items"]
    ] == [
        ("confirmed", None, False, False),
        ("rejected", "No.", False, True),
        ("rejected", None, False, False),
        (None, None, True, False),
    ]
    assert told["items"][0]["who"] == told["items"][2]["who"] != told["items"][1]["who"]
    assert {one["name"] for one in told["items"]} == {"newsroom"}
    times = [one["at"] for one in told["items"]]
    assert times == sorted(times)


def test_the_history_comes_in_pages(people: list[Person]) -> None:
    ann = people[0]
    for number in range(5):
        ann.says(comment=str(number))

    pages = [ann.history(limit=2)]
    while pages[-1]["next"] is not None:
        pages.append(ann.history(limit=2, cursor=pages[-1]["next"]))

    assert [[one["comment"] for one in page["items"]] for page in pages] == [
        ["0", "1"],
        ["2", "3"],
        ["4"],
    ]


def test_nobody_takes_back_what_another_said(people: list[Person]) -> None:
    ann, bob = people
    ann.says(verdict="confirmed")

    assert bob.takes_back() == 404
    assert ann.card()["decided"] == "confirmed"
    assert ann.takes_back() == 204
    assert ann.takes_back() == 404
    assert ann.card()["reviews"] == []


@pytest.mark.parametrize("form", WORDS)
def test_no_format_of_others_tells_of_what_is_not_confirmed(
    people: list[Person], form: str
) -> None:
    ann, bob = people
    words = WORDS[form]

    assert words not in ann.text(f"exports/{form}")
    ann.says(verdict="confirmed")
    assert words in ann.text(f"exports/{form}")
    bob.says(verdict="rejected")
    assert words not in ann.text(f"exports/{form}")
    bob.takes_back()
    assert words in ann.text(f"exports/{form}")


def test_a_draft_of_a_review_says_who_said_what(people: list[Person]) -> None:
    ann, bob = people
    ann.says(verdict="confirmed", comment="I saw both.")
    bob.says(comment="Ask the station.")

    drafted = ann.text("exports/review")

    assert "Confirmed by a person. I saw both." in drafted
    assert "Commented on by a person, not decided. Ask the station." in drafted
    assert drafted.count('"creditText": "newsroom"') == 2


def test_words_go_with_their_trace(people: list[Person], desk_archive: Path) -> None:
    ann = people[0]
    ann.says(verdict="confirmed", comment="a secret of the desk")

    ann.client.delete(TRACE, headers=ann.headers)

    with Desk.open(desk_archive) as desk, desk.reading() as change:
        assert tasks.kept(change) == {}
        counted = change.exec_driver_sql("SELECT count(*) FROM words").scalar()
    assert counted == 0
