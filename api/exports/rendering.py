"""How values become pages: the templates, the style sheets, and the hash that lets a sheet in."""

import base64
import hashlib
from collections.abc import Callable, Mapping
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

type Filters = Mapping[str, Callable[..., object]]


def template(name: str, filters: Filters) -> Template:
    """Return a template that escapes every string.

    Args:
        name: Of its file.
        filters: What it may say about values, besides their fields.
    """
    environment = Environment(
        loader=PackageLoader("api.exports", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= filters
    return environment.get_template(name)


def sheet(*names: str) -> str:
    """Return style sheets, one after another."""
    folder = resources.files("api.exports").joinpath("templates")
    return "".join(folder.joinpath(name).read_text("utf-8") for name in names)


def hashed(style: str) -> str:
    """Return the hash by which a page's policy allows a style sheet, and no other.

    Source: W3C, Content Security Policy Level 3, 2.3.1.
    """
    return base64.b64encode(hashlib.sha256(style.encode()).digest()).decode("ascii")
