"""What files say of themselves, read from real files in a real sandbox."""

import socket
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import av
import pytest
from hypothesis import given
from hypothesis import strategies as some

from index import carried as reading
from index import manifests
from index.sandbox import Sandbox
from index.values import Carried, Credentials, Fault, Standing, Tag, Unread
from tests import clips, credentials

NAMES = """
    manifests active_manifest validation_state validation_results activeManifest failure code
    ingredientDeltas validationDeltas
    assertions label data actions action softwareAgent digitalSourceType ingredients title
    signature_info claim_generator_info claim_generator name signature certificateInfo issuer
    """.split()  # noqa: SIM905 # as a list they would fill a page

type Read = Callable[..., Carried]


@pytest.fixture(scope="module")
def read() -> Iterator[Read]:
    with Sandbox() as sandbox:
        yield lambda path, trusted=None: sandbox.run(reading.carried, path, trusted)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("carried")


@pytest.fixture(scope="module")
def ann() -> credentials.Signer:
    return credentials.signer()


@pytest.fixture(scope="module")
def bare(folder: Path) -> Path:
    return clips.movie(folder / "bare.mp4", seconds=1)


@pytest.fixture(scope="module")
def signed(folder: Path, bare: Path, ann: credentials.Signer) -> Path:
    return credentials.signed(folder / "signed.mp4", bare, ann)


@pytest.fixture(scope="module", autouse=True)
def late(folder: Path, bare: Path) -> tuple[Path, datetime]:
    """A clip whose signer's certificate will soon end, and when; made first, so that it does."""
    until = datetime.now(UTC) + timedelta(seconds=3)
    by = credentials.signer(until=until)
    return credentials.signed(folder / "late.mp4", bare, by), until


def held(told: Carried) -> Credentials:
    assert told.credentials is not None
    return told.credentials


def tagged(path: Path, clip: Path, **tags: str) -> Path:
    """Write a clip anew with tags of its container, and return the path."""
    options = {"movflags": "use_metadata_tags"}
    with av.open(str(clip)) as whole, av.open(str(path), "w", options=options) as written:
        written.metadata.update(tags)
        stream = written.add_stream_from_template(whole.streams.video[0])
        for packet in whole.demux(whole.streams.video[0]):
            if packet.dts is not None:
                packet.stream = stream
                written.mux(packet)
    return path


def test_a_bare_file_says_what_wrote_it_and_holds_no_manifest(read: Read, bare: Path) -> None:
    told = read(bare)

    assert (told.software or "").startswith("Lavf")
    assert (told.created, told.camera, told.place, told.credentials) == (None, None, None, None)


def test_tags_of_the_container_are_told_by_what_they_mean(
    read: Read, folder: Path, bare: Path
) -> None:
    said = {
        "creation_time": "2019-03-15T11:00:00Z",
        "com.apple.quicktime.make": "Maker",
        "com.apple.quicktime.model": "Model 7",
        "location": "+48.8577+002.2950/",
        "title": "The march",
        "comment": "as it was",
    }
    told = read(tagged(folder / "tagged.mp4", bare, **said))

    assert told.created == datetime(2019, 3, 15, 11, tzinfo=UTC)
    assert (told.camera, told.place) == ("Maker Model 7", "+48.8577+002.2950/")
    assert (told.said("title"), told.said("comment")) == ("The march", "as it was")
    assert told.said("major_brand") == "isom"
    assert Tag("handler_name", "VideoHandler", 0) in told.tags


def test_a_tag_of_many_signs_is_cut(read: Read, folder: Path, bare: Path) -> None:
    told = read(tagged(folder / "long.mp4", bare, comment="x" * 100_000))

    assert told.said("comment") == "x" * 400


def test_bytes_that_are_no_text_are_kept_as_they_are(read: Read, folder: Path, bare: Path) -> None:
    path = tagged(folder / "latin.mp4", bare, title="caf?!")
    path.write_bytes(path.read_bytes().replace(b"caf?!", b"caf\xe9!"))

    assert read(path).said("title") == "caf\udce9!"


def test_a_manifest_says_who_signed_and_what_was_done(read: Read, signed: Path) -> None:
    told = held(read(signed))

    newest = told.manifests[0]
    assert (told.standing, told.codes) == (Standing.VALID, ("signingCredential.untrusted",))
    assert told.intact
    assert (newest.title, newest.generator) == ("signed.mp4", "Made Camera 1")
    assert (newest.signer, newest.organisation) == ("Ann Signer", "House of Ann Signer")
    assert newest.issuer == "Made Root, House of Made Root"
    assert [(one.name, one.source_type) for one in newest.actions] == [
        ("c2pa.created", "digitalCapture")
    ]
    assert newest.captured
    assert newest.binding


def test_a_signer_whose_issuer_is_listed_is_trusted(
    read: Read, signed: Path, ann: credentials.Signer
) -> None:
    told = held(read(signed, ann.root))

    assert (told.standing, told.codes) == (Standing.TRUSTED, ())


def test_a_signer_of_another_issuer_than_is_listed_is_not_trusted(read: Read, signed: Path) -> None:
    told = held(read(signed, credentials.signer().root))

    assert told.faults == {Fault.UNTRUSTED}


