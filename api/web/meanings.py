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
        "A browser that is signed in sent a change without proof that one of our pages made it.",
        "Open the page anew; in a script of the page, send the header X-Wherefrom-Token.",
    ),
    "cross-site": Meaning(
        403,
        "A page of another site made a browser ask for this.",
        "Ask on a page of the service; programs send a key.",
    ),
    "host": Meaning(
        421,
        "A service without keys was asked under a name not this machine's, or through a proxy.",
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
    "too-large": Meaning(
        413,
        "What was sent is longer than what is taken.",
        "Send less, or have `upload_limit` raised.",
    ),
    "timeout": Meaning(
        408,
        "Nothing was sent for a while in the middle of a request.",
        "Send it again; an upload goes on where it stopped.",
    ),
    "bad-form": Meaning(
        400,
        "The form cannot be read.",
        "Send multipart/form-data with one file in the field `clip`.",
    ),
    "cursor": Meaning(
        422,
        "The cursor is none that this list gave.",
        "Hand back `next` as it came, or begin without one.",
    ),
    "media-type": Meaning(
        415,
        "The body is of a type that is not taken here.",
        "Send one of those that the problem names.",
    ),
    "busy": Meaning(
        503,
        "More is asked for than can be done soon.",
        "Wait as many seconds as the header Retry-After says.",
    ),
    "too-many": Meaning(
        429,
        "As much of the caller's waits or is being done as may.",
        "Wait until some of it is done, or delete some.",
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
    "fetch-off": Meaning(
        403,
        "The service fetches nothing from addresses.",
        "Send the clip itself, or have the setting `fetch` turned on.",
    ),
    "fetch-refused": Meaning(
        422,
        "Nothing is fetched from such an address.",
        "Name one in the public internet, by http or https.",
    ),
    "fetch-failed": Meaning(
        502,
        "What was to be fetched did not come.",
        "See whether the address answers, and try again.",
    ),
    "tus-version": Meaning(
        412,
        "The upload speaks no version of tus that is known here.",
        "Send the header `Tus-Resumable: 1.0.0`.",
    ),
    "upload-type": Meaning(
        415,
        "The bytes of an upload came under another type.",
        "Send the header `Content-Type: application/offset+octet-stream`.",
    ),
    "upload-offset": Meaning(
        409,
        "The bytes do not follow those that are there.",
        "Ask with HEAD where the upload stopped, and go on from there.",
    ),
    "upload-locked": Meaning(
        423,
        "The upload is being sent by another request.",
        "Wait until that has ended, and ask with HEAD where it did.",
    ),
    "incomplete": Meaning(409, "The upload is not whole.", "Send the rest first."),
    "no-clip": Meaning(
        409,
        "There are no pictures of this trace: it was looked up by codes alone.",
        "See its answer, or trace the clip itself.",
    ),
    "outdated": Meaning(
        409, "Another version of wherefrom traced the clip.", "Trace the clip again."
    ),
    "pictures-busy": Meaning(
        503,
        "Too many pictures are being made at the moment.",
        "Ask again after as many seconds as the header Retry-After says.",
    ),
    "being-made": Meaning(
        503,
        "What was asked for is still being made.",
        "Ask again after as many seconds as the header Retry-After says, or follow `parcel`.",
    ),
    "shown-once": Meaning(
        409,
        "A request that comes again was done, and its answer held a secret, which is not kept.",
        "See the header Location for what was made; if the secret is lost, make another.",
    ),
    "too-long": Meaning(
        413,
        "The request is longer than what is taken.",
        "Send less, or have upload_limit raised.",
    ),
    "no-pdf": Meaning(
        501,
        "PDFs cannot be written here.",
        "Have WeasyPrint and Pango installed, or print the page.",
    ),
    "no-picture": Meaning(
        404,
        "There is no picture of a file.",
        "Put the file back where it was indexed, if it has pictures.",
    ),
    "nothing-left": Meaning(
        409, "Nothing of the clip is left to watch for.", "See the answer for what explains it."
    ),
    "watched": Meaning(
        409,
        "The clip is watched already.",
        "See `watch` for its id; delete that first to begin anew.",
    ),
    "too-many-webhooks": Meaning(
        409, "There are as many webhooks as there may be.", "Delete one that is not needed."
    ),
    "webhook-inactive": Meaning(
        409, "The webhook is told nothing: it is not active.", "Set `active` to true first."
    ),
    "ingest-off": Meaning(
        403,
        "No folder of the server is opened for ingests.",
        "Have folders named in the setting `ingest_roots`.",
    ),
    "ingest-outside": Meaning(
        403,
        "The path leads out of the folders that are opened for ingests.",
        "Name a folder below one of them; links may not lead out either.",
    ),
    "name-taken": Meaning(
        409, "Another bank has that name.", "Choose another name, or change that bank."
    ),
    "bad-hash": Meaning(
        422, "The value is none of its type of hash.", "Send one as the documents show them."
    ),
    "bad-list": Meaning(
        422, "The list of hashes cannot be read; nothing was added.", "Mend it and send it again."
    ),
    "asset-type": Meaning(
        415,
        "What was sent cannot be decoded, or shows nothing to recognise.",
        "Send a video that plays.",
    ),
    "binding": Meaning(
        400,
        "The soft binding is none that is known here.",
        "Send the algorithm and a value that the problem names.",
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
