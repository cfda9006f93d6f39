import json
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from benchmarks.forgeries import AREA, FORGERIES, SEEN, forged
from benchmarks.judging import Clip, Told, met, misleading, nearest, reveals, summary
from benchmarks.portraits import PORTRAITS
from benchmarks.reveals import before, tasks, without
from benchmarks.takes import HANDLED, HONEST, Coding, Take, Variant, encoded, handled, taken
from benchmarks.trust import apart, trust
from index.values import Box
from tests import clips

SIZE, PACE = (192, 108), 12.0
BOX = (0.2, 0.2, 0.5, 0.6)
TOLD = Told("region-changed", 0.9, (1.0, 2.0), BOX, {})
CLIP = Clip(
    "a.mp4",
    "crf 28",
    25.0,
    "pasted",
    (1.0, 2.0),
    BOX,
    found=True,
    told=(TOLD,),
    weak=(),
    without={},
)
HONEST_CLIP = replace(CLIP, forgery=None, query=None, box=None, told=())


def take(seed: int = 1) -> Take:
    pictures = [
        clips.strewn(clips.picture(n / PACE, size=SIZE, seed=seed), n / PACE) for n in range(48)
    ]
    return Take(f"{seed}.mp4", pictures, PACE)


@pytest.mark.parametrize("kind", list(FORGERIES))
def test_only_the_forged_part_changes_and_only_while_it_is_said_to(kind: str) -> None:
    whole = take()

    made = forged(whole, kind, take(9), np.random.default_rng(3))

    assert made is not None
    off = [
        np.abs(a.astype(int) - b).mean(axis=2)
        for a, b in zip(whole.pictures, made.take.pictures, strict=True)
    ]
    changed = [n / PACE for n, one in enumerate(off) if one.any()]
    assert (changed[0], changed[-1] + 1 / PACE) == pytest.approx((made.query.start, made.query.end))
    rows, columns = np.nonzero(np.sum(off, axis=0) > 1)
    assert columns.min() / SIZE[0] > made.box.x0 - 0.06
    assert columns.max() / SIZE[0] < made.box.x1 + 0.06
    assert rows.min() / SIZE[1] > made.box.y0 - 0.06
    assert rows.max() / SIZE[1] < made.box.y1 + 0.06
    assert made.box.area > AREA[0] * 0.9


def test_forgery_that_shows_nothing_is_not_made() -> None:
    flat = Take("flat.mp4", [np.full((108, 192, 3), 90, np.uint8)] * 48, PACE)

    assert forged(flat, "blurred", take(), np.random.default_rng(1)) is None
    assert SEEN > 0


def test_take_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = encoded(take(), tmp_path / "a.mp4", Coding(12))

    again = taken(path, start=1.0, length=2.0)

    assert again.pace == pytest.approx(PACE)
    assert len(again.pictures) == 24
    assert np.abs(again.pictures[0].astype(int) - take().pictures[12]).mean() < 6


@pytest.mark.parametrize("variant", [*HONEST, HANDLED[-1]], ids=lambda one: one.name)
def test_clip_is_handled_as_its_variant_says(variant: Variant, tmp_path: Path) -> None:
    last = variant.codings[-1]
    scale = np.prod([each.size for each in variant.codings])

    path = handled(take(), variant, tmp_path, "clip")

    assert list(tmp_path.iterdir()) == [path]
    with av.open(path) as made:
        stream = made.streams.video[0]
        height, width = variant.edit(take().pictures[0]).shape[:2]
        assert (stream.width, stream.height) == pytest.approx(
            (width * scale, height * scale), abs=3
        )
        assert float(stream.average_rate or 0) == pytest.approx(last.pace or PACE, rel=0.02)
        assert stream.frames / float(stream.average_rate or 1) == pytest.approx(
            4 / last.speed, abs=0.2
        )


def test_box_lies_in_the_mirrored_crop_where_the_picture_does() -> None:
    marked = np.zeros((100, 200, 3), np.uint8)
    marked[30:50, 40:80] = 255
    (variant,) = (each for each in HANDLED if each.name == "crop + mirror + scale")

    box = variant.lies(Box(0.2, 0.3, 0.4, 0.5))

    rows, columns = np.nonzero(variant.edit(marked)[..., 0])
    height, width = variant.edit(marked).shape[:2]
    found = [columns.min() / width, rows.min() / height, columns.max() / width, rows.max() / height]
    assert found == pytest.approx([box.x0, box.y0, box.x1, box.y1], abs=0.02)


def test_every_variant_and_every_forgery_has_its_turn() -> None:
    faced = [number % 2 == 0 for number in range(20)]
    films = tasks(faced, seed=1, honest=8, forged=4, ablated=4)
    every = [task for film in films for task in film]

    assert {task.variant.name for task in every if task.forgery is None} == {
        each.name for each in HONEST
    }
    pairs = {(task.forgery, task.variant.name) for task in every if task.forgery}
    assert len(pairs) == (len(FORGERIES) + len(PORTRAITS)) * len(HANDLED)
    assert len({task.seed for task in every if task.forgery}) == 20 * len(HANDLED) + 20
    for film, face in zip(films, faced, strict=True):
        assert {*PORTRAITS} & {task.forgery for task in film} == ({*PORTRAITS} if face else set())


def test_each_film_is_forged_and_handled_in_all_ways_if_asked_to() -> None:
    (every,) = tasks([True], seed=1, honest=17, forged=16, ablated=4)

    pairs = {(task.forgery, task.variant.name) for task in every if task.forgery}
    assert len(pairs) == len(FORGERIES) * len(HANDLED) + len(PORTRAITS) * len(HANDLED)


