"""The ways of looking, and how a source is shown, in words."""

from collections.abc import Sequence

from index.values import Channel
from lineage.report import TURNS

_LOOKED = {
    Channel.PICTURE: "whole frames",
    Channel.FEATURE: "details of frames",
    Channel.MASKED: "frames without their middle",
    Channel.SOUND: "pictures beside the sound that is heard",
    Channel.LEARNED: "what a model says of frames",
    Channel.PANEL: "pictures set into the archived file's frames",
}
_VARIANTS = {"plain": "as they are"} | TURNS
_SAME = 0.005


def looked(channel: Channel, variants: Sequence[str], *, panels: bool = False) -> str:
    """Return the name of a way to look pictures up.

    >>> looked(Channel.FEATURE, ["plain", "mirror"])
    'details of frames, as they are or mirrored'
    """
    turns = [_VARIANTS.get(variant, variant) for variant in variants]
    head, last = turns[:-1], turns[-1:]
    what = "pictures set into frames" if panels else _LOOKED[channel]
    return f"{what}, {' or '.join([', '.join(head), *last] if head else last)}"


def listened(ears: int, *, plain: bool) -> str:
    """Return the name of a way to listen, to so many ears."""
    return "sound as it is" if plain else f"sound changed in speed or pitch, {ears} tries"


def manner(rate: float, *, variant: str = "plain", pitch: float = 1.0) -> str:
    """Return how a candidate's source would be shown or heard.

    >>> manner(-1.0, variant="mirror"), manner(1.06, pitch=1.06)
    ('backwards, mirrored', 'at 1.06 times its speed, at 1.06 times its pitch')
    """
    told = ["backwards"] if rate < 0 else []
    if abs(abs(rate) - 1) > _SAME:
        told.append(f"at {abs(rate):.2f} times its speed")
    if abs(pitch - 1) > _SAME:
        told.append(f"at {pitch:.2f} times its pitch")
    if variant in TURNS:
        told.append(TURNS[variant])
    return ", ".join(told) or "as it is"
