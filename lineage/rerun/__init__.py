"""What was claimed once, asked again of the files that are at hand.

values  a claim's outcome
codes   a stretch, by the codes of both files alone
hints   the same, by a look-up, where codes of whole frames say nothing
files   stretches, findings and relations, by tracing the clip again among its sources' files
"""

from index.keyframes import Level
from lineage.rerun.codes import by_codes
from lineage.rerun.files import finding, relation, stretch, traced
from lineage.rerun.hints import by_hints, hints
from lineage.rerun.values import FILE_NEEDED, Outcome, Stretch, Verdict

__all__ = [
    "FILE_NEEDED",
    "Level",
    "Outcome",
    "Stretch",
    "Verdict",
    "by_codes",
    "by_hints",
    "finding",
    "hints",
    "relation",
    "stretch",
    "traced",
]
