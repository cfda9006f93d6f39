"""What hooks are told of, in which words, and how often."""

import json
from collections.abc import Callable

import pytest

from api.work import announcing
from index.catalogue import hooks, tasks, watchers, watches
from index.catalogue.hooks import Hook
from index.catalogue.tasks import State, Task
from index.catalogue.watchers import Watcher
from index.catalogue.watches import Arrival, How, Watch
from index.desk import Desk
from index.files import Location
from index.values import AssetRow, Channel, Interval

type Asked = Callable[..., Task]
NOW = 1_800_000_000.0
CLIP = Watch(
    id=0,
    digest="ab" * 32,
    name="clip.mp4",
    location=Location("file:///clip.mp4", 1, 1),
    duration=5.0,
    note=None,
    added_at="2026-01-01T00:00:00Z",
    rests={Channel.PICTURE: (Interval(0, 5),)},
    checked=AssetRow(0),
)
EVERY = (*announcing.EVENTS, "trace.cancelled", "bundle.done", "pdf.failed")
"""What there is to hear of, and what there is not."""


def hook(desk: Desk, owner: str = "local", name: str = "hook") -> None:
    with desk.changing() as change:
        hooks.add(change, Hook(name, owner, "https://a.example", "whsec_AAAA", EVERY, 0.0))


def end(desk: Desk, task: Task, state: State = State.DONE, **outcome: object) -> None:
    with desk.changing() as change:
        tasks.finish(change, task.number, state, outcome, now=NOW)


def told(desk: Desk, name: str = "hook") -> list[dict[str, object]]:
    """Return what a hook is to be told, in order."""
    with desk.reading() as change:
        found = hooks.delivered(change, name, before=None, most=200)
    assert [one.event for one in found] == [json.loads(one.body)["type"] for one in found]
    return [json.loads(one.body) for one in reversed(found)]


def came(desk: Desk, number: int, *names: str) -> None:
    """Let files come that a watch waits for."""
    found = [
        Arrival(f"{place:02x}" * 32, name, How.CODES, (), "2026-01-01T00:00:00Z")
        for place, name in enumerate(names, 1)
    ]
    with desk.changing() as change:
        watches.keep(change, number, found, AssetRow(1))


@pytest.fixture
def watch(desk: Desk) -> int:
    """The number of a watch that the command made."""
    with desk.changing() as change:
        return watches.add(change, CLIP, b"")


def test_of_an_answer_the_sentence_and_the_links_are_told(desk: Desk, asked: Asked) -> None:
    hook(desk)
    task = asked("trace")
    end(desk, task, found=True, summary="So.", sources=2, findings=1, sha256="ab" * 32)

    announcing.announce(desk, now=NOW)

    here = f"/v1/traces/{task.id}"
    assert told(desk) == [
        {
            "type": "trace.done",
            "timestamp": "2027-01-15T08:00:00+00:00",
            "data": {
                "id": task.id,
                "state": "done",
                "found": True,
                "summary": "So.",
                "sources": 2,
                "findings": 1,
                "links": {"self": here, "answer": f"{here}/answer", "page": f"/traces/{task.id}"},
            },
        }
    ]


@pytest.mark.parametrize("kind", ["trace", "ingest"])
def test_of_what_failed_the_kind_of_problem_is_told_and_no_words(
    desk: Desk, asked: Asked, kind: str
) -> None:
    hook(desk)
    task = asked(kind)
    end(desk, task, State.FAILED, problem="bad-media", title="secret.mp4 is none.", added=1)

    announcing.announce(desk, now=NOW)

    (one,) = told(desk)
    assert one["type"] == f"{kind}.failed"
    assert one["data"] == {
        "id": task.id,
        "state": "failed",
        "problem": "bad-media",
        "links": {"self": f"/v1/{kind}s/{task.id}"},
    }


def test_of_an_ingest_it_is_told_how_many_files_there_were(desk: Desk, asked: Asked) -> None:
    hook(desk)
    end(desk, asked("ingest"), added=3, known=2, failed=1, footage=9.0)

    announcing.announce(desk, now=NOW)

    (one,) = told(desk)
    data = one["data"]
    assert isinstance(data, dict)
    assert (data["added"], data["known"], data["failed"]) == (3, 2, 1)
    assert "footage" not in data