def test_parents_are_named_with_their_own_manifests(
    read: Read, folder: Path, bare: Path, signed: Path, ann: credentials.Signer
) -> None:
    path = credentials.signed(
        folder / "child.mp4",
        bare,
        ann,
        actions=(credentials.OPENED, credentials.TRANSCODED),
        parent=signed,
        complete=True,
    )

    told = held(read(path))
    parent = told.manifests[0].parent
    assert parent is not None
    assert (parent.title, parent.relationship) == ("signed.mp4", "parentOf")
    assert [one.title for one in told.chain()] == ["child.mp4", "signed.mp4"]
    assert told.manifests[0].complete
    assert [one.captured for one in told.chain()] == [False, True]


def test_a_parent_that_was_altered_ends_what_manifests_lead_back_to(
    read: Read, folder: Path, bare: Path, signed: Path, ann: credentials.Signer
) -> None:
    altered = credentials.flipped(folder / "altered.mp4", signed, b"mdat", at=2000)
    path = credentials.signed(
        folder / "grandchild.mp4", bare, ann, actions=(credentials.OPENED,), parent=altered
    )

    told = held(read(path))
    assert told.intact
    assert "assertion.bmffHash.mismatch" in told.manifests[0].ingredients[0].codes
    assert [one.title for one in told.chain()] == ["grandchild.mp4"]


def test_a_parent_s_manifest_that_was_changed_in_the_file_breaks_the_file_s_own(
    read: Read, folder: Path, bare: Path, signed: Path, ann: credentials.Signer
) -> None:
    path = credentials.signed(
        folder / "heir.mp4", bare, ann, actions=(credentials.OPENED,), parent=signed
    )

    told = held(read(credentials.flipped(folder / "changed.mp4", path, b"digitalCapture")))
    assert "ingredient.manifest.mismatch" in told.codes
    assert Fault.BROKEN in told.faults
    assert not told.intact


@pytest.mark.parametrize(
    ("place", "fault"),
    [
        ((b"mdat", 2000), Fault.ALTERED),
        ((b"Made Camera", 0), Fault.BROKEN),
        ((b"digitalCapture", 0), Fault.BROKEN),
    ],
    ids=["a picture", "the claim", "what it says was done"],
)
def test_a_bit_that_was_flipped_is_noticed(
    read: Read, folder: Path, signed: Path, place: tuple[bytes, int], fault: Fault
) -> None:
    after, at = place
    told = held(read(credentials.flipped(folder / "flipped.mp4", signed, after, at=at)))

    assert told.standing is Standing.INVALID
    assert fault in told.faults
    assert not told.intact


def test_a_manifest_that_was_stripped_is_not_there(read: Read, folder: Path, signed: Path) -> None:
    assert read(tagged(folder / "stripped.mp4", signed)).credentials is None


def test_a_manifest_of_rubbish_is_said_to_be_damaged(
    read: Read, folder: Path, signed: Path
) -> None:
    data = bytearray(signed.read_bytes())
    start = data.index(b"jumb")
    data[start + 100 : start + 140] = bytes(40)
    path = folder / "rubbish.mp4"
    path.write_bytes(data)

    assert held(read(path)) == Credentials(Standing.UNREAD, unread=Unread.DAMAGED)


def test_a_manifest_that_lies_elsewhere_is_not_fetched(
    read: Read, folder: Path, bare: Path, ann: credentials.Signer
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}/manifest.c2pa"
        path = credentials.signed(folder / "elsewhere.mp4", bare, ann, address=address)

        told = held(read(path))
        server.settimeout(0.3)
        with pytest.raises(TimeoutError):
            server.accept()

    assert told == Credentials(Standing.UNREAD, unread=Unread.ELSEWHERE, address=address)


JSON = some.recursive(
    some.none() | some.booleans() | some.integers() | some.text(max_size=5),
    lambda inner: (
        some.lists(inner, max_size=3)
        | some.dictionaries(some.sampled_from(NAMES) | some.text(max_size=3), inner, max_size=4)
    ),
    max_leaves=30,
)


@given(store=JSON, detailed=JSON)
def test_whatever_a_manifest_is_made_of_can_be_told(store: object, detailed: object) -> None:
    told = manifests._credentials(store, detailed)

    assert told.chain()[0] == told.manifests[0]
    assert all(isinstance(code, str) for code in told.codes)


def test_settings_name_every_way_to_the_network_that_is_shut() -> None:
    assert manifests.OFFLINE == {
        "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False},
        "core": {"decode_identity_assertions": False, "allowed_network_hosts": []},
    }


def test_without_the_extra_a_manifest_is_noticed_and_not_read(
    monkeypatch: pytest.MonkeyPatch, signed: Path, bare: Path
) -> None:
    monkeypatch.setattr(manifests, "known", lambda: False)

    assert reading.carried(bare).credentials is None
    assert held(reading.carried(signed)) == Credentials(Standing.UNREAD, unread=Unread.EXTRA)


def test_reading_a_long_file_gives_signs_of_life(
    monkeypatch: pytest.MonkeyPatch, signed: Path
) -> None:
    beats: list[float] = []
    monkeypatch.setattr(manifests, "beat", beats.append)

    manifests.credentials(signed)

    assert beats


def test_a_certificate_that_is_out_of_date_is_no_broken_file(
    read: Read, late: tuple[Path, datetime]
) -> None:
    path, until = late
    left = (until - datetime.now(UTC)).total_seconds()
    time.sleep(max(0.0, left + 1.1))  # whole seconds are compared

    told = held(read(path))
    assert Fault.EXPIRED in told.faults
    assert told.intact
