import subprocess
import sys
from pathlib import Path

from tests import clips


def test_killing_an_index_run_loses_and_doubles_nothing(tmp_path: Path, root: Path) -> None:
    for seed in range(3):
        clips.movie(tmp_path / f"{seed}.mp4", seconds=1.0, size=(64, 36), seed=seed)
    script = [sys.executable, str(root / "benchmarks" / "kill.py")]

    done = subprocess.run(  # noqa: S603 # our own script
        [*script, "--rounds", "3", "--films", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 kills (" in done.stdout
    assert "0 with a fault" in done.stdout
