"""Kill `wherefrom index` at random moments; see that nothing told is lost and nothing doubled.

    python benchmarks/kill.py --rounds 50 --films ../shared/footage/archive

Each round indexes the same files into a new archive, ends the process with SIGKILL at a random
moment, and looks: what had been printed as added must be there, and the archive sound. Then the
same command runs to its end, and the archive must equal one that was never disturbed. A line a
round, a closing line; exit code 1 if anything was wrong.

A moment is a random file, and a random part of the time to the next: by the clock alone, most kills
would fall into the start of the workers, where nothing can be lost. The first stretch begins when
the archive's folder appears, the last is the sealing. A run that ended by itself before its moment
came is no kill, and another is made.
"""

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FILMS = ROOT.parent / "shared" / "footage" / "archive"
PAUSE = 0.001
WHEREFROM = Path(sys.executable).with_name("wherefrom")


@dataclass(frozen=True, slots=True)
class Content:
    """What an archive holds, in a form that can be compared.

    Attributes:
        assets: Digest, number of codes and addresses of each asset, by digest.
        problems: What is wrong with it.
        leftovers: Files that count for nothing.
    """

    assets: tuple[tuple[str, int, tuple[str, ...]], ...]
    problems: tuple[str, ...]
    leftovers: int


def content(archive: Path) -> Content:
    """Return what an archive holds."""
    from index.archive import Archive  # noqa: PLC0415 # the root must be on the path first

    with Archive.open(archive) as opened:
        cards = [opened.card(asset) for asset in opened.assets()]
        leftovers = len(opened.leftovers())
        problems = opened.verify(read_data=True)
    held = sorted(
        (
            card.asset.digest,
            sum(card.codes.values()),
            tuple(sorted(place.uri for place in card.locations)),
        )
        for card in cards
    )
    return Content(tuple(held), tuple(problems), leftovers)


def command(arguments: Sequence[str]) -> list[str]:
    """Return the command line of the program."""
    return [str(WHEREFROM), *arguments]


def run(arguments: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """Run the program to its end."""
    return subprocess.run(  # noqa: S603 # our own program
        command(arguments), capture_output=True, text=True, check=False
    )


def index(films: Path, archive: Path) -> list[str]:
    """Return the arguments that index the films, two at a time."""
    return ["index", str(films), "--archive", str(archive), "--workers", "2", "--json", "-"]


def started(films: Path, archive: Path, told: Path) -> subprocess.Popen[bytes]:
    """Start to index; return once the archive's folder is there, or the process has ended."""
    with told.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 # our own program
            command(index(films, archive)), stdout=output, stderr=subprocess.DEVNULL
        )
    while not archive.exists() and process.poll() is None:
        time.sleep(PAUSE)
    return process


def await_lines(process: subprocess.Popen[bytes], told: Path, count: int) -> None:
    """Wait until so many lines have been printed, or the process has ended."""
    while told.read_bytes().count(b"\n") < count and process.poll() is None:
        time.sleep(PAUSE)


def pace(films: Path, archive: Path, told: Path) -> list[float]:
    """Index undisturbed; return the seconds from the folder to each line, and to the end."""
    process = started(films, archive, told)
    began, moments = time.monotonic(), [0.0]
    while process.poll() is None:
        await_lines(process, told, len(moments))
        moments.append(time.monotonic() - began)
    process.wait()
    return moments


def killed(films: Path, archive: Path, told: Path, *, lines: int, after: float) -> list[str] | None:
    """Index, kill so long after so many lines, and return the digests told by then.

    None if the run ended by itself before.
    """
    process = started(films, archive, told)
    await_lines(process, told, lines)
    try:
        process.wait(after)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
    if process.wait() != -signal.SIGKILL:
        return None
    return digests(told.read_text(encoding="utf-8"))


def digests(lines: str) -> list[str]:
    """Return the digests in the whole lines of what the command printed."""
    whole = lines[: lines.rfind("\n") + 1].splitlines()
    return [record["sha256"] for record in map(json.loads, whole) if "sha256" in record]


