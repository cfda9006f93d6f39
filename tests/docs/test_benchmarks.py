from pathlib import Path

from benchmarks import page


def test_benchmarks_page_shows_the_newest_results(root: Path) -> None:
    written = (root / "docs" / "benchmarks.md").read_text(encoding="utf-8")

    assert written == page.page(root / "benchmarks" / "results"), "run `just bench-docs`"


def test_pictures_show_the_newest_results(root: Path) -> None:
    shown = page.pictures(root / "benchmarks" / "results")
    written = {name: root / "docs" / "pictures" / name for name in shown}

    assert {
        name: path.read_text(encoding="utf-8") for name, path in written.items() if path.exists()
    } == shown, "run `just bench-docs`"


def test_newest_result_is_shown(tmp_path: Path) -> None:
    for day in ("2026-01-09", "2026-01-10"):
        (tmp_path / f"speed-{day}.json").write_text(f'{{"day": "{day}"}}')

    assert page.newest(tmp_path, "speed") == {"day": "2026-01-10"}


def test_newest_result_with_each_seed_is_drawn(tmp_path: Path) -> None:
    for day, seed in (("2026-01-09", 2), ("2026-01-10", 1), ("2026-01-11", 1)):
        told = f'{{"measured_at": "{day}", "seed": {seed}}}'
        (tmp_path / f"reveals-{day}.json").write_text(told)

    found = page.drawn(tmp_path, "reveals")

    assert [(each["measured_at"], each["seed"]) for each in found] == [
        ("2026-01-11", 1),
        ("2026-01-09", 2),
    ]
