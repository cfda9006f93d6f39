import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import fingerprints
from index.errors import BadMediaError, MissingFileError
from index.fingerprints import Fingerprints, line, parsed, read
from index.values import Channel, Fingerprint
from tests import prints

HERE = Path("clip.json")

type Damage = Callable[[dict[str, Any]], object]


def columns(channel: Channel) -> st.SearchStrategy[Fingerprint]:
    moments = st.lists(st.integers(0, 10_000_000), max_size=12).map(sorted)
    return st.builds(
        lambda ticks, seed: prints.column(
            channel,
            np.array(ticks, np.float64) / 1000,
            np.random.default_rng(seed).integers(0, 256, (len(ticks), 32), np.uint8),
            seed=seed,
        ),
        moments,
        st.integers(0, 2**32),
    )


def some() -> Fingerprints:
    times = np.array([0.0, 0.1667, 0.1667, 3.5])
    codes = np.arange(128, dtype=np.uint8).reshape(4, 32)
    return prints.prints(
        prints.column(Channel.PICTURE, times, codes),
        features=prints.column(Channel.FEATURE, times, codes),
        sound=prints.column(Channel.SOUND, times, codes),
    )


def written(damage: Damage) -> bytes:
    document = json.loads(line(some()))
    damage(document)
    return json.dumps(document).encode()


@given(
    columns(Channel.PICTURE),
    columns(Channel.FEATURE),
    columns(Channel.SOUND),
    st.none() | st.text(min_size=1, max_size=60),
    st.floats(0.01, 100_000),
)
def test_what_is_written_is_read_again(
    picture: Fingerprint,
    features: Fingerprint,
    sound: Fingerprint,
    name: str | None,
    duration: float,
) -> None:
    first = np.zeros((1, 32), np.uint8)
    sound = sound if len(sound) else prints.column(Channel.SOUND, np.zeros(1), first)
    wanted = prints.prints(picture, features=features, sound=sound, name=name, duration=duration)

    text = line(wanted)
    again = parsed(text.encode("utf-8", "surrogatepass"), HERE)

    assert line(again) == text
    assert again.name == name
    assert again.counts == wanted.counts
    for (_, one), (_, other) in zip(again.columns(), wanted.columns(), strict=True):
        assert (one.codes == other.codes).all()
        assert np.abs(one.times - other.times).max(initial=0.0) < 0.001
        assert np.abs(one.places - other.places).max(initial=0.0) < 0.001


def test_a_file_holds_nothing_but_codes_and_facts() -> None:
    document = json.loads(line(some()))

    assert set(document) == {"schema", "tool", "clip", "channels"}
    assert set(document["clip"]) == {"name", "duration", "width", "height"}
    assert {key for column in document["channels"] for key in column} == {
        *("channel", "recipe", "variant", "times", "counts", "codes", "places")
    }


def test_codes_of_one_moment_share_its_time() -> None:
    picture = json.loads(line(some()))["channels"][0]

    assert (picture["times"], picture["counts"]) == ([0, 167, 3500], [1, 2, 1])


def test_fields_that_are_not_known_are_no_error() -> None:
    data = written(lambda document: document.update(mood="suspicious"))

    assert parsed(data, HERE).counts == some().counts


def channel(number: int, **fields: object) -> Damage:
    return lambda document: document["channels"][number].update(fields)


def clip(**fields: object) -> Damage:
    return lambda document: document["clip"].update(fields)


