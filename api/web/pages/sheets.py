"""The style sheets that pages share with reports."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Response

from api.exports.rendering import hashed, sheet

pages = APIRouter()
ANEW = "private, max-age=0, must-revalidate"

type Name = Literal["tokens", "report", "lineage", "family"]


@pages.get("/style/{name}.css")
def style(name: Annotated[Name, Path()]) -> Response:
    """Return a style sheet."""
    text = sheet(f"{name}.css")
    headers = {"Cache-Control": ANEW, "ETag": f'"{hashed(text)}"'}
    return Response(text, media_type="text/css; charset=utf-8", headers=headers)
