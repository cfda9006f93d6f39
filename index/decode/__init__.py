"""Files to frames with true times.

The only room that knows FFmpeg (through PyAV). `clip` is the way in; `sources` opens files safely,
`pacing` chooses packets, `passes` decodes them, `clocks` makes times of time stamps, `luma` makes
pictures of frames, `sounds` knows whether there is sound.
"""

from index.decode.clip import Clip, frames, media, stills
from index.decode.pacing import Pace

__all__ = ["Clip", "Pace", "frames", "media", "stills"]
