"""A report as a PDF; needs the extra `pdf` and Pango."""

HOW = (
    "Install the extra pdf (uv sync --extra pdf) and Pango (on Debian: libpango-1.0-0 "
    "libpangoft2-1.0-0 libharfbuzz-subset0), or print the report from a browser."
)
"""What to do where it is missing."""


class NoPrinterError(Exception):
    """What writes PDFs is not installed."""


def pdf(page: str) -> bytes:
    """Return a self-contained page as a PDF.

    Args:
        page: HTML. Nothing outside it is opened, whatever it names.

    Raises:
        NoPrinterError: WeasyPrint or Pango is missing.
    """
    try:
        import weasyprint  # type: ignore[import-untyped] # noqa: PLC0415 # an extra without types
        from weasyprint.urls import (  # type: ignore[import-untyped] # noqa: PLC0415 # as above
            URLFetcher,
        )
    except (ImportError, OSError) as error:
        raise NoPrinterError from error
    fetcher = URLFetcher(allowed_protocols=("data",))
    written: bytes = weasyprint.HTML(string=page, url_fetcher=fetcher).write_pdf()
    return written