def wrong(films: Path, archive: Path, told: Sequence[str], undisturbed: Content) -> list[str]:
    """Return what is wrong after a kill, and after the run that follows it."""
    faults: list[str] = []
    if (archive / "wherefrom.json").exists():
        left = content(archive)
        kept = {digest for digest, _, _ in left.assets}
        faults += [f"{digest} was told and lost" for digest in told if digest not in kept]
        faults += [f"after the kill: {problem}" for problem in left.problems]
    elif told:
        faults.append("files were told, but there is no archive")
    again = run(index(films, archive))
    records = [json.loads(line) for line in again.stdout.splitlines()]
    done = {each["sha256"] for each in records if each["status"] == "added"}
    faults += [f"{digest} was done twice" for digest in done & set(told)]
    if "Traceback" in again.stderr:
        faults.append(again.stderr)
    verified = run(["verify", "--archive", str(archive)])
    if verified.returncode:
        faults.append(f"verify says: {verified.stdout}{verified.stderr}")
    after = content(archive)
    faults += [f"after the next run: {problem}" for problem in after.problems]
    if after.assets != undisturbed.assets:
        faults.append("the archive differs from an undisturbed one")
    if after.leftovers:
        faults.append(f"{after.leftovers} files were left over")
    return faults


def chosen(films: Path, folder: Path, count: int) -> Path:
    """Copy the smallest films into a folder, with a copy of one and a file that is no film."""
    folder.mkdir()
    found = sorted((path for path in films.iterdir() if path.is_file()), key=_size)
    for path in found[:count]:
        shutil.copy(path, folder / path.name)
    shutil.copy(found[0], folder / f"copy of {found[0].name}")
    (folder / "text.mp4").write_text("This is a text.", encoding="utf-8")
    return folder


def main() -> int:
    """Run the rounds; return the exit code."""
    options = argparse.ArgumentParser(description="Kill wherefrom index at random moments.")
    options.add_argument("--rounds", type=int, default=50)
    options.add_argument("--films", type=Path, default=FILMS, help="folder of media files")
    options.add_argument("--count", type=int, default=16, help="how many of them, smallest first")
    options.add_argument("--seed", type=int, default=0)
    asked = options.parse_args()
    if not asked.films.is_dir():
        print(f"There is no folder {asked.films}: name one with --films.", file=sys.stderr)
        return 2
    sys.path.insert(0, str(ROOT))
    chance = random.Random(asked.seed)  # noqa: S311 # no secret
    failed = 0
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch)
        # Compiled modules are kept: most moments would else fall into the start.
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ["PYTHONPYCACHEPREFIX"] = str(place / "compiled")
        films = chosen(asked.films, place / "films", asked.count)
        run(index(films, place / "first"))
        moments = pace(films, place / "undisturbed", place / "told")
        undisturbed = content(place / "undisturbed")
        stretches = len(moments) - 1
        print(f"undisturbed: {stretches - 1} files told, {moments[-1]:.2f} s", flush=True)
        phases = dict.fromkeys(("before the first file", "amid the files", "after the last"), 0)
        while (number := sum(phases.values()) + 1) <= asked.rounds:
            lines = chance.randrange(stretches)
            after = chance.uniform(0, moments[lines + 1] - moments[lines])
            archive = place / "archive"
            shutil.rmtree(archive, ignore_errors=True)
            told = killed(films, archive, place / "told", lines=lines, after=after)
            if told is None:
                continue
            whole = (place / "told").read_bytes().count(b"\n")
            phases[list(phases)[(whole > 0) + (whole >= stretches - 1)]] += 1
            faults = wrong(films, archive, told, undisturbed)
            failed += bool(faults)
            verdict = "; ".join(faults) or "nothing lost, nothing doubled, sound"
            print(f"{number:>3}  killed {after:5.3f} s after line {whole}: {verdict}", flush=True)
    spread = ", ".join(f"{count} {phase}" for phase, count in phases.items())
    print(f"{asked.rounds} kills ({spread}), {failed} with a fault (seed {asked.seed})")
    return 1 if failed or not undisturbed.assets else 0


def _size(path: Path) -> int:
    return path.stat().st_size


if __name__ == "__main__":
    sys.exit(main())
