"""A report as a PDF; needs the extra `pdf` and Pango."""

import re

from api.exports.rendering import sheet
from index.errors import NoPrinterError

HOW = (
    "Install the extra pdf (uv sync --extra pdf) and Pango (on Debian: libpango-1.0-0 "
    "libpangoft2-1.0-0 libharfbuzz-subset0), or print the report from a browser."
)
"""What to do where it is missing."""
DRAWING = re.compile(r'<svg class="(?:lying|upright|key)"[^>]*>')
PATTERNS = re.compile(r'<svg class="patterns"[^>]*>(<defs>.*?</defs>)</svg>', re.DOTALL)
TOKEN = re.compile(r"--(\w+): light-dark\((#\w+),")
HUE = re.compile(r"\.(h\d) \{ --hue: light-dark\((#\w+),")


def pdf(page: str) -> bytes:
    """Return a report as a PDF.

    Args:
        page: HTML that needs no other file. Nothing outside it is opened, whatever it names.

    Raises:
        NoPrinterError: WeasyPrint or Pango is missing.
    """
    try:
        import weasyprint  # type: ignore[import-untyped] # noqa: PLC0415 # an extra without types
        from weasyprint.urls import (  # type: ignore[import-untyped] # noqa: PLC0415 # as above
            URLFetcher,
        )
    except (ImportError, OSError) as error:
        raise NoPrinterError(
            "PDFs cannot be written here: WeasyPrint or Pango is missing.", hint=HOW
        ) from error
    fetcher = URLFetcher(allowed_protocols=("data",))
    written: bytes = weasyprint.HTML(string=laid_out(page), url_fetcher=fetcher).write_pdf()
    return written


def laid_out(page: str) -> str:
    """Return a report as it goes on paper: with a sheet for that, and drawings that stand alone.

    WeasyPrint draws each picture by itself: neither the page's style sheet nor what another
    defines reaches into it.
    """
    found = PATTERNS.search(page)
    inside = f"<style>{_drawn(page)}</style>{found[1] if found else ''}"
    whole = DRAWING.sub(lambda drawing: drawing[0] + inside, page)
    return whole.replace("</style>\n</head>", f"{sheet('paper.css')}</style>\n</head>", 1)


def _drawn(page: str) -> str:
    """Return the style of the drawings, in the page's own light colours."""
    tokens = dict(TOKEN.findall(page))
    quiet, ink = tokens.get("quiet", "#555"), tokens.get("ink", "#000")
    rules = [
        f".sunk {{ fill: {tokens.get('sunk', '#eee')}; }}",
        f".grey {{ fill: {quiet}; opacity: .7; }}",
        f".hatching {{ fill: {tokens.get('panel', '#fff')}; }}",
        f"text {{ font: 9px system-ui, sans-serif; fill: {quiet}; }}",
        f"text.letter {{ font-weight: 600; fill: {ink}; }}",
        ".ribbon path { opacity: .2; } .ribbon .over { opacity: .8; } .shown { opacity: .5; }",
    ]
    for name, colour in HUE.findall(page):
        rules.append(
            f".{name}.shown, .{name}.piece, text.{name} {{ fill: {colour}; }} "
            f".ribbon.{name} path {{ fill: {colour}; }}"
        )
    return " ".join(rules)
