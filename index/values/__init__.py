"""The words all rooms share.

Units, everywhere in the program:
    time      float seconds from the first shown frame
    interval  half-open, [start, end)
    box       x0, y0, x1, y1 as fractions of the shown picture, y downwards
    code      256 bits packed into uint8[32], most significant bit first

Values never change once made. Those that hold arrays hold them read-only and compare by identity.
"""

from index.values.arrays import (
    CODE_BITS,
    CODE_BYTES,
    STILL_SIDE,
    STRIP_SIDE,
    Codes,
    Luma,
    Map,
    Picture,
    Places,
    Times,
)
from index.values.carried import (
    Action,
    Carried,
    Credentials,
    Fault,
    Ingredient,
    Manifest,
    Standing,
    Tag,
    Unread,
)
from index.values.codes import Fingerprint, Hits, Sketch, distance
from index.values.decoded import Frame, Keyframe, Sound, Still, Strip
from index.values.facts import WHOLE, Absence, Asset, AssetRow, Box, Channel, Interval, Media

__all__ = [
    "CODE_BITS",
    "CODE_BYTES",
    "STILL_SIDE",
    "STRIP_SIDE",
    "WHOLE",
    "Absence",
    "Action",
    "Asset",
    "AssetRow",
    "Box",
    "Carried",
    "Channel",
    "Codes",
    "Credentials",
    "Fault",
    "Fingerprint",
    "Frame",
    "Hits",
    "Ingredient",
    "Interval",
    "Keyframe",
    "Luma",
    "Manifest",
    "Map",
    "Media",
    "Picture",
    "Places",
    "Sketch",
    "Sound",
    "Standing",
    "Still",
    "Strip",
    "Tag",
    "Times",
    "Unread",
    "distance",
]
