"""Texts of unknown make, fit to be written."""


def text(text: str) -> str:
    r"""Return the text with bytes that are no UTF-8 spelt out, such as \\udcff, to be writable."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
