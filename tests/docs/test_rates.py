import json
from pathlib import Path

import pytest

from lineage.derive import captions
from lineage.findings import SIGNIFICANCE, SOUNDING, Kind
from lineage.rates import RATES, TECHNICAL


@pytest.mark.parametrize("benchmark", ["reveals", "dubs"])
def test_rates_that_are_told_are_the_newest_measured(root: Path, benchmark: str) -> None:
    newest = max((root / "benchmarks" / "results").glob(f"{benchmark}-*.json"))
    measured = json.loads(newest.read_text(encoding="utf-8"))["kinds"]

    told = {kind.value: (rate.told, rate.copies) for kind, rate in RATES.items()}
    assert measured
    assert {one["kind"]: (one["false"], one["honest"]) for one in measured} == {
        one["kind"]: told[one["kind"]] for one in measured
    }


def test_rates_of_technical_kinds_are_the_newest_measured(root: Path) -> None:
    newest = max((root / "benchmarks" / "results").glob("reveals-*.json"))
    measured = json.loads(newest.read_text(encoding="utf-8"))["technical"]

    assert {one["kind"]: (one["false"], one["honest"]) for one in measured} == {
        kind.value: (rate.told, rate.copies) for kind, rate in TECHNICAL.items()
    }


def test_every_kind_has_a_rate_but_that_of_all_copies_and_that_of_no_pixel() -> None:
    assert set(RATES) == set(SIGNIFICANCE) - {Kind.PROVENANCE_CONTRADICTED}
    assert set(RATES) >= SOUNDING
    assert set(TECHNICAL) == set(Kind) - set(SIGNIFICANCE) - {Kind.REENCODED} | {Kind.BLURRED}


def test_captions_are_told_of_no_more_copies_than_what_they_are_read_in() -> None:
    told = sum(RATES[kind].told for kind in captions.LIKELY)

    assert RATES[Kind.CAPTION_ADDED].told == told
    assert RATES[Kind.CAPTION_REMOVED].told == told
