"""Tests of the courier by itself: when it sends, and what it makes of answers."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from api.work import announcing
from api.work.delivering import Courier, CourierParams
from index.catalogue import hooks, tasks
from index.catalogue.desk_tables import keys
from index.catalogue.hooks import Delivery, Hook, Progress
from index.catalogue.tasks import State, Task
from index.desk import Desk

QUICK = CourierParams(waits=(0.05, 0.05), poll=0.02, claim=5.0)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # noqa: S105 # of nobody


@dataclass
class Post:
    """Takes messages instead of the internet.

    Attributes:
        answers: Statuses in order; then always the last. None stands for no answer ever.
        sent: Ids of the messages that were sent.
    """

    answers: list[int | None]
    sent: list[str] = field(default_factory=list)

    def __call__(self, _: Hook, delivery: Delivery) -> int:
        self.sent.append(delivery.message)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if answer is None:
            threading.Event().wait(60)
        return answer or 0


@pytest.fixture
def desk(desk_archive: Path) -> Iterator[Desk]:
    with Desk.open(desk_archive) as opened:
        yield opened


def heard(desk: Desk, name: str = "hook", *, owner: str = "local") -> Hook:
    """Return a hook that hears of all events."""
    hook = Hook(name, owner, "https://example.org", SECRET, announcing.EVENTS, 0.0)
    with desk.changing() as change:
        hooks.add(change, hook)
    return hook


def ended(desk: Desk, *, owner: str = "local", name: str = "one") -> None:
    """Let a trace be asked for, and end."""
    with desk.changing() as change:
        number = tasks.add(change, Task(name, "trace", owner, "clip.mp4", {}, 0.0))
        tasks.finish(change, number, State.DONE, {"found": True, "summary": "So."}, now=1.0)


def key(desk: Desk, name: str, *scopes: str, revoked: bool = False) -> None:
    """Let there be a key."""
    values = {"id": name, "name": name, "digest": name.encode().hex().rjust(64, "0")}
    with desk.changing() as change:
        change.execute(
            keys.insert().values(
                **values,
                scopes=list(scopes),
                created_at=0.0,
                revoked_at=1.0 if revoked else None,
            )
        )


def messages(desk: Desk, hook: str = "hook") -> list[Delivery]:
    with desk.reading() as change:
        return hooks.delivered(change, hook, before=None, most=100)


def run(desk: Desk, post: Post, state: Progress, *, params: CourierParams = QUICK) -> Delivery:
    """Return the only message to a hook once it is in a state."""
    courier = Courier(desk, post, params=params)
    courier.start()
    end = time.monotonic() + 20
    while [one.state for one in messages(desk)] != [state] and time.monotonic() < end:
        time.sleep(0.02)
    courier.stop()
    (found,) = messages(desk)
    assert found.state is state
    return found


def test_a_message_is_sent_until_it_is_taken(desk: Desk) -> None:
    heard(desk)
    ended(desk)
    post = Post([503, 500, 200])

    done = run(desk, post, Progress.DONE)

    assert (done.attempts, done.status, done.next_at) == (3, 200, None)
    assert post.sent == [done.message] * 3


def test_a_message_that_is_never_taken_is_given_up(desk: Desk) -> None:
    heard(desk)
    ended(desk)
    post = Post([500])

    given_up = run(desk, post, Progress.GIVEN_UP)

    assert (given_up.attempts, given_up.next_at) == (3, None)


def test_waits_grow_as_the_standard_suggests() -> None:
    waits = CourierParams().waits

    assert waits[:4] == (5, 300, 1800, 7200)
    assert list(waits) == sorted(waits)
    assert 2.5 < sum(waits) / 86400 < 4


def test_a_message_that_was_on_its_way_when_the_service_died_is_sent_again(desk: Desk) -> None:
    heard(desk)
    ended(desk)
    announcing.announce(desk, now=time.time())
    with desk.changing() as change:  # and then nobody lives to tell
        claimed = hooks.claim(change, now=time.time(), until=time.time() + 0.2)
    assert claimed is not None

    done = run(desk, Post([200]), Progress.DONE)

    assert (done.message, done.attempts) == (claimed[1].message, 2)


def test_two_never_have_the_same_message(desk: Desk) -> None:
    heard(desk)
    ended(desk)
    announcing.announce(desk, now=time.time())

    with desk.changing() as change:
        first, second = (
            hooks.claim(change, now=time.time(), until=time.time() + 60) for _ in range(2)
        )

    assert first is not None
    assert second is None


def test_one_slow_hook_does_not_hold_up_the_others(desk: Desk) -> None:
    heard(desk)
    slow = heard(desk, "slow")
    for number in range(8):
        ended(desk, name=str(number))
    sent: list[str] = []

    def post(hook: Hook, _: Delivery) -> int:
        if hook.id == slow.id:
            threading.Event().wait(60)
        sent.append(hook.id)
        return 200

    courier = Courier(desk, post, params=CourierParams(poll=0.02, patience=0.1))
    courier.start()
    end = time.monotonic() + 20
    while len(sent) < 8 and time.monotonic() < end:
        time.sleep(0.02)
    courier.stop()

    assert sent == ["hook"] * 8


def test_what_was_told_is_not_told_again(desk: Desk) -> None:
    heard(desk)
    ended(desk)

    assert announcing.announce(desk, now=time.time())
    assert not announcing.announce(desk, now=time.time())
    assert len(messages(desk)) == 1


def test_a_hook_hears_of_what_its_owner_asked_for(desk: Desk) -> None:
    key(desk, "mine", "trace")
    key(desk, "theirs", "trace")
    heard(desk, owner="mine")
    ended(desk, owner="theirs", name="theirs")
    ended(desk, owner="mine", name="mine")

    announcing.announce(desk, now=time.time())

    assert ['"id": "mine"' in one.body for one in messages(desk)] == [True]


def test_a_hook_of_an_admin_hears_of_all(desk: Desk) -> None:
    key(desk, "chief", "admin")
    heard(desk, owner="chief")
    ended(desk, owner="theirs")

    announcing.announce(desk, now=time.time())

    assert len(messages(desk)) == 1


def test_a_key_that_is_revoked_hears_nothing_more(desk: Desk) -> None:
    key(desk, "mine", "trace", revoked=True)
    heard(desk, owner="mine")
    ended(desk, owner="mine")

    announcing.announce(desk, now=time.time())

    assert messages(desk) == []


def test_what_waits_for_a_key_that_is_revoked_is_given_up(desk: Desk) -> None:
    heard(desk, owner="gone")
    with desk.changing() as change:
        hooks.queue(change, Delivery("hook", "one", "ping", "{}", time.time(), next_at=0.0))
    post = Post([200])

    run(desk, post, Progress.GIVEN_UP)

    assert post.sent == []


def test_old_messages_are_forgotten_and_waiting_ones_are_not(desk: Desk) -> None:
    heard(desk)
    for name, next_at in (("done", None), ("waiting", 5.0)):
        with desk.changing() as change:
            hooks.queue(change, Delivery("hook", name, "ping", "{}", 0.0, next_at=next_at))

    with desk.changing() as change:
        hooks.forget(change, before=1.0)

    assert [one.message for one in messages(desk)] == ["waiting"]
