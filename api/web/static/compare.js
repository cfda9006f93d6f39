/**
 * `<wf-compare data-trace="…">`: the clip and what it shows beside one another, in lock step. Both
 * pictures of a moment are drawn at once or not at all.
 */

import { words } from "./asking.js";
import { clock, holds, manner } from "./compare-line.js";
import { boxed, marked } from "./compare-marks.js";
import { Painter, plain, shade } from "./compare-paint.js";
import { Player, SLACK } from "./compare-player.js";
import { KEYS, MODES, foundNow, lacking, placed, unseen } from "./compare-words.js";

/** @typedef {import("./compare-paint.js").Look} Look */
/** @typedef {import("./compare-paint.js").Mode} Mode */

/** Milliseconds for which one picture stands while both take turns: 1.25 flashes a second. */
const TURN = 400;
const SIDES = ["clip", "source", "laid"];
class Compare extends HTMLElement {
  /** @type {Look} */
  #look = { mode: "side", wipe: 0.5, onion: 0.5, gain: 2, swapped: false, other: false };
  #boxes = true;
  #flickers = !matchMedia("(prefers-reduced-motion: reduce)").matches;
  #everywhere = localStorage.getItem("wf-keys") !== "here";
  #life = new AbortController();
  /** @type {{query: number, source: number | null} | null} Where to go once the answer is there. */
  #asked = null;
  /** @type {Painter | null} */
  #painter = null;
  #player = new Player({
    shown: () => this.#draw(),
    slow: () => this.#note("Pictures are being made.", "busy"),
    speed: (speed) => this.#playing(speed),
    failed: (error) => this.#fail(error),
  });

  connectedCallback() {
    this.#life = new AbortController();
    const { signal } = this.#life;
    // Not every browser reads it by itself.
    if (this.dataset.clip) this.style.setProperty("--clip", this.dataset.clip);
    this.#painter = new Painter(this.#canvas("laid"));
    this.#pressed("keys", this.#everywhere);
    this.#pressed("flicker", this.#flickers);
    this.addEventListener("click", (event) => this.#clicked(event), { signal });
    this.addEventListener("input", (event) => this.#tuned(event), { signal });
    document.addEventListener("keydown", (event) => this.#keyed(event), { signal });
    document.addEventListener("wherefrom:seek", (event) => this.#sought(/** @type {CustomEvent} */ (event)), { signal });
    const stage = this.#part(".stage");
    stage.addEventListener("pointerdown", (event) => this.#dragged(event), { signal });
    stage.addEventListener("pointermove", (event) => event.buttons === 1 && this.#dragged(event), { signal });
    const watcher = new ResizeObserver(() => this.#outline());
    watcher.observe(stage);
    const flick = setInterval(() => this.#flick(), TURN);
    signal.addEventListener("abort", () => {
      watcher.disconnect();
      clearInterval(flick);
    });
    this.#scale();
    this.#begin().catch((error) => this.#fail(error));
  }

  disconnectedCallback() {
    this.#player.pause();
    this.#life.abort();
  }

  /** What is shown: for whoever scripts or tests the page. */
  get shown() {
    const { clip, source, stretch, time } = this.#player.now;
    return { time, clip: clip?.time ?? null, source: source?.time ?? null, stretch, mode: this.#look.mode };
  }

  /**
   * Show a moment of the clip.
   * @param {number} time
   */
  seek(time) {
    return this.#player.seek(time);
  }

  async #begin() {
    await this.#player.load(`/v1/traces/${encodeURIComponent(this.dataset.trace ?? "")}`);
    const { answer } = this.#player;
    this.#slider.max = String(answer.duration);
    marked(/** @type {SVGElement} */ (this.querySelector(".marks")), answer);
    const select = this.#choice("pin");
    answer.stretches.forEach((one, number) => {
      const label = `${clock(one.query[0])}–${clock(one.query[1])} ${one.channel === "sound" ? "sound of " : ""}${one.name}`;
      select.add(new Option(label, String(number)));
    });
    const begins = answer.stretches.find((one) => one.channel === "picture") ?? answer.stretches[0];
    const { query, source } = this.#asked ?? { query: begins?.query[0] ?? 0, source: null };
    this.#asked = null;
    if (!this.#player.media[0]?.has_picture) this.#hear("clip");
    await this.#player.goTo(query, source);
    this.dataset.ready = "";
  }

  /**
   * Have the sound of one of both be heard while it plays.
   * @param {string} whose
   */
  #hear(whose) {
    this.#choice("voice").value = whose;
    this.#player.heard = whose;
  }

  // --- what is shown ---------------------------------------------------------------------------

  #draw() {
    const { left, right, stretch, time, source } = this.#player.now;
    const { mode } = this.#look;
    const stage = this.#part(".stage");
    stage.dataset.mode = mode;
    stage.className = `stage ${stretch ? `h${stretch.source % 8}` : ""}`;
    stage.style.setProperty("--edge", String(this.#look.wipe));
    this.#part(".edge").hidden = mode !== "wipe";
    if (left && mode === "side") {
      plain(this.#canvas("clip"), left);
      if (right) plain(this.#canvas("source"), right, stretch?.geometry);
    } else if (left) {
      this.#painter?.paint({ clip: left, source: right, stretch, time }, this.#look);
    }
    for (const side of SIDES) {
      const canvas = this.#canvas(side);
      const empty = left ? (side === "source" && !right ? lacking(this.#player) : "") : unseen(this.#player);
      canvas.parentElement?.style.setProperty("--ratio", String(canvas.width / canvas.height));
      if (canvas.parentElement) canvas.parentElement.dataset.empty = empty;
    }
    const there = source ? clock(source.time) : "–";
    this.#write('[data-clock="clip"]', clock(time));
    this.#write('[data-clock="source"]', there);
    this.#write("[data-name]", stretch ? stretch.name : "No source");
    this.#write("[data-manner]", stretch ? manner(stretch) : "");
    this.#slider.value = String(time);
    this.#slider.setAttribute("aria-valuetext", `${clock(time)}${source ? `, ${stretch?.name} ${there}` : ""}`);
    this.#outline();
    this.#note(foundNow(this.#player, mode), "");
    this.#write("[data-front]", placed(this.#look));
    const detail = { query: time, source: stretch ? stretch.source : null };
    document.dispatchEvent(new CustomEvent("wherefrom:time", { detail }));
  }

  #outline() {
    const { stretch, time } = this.#player.now;
    const found = this.#boxes ? this.#player.answer.findings.filter((one) => one.box && holds(one.query, time + SLACK)) : [];
    for (const side of SIDES) {
      const svg = /** @type {SVGSVGElement} */ (this.querySelector(`[data-side="${side}"] .boxes`));
      const there = side === "source" ? found.filter((one) => stretch && (one.source === null || one.source === stretch.source)) : found;
      boxed(svg, there, side === "source" ? (stretch?.geometry ?? null) : null, side !== "source");
    }
  }

  #flick() {
    if (this.#look.mode !== "flicker" || !this.#flickers || !this.#player.now.left) return;
    this.#look.other = !this.#look.other;
    this.#draw();
  }

  // --- what people do --------------------------------------------------------------------------

  /** @param {Event} event */
  #clicked(event) {
    const button = /** @type {Element} */ (event.target).closest("button");
    if (button?.dataset.mode) this.#show(/** @type {Mode} */ (button.dataset.mode));
    if (button?.dataset.do) this.#act(button.dataset.do);
  }

  /** @param {Event} event */
  #tuned(event) {
    const input = /** @type {HTMLInputElement | HTMLSelectElement} */ (event.target);
    const player = this.#player;
    if (input === this.#slider) {
      player.pause();
      player.seek(Number(input.value));
      return;
    }
    switch (input.dataset.tune) {
      case "wipe":
      case "onion":
        this.#look[input.dataset.tune] = Number(input.value);
        break;
      case "gain":
        this.#look.gain = Number(input.value);
        for (const one of this.querySelectorAll('[data-tune="gain"]')) /** @type {HTMLSelectElement} */ (one).value = input.value;
        break;
      case "clock":
        player.bySource = input.value === "source";
        return;
      case "pin":
        player.pinned = input.value === "" ? null : (player.answer.stretches[Number(input.value)] ?? null);
        player.preferred = null;
        player.seek(player.pinned && !holds(player.pinned.query, player.now.time) ? player.pinned.query[0] : player.now.time);
        return;
      case "voice":
        player.heard = input.value;
        player.listen();
        return;
      default:
        return;
    }
    this.#draw();
  }

  /** @param {KeyboardEvent} event */
  #keyed(event) {
    const target = /** @type {Element} */ (event.target);
    const inside = this.contains(target);
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (target.closest("select, textarea, input:not([type=range]), [contenteditable], dialog")) return;
    const letter = event.key.length === 1;
    // Arrows scroll the page, or move what is in focus, unless that is the player.
    if (!inside && !(this.#everywhere && letter)) return;
    if (!letter && target.closest("input[type=range]") && target !== this.#slider) return;
    const key = letter ? event.key.toLowerCase() : event.key;
    if (MODES[key]) this.#show(MODES[key]);
    else if (KEYS[key]) this.#act(KEYS[key]);
    else return;
    event.preventDefault();
  }

  /** @param {PointerEvent} event */
  #dragged(event) {
    if (this.#look.mode !== "wipe") return;
    const { left, width } = this.#canvas("laid").getBoundingClientRect();
    this.#look.wipe = Math.min(1, Math.max(0, (event.clientX - left) / width));
    /** @type {HTMLInputElement} */ (this.#part('[data-tune="wipe"]')).value = String(this.#look.wipe);
    event.preventDefault();
    this.#draw();
  }

  /** @param {CustomEvent} event */
  #sought(event) {
    const { query, source } = event.detail ?? {};
    if (typeof query !== "number" || !Number.isFinite(query)) return;
    const from = typeof source === "number" ? source : null;
    if (!this.#player.answer.duration) {
      this.#asked = { query, source: from };
      return;
    }
    this.#player.goTo(query, from);
    if (!this.#player.pinned) this.#choice("pin").value = "";
  }

  /** @param {string} what */
  #act(what) {
    const player = this.#player;
    switch (what) {
      case "back":
      case "play":
        player.play(what === "play" ? 1 : -1);
        break;
      case "pause":
        player.pause();
        break;
      case "previous":
      case "next":
        this.#step(what === "next" ? 1 : -1);
        break;
      case "earlier":
      case "later":
        player.pause();
        player.seek(player.now.time + (what === "later" ? 1 : -1));
        break;
      case "first":
      case "last":
        player.pause();
        player.seek(what === "first" ? 0 : player.answer.duration);
        break;
      case "clock":
        player.bySource = !player.bySource;
        this.#choice("clock").value = player.bySource ? "source" : "clip";
        break;
      case "finding":
        this.#nextFinding();
        break;
      case "flip":
        this.#flickers = false;
        this.#look.other = !this.#look.other;
        this.#pressed("flicker", false);
        this.#draw();
        break;
      default:
        this.#toggle(what);
    }
  }

  /** @param {string} what */
  #toggle(what) {
    switch (what) {
      case "swap":
        this.#look.swapped = !this.#look.swapped;
        this.#pressed("swap", this.#look.swapped);
        this.#part(".stage").toggleAttribute("data-swapped", this.#look.swapped);
        this.#draw();
        break;
      case "boxes":
        this.#boxes = !this.#boxes;
        this.#pressed("boxes", this.#boxes);
        this.#outline();
        break;
      case "flicker":
        this.#flickers = !this.#flickers;
        this.#pressed("flicker", this.#flickers);
        break;
      case "keys":
        this.#everywhere = !this.#everywhere;
        this.#pressed("keys", this.#everywhere);
        localStorage.setItem("wf-keys", this.#everywhere ? "page" : "here");
        break;
      default:
    }
  }

  /** @param {1 | -1} by */
  async #step(by) {
    const stepped = await this.#player.step(by).catch(() => true);
    if (!stepped) this.#note(this.#player.bySource ? "The clip shows no further frame of the source here." : "The clip has no further frame.", "");
  }

  #nextFinding() {
    const next = this.#player.nextFinding();
    if (!next) {
      this.#note("Nothing was found that was changed.", "");
      return;
    }
    if (!this.#player.pinned) this.#choice("pin").value = "";
    document.dispatchEvent(new CustomEvent("wherefrom:finding", { detail: { finding: next.number } }));
  }

  /** @param {Mode} mode */
  #show(mode) {
    this.#look.mode = mode;
    this.#look.other = false;
    this.#painter?.forget();
    for (const one of /** @type {NodeListOf<HTMLElement>} */ (this.querySelectorAll("button[data-mode]"))) {
      one.setAttribute("aria-pressed", String(one.dataset.mode === mode));
    }
    for (const one of /** @type {NodeListOf<HTMLElement>} */ (this.querySelectorAll(".tune"))) one.hidden = one.dataset.for !== mode;
    this.#draw();
  }

  /** @param {number} speed */
  #playing(speed) {
    this.#pressed("pause", speed === 0);
    this.#write("[data-speed]", speed ? `${speed}×` : "");
  }

  // --- parts of the page -----------------------------------------------------------------------

  /** Draw the scale of the heat map. */
  #scale() {
    const canvas = /** @type {HTMLCanvasElement} */ (this.#part(".shades"));
    const ink = canvas.getContext("2d");
    for (let x = 0; ink && x < canvas.width; x += 1) {
      ink.fillStyle = `rgb(${shade(0.2 + (0.8 * x) / (canvas.width - 1)).join(" ")})`;
      ink.fillRect(x, 0, 1, canvas.height);
    }
  }

  get #slider() {
    return /** @type {HTMLInputElement} */ (this.#part("[data-seek]"));
  }

  /**
   * @param {string} what
   * @returns {HTMLElement}
   */
  #part(what) {
    const found = this.querySelector(what);
    if (!found) throw new Error(`the page lacks ${what}`);
    return /** @type {HTMLElement} */ (found);
  }

  /** @param {string} what */
  #choice(what) {
    return /** @type {HTMLSelectElement} */ (this.#part(`[data-tune="${what}"]`));
  }

  /** @param {string} side */
  #canvas(side) {
    return /** @type {HTMLCanvasElement} */ (this.#part(`[data-side="${side}"] canvas`));
  }

  /**
   * @param {string} what
   * @param {string} words
   */
  #write(what, words) {
    for (const one of this.querySelectorAll(what)) if (one.textContent !== words) one.textContent = words;
  }

  /**
   * @param {string} what
   * @param {boolean} pressed
   */
  #pressed(what, pressed) {
    this.#part(`[data-do="${what}"]`).setAttribute("aria-pressed", String(pressed));
  }

  /**
   * @param {string} words
   * @param {string} state
   */
  #note(words, state) {
    this.#write("[data-note]", words);
    this.#part("[data-note]").dataset.state = state;
  }

  /** @param {unknown} error */
  #fail(error) {
    this.#player.pause();
    this.#note(words(error), "trouble");
  }
}

customElements.define("wf-compare", Compare);
