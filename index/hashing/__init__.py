"""Pictures to 256-bit codes.

`pictures` holds the code itself, `mounts` finds the frame a picture has been set in.
"""
