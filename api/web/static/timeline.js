// The timeline: seeks where it is clicked, or by keys, and shows where the players are.
import { clock, one } from "./asking.js";

const SVG = "http://www.w3.org/2000/svg";
/** The ribbons' box before it is stretched; see api/exports/shapes.py. */
const BOX = 1000;
/** Half of the length of the mark on a source's piece, in units of the ribbons' box. */
const MARK = 10;

/**
 * A ribbon and where its corners stand along and across the axis.
 * @typedef {object} Ribbon
 * @property {SVGAElement} link
 * @property {HTMLElement} row of the table
 * @property {[number, number]} query seconds of the clip
 * @property {number} source index
 * @property {[number, number]} ends on the source's piece, as the clip starts and ends
 * @property {number} edge of the clip's bar, across
 * @property {number} lane of the source's piece, across
 */

/** One of both drawings: lying, or upright. */
class View {
  /**
   * @param {SVGSVGElement} svg
   * @param {HTMLElement} host
   */
  constructor(svg, host) {
    this.svg = svg;
    this.upright = svg.classList.contains("upright");
    this.seconds = Number(host.dataset.seconds);
    const [start, end] = this.upright
      ? [host.dataset.uprightStart, host.dataset.uprightEnd]
      : [host.dataset.start, host.dataset.end];
    this.clip = /** @type {const} */ ([Number(start), Number(end)]);
    this.box = one(svg, "svg[viewBox]", SVGSVGElement);
    this.length = this.upright ? this.box.viewBox.baseVal.height : BOX;
    /** @type {Ribbon[]} */
    this.ribbons = [];
    for (const link of svg.querySelectorAll("a.ribbon")) {
      if (link instanceof SVGAElement) this.#read(link);
    }
    const edges = this.ribbons.map((one) => one.edge);
    const across = this.upright ? this.box.viewBox.baseVal.width : this.box.viewBox.baseVal.height;
    this.edge = edges.length ? Math.max(...edges) : across;
    this.head = this.#line("playhead");
    /** @type {SVGLineElement[]} */
    this.marks = [];
  }

  /** @param {SVGAElement} link */
  #read(link) {
    const row = document.getElementById(link.href.baseVal.slice(1));
    const path = link.querySelector("path")?.getAttribute("d") ?? "";
    const all = (path.match(/-?[\d.]+/g) ?? []).map(Number);
    if (!row || all.length < 12) return;
    /** @param {number} place */
    const corner = (place) => {
      const [x, y] = [all[place] ?? 0, all[place + 1] ?? 0];
      return this.upright ? [y, x] : [x, y];
    };
    const [, edge = 0] = corner(0);
    const [last = 0, lane = 0] = corner(8);
    const [first = 0] = corner(10);
    this.ribbons.push({
      link,
      row,
      query: [Number(row.dataset.query), Number(row.dataset.end)],
      source: Number(row.dataset.source),
      ends: [first, last],
      edge,
      lane,
    });
  }

  /** @param {string} look */
  #line(look) {
    const line = document.createElementNS(SVG, "line");
    line.setAttribute("class", look);
    line.setAttribute("visibility", "hidden");
    this.box.append(line);
    return line;
  }

  /**
   * Put a line across the axis.
   * @param {SVGLineElement} line
   * @param {number} along
   * @param {number} from
   * @param {number} to
   */
  #put(line, along, from, to) {
    const [a, b] = this.upright ? ["y", "x"] : ["x", "y"];
    line.setAttribute(`${a}1`, String(along));
    line.setAttribute(`${a}2`, String(along));
    line.setAttribute(`${b}1`, String(from));
    line.setAttribute(`${b}2`, String(to));
    line.setAttribute("visibility", "visible");
  }

  /**
   * Show a time of the clip, and where its sources are then.
   * @param {number} time
   * @param {Ribbon[]} now
   */
  show(time, now) {
    const [start, end] = this.clip;
    const share = Math.min(1, Math.max(0, time / this.seconds));
    this.#put(this.head, (start + (end - start) * share) * this.length, this.upright ? 0 : 14, this.edge + 3);
    while (this.marks.length < now.length) this.marks.push(this.#line("playhead"));
    this.marks.forEach((mark, place) => {
      const ribbon = now[place];
      if (!ribbon) {
        mark.setAttribute("visibility", "hidden");
        return;
      }
      const [from, to] = ribbon.query;
      const [first, last] = ribbon.ends;
      const along = first + (last - first) * Math.min(1, Math.max(0, (time - from) / (to - from)));
      this.#put(mark, along, ribbon.lane - 3, ribbon.lane + 2 * MARK - 3);
    });
  }

  /**
   * Return the time of the clip at a place on the screen; null where that is not on its bars.
   * @param {PointerEvent} event
   * @param {boolean} anywhere across the axis
   */
  time(event, anywhere = false) {
    // The box of what is within would be that of its ribbons.
    const box = this.svg.getBoundingClientRect();
    const { width, height } = this.box.viewBox.baseVal;
    const [along, across] = this.upright
      ? [(event.clientY - box.top - this.box.y.baseVal.value) / height, ((event.clientX - box.left) / box.width) * width]
      : [(event.clientX - box.left) / box.width, event.clientY - box.top];
    if (!anywhere && across > this.edge + 2) return null;
    const [start, end] = this.clip;
    const share = (along - start) / (end - start);
    return Math.min(1, Math.max(0, share)) * this.seconds;
  }
}

