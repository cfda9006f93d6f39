from benchmarks.ablation import variants
from lineage.params import SEARCH


def test_whole_comes_first_and_each_other_lacks_something() -> None:
    whole, *others = variants()

    assert whole.params == SEARCH
    assert all(each.params != SEARCH or not each.within_reach for each in others)


def test_variants_differ_from_one_another() -> None:
    every = variants()

    assert len({(each.name, each.within_reach) for each in every}) == len(every)
    assert all(a.params != b.params for a in every[1:] for b in every[1:] if a is not b)
