"""Certificates made on the spot, to sign manifests with and to read them back."""

import datetime as dt
import io
import json
from typing import Any

import c2pa  # type: ignore[import-untyped]  # it comes without types
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

type Manifests = dict[str, Any]
"""What a reader says of a file: its manifests, and whether they are valid."""
type Pems = tuple[bytes, bytes, str]
"""The chain, the signer's key and the root, as PEM."""

DAY = dt.timedelta(days=1)
USES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)


def pems() -> Pems:
    """Return a new root and a signer it vouches for, as C2PA asks of them."""
    root_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root = _certificate("Root", root_key, "key_cert_sign", root_key)
    signer = _certificate("Desk", key, "digital_signature", root_key)
    both = [one.public_bytes(Encoding.PEM) for one in (signer, root)]
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return b"".join(both), secret, both[1].decode()


def signed(definition: str, media: bytes, kind: str, known: Pems, *, trusted: bool) -> Manifests:
    """Return what the reference library reads out of a file it has signed a manifest into.

    Args:
        definition: The manifest definition.
        media: The file.
        kind: Its MIME type.
        known: The certificates.
        trusted: Whether the reader knows the root.
    """
    chain, secret, root = known
    settings = {"trust": {"trust_anchors": root}} if trusted else {}
    context = c2pa.Context.from_dict(settings | {"verify": {"verify_trust": True}})
    signer = c2pa.Signer.from_info(
        c2pa.C2paSignerInfo(c2pa.C2paSigningAlg.ES256, chain, secret, None)
    )
    out = io.BytesIO()
    with c2pa.Builder(definition, context=context) as builder:
        builder.sign(signer, kind, io.BytesIO(media), out)
    out.seek(0)
    with c2pa.Reader(kind, out, context=context) as reader:
        read: Manifests = json.loads(reader.json())
        return read


def _certificate(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    use: str,
    issuer: ec.EllipticCurvePrivateKey,
) -> x509.Certificate:
    """Return a certificate for a key; one that signs its own is a root."""
    root = key is issuer
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(_called(name))
        .issuer_name(_called("Root"))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - DAY)
        .not_valid_after(now + 30 * DAY)
        .add_extension(x509.BasicConstraints(ca=root, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(**{each: each == use for each in USES}), critical=True)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.public_key()), critical=False
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    if not root:
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])
        made = made.add_extension(usage, critical=False)
    return made.sign(issuer, hashes.SHA256())


def _called(name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "GB"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Test Newsroom"),
            x509.NameAttribute(NameOID.COMMON_NAME, name),
        ]
    )
