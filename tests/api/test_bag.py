"""Bags as they are written, and as strangers may send them."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import bagit  # type: ignore[import-untyped]  # it has no types
import pytest

from api.bundles import bag
from index.errors import BadBundleError, MissingFileError


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A bag of two files."""
    folder = tmp_path / "bag"
    (folder / "data" / "query").mkdir(parents=True)
    (folder / "data" / "query" / "clip.mp4").write_bytes(b"a clip")
    (folder / "data" / "answer.json").write_text("{}\n")
    bag.write(folder, {"External-Description": "two\nlines"})
    return folder


def listed(folder: Path, line: str) -> None:
    """Add a line to the lists of payload, and write the lists of lists anew."""
    for algorithm in bag.ALGORITHMS:
        path = folder / f"manifest-{algorithm}.txt"
        path.write_text(path.read_text() + line.format(digest="0" * 64), encoding="utf-8")
    bag._list(folder, "tagmanifest", tags(folder))


def tags(folder: Path) -> list[Path]:
    return sorted(
        path
        for path in folder.iterdir()
        if path.is_file() and not path.name.startswith("tagmanifest-")
    )


def test_bag_is_whole_when_it_is_written(made: Path) -> None:
    assert bag.problems(made) == []


def test_library_of_others_finds_it_valid(made: Path) -> None:
    found = bagit.Bag(str(made))

    assert found.validate()
    assert found.version_info == (1, 0)
    assert found.info["External-Description"] == "two lines"
    assert found.info["Payload-Oxum"] == "9.2"


def test_plain_validator_accepts_it(made: Path) -> None:
    command = [sys.executable, "-m", "bagit", "--validate", str(made)]

    assert subprocess.run(command, check=False, capture_output=True).returncode == 0  # noqa: S603 - ours


@pytest.mark.parametrize("name", ["manifest-sha256.txt", "tagmanifest-sha256.txt"])
def test_lists_are_read_by_sha256sum(made: Path, name: str) -> None:
    done = subprocess.run(  # noqa: S603 - a name from here
        ["sha256sum", "--strict", "-c", name],  # noqa: S607 - wherever it is
        cwd=made,
        check=False,
        capture_output=True,
    )

    assert done.returncode == 0, done.stderr


def test_changed_byte_is_named(made: Path) -> None:
    (made / "data" / "query" / "clip.mp4").write_bytes(b"A clip")

    assert bag.problems(made) == ["data/query/clip.mp4 was changed"]


def test_missing_and_extra_files_are_named(made: Path) -> None:
    (made / "data" / "answer.json").rename(made / "data" / "other.txt")

    assert bag.problems(made) == [
        "data/answer.json is missing",
        "data/other.txt is in no list",
    ]


def test_seal_is_another_when_anything_is(made: Path) -> None:
    before = bag.seal(made)

    (made / "data" / "answer.json").write_text("[]\n")
    bag.write(made, {})

    assert bag.problems(made) == []
    assert bag.seal(made) != before


def link(folder: Path) -> None:
    (folder / "data" / "way-out").symlink_to("/etc")


def pipe(folder: Path) -> None:
    os.mkfifo(folder / "data" / "pipe")


def fetch(folder: Path) -> None:
    (folder / "fetch.txt").write_text("http://example.org/film.mp4 12 data/film.mp4\n")
    bag._list(folder, "tagmanifest", tags(folder))


def encoding(folder: Path) -> None:
    (folder / "bagit.txt").write_text(bag.DECLARATION.replace("UTF-8", "UTF-16"))


def version(folder: Path) -> None:
    (folder / "bagit.txt").write_text(bag.DECLARATION.replace("1.0", "7.0"))


def undeclared(folder: Path) -> None:
    (folder / "bagit.txt").unlink()


def binary(folder: Path) -> None:
    (folder / "bagit.txt").write_bytes(b"\xff\xfe\x00")


def garbled(folder: Path) -> None:
    (folder / "manifest-sha256.txt").write_bytes(b"\xff\xfe\xfa no text\n")


