// The archive: a list of any length, of which only what is seen is on the page; and folders to add.
import { ask, clock, one, say, size, words } from "./asking.js";

/** Files fetched at a time, and rows kept above and below those that are seen. */
const PAGE = 200;
const AROUND = 15;
/** Milliseconds without a key before files are looked for. */
const PAUSE = 200;

/** @typedef {{id: string, name: string, title: string | null, duration: number, width: number | null, height: number | null}} File */

class Files extends HTMLElement {
  /** @type {File[]} */
  files = [];
  /** @type {string | null} */
  next = null;
  height = 0;
  start = 0;
  end = 0;

  connectedCallback() {
    this.list = one(this, ".list", HTMLElement);
    this.body = one(this, "tbody", HTMLTableSectionElement);
    this.more = one(this, ".more button", HTMLButtonElement);
    this.find = one(this, "input", HTMLInputElement);
    this.above = spacer();
    this.below = spacer();
    this.list.addEventListener("scroll", () => this.#draw(), { passive: true });
    window.addEventListener("resize", () => {
      this.height = 0;
      this.#draw(true);
    });
    this.more.addEventListener("click", () => this.#load());
    one(this, "form", HTMLFormElement).addEventListener("submit", (event) => event.preventDefault());
    this.find.addEventListener("input", () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.#anew(), PAUSE);
    });
    this.order = one(this, "select", HTMLSelectElement);
    this.order.addEventListener("change", () => this.#anew());
    const asked = new URLSearchParams(location.search).get("q");
    if (asked) this.find.value = asked;
    this.#anew();
  }

  #anew() {
    this.asking?.abort();
    this.asking = undefined;
    this.files = [];
    this.next = null;
    if (this.list) this.list.scrollTop = 0;
    void this.#load(true);
  }

  async #load(first = false) {
    if (this.asking || (!first && this.next === null)) return;
    const asking = new AbortController();
    this.asking = asking;
    const query = new URLSearchParams({ limit: String(PAGE), sort: this.order?.value ?? "-added" });
    const name = this.find?.value.trim();
    if (name) query.set("q", name);
    if (!first && this.next !== null) query.set("cursor", this.next);
    try {
      const page = await (await ask(`/v1/assets?${query}`, { signal: asking.signal })).json();
      if (asking.signal.aborted) return;
      this.files.push(...page.items);
      this.next = page.next;
      this.#trouble("");
    } catch (error) {
      if (asking.signal.aborted) return;
      this.#trouble(words(error));
    }
    this.asking = undefined;
    this.#draw(true);
    if (first && this.find?.value) say(`${this.files.length}${this.next ? " or more" : ""} files found`);
  }

  /** @param {string} text */
  #trouble(text) {
    const told = one(this, ".trouble", HTMLElement);
    told.textContent = text;
    told.hidden = !text;
  }

  /** @param {boolean} anew whether rows that are there may be others now */
  #draw(anew = false) {
    const { list, body, above, below, files } = this;
    if (!list || !body || !above || !below) return;
    if (!this.height && files[0]) {
      body.replaceChildren(row(files[0], 0));
      this.height = body.getBoundingClientRect().height || 1;
    }
    const height = this.height || 1;
    const seen = Math.ceil(list.clientHeight / height);
    const start = Math.max(0, Math.floor(list.scrollTop / height) - AROUND);
    const end = Math.min(files.length, start + seen + 2 * AROUND);
    if (anew || start !== this.start || end !== this.end) {
      const kept = list.contains(document.activeElement) ? document.activeElement?.getAttribute("href") : null;
      above.style.height = `${start * height}px`;
      below.style.height = `${(files.length - end) * height}px`;
      const shown = files.slice(start, end).map((file, place) => row(file, start + place));
      body.replaceChildren(above, ...shown, below);
      if (kept) body.querySelector(`a[href="${CSS.escape(kept)}"]`)?.parentElement?.querySelector("a")?.focus({ preventScroll: true });
      [this.start, this.end] = [start, end];
    }
    const total = Number(this.dataset.total);
    const all = this.find?.value ? (this.next ? `${files.length}+` : String(files.length)) : total.toLocaleString();
    const count = document.querySelector("[data-count]");
    if (count) count.textContent = all;
    one(this, "table", HTMLTableElement).setAttribute("aria-rowcount", this.next ? "-1" : String(files.length + 1));
    one(this, ".none", HTMLElement).hidden = files.length > 0 || Boolean(this.asking) || !one(this, ".trouble", HTMLElement).hidden;
    if (this.more) this.more.hidden = this.next === null;
    if (this.next !== null && end > files.length - PAGE / 2) void this.#load();
  }
}

/** A row as high as those that are not on the page. */
function spacer() {
  const made = document.createElement("tr");
  made.className = "spacer";
  made.setAttribute("aria-hidden", "true");
  return made;
}

/**
 * @param {File} file
 * @param {number} place
 */
