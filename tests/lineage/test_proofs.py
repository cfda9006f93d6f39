from pathlib import Path
from typing import cast

import numpy as np

from index.archive import Archive
from index.decode.pacing import Pace
from index.measure import Observation
from index.sandbox import Sandbox
from index.values import AssetRow, Channel, Hits, Interval
from lineage.proofs import ProofParams, Prover
from lineage.values import Candidate, Segment
from tests import archives
from tests.lineage.strips import film, strip

ASSET = AssetRow(1)


def test_what_is_known_is_not_looked_at_again() -> None:
    times = np.arange(4.0)
    bits = np.zeros(4, np.uint16)
    hits = Hits(times, np.full(4, ASSET), times, times * 0, bits, Channel.PICTURE)
    whole = Interval(0.0, 4.0)
    candidate = Candidate(ASSET, "plain", whole, whole, 1.0, 1.0, 4, hits)
    known = Segment(whole, whole, 1.0, Channel.PICTURE, "plain", 0.9, frame_exact=True)
    seen = Observation(archives.MEDIA, strip(film(1, 0, 4)), {}, {}, (), Pace.EVERY)
    # Neither archive nor decoder is there: whoever looks at pictures fails.
    nothing = cast("Archive", None), cast("Sandbox", None)
    prover = Prover(Path("clip.mp4"), *nothing, ProofParams())

    found = prover.proofs([candidate], seen, known=[(ASSET, known)], progress=lambda _: None)

    assert list(found) == []