def odd_name(folder: Path) -> None:
    (folder / "data" / os.fsdecode(b"caf\xe9.txt")).write_text("x")


def upwards(folder: Path) -> None:
    listed(folder, "{digest}  data/../../../etc/passwd\n")


def beside(folder: Path) -> None:
    (folder.parent / "bag-of-another").mkdir()
    (folder.parent / "bag-of-another" / "secret").write_text("x")
    listed(folder, "{digest}  data/../../bag-of-another/secret\n")


def absolute(folder: Path) -> None:
    listed(folder, "{digest}  /etc/passwd\n")


def home(folder: Path) -> None:
    listed(folder, "{digest}  ~/.profile\n")


def twice(folder: Path) -> None:
    listed(folder, "{digest}  data/answer.json\n")


def surplus(folder: Path) -> None:
    (folder / "extra.txt").write_text("x")


def weak(folder: Path) -> None:
    (folder / "manifest-sha512.txt").unlink()
    (folder / "tagmanifest-sha512.txt").unlink()
    bag_list = folder / "tagmanifest-sha256.txt"
    kept = [line for line in bag_list.read_text().splitlines(keepends=True) if "sha512" not in line]
    bag_list.write_text("".join(kept))


def emptied(folder: Path) -> None:
    for path in (folder / "data").rglob("*.*"):
        path.unlink()
    (folder / "data" / "query").rmdir()
    (folder / "data").rmdir()


def oxum(folder: Path) -> None:
    (folder / "bag-info.txt").write_text("Payload-Oxum: many\n")
    bag._list(folder, "tagmanifest", tags(folder))


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (link, "holds a link, data/way-out"),
        (pipe, "neither file nor folder, data/pipe"),
        (fetch, "nothing is fetched"),
        (encoding, "in the encoding UTF-16"),
        (version, "is of BagIt version 7.0"),
        (undeclared, "it has no bagit.txt"),
        (binary, "a bagit.txt that cannot be read"),
        (garbled, "has lists that cannot be read"),
        (odd_name, "a name that is no UTF-8"),
        (upwards, "etc/passwd"),
        (beside, "lists a file outside of it"),
        (absolute, "/etc/passwd"),
        (home, ".profile"),
        (twice, "answer.json multiple times"),
        (surplus, "holds extra.txt, which no list names"),
        (weak, "lists no sha512"),
        (emptied, "data"),
        (oxum, "has lists that cannot be read"),
    ],
    ids=lambda one: getattr(one, "__name__", None),
)
def test_bag_of_a_stranger_is_refused_in_one_sentence(
    made: Path, harm: Callable[[Path], None], words: str
) -> None:
    harm(made)

    with pytest.raises(BadBundleError) as caught:
        bag.problems(made)

    assert words in str(caught.value)
    assert str(caught.value).count("\n") == 0


def test_list_that_would_fill_the_memory_is_not_read(
    made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bag, "MOST_LIST", 100)

    with pytest.raises(BadBundleError, match="has a list of"):
        bag.problems(made)


@pytest.mark.parametrize(("limit", "most"), [("MOST_FILES", 1), ("MOST_BYTES", 8)])
def test_bag_of_absurd_size_is_not_read(
    made: Path, monkeypatch: pytest.MonkeyPatch, limit: str, most: int
) -> None:
    monkeypatch.setattr(bag, limit, most)

    with pytest.raises(BadBundleError, match="holds more than"):
        bag.problems(made)


def test_packed_bag_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bag.zip").write_bytes(b"PK\x03\x04")

    with pytest.raises(BadBundleError, match="is a file") as caught:
        bag.problems(tmp_path / "bag.zip")

    assert "Unpack it" in caught.value.hint


def test_missing_bag_is_said(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError):
        bag.problems(tmp_path / "nowhere")


def test_library_says_nothing_to_the_log(made: Path, caplog: pytest.LogCaptureFixture) -> None:
    (made / "data" / "answer.json").write_text("[]\n")

    bag.problems(made)

    assert caplog.records == []
    assert not bagit.LOGGER.disabled
