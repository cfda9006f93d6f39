from pathlib import Path

import cv2
import numpy as np

from index import measure
from index.keyframes import NEWS_AHEAD, NEWS_EVERY, NEWS_RARELY, Level
from index.values import Channel, Fingerprint, Times
from tests import clips


def local(path: Path) -> Times:
    """Return the times of the frames whose local features an archive keeps."""
    parts = measure.fingerprint(path, Level.STANDARD)
    codes = [part for part in parts if isinstance(part, Fingerprint)]
    times = [part.times for part in codes if part.channel is Channel.FEATURE]
    return np.unique(np.concatenate(times))


def inset(path: Path) -> Fingerprint:
    """Return the codes of pictures set into a film that an archive keeps."""
    parts = measure.fingerprint(path, Level.STANDARD, tiers=[Channel.PANEL])
    (found,) = (part for part in parts if getattr(part, "channel", None) is Channel.PANEL)
    assert isinstance(found, Fingerprint)
    return found


def test_picture_set_into_a_film_has_codes_with_its_place(tmp_path: Path) -> None:
    def cornered(picture: clips.Picture, time: float) -> clips.Picture:
        picture = picture.copy()
        picture[100:163, 190:302] = cv2.resize(clips.picture(time, seed=5), (112, 63))
        return picture

    film = inset(clips.movie(tmp_path / "film.mp4", seconds=30, seed=2, edit=cornered))
    alone = inset(clips.movie(tmp_path / "alone.mp4", seconds=30, seed=2))
    between = inset(clips.movie(tmp_path / "between.mp4", seconds=30, seed=2, bars=0.15))

    middle = np.abs(film.places[:, :2] - [246 / 320, 131.5 / 180]).max(axis=1) < 0.01
    assert np.ptp(film.times[middle]) > 20
    assert len(alone) == len(between) == 0


def test_each_of_a_few_shots_has_local_features(tmp_path: Path) -> None:
    clip = clips.movie(tmp_path / "few.mp4", seconds=3, cuts=(1.0, 2.0))

    kept = local(clip)

    assert set(np.floor(kept)) == {0, 1, 2}


def test_local_features_of_quick_cuts_stay_within_what_a_film_may_have(tmp_path: Path) -> None:
    clip = clips.movie(tmp_path / "quick.mp4", seconds=20, cuts=np.arange(0.6, 20, 0.6).tolist())

    kept = local(clip)

    room = NEWS_AHEAD + 1 + kept / NEWS_RARELY
    assert (np.arange(1, len(kept) + 1) <= room).all()
    assert np.diff(kept).max() < 2 * NEWS_EVERY
