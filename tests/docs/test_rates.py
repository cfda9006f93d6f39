import json
from pathlib import Path

import pytest

from lineage.findings import SIGNIFICANCE, SOUNDING, Kind
from lineage.rates import RATES


@pytest.mark.parametrize("benchmark", ["reveals", "dubs"])
def test_rates_that_are_told_are_the_newest_measured(root: Path, benchmark: str) -> None:
    newest = max((root / "benchmarks" / "results").glob(f"{benchmark}-*.json"))
    measured = json.loads(newest.read_text(encoding="utf-8"))["kinds"]

    told = {kind.value: (rate.told, rate.copies) for kind, rate in RATES.items()}
    assert measured
    assert {one["kind"]: (one["false"], one["honest"]) for one in measured} == {
        one["kind"]: told[one["kind"]] for one in measured
    }


def test_every_kind_that_matters_has_a_rate() -> None:
    captions = {Kind.CAPTION_ADDED, Kind.CAPTION_REMOVED}
    assert set(RATES) == set(SIGNIFICANCE) - captions
    assert set(RATES) >= SOUNDING
