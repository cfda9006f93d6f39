"""Tests of the courier by itself: when it sends, and what it makes of answers."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from ipaddress import IPv4Network
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from api.fetching.errors import FetchRefusedError
from api.work import announcing
from api.work.delivering import Courier, CourierParams, Send, _resolved, _wait, signed
from index.archive import Archive
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
def desk_archive(tmp_path: Path) -> Path:
    """An archive that holds nothing: nothing is looked for in it."""
    path = tmp_path / "empty.archive"
    Archive.open(path, create=True).close()
    return path


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


def test_a_message_on_its_way_is_nobody_elses_for_a_while(desk: Desk) -> None:
    heard(desk)
    queued(desk, "one")
    others: list[object] = []

    def post(_: Hook, __: Delivery) -> int:
        with desk.changing() as change:
            now = time.time() + 30
            others.append(hooks.claim(change, now=now, until=now + 60))
        return 200

    with sending(desk, post, CourierParams(poll=0.02)):
        assert soon(lambda: messages(desk)[0].state is Progress.DONE)
    assert others == [None]


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


def queued(desk: Desk, *names: str, hook: str = "hook", next_at: float | None = 0.0) -> None:
    """Let messages wait for a hook."""
    with desk.changing() as change:
        for name in names:
            hooks.queue(change, Delivery(hook, name, "ping", "{}", time.time(), next_at=next_at))


def soon(done: Callable[[], bool], seconds: float = 15.0) -> bool:
    """Return whether something comes true soon."""
    end = time.monotonic() + seconds
    while not done() and time.monotonic() < end:
        time.sleep(0.01)
    return done()


@contextmanager
def sending(desk: Desk, post: Send, params: CourierParams = QUICK) -> Iterator[Courier]:
    """Give a courier at work."""
    courier = Courier(desk, post, params=params)
    courier.start()
    try:
        yield courier
    finally:
        courier.stop()


@pytest.mark.parametrize("error", [OSError("the disk is away"), ValueError("a defect")])
@pytest.mark.parametrize("where", ["due", "claim", "settle"])
def test_messages_are_sent_after_any_error_of_the_database(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, error: Exception, where: str
) -> None:
    heard(desk)
    queued(desk, "one")
    whole, failures = getattr(hooks, where), [error]

    def fails(*given: object, **named: object) -> object:
        if failures:
            raise failures.pop()
        return whole(*given, **named)

    monkeypatch.setattr(hooks, where, fails)
    with sending(desk, Post([200]), CourierParams(poll=0.02, claim=0.1)):
        assert soon(lambda: messages(desk)[0].state is Progress.DONE)
    assert not failures


def test_messages_are_sent_after_no_thread_could_be_had(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard(desk)
    courier = Courier(desk, Post([200]), params=CourierParams(poll=0.02, claim=0.1))
    courier.start()
    begin, failures = threading.Thread.start, [RuntimeError("can't start new thread")]

    def fails(thread: threading.Thread) -> None:
        if failures and thread.name.startswith("courier-"):
            raise failures.pop()
        begin(thread)

    monkeypatch.setattr(threading.Thread, "start", fails)
    queued(desk, "one")
    try:
        assert soon(lambda: messages(desk)[0].state is Progress.DONE)
    finally:
        courier.stop()
    assert not failures


def test_so_many_at_a_time_are_sent_and_one_to_each_hook(desk: Desk) -> None:
    for name in "abcdef":
        heard(desk, name)
        queued(desk, f"{name}1", hook=name)
    queued(desk, "a2", hook="a")
    lock, out, most, both = threading.Lock(), list[str](), list[int](), list[str]()

    def post(hook: Hook, _: Delivery) -> int:
        with lock:
            both.extend([hook.id] if hook.id in out else [])
            out.append(hook.id)
            most.append(len(out))
        time.sleep(0.3)
        with lock:
            out.remove(hook.id)
        return 200

    with sending(desk, post, CourierParams(poll=0.02, most=3)):
        assert soon(lambda: len(most) == 7)
    assert both == []
    assert 1 < max(most) <= 3


def test_what_follows_to_the_same_hook_is_sent_as_soon_as_that_is_free(desk: Desk) -> None:
    heard(desk)
    queued(desk, "one", "two", "three")
    post = Post([200])

    with sending(desk, post, CourierParams(poll=60.0)):
        assert soon(lambda: len(post.sent) == 3)
    assert post.sent == ["one", "two", "three"]


def test_one_who_is_woken_looks_at_once(desk: Desk) -> None:
    heard(desk)
    post = Post([200])

    with sending(desk, post, CourierParams(poll=60.0)) as courier:
        time.sleep(0.3)
        queued(desk, "one")
        courier.wake()
        assert soon(lambda: post.sent == ["one"])


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (199, Progress.WAITING),
        (200, Progress.DONE),
        (299, Progress.DONE),
        (300, Progress.WAITING),
        (404, Progress.WAITING),
        (410, Progress.GIVEN_UP),
        (500, Progress.WAITING),
    ],
)
def test_what_is_taken_is_what_two_hundred_and_something_answers(
    desk: Desk, status: int, state: Progress
) -> None:
    heard(desk)
    queued(desk, "one")

    with sending(desk, Post([status]), CourierParams(poll=0.02)):
        assert soon(lambda: messages(desk)[0].status is not None)

    (found,) = messages(desk)
    assert (found.state, found.status) == (state, status)


def test_one_who_answers_gone_is_sent_nothing_of_what_waits(desk: Desk) -> None:
    heard(desk)
    queued(desk, "one")
    queued(desk, "later", next_at=9e12)
    post = Post([410])

    with sending(desk, post):
        assert soon(lambda: all(one.state is Progress.GIVEN_UP for one in messages(desk)))

    assert post.sent == ["one"]
    told = {one.message: (one.status, one.error) for one in messages(desk)}
    assert told == {"one": (410, None), "later": (None, "It is told nothing more.")}
    with desk.reading() as change:
        found = hooks.find(change, "hook")
    assert found is not None
    assert not found.active


def test_a_defect_in_sending_is_told_without_its_words_and_it_is_tried_again(desk: Desk) -> None:
    heard(desk)
    queued(desk, "one")
    seen: list[str | None] = []

    def post(_: Hook, __: Delivery) -> int:
        seen.append(messages(desk)[0].error)
        if len(seen) == 1:
            raise ValueError(SECRET)
        return 200

    with sending(desk, post):
        assert soon(lambda: messages(desk)[0].state is Progress.DONE)
    assert seen == [None, "A defect in wherefrom kept it from being sent."]
    assert messages(desk)[0].error is None


def test_why_a_message_could_not_be_sent_is_kept(desk: Desk) -> None:
    heard(desk)
    queued(desk, "one")

    def post(_: Hook, __: Delivery) -> int:
        raise FetchRefusedError("It is not there.", hint="Look.")

    with sending(desk, post, CourierParams(poll=0.02)):
        assert soon(lambda: messages(desk)[0].error == "It is not there.")
    (found,) = messages(desk)
    assert found.next_at is not None
    assert found.tried_at is not None
    assert found.next_at - found.tried_at > 4


def test_a_stop_waits_for_nobody_long_and_what_was_on_its_way_is_due_again(desk: Desk) -> None:
    heard(desk)
    queued(desk, "one")
    begun, go_on, mine = threading.Event(), threading.Event(), list[threading.Thread]()

    def post(_: Hook, __: Delivery) -> int:
        mine.append(threading.current_thread())
        begun.set()
        go_on.wait(60)
        return 200

    courier = Courier(desk, post, params=CourierParams(poll=0.02, patience=0.2))
    courier.start()
    begun.wait(10)
    since = time.monotonic()
    courier.stop()
    spent = time.monotonic() - since
    go_on.set()
    mine[0].join(30)

    (found,) = messages(desk)
    assert spent < 20
    assert (found.state, found.attempts, found.status) == (Progress.WAITING, 1, None)
    assert found.next_at is not None


def test_the_courier_forgets_what_became_of_old_messages(desk: Desk) -> None:
    heard(desk)
    with desk.changing() as change:
        hooks.queue(change, Delivery("hook", "old", "ping", "{}", 0.0, next_at=None))
        hooks.queue(change, Delivery("hook", "new", "ping", "{}", time.time(), next_at=None))

    with sending(desk, Post([200])):
        assert soon(lambda: len(messages(desk)) == 1)

    assert [one.message for one in messages(desk)] == ["new"]


@given(some.integers(1, 12))
def test_waits_vary_by_a_tenth_and_end(attempts: int) -> None:
    params = CourierParams()

    found = {_wait(attempts, params) for _ in range(20)}

    if attempts > len(params.waits):
        assert found == {None}
    else:
        usual = params.waits[attempts - 1]
        assert all(one is not None and 0.9 * usual <= one <= 1.1 * usual for one in found)
        assert len(found) > 1


def test_a_secret_that_was_replaced_signs_until_its_time_is_over() -> None:
    new, old = SECRET, "whsec_" + "A" * 32
    hook = Hook("h", "local", "https://a.example", new, (), 0.0, old_secret=old, old_until=100.0)
    sent = Delivery("h", "msg_1", "ping", "{}", 0.0, next_at=0.0)

    early, late = (signed(hook, sent, now=now)["webhook-signature"] for now in (99.5, 100.0))

    assert [len(one.split()) for one in (early, late)] == [2, 1]
    assert early.split()[0] != early.split()[1]


@pytest.mark.parametrize(
    ("host", "usual", "sent"),
    [
        ("93.184.216.34", True, True),
        ("93.184.216.34", False, False),
        ("10.1.2.3", False, True),
        ("10.9.2.3", False, False),
    ],
)
def test_only_networks_that_are_named_are_told_without_tls_or_at_other_ports(
    host: str,
    usual: bool,  # noqa: FBT001 # a parameter of the test
    sent: bool,  # noqa: FBT001 # a parameter of the test
) -> None:
    networks = (IPv4Network("10.1.0.0/16"),)

    if sent:
        assert _resolved(host, 443, usual=usual, networks=networks) == [host]
    else:
        with pytest.raises(FetchRefusedError, match="only by https at port 443"):
            _resolved(host, 443, usual=usual, networks=networks)


def test_old_messages_are_forgotten_and_waiting_ones_are_not(desk: Desk) -> None:
    heard(desk)
    for name, next_at in (("done", None), ("waiting", 5.0)):
        with desk.changing() as change:
            hooks.queue(change, Delivery("hook", name, "ping", "{}", 0.0, next_at=next_at))

    with desk.changing() as change:
        hooks.forget(change, before=1.0)

    assert [one.message for one in messages(desk)] == ["waiting"]
