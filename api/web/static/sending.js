// Sends a clip: in one go, or in parts that go on where a broken connection left off (tus 1.0).
import { AGAIN, AWAY, Refused, ask, proof, refusal } from "./asking.js";

/** Bytes from which on a clip is sent in parts, and of a part. */
const LARGE = 32e6;
const PART = 8e6;
/** How often a part is tried, and milliseconds before it is tried again. */
const TRIES = 8;
const PAUSE = 1000;

/** @typedef {(sent: number) => void} Told */

/**
 * Send a clip and have it traced; return the address of the page that shows how far it is.
 * @param {File} clip
 * @param {{reveal: boolean, told: Told, signal: AbortSignal}} how
 * @returns {Promise<string>}
 */
export async function send(clip, how) {
  const answer = clip.size < LARGE ? await whole(clip, how) : await begun(await parts(clip, how), how);
  return String(answer.links.page);
}

/**
 * Have the clip at an address traced.
 * @param {string} url
 * @param {{reveal: boolean, signal: AbortSignal}} how
 * @returns {Promise<string>}
 */
export async function fetched(url, how) {
  return String((await trace({ url, reveal: how.reveal }, how.signal)).links.page);
}

/** @param {string} upload @param {{reveal: boolean, signal: AbortSignal}} how */
function begun(upload, how) {
  const id = upload.split("/").pop();
  return trace({ upload: id, reveal: how.reveal }, how.signal);
}

/** @param {object} asked @param {AbortSignal} signal */
async function trace(asked, signal) {
  const answer = await ask("/v1/traces", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(asked),
    signal,
  });
  return answer.json();
}

/** @param {File} clip @param {{reveal: boolean, told: Told, signal: AbortSignal}} how */
async function whole(clip, { reveal, told, signal }) {
  const form = new FormData();
  form.append("clip", clip, clip.name);
  form.append("reveal", String(reveal));
  const answer = await sent("POST", "/v1/traces", form, { Accept: "application/json" }, told, signal);
  return JSON.parse(answer.responseText);
}

/**
 * Send a clip in parts; return the address of the upload.
 * @param {File} clip
 * @param {{told: Told, signal: AbortSignal}} how
 */
async function parts(clip, { told, signal }) {
  const key = `upload ${clip.name} ${clip.size} ${clip.lastModified}`;
  const before = localStorage.getItem(key);
  const come = before === null ? null : await known(before, signal);
  const where = before === null || come === null ? await created(clip, signal) : before;
  localStorage.setItem(key, where);
  /** @type {number} */
  let offset = come ?? 0;
  for (let tries = 0; offset < clip.size; ) {
    /** @type {number} */
    const start = offset;
    try {
      const headers = { ...TUS, "Upload-Offset": String(start), "Content-Type": "application/offset+octet-stream" };
      const part = clip.slice(start, start + PART);
      const answer = await sent("PATCH", where, part, headers, (more) => told(start + more), signal);
      offset = Number(answer.getResponseHeader("Upload-Offset"));
      tries = 0;
    } catch (error) {
      if (signal.aborted || ++tries >= TRIES || !worthwhile(error)) throw error;
      await new Promise((resolve) => setTimeout(resolve, PAUSE * tries));
      offset = (await known(where, signal)) ?? start;
    }
  }
  localStorage.removeItem(key);
  return where;
}

const TUS = { "Tus-Resumable": "1.0.0" };

/** @param {unknown} error */
function worthwhile(error) {
  return error instanceof Refused && (error.status === 0 || error.status === 409 || error.status === 423 || error.status >= 500);
}

/** @param {File} clip @param {AbortSignal} signal */
async function created(clip, signal) {
  const name = btoa(String.fromCharCode(...new TextEncoder().encode(clip.name)));
  const headers = { ...TUS, "Upload-Length": String(clip.size), "Upload-Metadata": `filename ${name}` };
  const answer = await ask("/v1/uploads", { method: "POST", headers, signal });
  const place = answer.headers.get("Location");
  if (!place) throw new Refused("The service did not say where to send the clip.", "Try again.", 0);
  return new URL(place, location.href).pathname;
}

/**
 * Return how much of an upload has come; null where it is not known any more, or nothing answers.
 * @param {string} place
 * @param {AbortSignal} signal
 */
async function known(place, signal) {
  try {
    const answer = await ask(place, { method: "HEAD", headers: TUS, signal });
    return Number(answer.headers.get("Upload-Offset"));
  } catch {
    return null;
  }
}

/**
 * Send something, telling how much of it is sent.
 * @param {string} method
 * @param {string} path
 * @param {XMLHttpRequestBodyInit} body
 * @param {Record<string, string>} headers
 * @param {Told} told
 * @param {AbortSignal} signal
 * @returns {Promise<XMLHttpRequest>}
 */
function sent(method, path, body, headers, told, signal) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, path);
    for (const [name, value] of Object.entries({ ...headers, ...proof() })) {
      request.setRequestHeader(name, value);
    }
    request.upload.addEventListener("progress", (event) => told(event.loaded));
    request.addEventListener("load", () => {
      if (request.status >= 200 && request.status < 300) resolve(request);
      else reject(refusal(request.status, request.responseText));
    });
    request.addEventListener("error", () => reject(new Refused(AWAY, AGAIN, 0)));
    request.addEventListener("abort", () => reject(new DOMException("stopped", "AbortError")));
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(body);
  });
}
