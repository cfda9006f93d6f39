// The first page: takes a clip that is dropped, chosen, or at an address, and sends it.
import { ask, one, say, size, words } from "./asking.js";
import { remove, sure } from "./deleting.js";
import { fetched, send } from "./sending.js";

class Drop extends HTMLElement {
  /** What is told where no clip is chosen. */
  hint = "";

  connectedCallback() {
    this.form = one(this, "form", HTMLFormElement);
    this.input = one(this, 'input[type="file"]', HTMLInputElement);
    this.classList.add("scripted");
    this.input.addEventListener("change", () => this.#chosen());
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      const clip = this.input?.files?.[0];
      if (clip) void this.#send(clip);
    });
    const url = this.querySelector("form.url");
    url?.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#fetch(one(url, "input", HTMLInputElement).value);
    });
    one(this, ".stop", HTMLButtonElement).addEventListener("click", () => this.stopping?.abort());
    this.#dropping();
  }

  /** A clip may be dropped anywhere on the page: what misses the zone would else replace it. */
  #dropping() {
    let within = 0;
    const files = (/** @type {DragEvent} */ event) => event.dataTransfer?.types.includes("Files");
    document.addEventListener("dragenter", (event) => {
      if (files(event)) this.classList.toggle("over", ++within > 0);
    });
    document.addEventListener("dragleave", (event) => {
      if (files(event)) this.classList.toggle("over", --within > 0);
    });
    document.addEventListener("dragover", (event) => {
      if (files(event)) event.preventDefault();
    });
    document.addEventListener("drop", (event) => {
      if (!files(event)) return;
      event.preventDefault();
      within = 0;
      this.classList.remove("over");
      const clip = event.dataTransfer?.files[0];
      if (clip && !this.stopping) void this.#send(clip);
    });
  }

  #chosen() {
    const clip = this.input?.files?.[0];
    const told = one(this, ".chosen", HTMLElement);
    this.hint ||= told.textContent ?? "";
    told.textContent = clip ? `${clip.name}, ${size(clip.size)}` : this.hint;
  }

  get #reveal() {
    return one(this, 'input[type="checkbox"][name="reveal"]', HTMLInputElement).checked;
  }

  /** @param {File} clip */
  async #send(clip) {
    const limit = Number(this.dataset.limit);
    if (clip.size > limit) {
      this.#trouble(`${clip.name} has ${size(clip.size)}, and ${size(limit)} is the most. Cut it, or lower its quality.`);
      return;
    }
    const bar = one(this, ".sending progress", HTMLProgressElement);
    const share = one(this, ".sending .share", HTMLElement);
    bar.value = 0;
    await this.#waiting(`Sending ${clip.name}.`, (signal) =>
      send(clip, {
        reveal: this.#reveal,
        signal,
        told: (sent) => {
          const done = Math.min(1, sent / Math.max(1, clip.size));
          bar.value = done;
          share.textContent = `${size(Math.min(sent, clip.size))} of ${size(clip.size)}`;
          if (done === 1) this.#doing("Sent. It is being queued.");
        },
      }),
    );
  }

  /** @param {string} url */
  async #fetch(url) {
    one(this, ".sending progress", HTMLProgressElement).removeAttribute("value");
    await this.#waiting("Asking for it.", (signal) => fetched(url, { reveal: this.#reveal, signal }));
  }

  /**
   * @param {string} doing
   * @param {(signal: AbortSignal) => Promise<string>} work
   */
  async #waiting(doing, work) {
    this.stopping = new AbortController();
    this.#trouble("");
    this.#doing(doing);
    // What is below stays where it is.
    this.style.minBlockSize = `${this.offsetHeight}px`;
    this.classList.add("busy");
    one(this, ".sending", HTMLElement).hidden = false;
    try {
      location.assign(await work(this.stopping.signal));
    } catch (error) {
      const stopped = error instanceof DOMException && error.name === "AbortError";
      this.#trouble(stopped ? "" : words(error));
      this.classList.remove("busy");
      this.style.minBlockSize = "";
      one(this, ".sending", HTMLElement).hidden = true;
    } finally {
      this.stopping = undefined;
    }
  }

  /** @param {string} text */
  #doing(text) {
    one(this, ".sending .doing", HTMLElement).textContent = text;
    say(text);
  }

  /** @param {string} text */
  #trouble(text) {
    const told = one(this, ".trouble", HTMLElement);
    told.textContent = text;
    told.hidden = !text;
  }
}

/** Recent traces: may be deleted; those that run are asked about until they have ended. */
class Recent extends HTMLElement {
  connectedCallback() {
    for (const row of this.querySelectorAll("tr[data-trace]")) {
      if (row instanceof HTMLTableRowElement) this.#row(row);
    }
    if (this.querySelector('[data-state="queued"], [data-state="running"]')) {
      this.timer = setInterval(() => this.#look(), 3000);
    }
  }

  disconnectedCallback() {
    clearInterval(this.timer);
  }

  /** @param {HTMLTableRowElement} row */
  #row(row) {
    const button = one(row, "button.delete", HTMLButtonElement);
    button.hidden = false;
    button.addEventListener("click", async () => {
      const name = one(row, ".clipname", HTMLElement).textContent ?? "";
      if (!(await sure(name))) return;
      try {
        await remove(row.dataset.trace ?? "");
        const next = row.nextElementSibling ?? row.previousElementSibling;
        row.remove();
        say(`${name} was deleted.`);
        if (next) next.querySelector("a")?.focus();
        else location.reload();
      } catch (error) {
        say(words(error));
        button.textContent = "Not deleted: try again";
      }
    });
  }

  /** Load the page anew when one of those that ran has ended, unless something is being sent. */
  async #look() {
    if (document.hidden || document.querySelector(".busy, dialog[open]")) return;
    for (const row of this.querySelectorAll('[data-state="queued"], [data-state="running"]')) {
      try {
        const now = await (await ask(`/v1/traces/${row.getAttribute("data-trace")}`)).json();
        if (now.state !== row.getAttribute("data-state")) {
          const chosen = document.querySelector("wf-drop input")?.matches(":valid");
          if (!chosen) location.reload();
          return;
        }
      } catch {
        return; // It is asked again.
      }
    }
  }
}

customElements.define("wf-drop", Drop);
customElements.define("wf-recent", Recent);