function row(file, place) {
  const made = document.createElement("tr");
  made.setAttribute("role", "row");
  made.setAttribute("aria-rowindex", String(place + 2));
  const name = document.createElement("th");
  name.setAttribute("role", "rowheader");
  name.scope = "row";
  const link = document.createElement("a");
  link.href = `/assets/${encodeURIComponent(file.id)}`;
  const text = document.createElement("bdi");
  text.textContent = file.name;
  link.append(text);
  link.title = file.name;
  name.append(link);
  const picture = file.width && file.height ? `${file.width}×${file.height}` : "sound";
  const title = cell("title", file.title ?? "");
  title.title = file.title ?? "";
  made.append(name, title, cell("right", clock(file.duration, 0)), cell("right", picture));
  return made;
}

/** @param {string} look @param {string} text */
function cell(look, text) {
  const made = document.createElement("td");
  made.setAttribute("role", "cell");
  made.className = look;
  made.textContent = text;
  return made;
}

/** Adds folders, and says how far each is. */
class Ingest extends HTMLElement {
  connectedCallback() {
    const form = one(this, "form", HTMLFormElement);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#add(form);
    });
    void this.#running();
  }

  async #running() {
    try {
      const page = await (await ask("/v1/ingests?limit=5")).json();
      for (const task of page.items.reverse()) this.#show(task);
    } catch {
      // What runs is a help, not the matter of this page.
    }
  }

  /** @param {HTMLFormElement} form */
  async #add(form) {
    const field = one(form, "input", HTMLInputElement);
    const button = one(form, "button", HTMLButtonElement);
    button.disabled = true;
    this.#trouble("");
    try {
      const answer = await ask("/v1/ingests", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ path: field.value }),
      });
      const task = await answer.json();
      field.value = "";
      say("The folder is being added.");
      this.#show(task);
    } catch (error) {
      this.#trouble(words(error));
    }
    button.disabled = false;
  }

  /** @param {string} text */
  #trouble(text) {
    const told = one(this, ".trouble", HTMLElement);
    told.textContent = text;
    told.hidden = !text;
  }

  /** @param {any} task */
  #show(task) {
    const list = one(this, ".tasks", HTMLUListElement);
    const item = document.createElement("li");
    const name = document.createElement("b");
    const bdi = document.createElement("bdi");
    bdi.textContent = String(task.name);
    name.append(bdi);
    const told = document.createElement("p");
    told.className = "small quiet num";
    const bar = document.createElement("progress");
    bar.max = 1;
    bar.value = Number(task.share ?? 0);
    bar.setAttribute("aria-label", `How much of ${task.name} is added`);
    const cancel = document.createElement("button");
    cancel.type = "button";
    cancel.className = "small";
    cancel.textContent = "Cancel";
    const self = String(task.links?.self ?? `/v1/ingests/${task.id}`);
    cancel.addEventListener("click", async () => {
      cancel.disabled = true;
      try {
        await ask(`${self}/cancel`, { method: "POST" });
      } catch (error) {
        told.textContent = words(error);
        cancel.disabled = false;
      }
    });
    item.append(name, told, bar, cancel);
    list.prepend(item);
    void follow(self, (now) => {
      told.textContent = state(now);
      if (typeof now.share === "number") bar.value = now.share;
      const over = ["done", "failed", "cancelled"].includes(now.state);
      bar.hidden = cancel.hidden = over;
      if (over) say(`${task.name}: ${told.textContent}`);
      return over;
    });
  }
}

/**
 * Ask about a task from second to second until it is over.
 * @param {string} path
 * @param {(now: any) => boolean} told whether it is over
 */
async function follow(path, told) {
  for (;;) {
    try {
      if (told(await (await ask(path)).json())) return;
    } catch (error) {
      if (error instanceof Error && "status" in error && error.status === 404) return;
    }
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

/**
 * Return where an ingest is, in words.
 * @param {any} task
 */
function state(task) {
  const tally = task.tally;
  const counts = tally
    ? [`${tally.added} added`, `${tally.known} known before`, `${tally.failed} could not be read`]
    : [];
  switch (task.state) {
    case "queued":
      return "Waiting for its turn.";
    case "running": {
      const left = tally?.left ? [`about ${clock(tally.left, 0)} left`] : [];
      const files = tally ? [`${tally.done} of ${tally.files} files`, ...counts, ...left] : [];
      const stage = String(task.stage ?? "reading files");
      return `${stage[0]?.toUpperCase()}${[stage.slice(1), ...files].join(", ")}.`;
    }
    case "failed":
      return `${task.problem?.title ?? "It failed."} ${task.problem?.detail ?? ""}`.trim();
    case "cancelled":
      return `Cancelled. What was added until then is kept${counts[0] ? `: ${counts[0]}` : ""}.`;
    default:
      return `Done${counts.length ? `: ${counts.join(", ")}` : ""}. Load the page again to see them.`;
  }
}

/** Tell what takes a while to be counted, once it is. */
async function counted() {
  const place = document.querySelector("[data-stats]");
  if (!place) return;
  try {
    const stats = await (await ask("/v1/stats")).json();
    const waiting = stats.waiting ? `, ${stats.waiting.toLocaleString()} files wait to be read again` : "";
    place.textContent = `, ${size(stats.bytes)} on disk${waiting}`;
  } catch {
    // The page says enough without.
  }
}

void counted();
customElements.define("wf-files", Files);
customElements.define("wf-ingest", Ingest);
