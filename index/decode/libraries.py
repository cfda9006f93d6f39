"""Which libraries decode: another version may decode other pixels of the same file."""

from collections.abc import Mapping

import av


def versions() -> Mapping[str, str]:
    """Return the versions of FFmpeg's libraries by name.

    >>> "libavcodec" in versions()
    True
    """
    return {
        name: ".".join(map(str, version)) for name, version in sorted(av.library_versions.items())
    }
