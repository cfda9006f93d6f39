"""What a file says of itself: tags of its container, and C2PA manifests.

Nothing here was measured. Whoever can write a file can write any of it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

CAPTURES = frozenset({"digitalCapture", "computationalCapture", "negativeFilm", "positiveFilm"})
"""Digital source types that say a camera took the picture.

Source: IPTC, NewsCodes, digital source type.
"""
SINCE = 1990
"""Years before this are clocks that were never set: those of files count from 1904 or 1970."""

CREATED = ("creation_time", "com.apple.quicktime.creationdate", "date")
SOFTWARE = ("com.apple.quicktime.software", "software", "encoder")
MAKE = ("make", "com.apple.quicktime.make", "com.android.manufacturer")
MODEL = ("model", "com.apple.quicktime.model", "com.android.model")
PLACE = ("location", "com.apple.quicktime.location.iso6709", "location-eng", "xyz")
"""Names of tags that say the same, as FFmpeg gives them, the most exact first."""


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag of a container.

    Attributes:
        name: As FFmpeg gives it.
        value: Its text; bytes that are no UTF-8 are surrogates.
        track: Number of the track it is of, from 0; None of the file.
    """

    name: str
    value: str
    track: int | None = None


class Standing(StrEnum):
    """What became of checking a manifest."""

    TRUSTED = "trusted"
    VALID = "valid"
    INVALID = "invalid"
    UNREAD = "unread"


class Unread(StrEnum):
    """Why a manifest was not read."""

    EXTRA = "extra"
    ELSEWHERE = "elsewhere"
    DAMAGED = "damaged"
    FAILED = "failed"


class Fault(StrEnum):
    """What speaks against a manifest."""

    ALTERED = "altered"
    BROKEN = "broken"
    EXPIRED = "expired"
    REVOKED = "revoked"
    UNTRUSTED = "untrusted"
    OTHER = "other"


_CODES = {
    "assertion.dataHash.mismatch": Fault.ALTERED,
    "assertion.bmffHash.mismatch": Fault.ALTERED,
    "assertion.boxesHash.mismatch": Fault.ALTERED,
    "assertion.collectionHash.mismatch": Fault.ALTERED,
    "assertion.multiAssetHash.mismatch": Fault.ALTERED,
    "assertion.hashedURI.mismatch": Fault.BROKEN,
    "assertion.missing": Fault.BROKEN,
    "claimSignature.mismatch": Fault.BROKEN,
    "claimSignature.missing": Fault.BROKEN,
    "ingredient.claimSignature.mismatch": Fault.BROKEN,
    "ingredient.manifest.mismatch": Fault.BROKEN,
    "signingCredential.expired": Fault.EXPIRED,
    "claimSignature.outsideValidity": Fault.EXPIRED,
    "signingCredential.revoked": Fault.REVOKED,
    "signingCredential.ocsp.revoked": Fault.REVOKED,
    "signingCredential.untrusted": Fault.UNTRUSTED,
    "timeStamp.untrusted": Fault.UNTRUSTED,
}
"""Source: C2PA, Content Credentials technical specification 2.2, validation, status codes."""
UNSOUND = frozenset({Fault.ALTERED, Fault.BROKEN, Fault.OTHER})
"""What leaves nothing that a manifest says to be relied on, whoever signed it."""


def faults(codes: Iterable[str]) -> frozenset[Fault]:
    """Return what C2PA's codes speak of."""
    return frozenset(_CODES.get(code, Fault.OTHER) for code in codes)


@dataclass(frozen=True, slots=True)
class Action:
    """Something that a manifest says was done.

    Attributes:
        name: As C2PA names it, such as "c2pa.cropped".
        when: The time it gives.
        software: What did it.
        source_type: Last word of the digital source type it names, such as "digitalCapture".
    """

    name: str
    when: str | None = None
    software: str | None = None
    source_type: str | None = None


