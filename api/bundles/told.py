"""What became of a bundle's claims: as JSON, see docs/verification.schema.json, and as a table."""

import json
from importlib import metadata

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from api.bundles.claims import Checked, Claim
from api.exports.texts import text
from lineage.report import counted, readable
from lineage.rerun import Verdict

SCHEMA = "wherefrom.verification/1"
WORDS = {
    Verdict.CONFIRMED: ("holds", "green"),
    Verdict.OPEN: ("not re-run", "dim"),
    Verdict.DIFFERS: ("differs", "yellow"),
    Verdict.CONTRADICTED: ("CONTRADICTED", "bold red"),
}
"""How a verdict is told, and in which colour."""


def line(checked: Checked) -> str:
    """Return it as one line of JSON, without the line's end."""
    document = {
        "schema": SCHEMA,
        "tool": {"name": "wherefrom", "version": metadata.version("wherefrom")},
        "seal": checked.seal,
        "clip": text(checked.clip),
        "answer": text(checked.summary),
        "verdict": verdict(checked).value,
        "counts": {each.value: len(checked.of(each)) for each in Verdict},
        "other_versions": list(checked.differing),
        "sources_at_hand": list(checked.at_hand),
        "claims": [
            {
                "about": claim.about,
                "number": claim.number,
                "claim": text(claim.words),
                "verdict": claim.outcome.verdict.value,
                "because": text(claim.outcome.because),
                "needs": claim.outcome.needs or None,
            }
            for claim in checked.claims
        ],
    }
    return json.dumps(document, ensure_ascii=False, allow_nan=False)


def verdict(checked: Checked) -> Verdict:
    """Return the worst that became of any claim; those that are open aside."""
    for each in (Verdict.CONTRADICTED, Verdict.DIFFERS):
        if checked.of(each):
            return each
    return Verdict.CONFIRMED


def table(checked: Checked) -> RenderableType:
    """Return one row for each claim, and what it comes to."""
    grid = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for heading in ("Claim", "", "Why"):
        grid.add_column(heading, overflow="fold")
    for claim in checked.claims:
        word, style = WORDS[claim.outcome.verdict]
        grid.add_row(_safe(_named(claim)), Text(word, style=style), _safe(_why(claim)))
    above = (_safe(checked.clip, "bold"), _safe(checked.summary), Text())
    return Group(*above, grid, Text(), *map(_safe, _sum(checked)))


def _safe(words: str, style: str = "") -> Text:
    """Return words that may be a stranger's, without what would command a terminal."""
    return Text(readable(words), style=style)


def _named(claim: Claim) -> str:
    numbered = claim.about in {"finding", "exhibit", "stretch", "relation"}
    return f"{claim.about} {claim.number}: {claim.words}" if numbered else claim.words


def _why(claim: Claim) -> str:
    needs = f"; needs {claim.outcome.needs}" if claim.outcome.needs else ""
    return f"{claim.outcome.because}{needs}"


def _sum(checked: Checked) -> list[str]:
    counts = {each: len(checked.of(each)) for each in Verdict}
    said = (
        f"The bag is whole. Of {counted(len(checked.claims), 'claim')} "
        f"{counts[Verdict.CONFIRMED]} hold, {counts[Verdict.OPEN]} could not be re-run, "
        f"{counts[Verdict.DIFFERS]} differ and {counts[Verdict.CONTRADICTED]} are contradicted."
    )
    other = f"Made by other versions: {', '.join(checked.differing)}." if checked.differing else ""
    seal = f"Seal: {checked.seal}. Compare it with the one that whoever made it told you."
    return [each for each in (said, other, seal) if each]
