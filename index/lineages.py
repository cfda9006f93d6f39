"""Who descends from whom, as the catalogue keeps it: transactions on rows of the lineage."""

from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass

from index.catalogue.database import Catalogue, Change
from index.values import Asset


@dataclass(frozen=True, slots=True, eq=False)
class Lineages:
    """What an archive keeps of lineages; `index.catalogue.lineages` has what is done in it.

    Attributes:
        catalogue: Of the archive.
    """

    catalogue: Catalogue

    def reading(self) -> AbstractContextManager[Change]:
        """Give a transaction that sees it as it is now."""
        return self.catalogue.reading()

    def changing(self) -> AbstractContextManager[Change]:
        """Give a transaction that is committed at the end; the archive must be open for writing."""
        return self.catalogue.changing()


def facts(asset: Asset) -> dict[str, object]:
    """Return what a node keeps of an asset, so that it says what it was once it is removed."""
    return {
        "name": asset.name,
        "title": asset.title,
        "published_at": asset.published_at,
        "media": asdict(asset.media),
    }