class Timeline extends HTMLElement {
  connectedCallback() {
    const drawn = [...this.querySelectorAll("figure > svg")];
    this.views = drawn.filter((svg) => svg instanceof SVGSVGElement).map((svg) => new View(svg, this));
    for (const view of this.views) this.#listen(view);
    this.rows = [...document.querySelectorAll("tr[data-query]")].filter((row) => row instanceof HTMLElement);
    for (const row of this.rows) {
      row.querySelector("a.seek")?.addEventListener("click", (event) => {
        event.preventDefault();
        this.#seek(Number(row.dataset.query), source(row));
      });
    }
    this.told = (/** @type {Event} */ event) => {
      const { query } = /** @type {CustomEvent<{query: number}>} */ (event).detail;
      if (query !== this.now) this.#show(query);
    };
    document.addEventListener("wherefrom:time", this.told);
    this.classList.add("scripted");
  }

  disconnectedCallback() {
    if (this.told) document.removeEventListener("wherefrom:time", this.told);
  }

  /** @param {View} view */
  #listen(view) {
    const { svg, ribbons } = view;
    ribbons.forEach((ribbon, place) => ribbon.link.setAttribute("tabindex", place ? "-1" : "0"));
    svg.addEventListener("click", (event) => {
      const link = event.target instanceof Element ? event.target.closest("a.ribbon") : null;
      const ribbon = ribbons.find((one) => one.link === link);
      if (!ribbon) return;
      event.preventDefault();
      this.#focus(view, ribbons.indexOf(ribbon), false);
      this.#seek(ribbon.query[0], ribbon.source);
    });
    svg.addEventListener("keydown", (event) => this.#keyed(view, event));
    svg.addEventListener("pointerdown", (event) => this.#scrub(view, event));
  }

  /**
   * Move from ribbon to ribbon by arrow keys, so that five hundred are one stop of the Tab key.
   * @param {View} view
   * @param {KeyboardEvent} event
   */
  #keyed(view, event) {
    const here = view.ribbons.findIndex((ribbon) => ribbon.link === document.activeElement);
    if (here < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
    /** @type {Record<string, number>} */
    const places = {
      ArrowLeft: here - 1,
      ArrowUp: here - 1,
      ArrowRight: here + 1,
      ArrowDown: here + 1,
      Home: 0,
      End: view.ribbons.length - 1,
    };
    const to = places[event.key];
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    this.#focus(view, Math.min(view.ribbons.length - 1, Math.max(0, to)), true);
  }

  /**
   * @param {View} view
   * @param {number} place
   * @param {boolean} move whether the focus goes there
   */
  #focus(view, place, move) {
    view.ribbons.forEach((ribbon, each) => ribbon.link.setAttribute("tabindex", each === place ? "0" : "-1"));
    if (move) view.ribbons[place]?.link.focus();
  }

  /**
   * Follow a pointer along the clip's bars.
   * @param {View} view
   * @param {PointerEvent} event
   */
  #scrub(view, event) {
    const time = view.time(event);
    if (time === null || event.button) return;
    if (event.pointerType !== "touch") event.preventDefault();
    this.#seek(time, null);
    const move = (/** @type {PointerEvent} */ moved) => this.#seek(view.time(moved, true) ?? 0, null);
    const up = () => {
      window.removeEventListener("pointermove", move);
      window.removeEventListener("pointerup", up);
      window.removeEventListener("pointercancel", up);
    };
    window.addEventListener("pointermove", move);
    window.addEventListener("pointerup", up);
    window.addEventListener("pointercancel", up);
  }

  /**
   * Ask the players to go somewhere, and show it at once: there may be none.
   * @param {number} query seconds
   * @param {number | null} from index of the source
   */
  #seek(query, from) {
    this.#show(query);
    document.dispatchEvent(new CustomEvent("wherefrom:seek", { detail: { query, source: from } }));
  }

  /** @param {number} time */
  #show(time) {
    this.now = time;
    for (const view of this.views ?? []) {
      const now = view.ribbons.filter(({ query: [start, end] }) => start <= time && time < end);
      view.show(time, now);
      for (const ribbon of view.ribbons) ribbon.link.classList.toggle("now", now.includes(ribbon));
    }
    const told = [];
    for (const row of this.rows ?? []) {
      const here = Number(row.dataset.query) <= time && time < Number(row.dataset.end);
      if (here !== row.hasAttribute("aria-current")) {
        if (here) row.setAttribute("aria-current", "time");
        else row.removeAttribute("aria-current");
      }
      if (here) told.push(row.querySelector("td")?.textContent?.trim() ?? "");
    }
    const here = one(this, ".here", HTMLElement);
    here.textContent = `${clock(time)}: ${told.join("; ") || "no source"}`;
  }
}

/** @param {HTMLElement} row */
function source(row) {
  return row.dataset.source === undefined ? null : Number(row.dataset.source);
}

customElements.define("wf-timeline", Timeline);
