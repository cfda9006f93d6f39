"""The courier: sends messages to hooks until they are taken, as Standard Webhooks specify.

What is to be sent are rows, so that a stop loses nothing; each is claimed for a time, and is due
again if nobody lived to say what became of it. So a message may come twice, with the same id, and
later ones may come first.

Source: Standard Webhooks, https://github.com/standard-webhooks/standard-webhooks, spec 1.0.
"""

import logging
import random
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus
from ipaddress import IPv4Network, IPv6Network, ip_address
from time import time

from standardwebhooks import Webhook

from api.fetching.errors import FetchRefusedError
from api.fetching.fetch import PORTS, FetchParams, opened, plain
from api.fetching.network import Network, resolved
from api.work.announcing import announce
from index.catalogue import hooks
from index.catalogue.hooks import Delivery, Hook, Progress
from index.catalogue.tasks import Task
from index.desk import Desk
from index.errors import UserError

LOG = logging.getLogger("wherefrom.hooks")

type Networks = Sequence[IPv4Network | IPv6Network]
type Send = Callable[[Hook, Delivery], int]
"""Sends a message to a hook; returns the status that was answered."""


@dataclass(frozen=True, slots=True)
class CourierParams:
    """How messages are sent.

    Attributes:
        waits: Seconds after each time it failed before it is tried again, as the standard
            suggests; after the last it is given up, three days later.
        spread: Share of these by which they vary, so that not all come at once.
        most: Messages on their way at the same time; one to each hook.
        total: Seconds a hook may take to answer.
        claim: Seconds after which a message counts as not sent; more than `total`.
        poll: Seconds between looks for what is to be told.
        patience: Seconds that those on their way have when the service stops.
        kept: Seconds for which it is kept what became of a message.
        overlap: Seconds for which a secret that was replaced signs as well.
    """

    waits: tuple[float, ...] = (5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)
    spread: float = 0.1
    most: int = 4
    total: float = 15.0
    claim: float = 60.0
    poll: float = 1.0
    patience: float = 3.0
    kept: float = 30 * 24 * 3600.0
    overlap: float = 24 * 3600.0


DEFAULT = CourierParams()


class Courier:
    """A thread that looks for what is to be told, and those that send it."""

    def __init__(
        self,
        desk: Desk,
        send: Send,
        *,
        ended: Callable[[Task], None] = lambda _: None,
        params: CourierParams = DEFAULT,
    ) -> None:
        """Prepare; nothing is sent yet.

        Args:
            desk: Where messages are.
            send: How one is sent.
            ended: Told each task that has ended, once.
            params: When.
        """
        self._desk, self._send, self._ended, self._params = desk, send, ended, params
        self._stopping, self._more = threading.Event(), threading.Event()
        self._lock = threading.Lock()
        self._out: dict[str, threading.Thread] = {}
        self._thread = threading.Thread(target=self._work, name="courier", daemon=True)

    def start(self) -> None:
        """Begin with what waits."""
        self._thread.start()

    def wake(self) -> None:
        """Look for messages at once."""
        self._more.set()

    def stop(self) -> None:
        """Stop; what is on its way and takes too long is sent again by whoever comes next."""
        self._stopping.set()
        self._more.set()
        self._thread.join()
        with self._lock:
            out = list(self._out.values())
        for thread in out:
            thread.join(self._params.patience / len(out))
        with self._lock:
            self._out = {}

    def _work(self) -> None:
        forgotten = 0.0
        while not self._stopping.is_set():
            try:
                while announce(self._desk, now=time(), ended=self._ended):
                    pass
                while self._begin_one():
                    pass
                if time() - forgotten > self._params.kept / 1000:
                    forgotten = time()
                    with self._desk.changing() as change:
                        hooks.forget(change, before=forgotten - self._params.kept)
            except UserError as error:  # the catalogue is busy, or its disk full
                LOG.warning("messages have to wait: %s", error)
            except Exception:  # whatever it was, it must not end all telling
                LOG.exception("the courier goes on after an error")
            self._more.wait(self._params.poll)
            self._more.clear()

    def _begin_one(self) -> bool:
        """Send the message that is due longest, if there is one; return whether there was."""
        now = time()
        with self._lock:
            out = list(self._out)
        if len(out) >= self._params.most:
            return False
        with self._desk.reading() as change:
            if not hooks.due(change, now=now):
                return False
        with self._desk.changing() as change:
            until = now + self._params.claim
            claimed = hooks.claim(change, now=now, until=until, but=out)
        if claimed is None:
            return False
        hook, delivery = claimed
        thread = threading.Thread(
            target=self._deliver, args=claimed, name=f"courier-{delivery.number}", daemon=True
        )
        with self._lock:
            thread.start()  # if there can be no more threads, it is due again after the claim
            self._out[hook.id] = thread
        return True

    def _deliver(self, hook: Hook, delivery: Delivery) -> None:
        status, error = None, None
        try:
            status = self._send(hook, delivery)
        except UserError as failed:
            error = str(failed)
        except Exception:
            LOG.exception("message %s failed", delivery.message)
            error = "A defect in wherefrom kept it from being sent."
        with self._lock:
            # Once it was given up on, the desk may be closed.
            if self._out.pop(hook.id, None) is None:
                return
            try:
                self._settle(hook, delivery, status, error)
            except UserError as failed:
                LOG.warning("message %s will be sent again: %s", delivery.message, failed)
            except Exception:
                LOG.exception("message %s will be sent again", delivery.message)
        self.wake()

    def _settle(
        self, hook: Hook, delivery: Delivery, status: int | None, error: str | None
    ) -> None:
        taken = status is not None and HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES
        wait = None if taken else _wait(delivery.attempts, self._params)
        gone = status == HTTPStatus.GONE
        state = Progress.DONE if taken else Progress.WAITING
        if not taken and (gone or wait is None):
            state, wait = Progress.GIVEN_UP, None
        with self._desk.changing() as change:
            hooks.settle(
                change,
                delivery.number,
                state,
                status=status,
                error=error,
                next_at=None if wait is None else time() + wait,
            )
            if gone:
                hooks.alter(change, hook.id, active=False, stopped="It answered 410: gone.")
                hooks.give_up(change, hook.id)


