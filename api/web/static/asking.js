// Asks the API, and tells refusals in its own words.

/** What the API says when it refuses, or what is said when it cannot be asked. */
export class Refused extends Error {
  /**
   * @param {string} title one sentence
   * @param {string} hint what to do
   * @param {number} status of HTTP; 0 where there was no answer
   */
  constructor(title, hint, status) {
    super(`${title} ${hint}`.trim());
    this.status = status;
  }
}

export const AWAY = "The service does not answer.";
export const AGAIN = "See whether it still runs, then try again.";

/**
 * Headers that show that this page asks, and no other.
 * @returns {Record<string, string>}
 */
export function proof() {
  const meta = document.querySelector('meta[name="wherefrom-token"]');
  const token = meta?.getAttribute("content");
  return token ? { "X-Wherefrom-Token": token } : {};
}

/**
 * Return the answer to a request.
 * @param {string} path
 * @param {RequestInit} [init]
 * @returns {Promise<Response>}
 */
export async function ask(path, init = {}) {
  const headers = { Accept: "application/json", ...proof(), .../** @type {any} */ (init.headers) };
  let answer;
  try {
    answer = await fetch(path, { ...init, headers, credentials: "same-origin" });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Refused(AWAY, AGAIN, 0);
  }
  if (!answer.ok) throw refusal(answer.status, await answer.text());
  return answer;
}

/**
 * Return a problem document as an error.
 * @param {number} status
 * @param {string} text the document, as it was answered
 * @returns {Refused}
 */
export function refusal(status, text) {
  try {
    const told = JSON.parse(text);
    if (typeof told.title === "string") {
      return new Refused(told.title, String(told.detail ?? ""), status);
    }
  } catch {
    // Whatever stands between may answer with a page of its own.
  }
  return new Refused(`The service answered ${status}.`, "Try again.", status);
}

/**
 * Return an error in words.
 * @param {unknown} error
 * @returns {string}
 */
export function words(error) {
  return error instanceof Error ? error.message : String(error);
}

/**
 * Return the one element of a kind that the page is sure to have.
 * @template {Element} T
 * @param {ParentNode} within
 * @param {string} selector
 * @param {new () => T} kind
 * @returns {T}
 */
export function one(within, selector, kind) {
  const found = within.querySelector(selector);
  if (!(found instanceof kind)) throw new Error(`the page lacks ${selector}`);
  return found;
}

/**
 * Tell those who do not see the page what happened.
 * @param {string} text
 */
export function say(text) {
  const said = document.querySelector("body > .said");
  if (said) said.textContent = text;
}

/**
 * Return a number of bytes as people say it.
 * @param {number} count
 * @returns {string}
 */
export function size(count) {
  const units = /** @type {const} */ ([["GB", 1e9], ["MB", 1e6], ["kB", 1e3]]);
  const found = units.find(([, least]) => count >= least);
  return found ? `${Number((count / found[1]).toPrecision(3))} ${found[0]}` : `${count} bytes`;
}

/**
 * Return a time as a player shows it.
 * @param {number} seconds
 * @param {number} [digits]
 * @returns {string}
 */
export function clock(seconds, digits = 1) {
  const ticks = Math.round(seconds * 10 ** digits);
  const whole = Math.floor(ticks / 10 ** digits);
  const tail = digits ? `.${String(ticks % 10 ** digits).padStart(digits, "0")}` : "";
  const [hours, minutes, left] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const end = `${String(left).padStart(2, "0")}${tail}`;
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${end}` : `${minutes}:${end}`;
}
