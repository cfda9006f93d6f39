"""What look-ups share as long as the service runs, and what banks say to do with what is found."""

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Annotated, Any

import anyio
from fastapi import Depends, Request
from pydantic import BaseModel, Field

from api.web.problems import RefusedError
from api.web.service import Given
from index.banks import Banks, Match
from index.catalogue.banks import Policy

WAITING = 64
"""Look-ups that may wait for their turn: with more, the last would wait for seconds."""
SOON = "1"
"""Seconds after which one that was turned away may ask again."""


@dataclass(frozen=True, slots=True, eq=False)
class Lookups:
    """What look-ups share.

    Attributes:
        banks: What is listed.
        turns: How many are done at a time, one a processor: more would only slow one another down.
    """

    banks: Banks
    turns: anyio.CapacityLimiter = field(
        default_factory=lambda: anyio.CapacityLimiter(len(os.sched_getaffinity(0)))
    )

    async def turn[T](self, call: Callable[[], T]) -> T:
        """Return what a call returns, made in its turn and in a thread.

        Raises:
            RefusedError: Too many wait already.
        """
        if self.turns.statistics().tasks_waiting >= WAITING:
            raise RefusedError(
                "More look-ups wait than can be answered soon.",
                hint=f"Ask again after {SOON} s, and more slowly.",
                slug="busy",
                status=HTTPStatus.SERVICE_UNAVAILABLE,
                headers={"Retry-After": SOON},
            )
        return await anyio.to_thread.run_sync(call, limiter=self.turns)


TURNED_AWAY: dict[int | str, dict[str, Any]] = {
    503: {"description": "Too many look-ups wait; `Retry-After` says when to ask again."}
}


class Reason(BaseModel):
    """A bank that lists what was found."""

    bank: str = Field(description="Its id.")
    name: str = Field(description="What people call it.")
    policy: Policy
    reason: str = Field(description="Why the bank says so.")
    entry: str = Field(description="Id of the entry in it.")
    note: str | None = Field(description="What was noted about the entry.")


class Action(BaseModel):
    """What banks say to do."""

    action: Policy = Field(
        description="The strictest policy of the banks that list what was found; "
        "`allow` where none does."
    )
    reasons: list[Reason] = Field(description="Each bank's entry that says so, strictest first.")


def lookups(request: Request, given: Given) -> Lookups:
    """Return what look-ups share; made when first asked for."""
    state = request.app.state
    if not hasattr(state, "lookups"):
        state.lookups = Lookups(Banks(given.desk.catalogue))
    found: Lookups = state.lookups
    return found


type Shared = Annotated[Lookups, Depends(lookups)]


def action(matches: Iterable[Match]) -> Action:
    """Return what the banks of these entries say to do."""
    every = {one.entry.number: one for one in matches}
    ranked = sorted(every.values(), key=lambda one: (-_strict(one), one.bank.name))
    return Action(
        action=_strictest(ranked),
        reasons=[
            Reason(
                bank=one.bank.id,
                name=one.bank.name,
                policy=one.bank.policy,
                reason=one.bank.reason,
                entry=str(one.entry.number),
                note=one.entry.note,
            )
            for one in ranked
        ],
    )


def _strictest(ranked: Sequence[Match]) -> Policy:
    return ranked[0].bank.policy if ranked else Policy.ALLOW


def _strict(match: Match) -> int:
    return list(Policy).index(match.bank.policy)