def test_face_is_taken_from_the_film_before_that_shows_one() -> None:
    faced = [True, False, True, False]

    assert [before(film, faced) for film in range(4)] == [2, 0, 0, 2]
    assert before(0, [False, False]) == -1


def test_steps_are_left_out_one_at_a_time() -> None:
    found = [params.evidence.residual for params in without().values()]

    assert [(each.toned, each.learned) for each in found] == [(False, True), (True, False)]


def test_finding_meets_a_forgery_by_place_and_time() -> None:
    found = met(CLIP, replace(TOLD, query=(1.2, 1.96)))

    assert found is not None
    assert found.right
    assert (found.overlap, found.start, found.end) == pytest.approx((1.0, 5.0, 1.0))
    assert met(CLIP, replace(TOLD, box=(0.7, 0.7, 0.9, 0.9))) is None
    assert met(CLIP, replace(TOLD, query=(2.5, 3.0))) is None
    assert met(HONEST_CLIP, TOLD) is None


def test_other_kind_finds_a_forgery_and_does_not_name_it() -> None:
    blurred = replace(TOLD, kind="blurred")

    assert nearest(CLIP, [blurred]) is not None
    assert [each.right for one in (TOLD, blurred) if (each := met(CLIP, one))] == [True, False]
    assert nearest(CLIP, [replace(TOLD, confidence=0.4)]) is None
    assert nearest(CLIP, [replace(TOLD, kind="picture-in-picture")]) is None


def test_what_is_of_nothing_that_was_done_misleads() -> None:
    elsewhere = replace(TOLD, box=(0.7, 0.7, 0.9, 0.9))
    faster = replace(TOLD, kind="speed-changed", box=None)

    assert misleading(CLIP, [TOLD]) == []
    assert misleading(CLIP, [elsewhere]) == [elsewhere]
    assert misleading(HONEST_CLIP, [TOLD, replace(TOLD, kind="cropped")]) == [TOLD]
    assert misleading(HONEST_CLIP, [faster]) == [faster]
    assert misleading(replace(HONEST_CLIP, handled="1.25 times as fast"), [faster]) == []


def test_all_that_differs_is_held_against_what_was_done() -> None:
    weak = [replace(TOLD, confidence=sure, measures={"strength": 9.0}) for sure in (0.2, 0.95)]
    right = replace(CLIP, weak=tuple(weak))
    wrong = replace(HONEST_CLIP, weak=(weak[1], replace(weak[1], kind="resized")))

    found = trust([right, wrong])

    assert [
        (one["count"], one["right"]) for one in found["other parts"]["bins"] if one["count"]
    ] == [
        (1, 1.0),
        (2, 0.5),
    ]
    assert found["other parts"]["fit"] is None
    assert not any(one["count"] for one in found["blurred parts"]["bins"])


def test_curve_is_fitted_to_how_much_differs() -> None:
    def told(strength: float) -> Told:
        return replace(TOLD, confidence=0.5, measures={"strength": strength})

    right = replace(CLIP, weak=tuple(told(20.0 + n) for n in range(12)))
    wrong = replace(HONEST_CLIP, weak=tuple(told(3.0 + n / 10) for n in range(12)))

    fit = trust([right, wrong])["other parts"]["fit"]

    assert (fit["right"], fit["wrong"]) == (12, 12)
    assert fit["curve"]["slopes"][0] > 1


def test_page_tells_what_was_missed_and_what_misleads() -> None:
    missed = replace(CLIP, film="b.mp4", told=())
    false = replace(HONEST_CLIP, film="c.mp4", told=(TOLD,), without={"less": ()})

    every = [CLIP, missed, false]
    found = {**summary(every), "trust": trust(every), "seed": 1}
    page = "\n".join(reveals(found))

    assert "| crf 28 | 2 | 1 | 50 % |" in page
    assert "| region-changed | 2 | 1 | 50 % | 1 of 1 |" in page
    assert "| less | 0 of 0 | 0 of 1 |" in page
    assert "- b.mp4, crf 28, pasted 1–2 s" in page
    assert "- c.mp4, crf 28: region-changed 1–2 s, 0.9 sure" in page


def test_films_kept_apart_are_told_with_how_sure_and_how_right_findings_are() -> None:
    every = [CLIP, HONEST_CLIP, replace(CLIP, forgery="mouth", told=())]
    found = json.loads(json.dumps(summary(every) | {"trust": trust(every)})) | {"seed": 1}

    page = "\n".join(apart(found))

    assert "Misleading findings of 1 honest copies: 0." in page
    assert "| mouth | 1 | 0 | 0 % |" in page
    assert "- a.mp4, crf 28, mouth 1–2 s" in page


def test_technical_kind_is_false_where_nothing_of_it_was_done() -> None:
    def copy(handled: str, *kinds: tuple[str, float]) -> Clip:
        told = tuple(Told(kind, sure, (0.0, 4.0), None, {}) for kind, sure in kinds)
        return replace(HONEST_CLIP, handled=handled, told=told)

    of = [
        copy("crop", ("cropped", 0.9), ("mirrored", 0.4)),
        copy("letterbox", ("cropped", 0.9), ("cropped", 0.8), ("letterboxed", 0.9)),
        copy("crf 38", ("blurred", 0.9), ("reencoded", 0.9)),
        copy("crf 18", ("blurred", 0.9)),
        replace(CLIP, told=(Told("cropped", 0.9, (0.0, 4.0), None, {}),)),
    ]

    found = {each["kind"]: (each["right"], each["false"]) for each in summary(of)["technical"]}

    assert found["cropped"] == (1, 1)
    assert found["letterboxed"] == (1, 0)
    assert found["blurred"] == (1, 1)
    assert "reencoded" not in found
    assert found["mirrored"] == (0, 0)
    assert {each["honest"] for each in summary(of)["technical"]} == {4}
