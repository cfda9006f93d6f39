"""C2PA manifests, read and checked with c2pa-python, an extra; nothing is ever fetched.

These functions run inside a `Sandbox`: a manifest is as hostile as the file it is in.
"""

import io
import json
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, override

from index.values import Action, Credentials, Ingredient, Manifest, Standing, Unread
from index.worker import beat

PACKAGE = "c2pa-python"
MOST, LONGEST = 64, 400
"""Manifests, actions and ingredients that are kept, and signs of a text."""
BLOCK = 1 << 18
"""Bytes that are read at a time."""
STANDINGS = {"Trusted": Standing.TRUSTED, "Valid": Standing.VALID}
OFFLINE = {
    "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False},
    # Who signs for a person or company may be looked up by address as well.
    "core": {"decode_identity_assertions": False, "allowed_network_hosts": []},
}
"""Settings of the library with which it opens no connection; its own would."""
ELSEWHERE = "from url "
"""What stands before the address in its error."""

type Said = Mapping[str, Any]


def known() -> bool:
    """Return whether manifests can be read here."""
    return find_spec("c2pa") is not None


def credentials(path: Path, trusted: str | None = None) -> Credentials | None:
    """Return the manifests of a file; None where there are none.

    Args:
        path: The file.
        trusted: Certificates of those who may issue others, PEM; None for no list of them.

    Raises:
        OSError: The file cannot be read.
    """
    if not known():
        return Credentials(Standing.UNREAD, unread=Unread.EXTRA)
    c2pa = import_module("c2pa")
    settings = OFFLINE | ({"trust": {"trust_anchors": trusted}} if trusted else {})
    try:
        with (
            _Beating(path) as raw,
            io.BufferedReader(raw, BLOCK) as file,
            c2pa.Context.from_dict(settings) as context,
            c2pa.Reader(None, file, context=context) as reader,
        ):
            return _credentials(json.loads(reader.json()), json.loads(reader.crjson()))
    except c2pa.C2paError.ManifestNotFound:
        return None
    except (c2pa.C2paError, ValueError) as error:
        _, found, address = str(error).partition(ELSEWHERE)
        if found:
            return Credentials(Standing.UNREAD, unread=Unread.ELSEWHERE, address=address[:LONGEST])
        return Credentials(Standing.UNREAD, unread=Unread.DAMAGED)


class _Beating(io.FileIO):
    """A file that tells whoever waits that it is being read: a long one takes its time."""

    @override
    def readinto(self, buffer: Any) -> int:
        beat(0.0)
        return super().readinto(buffer) or 0


def _credentials(store: object, detailed: object) -> Credentials:
    store, detailed = _map(store), _map(detailed)
    manifests = _map(store.get("manifests"))
    newest = _text(store.get("active_manifest")) or ""
    labels = [newest, *(label for label in manifests if label != newest)][:MOST]
    issuers = {_text(one.get("label")): _issuer(one) for one in _maps(detailed.get("manifests"))}
    return Credentials(
        STANDINGS.get(_text(store.get("validation_state")) or "", Standing.INVALID),
        tuple(_manifest(label, _map(manifests.get(label)), issuers.get(label)) for label in labels),
        _codes(store) + tuple(dict.fromkeys(_changed(store))),
    )


def _manifest(label: str, said: Said, issuer: str | None) -> Manifest:
    signature = _map(said.get("signature_info"))
    assertions = _maps(said.get("assertions"))
    lists = [one for one in assertions if str(one.get("label")).startswith("c2pa.actions")]
    done = [_map(one.get("data")) for one in lists]
    actions = [_action(one) for each in done for one in _maps(each.get("actions"))]
    return Manifest(
        label=label[:LONGEST],
        title=_text(said.get("title")),
        generator=_generator(said),
        signer=_text(signature.get("common_name")),
        organisation=_text(signature.get("issuer")),
        issuer=issuer,
        signed=_text(signature.get("time")),
        actions=tuple(actions[:MOST]),
        complete=any(each.get("allActionsIncluded") is True for each in done),
        ingredients=tuple(_ingredient(one) for one in _maps(said.get("ingredients"))[:MOST]),
        binding=next(_bindings(assertions), None),
    )


def _generator(said: Said) -> str | None:
    for one in _maps(said.get("claim_generator_info")):
        words = [_text(one.get("name")), _text(one.get("version"))]
        return " ".join(word for word in words if word) or None
    return _text(said.get("claim_generator"))


def _action(said: Said) -> Action:
    agent = said.get("softwareAgent")
    source_type = _text(said.get("digitalSourceType"))
    return Action(
        name=_text(said.get("action")) or "unknown",
        when=_text(said.get("when")),
        software=_text(agent.get("name") if isinstance(agent, dict) else agent),
        source_type=source_type and source_type.rpartition("/")[2],
    )


def _ingredient(said: Said) -> Ingredient:
    return Ingredient(
        title=_text(said.get("title")),
        relationship=_text(said.get("relationship")),
        instance=_text(said.get("instance_id")),
        manifest=_text(said.get("active_manifest")),
        codes=_codes(said),
    )


def _changed(store: Said) -> Iterator[str]:
    """Yield what speaks against manifests of ingredients since they were put in."""
    for one in _maps(_map(store.get("validation_results")).get("ingredientDeltas")):
        for failure in _maps(_map(one.get("validationDeltas")).get("failure")):
            code = _text(failure.get("code")) or ""
            if code.startswith("ingredient."):  # others are of files that are not here
                yield code


def _codes(said: Said) -> tuple[str, ...]:
    """Return what was found to speak against a manifest."""
    checked = _map(_map(said.get("validation_results")).get("activeManifest"))
    failures = _maps(checked.get("failure"))
    return tuple(dict.fromkeys(_text(one.get("code")) or "unknown" for one in failures))


def _bindings(assertions: Sequence[Said]) -> Iterator[str]:
    """Yield the hashes of what a manifest was signed about."""
    for one in assertions:
        held = _text(_map(one.get("data")).get("hash"))
        if str(one.get("label")).startswith("c2pa.hash.") and held:
            yield held


def _issuer(said: Said) -> str | None:
    """Return who issued the certificate of a manifest, in one line."""
    certificate = _map(_map(said.get("signature")).get("certificateInfo"))
    words = _map(certificate.get("issuer"))
    return ", ".join(word for name in ("CN", "O") if (word := _text(words.get(name)))) or None


def _text(value: object) -> str | None:
    return value[:LONGEST] if isinstance(value, str) and value else None


def _map(value: object) -> Said:
    return value if isinstance(value, dict) else {}


def _maps(value: object) -> list[Said]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
