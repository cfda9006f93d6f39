import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from fastapi.testclient import TestClient
from PIL import Image

from api.exports.texts import stem
from index.decode.clip import Clip
from index.values import Interval

type Traced = Callable[[Path], dict[str, Any]]


def pieces(client: TestClient, trace: dict[str, Any], number: int, piece: int) -> dict[str, Any]:
    got = client.get(f"{trace['links']['media']}/{number}/{piece}")
    assert got.status_code == 200, got.text
    told: dict[str, Any] = got.json()
    return told


def test_clip_and_source_are_listed(client: TestClient, traced: Traced, suspects: Path) -> None:
    trace = traced(suspects / "quote.mp4")

    items = client.get(trace["links"]["media"]).json()["items"]

    assert [(one["role"], one["name"], one["there"]) for one in items] == [
        ("clip", "quote.mp4", True),
        ("source", "harbour.mp4", True),
    ]
    assert items[1]["stretches"] == [[0.0, 5.0]]


def test_a_piece_has_every_frame_at_its_true_time(
    client: TestClient, traced: Traced, suspects: Path
) -> None:
    trace = traced(suspects / "quote.mp4")

    told = pieces(client, trace, 0, 0)

    assert told["times"] == [round(number / 25, 6) for number in range(75)]
    assert told["offsets"][0] == 0


def test_the_pictures_are_what_the_file_shows(
    client: TestClient, traced: Traced, suspects: Path, films: Path
) -> None:
    trace = traced(suspects / "quote.mp4")
    told = pieces(client, trace, 1, 1)
    data = client.get(f"{trace['links']['media']}/1/1/frames").content

    shown = [
        np.asarray(Image.open(io.BytesIO(data[start:end])), np.int16)
        for start, end in zip(told["offsets"], told["offsets"][1:], strict=False)
    ]

    true = list(Clip(films / "harbour.mp4").pictures(Interval(4.0, 8.0)))
    assert [still.time for still in true] == told["times"]
    apart = [abs(a - b.picture).mean() for a, b in zip(shown, true, strict=True)]
    assert max(apart) < 4


def test_a_range_of_bytes_is_one_frame(client: TestClient, traced: Traced, suspects: Path) -> None:
    trace = traced(suspects / "quote.mp4")
    told = pieces(client, trace, 0, 0)
    start, end = told["offsets"][7:9]

    got = client.get(
        f"{trace['links']['media']}/0/0/frames", headers={"Range": f"bytes={start}-{end - 1}"}
    )

    assert got.status_code == 206
    assert Image.open(io.BytesIO(got.content)).size == (told["width"], told["height"])


def test_what_the_clip_does_not_show_of_a_source_is_not_given(
    client: TestClient, traced: Traced, suspects: Path
) -> None:
    trace = traced(suspects / "quote.mp4")

    got = client.get(f"{trace['links']['media']}/1/9")

    assert got.status_code == 404


def test_a_source_that_is_gone_is_named_without_its_place(
    client: TestClient, traced: Traced, suspects: Path, films: Path, tmp_path: Path
) -> None:
    trace = traced(suspects / "quote.mp4")
    aside = (films / "harbour.mp4").rename(tmp_path / "harbour.mp4")
    try:
        there = client.get(trace["links"]["media"]).json()["items"][1]["there"]
        got = client.get(f"{trace['links']['media']}/1/0")
    finally:
        aside.rename(films / "harbour.mp4")

    assert not there
    assert got.status_code == 404
    assert "harbour.mp4" in got.json()["title"]
    assert str(films) not in got.text


def test_pieces_go_with_the_trace(
    client: TestClient, traced: Traced, suspects: Path, desk_archive: Path
) -> None:
    trace = traced(suspects / "quote.mp4")
    pieces(client, trace, 0, 0)

    client.delete(trace["links"]["self"])

    assert not list((desk_archive / "service" / "tasks").iterdir())
    assert client.get(f"{trace['links']['media']}/0/0").status_code == 404


def test_files_are_named_for_the_clip_whatever_it_is_called() -> None:
    names = ["../../etc/passwd", "a\r\nSet-Cookie: b.mp4", "…\u202egpj.mp4", "", ".mp4"]

    stems = [stem(name) for name in names]

    assert stems == ["passwd", "aSet-Cookie b", "…gpj", "clip", "mp4"]
