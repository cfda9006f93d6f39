"""Files to frames and sound with true times.

The only room that knows FFmpeg (through PyAV). `clip` is the way in; `sources` opens files safely,
`pacing` chooses packets, `passes` decodes them, `clocks` makes times of time stamps, `luma` makes
pictures of frames, `sounds` decodes what is heard.
"""
