import numpy as np
import pytest

from benchmarks.tracing import plausible, shares_of
from index.values import distance


def test_made_up_codes_are_alike_within_a_shot_and_unlike_beyond() -> None:
    codes = plausible(8, seed=1)

    assert np.bitwise_count(codes).sum(axis=1).tolist() == [128] * 8
    assert distance(codes[0], codes[3]) < 64
    assert distance(codes[0], codes[4]) > 96


@pytest.mark.parametrize(
    ("library", "owner"),
    [
        ("/venv/lib/site-packages/av.libs/libavcodec-1.so", "PyAV and FFmpeg"),
        ("/venv/lib/site-packages/numpy.libs/libopenblas.so", "NumPy and SciPy"),
        ("/venv/lib/site-packages/faiss_cpu.libs/libgomp.so", "FAISS"),
        ("/usr/lib/libpython3.12.so.1.0", "Python"),
        ("[kernel.kallsyms]", "others"),
    ],
)
def test_sample_belongs_to_the_library_it_was_taken_in(library: str, owner: str) -> None:
    shares = shares_of([f"  7f00 ({library})", ""])

    assert shares[owner] == 1.0


def test_sample_taken_in_the_system_belongs_to_whoever_called_it() -> None:
    calls = ["[kernel.kallsyms]", "/usr/lib/libc.so.6", "/venv/av.libs/libavcodec-1.so", "/python3"]

    shares = shares_of(["\n".join(f"\t7f00 ({library})" for library in calls)])

    assert shares["PyAV and FFmpeg"] == 1.0
