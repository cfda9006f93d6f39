"""Texts of unknown make, fit to be written."""

LONGEST_STEM = 80
"""Characters of a clip's name that a file made of it keeps."""


def text(text: str) -> str:
    r"""Return the text with bytes that are no UTF-8 spelt out, such as \\udcff, to be writable."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def stem(name: str) -> str:
    r"""Return a clip's name without its ending, fit to begin a file's name anywhere.

    >>> stem("../a\u202eb\"c d.mp4"), stem("../..")
    ('abc d', 'clip')
    """
    own = name.replace("\\", "/").rpartition("/")[2]
    kept = "".join(sign for sign in own if sign.isprintable() and sign not in ':*?"<>|')
    begin = kept.rpartition(".")[0] or kept
    return begin.strip(" .-")[:LONGEST_STEM].strip(" .-") or "clip"