def sender(networks: Networks, *, params: CourierParams = DEFAULT) -> Send:
    """Return what sends messages over the internet, or to networks that are named.

    Redirects are not followed, and nothing is read of what is answered but the status.
    """
    return partial(_sent, networks=networks, params=params)


def address(url: str, networks: Networks) -> str:
    """Return the address of a hook, if messages may be sent there; its name is not looked up.

    Args:
        url: Somebody's.
        networks: That may be reached although the world cannot.

    Raises:
        FetchRefusedError: They may not.
    """
    found = plain(url, range(1 << 16) if networks else ())
    if found.scheme != "https" and not networks:
        raise FetchRefusedError(
            "The address is not one of https.", hint="Give one that begins with https://."
        )
    if found.fragment:
        raise FetchRefusedError("The address has a fragment.", hint="Leave out what follows #.")
    return str(found)


def signed(hook: Hook, delivery: Delivery, *, now: float) -> dict[str, str]:
    """Return the headers of a message: its id, the time, and a signature by each secret."""
    secrets = [hook.secret]
    if hook.old_secret is not None and (hook.old_until or 0.0) > now:
        secrets.append(hook.old_secret)
    when = datetime.fromtimestamp(int(now), UTC)
    signatures = [Webhook(one).sign(delivery.message, when, delivery.body) for one in secrets]
    return {
        "Content-Type": "application/json",
        "webhook-id": delivery.message,
        "webhook-timestamp": str(int(now)),
        "webhook-signature": " ".join(signatures),
    }


def _sent(hook: Hook, delivery: Delivery, *, networks: Networks, params: CourierParams) -> int:
    url = plain(hook.url, range(1 << 16) if networks else ())
    usual = url.scheme == "https" and url.port in {None, PORTS["https"]}
    network = Network(resolve=partial(_resolved, usual=usual, networks=networks), inside=networks)
    costs = FetchParams(
        ports=frozenset() if url.port is None else frozenset({url.port}),
        connect=params.total / 3,
        idle=params.total,
        total=params.total,
    )
    with opened(
        hook.url,
        method="POST",
        headers=signed(hook, delivery, now=time()),
        content=delivery.body.encode(),
        params=costs,
        network=network,
    ) as answer:
        return answer.status


def _resolved(host: str, port: int, *, usual: bool, networks: Networks) -> list[str]:
    """Return the addresses of a name.

    Raises:
        FetchRefusedError: The world could reach it, but for another port or without TLS.
    """
    found = resolved(host, port)
    if not usual and not all(any(ip_address(one) in each for each in networks) for one in found):
        raise FetchRefusedError(
            f"{host} is told only by https at port {PORTS['https']}.",
            hint="Mend the address of the hook.",
        )
    return found


def _wait(attempts: int, params: CourierParams) -> float | None:
    """Return how long to wait after so many attempts; None where it is given up."""
    if attempts > len(params.waits):
        return None
    vary = random.uniform(1 - params.spread, 1 + params.spread)  # noqa: S311 # no secret
    return params.waits[attempts - 1] * vary
