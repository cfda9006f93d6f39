from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from index.catalogue import reviews, tasks
from index.catalogue.database import Catalogue, Change
from index.catalogue.reviews import Review, Verdict
from index.catalogue.tasks import Task

WORDS = some.lists(
    some.tuples(
        some.sampled_from("12"),
        some.sampled_from(["ann", "bob", "cy"]),
        some.sampled_from([Verdict.CONFIRMED, Verdict.REJECTED, None, "back"]),
    ),
    max_size=12,
)


@pytest.fixture(scope="module")
def catalogue() -> Iterator[Catalogue]:
    with TemporaryDirectory() as folder:
        made = Catalogue.open(Path(folder) / "catalogue.sqlite", write=True, create=True)
        yield made
        made.close()


def trace(change: Change) -> int:
    """Return the number of a trace of which nobody said anything."""
    count = len(tasks.kept(change))
    return tasks.add(change, Task(f"trace-{count}", "trace", "local", "a.mp4", {}, 0.0))


@given(WORDS, some.integers(0, 12))
@settings(max_examples=40)
def test_of_each_person_the_last_word_stands_and_none_is_lost(
    catalogue: Catalogue, words: list[tuple[str, str, Verdict | str | None]], place: int
) -> None:
    kept: dict[tuple[str, str], Verdict | None] = {}
    said, moments = 0, [dict(kept)]
    with catalogue.changing() as change:
        number = trace(change)
        numbers = [0]
        for finding, who, verdict in words:
            if verdict == "back":
                had = kept.pop((finding, who), ...) is not ...
                assert reviews.withdraw(change, number, finding, who, now=1.0) == had
                said += had
            else:
                given_ = None if verdict is None else Verdict(verdict)
                reviews.add(change, number, Review(finding, given_, "so", who, 1.0))
                kept[finding, who] = given_
                said += 1
            moments.append(dict(kept))
            numbers.append(reviews.newest(change, number))

        assert len(reviews.listed(change, number, after=0, most=100)) == said
        assert stood(change, number, None) == kept
        then = min(place, len(words))
        assert stood(change, number, numbers[then]) == moments[then]


def stood(change: Change, trace: int, upto: int | None) -> dict[tuple[str, str], Verdict | None]:
    return {
        (finding, one.who): one.verdict
        for finding, every in reviews.standing(change, trace, upto=upto).items()
        for one in every
    }
