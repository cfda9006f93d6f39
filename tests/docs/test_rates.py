from pathlib import Path

import pytest

from benchmarks.page import drawn
from lineage.derive import captions
from lineage.findings import SIGNIFICANCE, SOUNDING, Kind
from lineage.rates import RATES, TECHNICAL


def summed(root: Path, benchmark: str, kinds: str) -> dict[str, tuple[int, int]]:
    """Return of how many honest copies each kind was told, over all seeds, by its name."""
    found: dict[str, tuple[int, int]] = {}
    for result in drawn(root / "benchmarks" / "results", benchmark):
        for one in result[kinds]:
            told, copies = found.get(one["kind"], (0, 0))
            found[one["kind"]] = told + one["false"], copies + one["honest"]
    return found


@pytest.mark.parametrize("benchmark", ["reveals", "dubs"])
def test_rates_that_are_told_are_the_newest_measured(root: Path, benchmark: str) -> None:
    measured = summed(root, benchmark, "kinds")

    told = {kind.value: (rate.told, rate.copies) for kind, rate in RATES.items()}
    assert measured
    assert measured == {kind: told[kind] for kind in measured}


def test_rates_of_technical_kinds_are_the_newest_measured(root: Path) -> None:
    assert summed(root, "reveals", "technical") == {
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