@dataclass(frozen=True, slots=True)
class Ingredient:
    """A file that a manifest says it was made with.

    Attributes:
        title: Its name.
        relationship: "parentOf", "componentOf" or "inputTo".
        instance: Its instance id.
        manifest: Label of its own manifest; None where it has none.
        codes: C2PA's codes of what spoke against that when it was put in.
    """

    title: str | None
    relationship: str | None
    instance: str | None = None
    manifest: str | None = None
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Manifest:
    """What was signed about one version of a file.

    Attributes:
        label: Its id.
        title: The name of the file.
        generator: The program that made it.
        signer: Whom the certificate names.
        organisation: Whose that is.
        issuer: Who issued the certificate; None where that was not read.
        signed: RFC 3339 time of a time stamp; None without one.
        actions: What was done.
        complete: Whether it says that these are all.
        ingredients: What it was made with.
        binding: Hash of what it was signed about.
    """

    label: str
    title: str | None = None
    generator: str | None = None
    signer: str | None = None
    organisation: str | None = None
    issuer: str | None = None
    signed: str | None = None
    actions: tuple[Action, ...] = ()
    complete: bool = False
    ingredients: tuple[Ingredient, ...] = ()
    binding: str | None = None

    @property
    def captured(self) -> bool:
        """Whether it says that a camera took the picture, and nothing was put in."""
        return any(
            one.name == "c2pa.created" and one.source_type in CAPTURES for one in self.actions
        ) and not any(one.relationship == "parentOf" for one in self.ingredients)

    @property
    def parent(self) -> Ingredient | None:
        """The file that it says this one was made from; None where it names none."""
        return next((one for one in self.ingredients if one.relationship == "parentOf"), None)


@dataclass(frozen=True, slots=True)
class Credentials:
    """The manifests in a file.

    Attributes:
        standing: What became of checking the newest.
        manifests: The newest first, then those of its ingredients; none that were not read.
        codes: C2PA's codes of what speaks against the newest, and what it says of the others.
        unread: Why they were not read.
        address: Where they are said to lie, if not in the file.
    """

    standing: Standing
    manifests: tuple[Manifest, ...] = ()
    codes: tuple[str, ...] = ()
    unread: Unread | None = None
    address: str | None = None

    @property
    def faults(self) -> frozenset[Fault]:
        """What speaks against the newest."""
        return faults(self.codes)

    @property
    def intact(self) -> bool:
        """Whether file and manifest are as they were signed, whoever signed them."""
        if not self.manifests or self.faults & UNSOUND:
            return False
        late = bool(self.faults & {Fault.EXPIRED, Fault.REVOKED})
        return self.standing in {Standing.TRUSTED, Standing.VALID} or late

    def chain(self) -> list[Manifest]:
        """Return the newest manifest, that of its parent, that of the parent's parent and so on.

        It ends at a file that was not as it had been signed when it was put in.
        """
        known = {one.label: one for one in self.manifests}
        chain = list(self.manifests[:1])
        while chain and (parent := chain[-1].parent) is not None:
            found = known.get(parent.manifest or "")
            if found is None or found in chain or faults(parent.codes) & UNSOUND:
                break
            chain.append(found)
        return chain


@dataclass(frozen=True, slots=True)
class Carried:
    """What a file says of itself; all of it can be forged.

    Attributes:
        tags: Of the file, then of its tracks.
        credentials: Its C2PA manifests; None where there are none.
    """

    tags: tuple[Tag, ...] = ()
    credentials: Credentials | None = None

    @property
    def created(self) -> datetime | None:
        """When it says it was made; None where it says nothing, or its clock was never set.

        >>> Carried((Tag("creation_time", "1970-01-01T00:00:00Z"),)).created is None
        True
        """
        return next(_moments(self._every(CREATED)), None)

    @property
    def software(self) -> str | None:
        """The program that wrote it."""
        return next(self._every(SOFTWARE), None)

    @property
    def camera(self) -> str | None:
        """Make and model of the camera."""
        words = [next(self._every(names), "") for names in (MAKE, MODEL)]
        return " ".join(word for word in words if word) or None

    @property
    def place(self) -> str | None:
        """Where it says it was recorded."""
        return next(self._every(PLACE), None)

    def said(self, name: str) -> str | None:
        """Return the first tag of that name."""
        return next(self._every((name,)), None)

    @property
    def recorded(self) -> bool:
        """Whether it says that it is as a camera recorded it."""
        credentials = self.credentials
        signed = credentials is not None and credentials.intact
        return self.camera is not None or (
            signed and credentials is not None and credentials.manifests[0].captured
        )

    def _every(self, names: Sequence[str]) -> Iterator[str]:
        for name in names:
            for tag in self.tags:
                if tag.name.lower() == name and tag.value.strip():
                    yield tag.value.strip()


def _moments(texts: Iterator[str]) -> Iterator[datetime]:
    """Yield the times that can be read; one without a zone counts as UTC."""
    for text in texts:
        try:
            time = datetime.fromisoformat(text.partition(";")[0])
        except ValueError:
            continue
        zoned = time if time.tzinfo is not None else time.replace(tzinfo=UTC)
        if zoned.year >= SINCE:
            yield zoned
