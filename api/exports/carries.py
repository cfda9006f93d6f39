"""What a file says of itself, as a part of the JSON document."""

from datetime import UTC
from typing import Any

from api.exports.texts import text
from index.values import Action, Carried, Credentials, Ingredient, Manifest
from lineage.report import claims

type Document = dict[str, Any]


def carries(carried: Carried) -> Document:
    """Return what a file says of itself."""
    created = carried.created
    return {
        "created": None if created is None else f"{created.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "software": _text(carried.software),
        "camera": _text(carried.camera),
        "place": _text(carried.place),
        "title": _text(carried.said("title")),
        "tags": [
            {"name": text(tag.name), "value": text(tag.value), "track": tag.track}
            for tag in carried.tags
        ],
        "credentials": None if carried.credentials is None else _credentials(carried.credentials),
        "sentences": [text(sentence) for sentence in claims(carried)],
    }


def _credentials(credentials: Credentials) -> Document:
    return {
        "standing": credentials.standing.value,
        "unread": None if credentials.unread is None else credentials.unread.value,
        "address": _text(credentials.address),
        "codes": [text(code) for code in credentials.codes],
        "faults": sorted(fault.value for fault in credentials.faults),
        "manifests": [_manifest(one) for one in credentials.manifests],
    }


def _manifest(manifest: Manifest) -> Document:
    return {
        "label": text(manifest.label),
        "title": _text(manifest.title),
        "generator": _text(manifest.generator),
        "signer": _text(manifest.signer),
        "organisation": _text(manifest.organisation),
        "issuer": _text(manifest.issuer),
        "signed_at": _text(manifest.signed),
        "all_actions": manifest.complete,
        "actions": [_action(one) for one in manifest.actions],
        "ingredients": [_ingredient(one) for one in manifest.ingredients],
        "binding": _text(manifest.binding),
    }


def _action(action: Action) -> Document:
    return {
        "name": text(action.name),
        "when": _text(action.when),
        "software": _text(action.software),
        "source_type": _text(action.source_type),
    }


def _ingredient(ingredient: Ingredient) -> Document:
    return {
        "title": _text(ingredient.title),
        "relationship": _text(ingredient.relationship),
        "instance_id": _text(ingredient.instance),
        "manifest": _text(ingredient.manifest),
        "codes": [text(code) for code in ingredient.codes],
    }


def _text(value: str | None) -> str | None:
    return None if value is None else text(value)