@pytest.mark.parametrize(
    ("kind", "state"),
    [("trace", State.CANCELLED), ("bundle", State.DONE), ("pdf", State.FAILED)],
)
def test_nobody_is_told_of_what_is_no_event(
    desk: Desk, asked: Asked, kind: str, state: State
) -> None:
    hook(desk)
    end(desk, asked(kind), state)

    assert announcing.announce(desk, now=NOW)
    assert not announcing.announce(desk, now=NOW)
    assert told(desk) == []


def test_all_that_ended_is_told_once_however_much_it_is(
    desk: Desk, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(announcing, "MOST", 2)
    hook(desk)
    every = [asked("trace") for _ in range(5)]
    for task in every:
        end(desk, task)
    heard: list[str] = []
    rounds = 0

    while announcing.announce(desk, now=NOW, ended=lambda task: heard.append(task.id)):
        rounds += 1

    ids = [task.id for task in every]
    assert (rounds, heard) == (3, ids)
    assert [one["data"]["id"] for one in told(desk)] == ids  # type: ignore[index] # of ours


def test_what_goes_on_is_not_told(desk: Desk, asked: Asked) -> None:
    hook(desk)
    asked("trace")

    assert not announcing.announce(desk, now=NOW)


def test_two_hooks_are_told_by_one_message(desk: Desk, asked: Asked) -> None:
    hook(desk)
    hook(desk, name="other")
    end(desk, asked("trace"))

    announcing.announce(desk, now=NOW)

    with desk.reading() as change:
        found = [
            hooks.delivered(change, name, before=None, most=9)[0] for name in ("hook", "other")
        ]
    assert found[0].message == found[1].message
    assert {one.next_at for one in found} == {NOW}


def test_a_file_that_came_is_told_to_each_who_waits_by_the_watch_as_they_know_it(
    desk: Desk, watch: int
) -> None:
    with desk.changing() as change:
        for owner in ("local", "other"):
            watchers.add(change, Watcher(f"of-{owner}", watch, owner, None, "clip", None, 0.0))
    hook(desk)
    came(desk, watch, "attic.mp4")

    announcing.announce(desk, now=NOW)

    data = [one["data"] for one in told(desk)]
    assert [one["id"] for one in data] == ["of-local", "of-other"]  # type: ignore[index] # of ours
    assert data[0] == {
        "id": "of-local",
        "asset": "01" * 8,
        "how": "codes",
        "summary": data[0]["summary"],  # type: ignore[index] # of ours
        "links": {"self": "/v1/watches/of-local", "asset": f"/v1/assets/{'01' * 8}"},
    }
    assert str(data[0]["summary"]).endswith(".")


def test_of_the_commands_watches_its_number_is_told(desk: Desk, watch: int) -> None:
    hook(desk)
    came(desk, watch, "attic.mp4")

    announcing.announce(desk, now=NOW)

    assert [one["data"]["id"] for one in told(desk)] == [str(watch)]  # type: ignore[index] # of ours


def test_what_came_before_is_not_told_again(desk: Desk, watch: int) -> None:
    hook(desk)
    came(desk, watch, "attic.mp4")
    announcing.announce(desk, now=NOW)
    came(desk, watch, "attic.mp4", "cellar.mp4")

    assert announcing.announce(desk, now=NOW)
    assert not announcing.announce(desk, now=NOW)

    assert [one["data"]["asset"] for one in told(desk)] == ["01" * 8, "02" * 8]  # type: ignore[index] # of ours


def test_messages_have_ids_of_their_own_that_cannot_be_guessed() -> None:
    made = {announcing.message() for _ in range(50)}

    assert len(made) == 50
    assert {len(one) for one in made} == {len("msg_") + 32}


def test_names_are_sent_as_they_are_written() -> None:
    assert "é" in announcing.body("ping", {"id": "é"}, now=NOW)
