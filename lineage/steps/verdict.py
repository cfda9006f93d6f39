"""The steps of both channels brought to one sentence."""

from collections.abc import Sequence
from dataclasses import dataclass

from index.values import Channel
from lineage.report import clock, counted, readable
from lineage.steps.values import Step
from lineage.steps.ways import manner
from lineage.values import Segment

STAGES = ("codes", "hits", "candidates", "proof", "archive")
"""In the order in which a pair goes through them."""


@dataclass(frozen=True, slots=True)
class Account:
    """What became of one channel.

    Attributes:
        channel: Picture or sound.
        steps: Stage by stage, up to the one that lost the pair.
        found: Stretches that are told to be the asset's.
        there: Whether both files have this channel; else the one step says which has not.
    """

    channel: Channel
    steps: tuple[Step, ...]
    found: tuple[Segment, ...] = ()
    there: bool = True

    @property
    def lost(self) -> str | None:
        """The stage that lost the pair; None where it was found."""
        for stage in STAGES:
            steps = [step for step in self.steps if step.stage == stage]
            if steps and not any(step.passed for step in steps):
                return stage
        return None


def verdict(accounts: Sequence[Account], asset: str) -> str:
    """Return in one sentence whether the asset was found, or where it was lost.

    Args:
        accounts: Picture, then sound.
        asset: Its name.
    """
    found = [one for one in accounts if one.lost is None]
    lost = [one for one in accounts if one.lost is not None and one.there]
    if found:
        told = ", and ".join(_found(one, readable(asset)) for one in found)
        rest = "".join(f"; its {_name(one)} was lost {_at(one)}: {_reason(one)}" for one in lost)
        return f"Found: {told}{rest or '.'}"
    if not lost:
        return "Nothing to compare: the two files have neither picture nor sound in common."
    furthest = max(lost, key=lambda one: STAGES.index(str(one.lost)))
    reason = _reason(furthest)
    if len(lost) == 1:
        return f"Lost {_at(furthest)}: {reason}"
    if len({one.lost for one in lost}) == 1:
        return f"Lost {_at(furthest)}, picture and sound alike: {reason}"
    places = " and ".join(f"the {_name(one)} {_at(one)}" for one in lost)
    return f"Lost, {places}: {reason}"


def _found(account: Account, asset: str) -> str:
    """Return which stretches show or sound like the asset, and how."""
    sound = account.channel is Channel.SOUND
    first = account.found[0]
    if len(account.found) > 1:
        seconds = sum(one.query.length for one in account.found)
        told = counted(len(account.found), "stretch", "stretches")
        verb = "are heard in" if sound else "show"
        return f"{told} of the clip, {seconds:.1f} s in all, {verb} {asset}"
    where = f"{clock(first.query.start)}–{clock(first.query.end)} of the clip"
    how = manner(first.rate, variant=first.variant)
    verb = "is heard in" if sound else "shows"
    about = "" if first.frame_exact else "about "
    tail = "" if how == "as it is" else f", {how}"
    return f"{where} {verb} {asset} from {about}{clock(first.source.start)}{tail}"


def _reason(account: Account) -> str:
    """Return the sentence of the stage that lost a channel, to go on after a colon."""
    first = next(step for step in account.steps if step.stage == account.lost)
    return f"{first.sentence[:1].lower()}{first.sentence[1:]}"


def _at(account: Account) -> str:
    return "in the archive" if account.lost == "archive" else f"at the {account.lost}"


def _name(account: Account) -> str:
    return account.channel.name.lower()
