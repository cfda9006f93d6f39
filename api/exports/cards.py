"""What an archive knows of a file, by name, as JSON holds it."""

from api.exports.document import Document
from index.catalogue.overview import Card
from index.values import Asset


def facts(asset: Asset) -> Document:
    """Return what is known of an archived file, by name, in the order people want it."""
    media = asset.media
    return {
        "id": asset.id,
        "name": asset.name,
        "title": asset.title,
        "published_at": asset.published_at,
        "uri": asset.uri,
        "sha256": asset.digest,
        "duration": round(media.duration, 3),
        "width": media.width or None,
        "height": media.height or None,
        "frame_rate": media.frame_rate,
        "has_picture": media.has_picture,
        "has_sound": media.has_sound,
        "container": media.container,
        "codec": media.codec,
        "losses": list(media.losses),
    }


def card(known: Card) -> Document:
    """Return all that is known of an archived file."""
    return facts(known.asset) | {
        "codes": sum(known.codes.values()),
        "level": known.level,
        "added_at": known.added_at,
        "locations": [place.uri for place in known.locations],
        "metadata": dict(known.metadata),
    }
