"""Certificates and C2PA manifests for made clips, so that what is read can be broken on purpose."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

c2pa: Any = import_module("c2pa")

MONTH = timedelta(days=30)
CAPTURE = "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture"
CREATED: Mapping[str, Any] = {"action": "c2pa.created", "digitalSourceType": CAPTURE}
OPENED: Mapping[str, Any] = {
    "action": "c2pa.opened",
    "parameters": {"ingredientIds": ["xmp:iid:parent"]},
}
TRANSCODED: Mapping[str, Any] = {"action": "c2pa.transcoded"}


@dataclass(frozen=True, slots=True)
class Signer:
    """Somebody who signs.

    Attributes:
        key: Theirs, PEM.
        chain: Their certificate and its issuer's, PEM.
        root: The issuer's alone.
    """

    key: bytes
    chain: bytes
    root: str


def signer(*, name: str = "Ann Signer", until: datetime | None = None) -> Signer:
    """Return somebody with a certificate of a root of their own.

    Args:
        name: Whom the certificate names.
        until: When it ends; in a month, if not said.
    """
    root, own = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    issued = _certificate("Made Root", root, "Made Root", root, until=until)
    mine = _certificate(name, own, "Made Root", root, until=until)
    pem = serialization.Encoding.PEM
    key = own.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    root_pem = issued.public_bytes(pem)
    return Signer(key, mine.public_bytes(pem) + root_pem, root_pem.decode())


def signed(  # noqa: PLR0913 # what is signed, by whom, and what is said
    path: Path,
    clip: Path,
    by: Signer,
    *,
    actions: Sequence[Mapping[str, Any]] = (CREATED,),
    parent: Path | None = None,
    title: str | None = None,
    complete: bool = False,
    address: str | None = None,
) -> Path:
    """Write a clip with a manifest in it and return the path.

    Args:
        path: Where.
        clip: What is signed.
        by: Who signs.
        actions: What the manifest says was done.
        parent: The file it says the clip was made from; then the first action opens that.
        title: What it calls that file; its name, if not said.
        complete: Whether it says that these are all actions.
        address: Where the manifest is said to lie, in place of in the file.
    """
    said = {"actions": [dict(one) for one in actions], "allActionsIncluded": complete}
    about = {
        "claim_generator_info": [{"name": "Made Camera", "version": "1"}],
        "title": path.name,
        "assertions": [{"label": "c2pa.actions", "data": said}],
    }
    builder = c2pa.Builder(json.dumps(about))
    if parent is not None:
        named = {
            "title": title or parent.name,
            "relationship": "parentOf",
            "instance_id": "xmp:iid:parent",
        }
        with parent.open("rb") as file:
            builder.add_ingredient(json.dumps(named), "video/mp4", file)
    if address is not None:
        builder.set_no_embed()
        builder.set_remote_url(address)
    info = c2pa.C2paSignerInfo(b"es256", by.chain, by.key, None)
    with clip.open("rb") as bare, path.open("w+b") as whole:
        builder.sign(c2pa.Signer.from_info(info), "video/mp4", bare, whole)
    return path


def flipped(path: Path, source: Path, after: bytes, *, at: int = 0) -> Path:
    """Write a file with one bit flipped, so many bytes from the last place where `after` stands."""
    data = bytearray(source.read_bytes())
    data[data.rindex(after) + at] ^= 1
    path.write_bytes(data)
    return path


def _certificate(  # whose, by whom, how long
    name: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: str,
    by: ec.EllipticCurvePrivateKey,
    *,
    until: datetime | None,
) -> x509.Certificate:
    root = name == issuer
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .issuer_name(_name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - MONTH)
        .not_valid_after(until or now + MONTH)
        .add_extension(x509.BasicConstraints(ca=root, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=not root,
                key_cert_sign=root,
                crl_sign=root,
                content_commitment=False,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
        .add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), critical=False
        )
        .sign(by, hashes.SHA256())
    )


def _name(name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, f"House of {name}"),
            x509.NameAttribute(NameOID.COMMON_NAME, name),
        ]
    )
