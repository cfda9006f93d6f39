"""The answer in sentences: pure words about values, deciding nothing."""

from lineage.report.carried import FORGEABLE, Said, claims, said
from lineage.report.derivations import action, excluded, relation, ruled_out, signs
from lineage.report.findings import doubt, explained, weighed, when
from lineage.report.hints import coarse_limits, coarse_summary, grounds
from lineage.report.meanings import MEANINGS, Meaning
from lineage.report.misses import away, compared, gone, limits
from lineage.report.sentences import Part, Phrase, because, parts, phrases, summary
from lineage.report.stretches import (
    SAME_SPEED,
    TURNS,
    checked,
    evidence,
    laid,
    manner,
    source_span,
    span,
)
from lineage.report.words import HOUR, clock, counted, length, percent, readable, shortened

__all__ = [
    "FORGEABLE",
    "HOUR",
    "MEANINGS",
    "SAME_SPEED",
    "TURNS",
    "Meaning",
    "Part",
    "Phrase",
    "Said",
    "action",
    "away",
    "because",
    "checked",
    "claims",
    "clock",
    "coarse_limits",
    "coarse_summary",
    "compared",
    "counted",
    "doubt",
    "evidence",
    "excluded",
    "explained",
    "gone",
    "grounds",
    "laid",
    "length",
    "limits",
    "manner",
    "parts",
    "percent",
    "phrases",
    "readable",
    "relation",
    "ruled_out",
    "said",
    "shortened",
    "signs",
    "source_span",
    "span",
    "summary",
    "weighed",
    "when",
]
