import json
from pathlib import Path

from lineage import families
from lineage.derivations import Sign
from lineage.direction import DEFAULT, WEIGHTS, Weight
from lineage.families import Spread


def test_weights_in_use_are_the_newest_fitted(root: Path) -> None:
    newest = max((root / "benchmarks" / "results").glob("descent-*.json"))
    fitted = json.loads(newest.read_text(encoding="utf-8"))

    assert {Sign(sign): Weight(**each) for sign, each in fitted["weights"].items()} == WEIGHTS
    assert (fitted["neither"], fitted["decided"]) == (DEFAULT.neither, DEFAULT.decided)


def test_what_three_files_share_is_spread_as_newest_fitted(root: Path) -> None:
    newest = max((root / "benchmarks" / "results").glob("trios-*.json"))
    fitted = json.loads(newest.read_text(encoding="utf-8"))

    used = families.DEFAULT
    spreads = {name: Spread(**spread) for name, spread in fitted["spreads"].items()}
    assert spreads == {"between": used.between, "fork": used.fork, "apart": used.apart}
    assert (fitted["pair"], fitted["decided"]) == (used.pair, used.decided)
