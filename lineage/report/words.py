"""Times, lengths, counts and names as people read them."""

import unicodedata

NAME_LENGTH = 48
MINUTE = 60
HOUR = 3600
HUNDRED_HOURS = 100 * HOUR
# Joiners inside emoji and Indic words; every other invisible sign is shown as a mark.
_JOINERS = "\u200c\u200d"


def clock(seconds: float, *, digits: int = 1) -> str:
    """Return a time as a player shows it.

    >>> clock(41), clock(59.96), clock(3723.4), clock(8, digits=3)
    ('0:41.0', '1:00.0', '1:02:03.4', '0:08.000')
    """
    ticks = round(seconds * 10**digits)
    whole, fraction = divmod(ticks, 10**digits)
    minutes, left = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    tail = f".{fraction:0{digits}d}" if digits else ""
    return f"{hours}:{minutes:02d}:{left:02d}{tail}" if hours else f"{minutes}:{left:02d}{tail}"


def length(seconds: float) -> str:
    """Return a length of time in its natural unit.

    >>> length(9.53), length(754), length(11520), length(33516000)
    ('9.5 s', '13 min', '3.2 h', '9,310 h')
    """
    if seconds < MINUTE:
        return f"{seconds:.1f} s"
    if seconds < HOUR:
        return f"{seconds / MINUTE:.0f} min"
    hours = seconds / HOUR
    return f"{hours:.1f} h" if seconds < HUNDRED_HOURS else f"{hours:,.0f} h"


def percent(share: float) -> str:
    r"""Return a share as a percentage; never 100 or 0 by rounding alone.

    >>> percent(0.934), percent(0.9999), percent(0.001), percent(1)
    ('93\xa0%', '99\xa0%', '1\xa0%', '100\xa0%')
    """
    whole = round(100 * share)
    if 0 < share < 1:
        whole = min(99, max(1, whole))
    return f"{whole}\N{NO-BREAK SPACE}%"


def counted(count: int, one: str, many: str | None = None) -> str:
    """Return a count and its noun.

    >>> counted(1, "file"), counted(41208, "file"), counted(2, "stretch", "stretches")
    ('1 file', '41,208 files', '2 stretches')
    """
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def readable(name: str) -> str:
    r"""Return a file name that is safe to show: nothing invisible, nothing that moves the cursor.

    >>> readable("a\x1b[2Jb\n\u202ec.mp4")
    'a�[2Jb��c.mp4'
    """
    return "".join(_shown(sign) for sign in name) or "(no name)"


def shortened(name: str, limit: int = NAME_LENGTH) -> str:
    """Return a readable name of at most `limit` signs; what is left out is in the middle.

    >>> shortened("a-very-long-name-of-a-file.mp4", 16)
    'a-very-l…ile.mp4'
    """
    shown = readable(name)
    if len(shown) <= limit:
        return shown
    tail = (limit - 1) // 2
    return f"{shown[: limit - 1 - tail]}…{shown[-tail:]}"


def _shown(sign: str) -> str:
    if sign.isprintable() or sign in _JOINERS:
        return sign
    return " " if unicodedata.category(sign) == "Zs" else "\N{REPLACEMENT CHARACTER}"