DAMAGES: dict[str, Damage] = {
    "no clip": lambda document: document.pop("clip"),
    "no tool": lambda document: document.update(tool=[]),
    "no version": lambda document: document.update(tool={"version": "a b"}),
    "no channels": lambda document: document.update(channels={}),
    "too few channels": lambda document: document["channels"].pop(),
    "channels in another order": lambda document: document["channels"].reverse(),
    "a channel that is none": lambda document: document["channels"].__setitem__(0, 7),
    "an unknown channel": channel(0, channel="smell"),
    "an unknown variant": channel(1, variant="sideways"),
    "no recipe": channel(0, recipe=None),
    "a name that is none": clip(name=7),
    "an endless name": clip(name="x" * 300),
    "no duration": clip(duration="long"),
    "a duration that is yes": clip(duration=True),
    "a duration below 0": clip(duration=-1),
    "an endless duration": clip(duration=10**400),
    "a width that is none": clip(width=1.5),
    "an endless height": clip(height=10**9),
    "times that fall": channel(0, times=[0, 3500, 167]),
    "times that stay": channel(0, times=[0, 167, 167]),
    "times below 0": channel(0, times=[-5, 167, 3500]),
    "endless times": channel(0, times=[0, 167, 10**30]),
    "times that are text": channel(0, times="0,167,3500"),
    "times that are no whole numbers": channel(0, times=[0, 0.5, 1]),
    "times that are yes": channel(0, times=[0, True, 2]),
    "more times than codes": channel(0, times=[0, 167, 3500, 4000]),
    "counts of nothing": channel(0, counts=[1, 0, 3]),
    "counts beyond the codes": channel(0, counts=[1, 2, 2]),
    "counts without end": channel(0, counts=[1, 2, 400_000_000]),
    "no codes": channel(0, codes=None),
    "codes that are no base64": channel(0, codes="%%%"),
    "codes that are no ASCII": channel(0, codes="ö" * 171),
    "codes cut short": channel(0, codes="AAAA"),
    "no places": channel(1, places=None),
    "places cut short": channel(1, places="AAAA"),
    "places that are no numbers": channel(1, places="/////" * 8 + "//8="),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_damage_is_told_in_one_sentence(name: str) -> None:
    with pytest.raises(BadMediaError, match=r"^clip\.json is a damaged fingerprint: [^\n]+\.$"):
        parsed(written(DAMAGES[name]), HERE)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00\x01\xff\xfe",
        b"Dear editor,",
        b"[]",
        b"null",
        b"{}",
        b'{"schema": 1}',
        b'{"schema": "wherefrom.trace/1"}',
        b'{"schema": "wherefrom.fingerprint/one"}',
        b"[" * 200_000,
        b'{"schema": NaN}',
        b"9" * 10_000,
    ],
)
def test_what_is_no_fingerprint_is_told_as_such(data: bytes) -> None:
    with pytest.raises(BadMediaError, match=r"^clip\.json is no fingerprint"):
        parsed(data, HERE)


@pytest.mark.parametrize("kept", [0.2, 0.5, 0.9, 0.999])
def test_a_file_cut_short_is_told_as_such(kept: float) -> None:
    text = line(some()).encode()

    with pytest.raises(BadMediaError, match="or was cut short"):
        parsed(text[: round(len(text) * kept) - 1], HERE)


def test_another_format_is_told_with_both_numbers() -> None:
    data = written(lambda document: document.update(schema="wherefrom.fingerprint/2"))

    with pytest.raises(BadMediaError, match=r"has format 2 of fingerprints, this version reads 1"):
        parsed(data, HERE)


def test_without_codes_there_is_nothing_to_look_up() -> None:
    with pytest.raises(BadMediaError, match="holds no codes"):
        parsed(line(prints.prints()).encode(), HERE)


@given(st.binary(max_size=200), st.integers(0, 10_000))
def test_no_bytes_are_a_defect(noise: bytes, at: int) -> None:
    text = line(some()).encode()
    at %= len(text)
    damaged = text[:at] + noise + text[at + len(noise) :]

    try:
        found = parsed(damaged, HERE)
    except BadMediaError:
        return

    assert found.counts[Channel.PICTURE] == 4


def test_a_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "clip.json"
    path.write_text(line(some()) + "\n", encoding="utf-8")

    assert line(read(path)) == line(some())


def test_no_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match=r"There is no file"):
        read(tmp_path / "none.json")


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "huge.json").open("wb") as file:
        file.truncate(fingerprints.MOST_BYTES + 1)

    with pytest.raises(BadMediaError, match=r"larger than a fingerprint may be, 32 MB"):
        read(tmp_path / "huge.json")


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.json")

    with pytest.raises(BadMediaError, match="no regular file"):
        read(tmp_path / "pipe.json")


def test_a_folder_is_no_fingerprint(tmp_path: Path) -> None:
    with pytest.raises(BadMediaError, match="no regular file"):
        read(tmp_path)
