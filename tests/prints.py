"""Made-up fingerprints with known codes, for tests of what writes, reads or looks them up."""

import numpy as np

from index.fingerprints import VARIANTS, Fingerprints
from index.values import Channel, Codes, Fingerprint, Times


def column(
    channel: Channel, times: Times, codes: Codes, *, recipe: str = "test/1", seed: int = 0
) -> Fingerprint:
    """Return codes at times; local features get places by the seed."""
    width = 4 if channel is Channel.FEATURE else 0
    places = np.random.default_rng(seed).uniform(0.05, 0.9, (len(times), width))
    return Fingerprint(
        channel, recipe, times, np.zeros(len(times)), codes, places.astype(np.float32)
    )


def nothing(channel: Channel) -> Fingerprint:
    """Return a fingerprint without codes."""
    return column(channel, np.empty(0), np.empty((0, 32), np.uint8))


def prints(
    picture: Fingerprint | None = None,
    *,
    features: Fingerprint | None = None,
    sound: Fingerprint | None = None,
    name: str | None = "suspect.mp4",
    duration: float = 12.5,
) -> Fingerprints:
    """Return what is passed on of a clip; a channel not given has no codes."""
    local = {variant: nothing(Channel.FEATURE) for variant in VARIANTS}
    return Fingerprints(
        version="0.1.0",
        name=name,
        duration=duration,
        width=1280,
        height=720,
        picture=picture or nothing(Channel.PICTURE),
        features=local | ({"plain": features} if features else {}),
        sound=sound or nothing(Channel.SOUND),
    )
