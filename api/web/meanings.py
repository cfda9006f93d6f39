"""What each problem means: a row for each slug that the service can answer with.

A problem's `type` is /problems/<slug>, a page of the service itself that shows its row;
docs/problems.md has them all. A slug never changes once published.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a problem means.

    Attributes:
        status: HTTP status it usually comes with.
        means: What has happened, one sentence.
        mending: What to do, one sentence in the imperative.
    """

    status: int
    means: str
    mending: str


MEANINGS: dict[str, Meaning] = {
    "request": Meaning(
        400, "The request cannot be understood, or asks for what there is not.", "Mend the request."
    ),
    "invalid": Meaning(
        422,
        "The request has not the form that is expected.",
        "Read `errors` for each place that is wrong, and /v1/openapi.json for what is expected.",
    ),
    "not-found": Meaning(
        404,
        "There is nothing at this address, or it is another caller's.",
        "Check the address; traces are deleted after a stated time.",
    ),
    "method-not-allowed": Meaning(
        405, "The address does not do that.", "Use a method that the header Allow names."
    ),
    "no-key": Meaning(
        401,
        "No key was sent, or one that is unknown, revoked or has expired.",
        "Send a key that is valid: `Authorization: Bearer wf_…`.",
    ),
    "scope": Meaning(
        403,
        "The key may not do this.",
        "Use a key that was made with the scope that the problem names.",
    ),
    "csrf": Meaning(
        403,
        "A browser that is signed in sent a change without the proof that a page of the service "
        "made it.",
        "Open the page anew; in a script of the page, send the header X-Wherefrom-Token.",
    ),
    "cross-site": Meaning(
        403,
        "A page of another site made a browser ask for this.",
        "Ask on a page of the service; programs send a key.",
    ),
    "host": Meaning(
        421,
        "A service without keys was asked under a name that is not this machine's, or through a "
        "proxy.",
        "Use http://127.0.0.1 or http://localhost, or make a key.",
    ),
    "unencrypted": Meaning(
        403,
        "A key was given on a page that came unencrypted from another machine.",
        "Open the page by https.",
    ),
    "too-often": Meaning(
        429,
        "The key has asked more often than it may.",
        "Wait as many seconds as the header Retry-After says.",
    ),
    "too-long": Meaning(
        413,
        "The request is longer than what is taken.",
        "Send less, or have upload_limit raised.",
    ),
    "still-answered": Meaning(
        409,
        "A request with the same Idempotency-Key is still being answered.",
        "Wait, and send it again.",
    ),
    "key-reused": Meaning(
        422,
        "The Idempotency-Key was sent before with another request.",
        "Use a new one for each request, and the same only to send one again.",
    ),
    "not-done": Meaning(
        409, "The trace has no answer, or not yet.", "Follow its events until it is done."
    ),
    "no-clip": Meaning(
        409,
        "The trace was a look-up by codes alone, so there are no pictures and no findings.",
        "See its answer, or trace the clip itself.",
    ),
    "outdated": Meaning(
        409, "Another version of wherefrom traced the clip.", "Trace the clip again."
    ),
    "pictures-busy": Meaning(
        503,
        "Too many pictures or reports are being made at the moment.",
        "Ask again after as many seconds as the header Retry-After says.",
    ),
    "no-pdf": Meaning(
        501,
        "What writes PDFs is not installed.",
        "Have the extra pdf and Pango installed, or print the report from a browser.",
    ),
    "ingest-off": Meaning(
        403,
        "No folder of the server is opened for ingests.",
        "Have whoever runs the service name folders in the setting ingest_roots.",
    ),
    "ingest-outside": Meaning(
        403,
        "The path leads out of the folders that are opened for ingests.",
        "Name a folder below one of them, without links that lead out.",
    ),
    "nothing-left": Meaning(
        409,
        "All of the clip that can be recognised is explained.",
        "See the answer for what explains it.",
    ),
    "watched": Meaning(
        409,
        "The clip is watched already.",
        "Read `watch` for the id of that watch, and delete it first to begin anew.",
    ),
    "webhook-inactive": Meaning(
        409,
        "The webhook is told nothing.",
        "Set its `active` to true first.",
    ),
    "too-many-webhooks": Meaning(
        409, "There are as many webhooks as one may have.", "Delete one that is not needed."
    ),
    "bad-media": Meaning(
        422,
        "The file holds nothing that can be decoded, or no fingerprint.",
        "Send the original file.",
    ),
    "bad-bundle": Meaning(
        422, "The bundle is not whole, or not one of ours.", "Have it sent once more."
    ),
    "missing-file": Meaning(
        404,
        "A file is not there any more, or may not be read.",
        "Put it back where it was indexed.",
    ),
    "fetch-refused": Meaning(
        422,
        "The address that was given is none that anything is fetched from or sent to.",
        "Give an address of the public internet that anyone can open.",
    ),
    "fetch-failed": Meaning(
        502, "The address that was given gave nothing, or not in time.", "Try again later."
    ),
    "too-large": Meaning(
        413,
        "The file has more bytes than are taken.",
        "Cut the clip, or have upload_limit raised.",
    ),
    "archive-format": Meaning(
        409,
        "The archive is of another version, or there is none.",
        "Bring it up to date with this version.",
    ),
    "archive-damaged": Meaning(
        500,
        "The archive contradicts itself.",
        "Run `wherefrom verify`, and put back what it names from a copy.",
    ),
    "archive-busy": Meaning(
        503, "Another process writes to the archive.", "Wait, and send the request again."
    ),
    "no-space": Meaning(507, "The disk is full.", "Make room, then send the request again."),
    "defect": Meaning(
        500,
        "Something went wrong that nobody foresaw.",
        "Report it with the id of the request, which the log of the service holds as well.",
    ),
}
