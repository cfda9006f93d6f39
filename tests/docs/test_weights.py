import json
from pathlib import Path

from lineage.derivations import Sign
from lineage.direction import DEFAULT, WEIGHTS, Weight


def test_weights_in_use_are_the_newest_fitted(root: Path) -> None:
    newest = max((root / "benchmarks" / "results").glob("descent-*.json"))
    fitted = json.loads(newest.read_text(encoding="utf-8"))

    assert {Sign(sign): Weight(**each) for sign, each in fitted["weights"].items()} == WEIGHTS
    assert (fitted["neither"], fitted["decided"]) == (DEFAULT.neither, DEFAULT.decided)
