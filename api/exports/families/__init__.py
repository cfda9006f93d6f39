"""The lineage of an archive drawn: families of files, side by side in time, and tables of them.

`kin` tells which files hang together and which of them are drawn; `places` where each stands from
left to right; `layout` where from top to bottom, and how lines run; `drawing` makes that shapes,
with words and pictures; `page` and `svg` write them.
"""

from api.exports.families.page import drawn, page, wanted
from api.exports.families.svg import svg

__all__ = ["drawn", "page", "svg", "wanted"]
