// Follows a trace while it runs, in words; when it ends, the page becomes the answer.
import { AGAIN, AWAY, Refused, ask, clock, one, say, words } from "./asking.js";

/**
 * A stretch that is proven.
 * @typedef {{channel: string, query: [number, number]}} Stretch
 */

/**
 * A file that is proven to be a source, with the stretches that are proven so far.
 * @typedef {{asset: {id: string, name: string}, confidence: number, segments: Stretch[]}} Candidate
 */

/**
 * Something that was done, in the form of the answer's findings.
 * @typedef {{query: [number, number], explanation: string}} Finding
 */

/** Stretches that are told of each candidate. */
const MOST = 4;
/** Findings that are told; those that weigh most come first. */
const WEIGHTIEST = 5;
const ENDED = new Set(["done", "failed", "cancelled"]);

class Progress extends HTMLElement {
  connectedCallback() {
    this.trace = `/v1/traces/${encodeURIComponent(this.dataset.trace ?? "")}`;
    const cancel = one(this, "button.cancel", HTMLButtonElement);
    cancel.hidden = false;
    cancel.addEventListener("click", () => this.#cancel(cancel));
    this.#follow();
  }

  disconnectedCallback() {
    this.events?.close();
  }

  #follow() {
    const events = new EventSource(`${this.trace}/events`);
    this.events = events;
    /** @param {string} kind @param {(data: any) => void} told */
    const on = (kind, told) =>
      events.addEventListener(kind, (event) => told(JSON.parse(event.data)));
    on("state", (data) => this.#state(data));
    on("progress", (data) => this.#progress(data));
    on("candidates", (data) => this.#candidates(data));
    on("findings", (data) => this.#findings(data));
    events.addEventListener("error", () => {
      // The browser comes back by itself, and is told what it missed, unless it was turned away.
      this.#doing(`${AWAY} Waiting for it.`);
      if (events.readyState === EventSource.CLOSED) void this.#lost();
    });
  }

  /** See what became of a trace that cannot be followed any more. */
  async #lost() {
    try {
      const now = await (await ask(this.trace ?? "")).json();
      if (ENDED.has(now.state)) location.reload();
      else this.#follow();
    } catch (error) {
      if (error instanceof Refused && error.status === 0) setTimeout(() => this.#lost(), 2000);
      else if (error instanceof Refused && error.status === 404) this.#doing("It was deleted.");
      else this.#doing(words(error));
    }
  }

  /** @param {{state: string}} data */
  #state(data) {
    this.dataset.state = data.state;
    if (ENDED.has(data.state)) {
      this.events?.close();
      this.#doing(data.state === "done" ? "Done. The answer is being shown." : "It has ended.");
      location.reload();
    } else {
      this.#progress({ stage: null, share: 0 });
      this.#doing(data.state === "queued" ? "Waiting for its turn." : "Working.");
    }
  }

  /** @param {{stage: string | null, share: number}} data */
  #progress(data) {
    const steps = [...this.querySelectorAll(".steps li")];
    const stages = (/** @type {Element} */ step) => step.getAttribute("data-stages")?.split(" ") ?? [];
    const now = steps.findIndex((step) => stages(step).includes(data.stage ?? ""));
    steps.forEach((step, place) => {
      step.classList.toggle("done", place < now);
      if (place === now && step instanceof HTMLElement) step.hidden = false;
      if (place === now) step.setAttribute("aria-current", "step");
      else step.removeAttribute("aria-current");
    });
    if (now >= 0) this.#doing(`${steps[now]?.textContent ?? "Working"}.`);
    one(this, "progress", HTMLProgressElement).value = data.share;
    const share = one(this, ".share", HTMLElement);
    share.textContent = now < 0 ? "" : `${Math.floor(100 * data.share)} %`;
  }

  /**
   * Show what is proven so far, the surest first.
   * @param {{candidates: Candidate[]}} data
   */
  #candidates(data) {
    const early = one(this, "[data-early=candidates]", HTMLElement);
    const list = one(early, "ul", HTMLUListElement);
    const known = new Set([...list.children].map((item) => item.getAttribute("data-id")));
    list.replaceChildren(...data.candidates.map(item));
    early.hidden = !data.candidates.length;
    for (const { asset } of data.candidates) {
      if (!known.has(asset.id)) say(`Found: ${asset.name}`);
    }
  }

  /**
   * Show what is known so far of what was done, that which weighs most first.
   * @param {{findings: Finding[]}} data
   */
  #findings(data) {
    const early = one(this, "[data-early=findings]", HTMLElement);
    const list = one(early, "ul", HTMLUListElement);
    if (early.hidden && data.findings.length) say(`Found: ${data.findings[0]?.explanation ?? ""}`);
    const more = data.findings.length - WEIGHTIEST;
    list.replaceChildren(...data.findings.slice(0, WEIGHTIEST).map(done));
    if (more > 0) list.append(line(`${more} more`));
    early.hidden = !data.findings.length;
  }

  /** @param {string} text */
  #doing(text) {
    const doing = one(this, ".doing", HTMLElement);
    if (doing.textContent !== text) {
      doing.textContent = text;
      say(text);
    }
  }

  /** @param {HTMLButtonElement} button */
  async #cancel(button) {
    button.disabled = true;
    try {
      await ask(`${this.trace}/cancel`, { method: "POST" });
    } catch (error) {
      button.disabled = false;
      this.#doing(error instanceof Refused && !error.status ? `${AWAY} ${AGAIN}` : words(error));
    }
  }
}

/**
 * Return a candidate as an item of a list.
 * @param {Candidate} candidate
 */
function item({ asset, segments }) {
  const made = document.createElement("li");
  made.setAttribute("data-id", asset.id);
  const name = document.createElement("b");
  const bdi = document.createElement("bdi");
  bdi.textContent = asset.name;
  name.append(bdi);
  const told = document.createElement("small");
  told.className = "quiet num";
  const shown = segments.slice(0, MOST).map(when);
  const more = segments.length > MOST ? `, ${segments.length - MOST} more` : "";
  told.textContent = ` ${shown.join(", ")}${more}`;
  made.append(name, told);
  return made;
}

/**
 * Return when a stretch is, and that it is sound if it is.
 * @param {Stretch} stretch
 */
function when({ channel, query: [start, end] }) {
  return `${clock(start)}–${clock(end)}${channel === "sound" ? " (sound)" : ""}`;
}

/**
 * Return a finding as an item of a list.
 * @param {Finding} finding
 */
function done({ query: [start, end], explanation }) {
  const made = line(explanation);
  const told = document.createElement("small");
  told.className = "quiet num";
  const [from, to] = [clock(start), clock(end)];
  told.textContent = from === to ? `${from} ` : `${from}–${to} `;
  made.prepend(told);
  return made;
}

/**
 * Return an item of a list that says something.
 * @param {string} text
 */
function line(text) {
  const made = document.createElement("li");
  const words = document.createElement("bdi");
  words.textContent = text;
  made.append(words);
  return made;
}

customElements.define("wf-progress", Progress);
