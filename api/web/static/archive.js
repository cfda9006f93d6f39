// The archive: a list of any length, of which only what is seen is on the page; and folders to add.
import { ask, clock, one, say, size, words } from "./asking.js";
import { localTimes } from "./page.js";

/** Files fetched at a time, and rows kept above and below those that are seen. */
const PAGE = 200;
const AROUND = 15;
/** Milliseconds without a key before files are looked for. */
const PAUSE = 200;
/** States of an ingest after which nothing more happens to it. */
const OVER = new Set(["done", "failed", "cancelled"]);

/** @typedef {{id: string, name: string, title: string | null, duration: number, width: number | null, height: number | null, size: number | null, added_at: string}} File */

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
    document.addEventListener("wherefrom:added", () => this.#anew());
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
  const added = cell("right added", "");
  const day = document.createElement("time");
  day.dateTime = file.added_at;
  day.dataset.form = "day";
  added.append(day);
  const bytes = file.size === null ? "" : size(file.size);
  const length = cell("right", clock(file.duration, 0));
  made.append(name, title, length, cell("right picture", picture), cell("right size", bytes), added);
  localTimes(made);
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
    for (const item of this.querySelectorAll("li[data-ingest]")) {
      if (item instanceof HTMLLIElement && !OVER.has(item.dataset.state ?? "")) this.#follow(item);
    }
  }

  /** @param {HTMLFormElement} form */
  async #add(form) {
    const field = one(form, 'input[name="path"]', HTMLInputElement);
    const button = one(form, "button", HTMLButtonElement);
    button.disabled = true;
    field.removeAttribute("aria-invalid");
    this.#trouble("");
    try {
      const answer = await ask("/v1/ingests", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ path: field.value }),
      });
      field.value = "";
      say("The folder is being added.");
      this.#show(await answer.json());
    } catch (error) {
      field.setAttribute("aria-invalid", "true");
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
    const made = one(this, "template", HTMLTemplateElement).content.cloneNode(true);
    const item = one(/** @type {DocumentFragment} */ (made), "li", HTMLLIElement);
    item.dataset.ingest = String(task.id);
    one(item, "[data-name]", HTMLElement).textContent = String(task.name);
    one(this, ".tasks", HTMLUListElement).prepend(item);
    this.#follow(item);
  }

  /** @param {HTMLLIElement} item */
  #follow(item) {
    const self = `/v1/ingests/${encodeURIComponent(item.dataset.ingest ?? "")}`;
    const name = one(item, "[data-name]", HTMLElement).textContent ?? "";
    const told = one(item, "[data-told]", HTMLElement);
    const bar = one(item, "progress", HTMLProgressElement);
    const cancel = one(item, "button", HTMLButtonElement);
    bar.setAttribute("aria-label", `How much of ${name} is added`);
    cancel.hidden = false;
    cancel.addEventListener("click", async () => {
      cancel.disabled = true;
      try {
        await ask(`${self}/cancel`, { method: "POST" });
      } catch (error) {
        told.textContent = words(error);
        cancel.disabled = false;
      }
    });
    void follow(self, (now) => {
      told.textContent = state(now);
      bar.value = Number(now.share ?? 0);
      const over = OVER.has(now.state);
      bar.hidden = cancel.hidden = over;
      if (over) {
        say(`${name}: ${told.textContent}`);
        document.dispatchEvent(new Event("wherefrom:added"));
        // A page of an empty archive has no list that could be told anew.
        if (now.tally?.added && !document.querySelector("wf-files")) location.reload();
      }
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
      return `Done${counts.length ? `: ${counts.join(", ")}` : ""}.`;
  }
}

/** Tell what takes a while to be counted, once it is. */
async function counted() {
  const place = document.querySelector("[data-stats]");
  if (!place) return;
  try {
    const stats = await (await ask("/v1/stats")).json();
    const waiting = stats.waiting ? `, ${stats.waiting.toLocaleString()} files wait to be read again` : "";
    place.textContent = `${size(stats.bytes)} on disk${waiting}`;
  } catch {
    // The page says enough without.
  }
}

void counted();
customElements.define("wf-files", Files);
customElements.define("wf-ingest", Ingest);
