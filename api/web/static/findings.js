/**
 * `<wf-findings data-trace="…">`: what was found, a card each, for a person to confirm, to reject or
 * to comment on. Nothing counts as a fact before somebody has confirmed it.
 */

import { words } from "./asking.js";
import { clock } from "./compare-line.js";
import { asked } from "./compare-reel.js";

/**
 * @typedef {object} Review
 * @property {"confirmed" | "rejected" | null} verdict
 * @property {string | null} comment
 * @property {string} who
 * @property {string | null} name
 * @property {string} at
 */
/**
 * @typedef {object} Card
 * @property {number} finding
 * @property {string} title
 * @property {string} significance
 * @property {string} sentence
 * @property {string} means
 * @property {string} not_means
 * @property {[number, number]} query
 * @property {string} when
 * @property {number} strongest
 * @property {number | null} source
 * @property {string | null} source_name
 * @property {number} confidence
 * @property {string | null} doubt
 * @property {string[]} plates
 * @property {Review[]} reviews the last word of each person
 * @property {Review | null} mine
 */

/** @type {Record<string, string>} */
const PLATES = { pair: "both frames", strip: "moment by moment", heat: "heat map", spectrograms: "spectrograms" };
const WHEN = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
/** @type {Record<string, string>} */
const SAID = { confirmed: "Confirmed by a person", rejected: "Rejected by a person" };

/** @typedef {"weighed" | "technical"} Kind */

/** Cards of a kind that are shown before one asks for the others; the page comes with as many. */
const SHOWN = 24;

class Findings extends HTMLElement {
  /** @type {Card[]} */
  #cards = [];
  /** @type {Map<number, HTMLElement>} Cards on the page, by number of the finding. */
  #made = new Map();
  #life = new AbortController();

  connectedCallback() {
    this.#life = new AbortController();
    const { signal } = this.#life;
    this.addEventListener("click", (event) => this.#clicked(event), { signal });
    this.addEventListener("submit", (event) => this.#commented(event), { signal });
    document.addEventListener("wherefrom:time", (event) => this.#timed(/** @type {CustomEvent} */ (event).detail.query), { signal });
    document.addEventListener("wherefrom:finding", (event) => this.#reach(/** @type {CustomEvent} */ (event).detail.finding), { signal });
    this.#load().catch((error) => this.#fail(error));
  }

  disconnectedCallback() {
    this.#life.abort();
  }

  get #trace() {
    return `/v1/traces/${encodeURIComponent(this.dataset.trace ?? "")}`;
  }

  async #load() {
    const told = await (await asked(`${this.#trace}/findings`)).json();
    this.#cards = told.items;
    this.#grow("weighed");
    this.#grow("technical");
    const technical = this.#of("technical").length;
    part(this, ".technical").hidden = !technical;
    part(this, "[data-technical]").textContent = String(technical);
    this.#sum();
    this.dataset.ready = "";
  }

  /**
   * The findings of a kind.
   * @param {Kind} kind
   */
  #of(kind) {
    return this.#cards.filter((one) => (one.significance === "technical") === (kind === "technical"));
  }

  /**
   * Put cards onto the page: those that came with it are filled, and a button leads to the others.
   * @param {Kind} kind
   * @param {number} [most] How many, at least.
   */
  #grow(kind, most = SHOWN) {
    const cards = this.#of(kind);
    const list = part(this, kind === "technical" ? ".technical ol" : "[data-cards]");
    for (const card of cards.slice(0, most)) {
      if (this.#made.has(card.finding)) continue;
      const there = /** @type {HTMLElement | null} */ (list.querySelector(`#finding-${card.finding}`));
      const made = this.#filled(there ?? this.#blank(), card);
      if (!there) list.append(made);
      this.#made.set(card.finding, made);
    }
    const left = cards.length - Math.max(most, 0);
    const more = part(this, `[data-grow="${kind}"]`);
    more.hidden = left <= 0;
    part(more, "button").textContent = `Show the other ${left}`;
  }

  /** @returns {HTMLElement} A card that says nothing yet. */
  #blank() {
    const template = /** @type {HTMLTemplateElement} */ (part(this, "template"));
    return /** @type {HTMLElement} */ (/** @type {Element} */ (template.content.firstElementChild).cloneNode(true));
  }

  /**
   * Have a card say what was found; of one that came with the page most is there already.
   * @param {HTMLElement} made
   * @param {Card} card
   */
  #filled(made, card) {
    made.id = `finding-${card.finding}`;
    made.dataset.finding = String(card.finding);
    made.classList.toggle("grave", card.significance === "alters-meaning");
    const badge = part(made, "[data-source]");
    badge.hidden = card.source === null;
    if (card.source !== null) {
      badge.classList.add(`h${card.source % 8}`);
      badge.textContent = lettered(card.source);
      badge.title = card.source_name ?? "";
    }
    part(made, "[data-title]").textContent = card.title;
    const seek = part(made, "[data-seek]");
    seek.textContent = card.when;
    seek.setAttribute("aria-label", `Show ${card.title.toLowerCase()} at ${clock(card.strongest)}`);
    part(made, "[data-sentence]").textContent = card.sentence;
    part(made, "[data-means]").textContent = card.means;
    part(made, "[data-not-means]").textContent = card.not_means;
    part(made, "[data-sure]").textContent = `Confidence ${card.confidence.toFixed(2)}. ${card.doubt ?? "How often this is told wrongly was not measured."}`;
    part(made, ".meter i").style.setProperty("--sure", String(card.confidence));
    part(made, ".judge").setAttribute("aria-label", `Judge: ${card.title}, ${card.when}`);
    this.#picture(made, card);
    this.#review(made, card);
    return made;
  }

  /**
   * @param {HTMLElement} made
   * @param {Card} card
   */
  #picture(made, card) {
    const address = (/** @type {string} */ plate) => `${this.#trace}/exhibits/${card.finding}/${plate}`;
    part(made, ".stills").hidden = !card.plates.includes("clip");
    part(made, ".heard").hidden = !card.plates.includes("spectrograms");
    for (const image of /** @type {NodeListOf<HTMLImageElement>} */ (made.querySelectorAll("img"))) {
      const plate = image.dataset.plate ?? "";
      if (!card.plates.includes(plate)) continue;
      image.alt = plate === "spectrograms" ? "Spectrograms: the clip’s sound above, the source’s below" : `What the ${plate} shows around the part, outlined`;
      const lost = () => {
        const told = document.createElement("p");
        told.className = "lost";
        told.textContent = "The picture cannot be made now.";
        image.closest("figure")?.append(told);
      };
      image.addEventListener("error", lost, { once: true });
      if (image.getAttribute("src") !== address(plate)) image.src = address(plate);
      else if (image.complete && !image.naturalWidth) lost();
    }
    const links = card.plates.filter((plate) => plate in PLATES).flatMap((plate, number) => {
      const link = document.createElement("a");
      link.href = address(plate);
      link.target = "_blank";
      link.textContent = PLATES[plate] ?? plate;
      return number ? [", ", link] : [link];
    });
    part(made, "[data-more]").replaceChildren(...(links.length ? ["Pictures: ", ...links] : []));
  }

  /**
   * Show what a person said.
   * @param {HTMLElement} made
   * @param {Card} card
   */
  #review(made, card) {
    const review = card.mine;
    made.dataset.verdict = decided(card) ?? "";
    for (const one of /** @type {NodeListOf<HTMLElement>} */ (made.querySelectorAll("[data-verdict]:is(button)"))) {
      one.setAttribute("aria-pressed", String(one.dataset.verdict === review?.verdict));
    }
    part(made, "[data-back]").hidden = !review;
    /** @type {HTMLTextAreaElement} */ (part(made, "textarea")).value = review?.comment ?? "";
    const said = part(made, "[data-said]");
    const every = card.reviews.flatMap((one, place) => (place ? [" ", ...worded(one)] : worded(one)));
    const split = disputed(card) ? ["People disagree on this, so it is not decided. "] : [];
    said.replaceChildren(...(every.length ? [...split, ...every] : ["Not reviewed by a person."]));
  }

  #sum() {
    const done = this.#cards.filter(decided).length;
    part(this, "[data-count]").textContent = this.#cards.length ? `${done} of ${this.#cards.length} judged` : "";
    const weighed = this.#cards.some((one) => one.significance !== "technical");
    part(this, "[data-note]").textContent = weighed
      ? "A machine found these. Look at both, then confirm or reject: only what a person has confirmed goes into a review’s draft."
      : this.#cards.length
        ? "Nothing was found that may alter the meaning."
        : "Nothing was found that was changed.";
  }

  /** @param {Event} event */
  #clicked(event) {
    const button = /** @type {Element} */ (event.target).closest("button");
    const more = /** @type {HTMLElement | null} */ (button?.closest("[data-grow]") ?? null);
    if (more) this.#more(/** @type {Kind} */ (more.dataset.grow));
    const made = /** @type {HTMLElement | null} */ (button?.closest("[data-finding]") ?? null);
    const card = this.#cards.find((one) => String(one.finding) === made?.dataset.finding);
    if (!button || !made || !card) return;
    if ("seek" in button.dataset) {
      const detail = { query: card.strongest, source: card.source };
      document.dispatchEvent(new CustomEvent("wherefrom:seek", { detail }));
    } else if ("comment" in button.dataset) {
      const form = part(made, "form");
      form.hidden = !form.hidden;
      button.setAttribute("aria-expanded", String(!form.hidden));
      if (!form.hidden) part(form, "textarea").focus();
    } else if ("back" in button.dataset) {
      this.#say(made, card, null).then(() => part(made, '[data-verdict="confirmed"]').focus());
    } else if (button.dataset.verdict) {
      this.#say(made, card, { verdict: button.dataset.verdict, comment: card.mine?.comment ?? null });
    }
  }

  /** @param {SubmitEvent} event */
  #commented(event) {
    event.preventDefault();
    const made = /** @type {HTMLElement} */ (/** @type {Element} */ (event.target).closest("[data-finding]"));
    const card = this.#cards.find((one) => String(one.finding) === made.dataset.finding);
    const comment = /** @type {HTMLTextAreaElement} */ (part(made, "textarea")).value.trim();
    if (!card) return;
    const verdict = card.mine?.verdict ?? null;
    const opinion = verdict || comment ? { verdict, comment: comment || null } : null;
    this.#say(made, card, opinion).then(() => {
      part(made, "form").hidden = true;
      part(made, "[data-comment]").setAttribute("aria-expanded", "false");
      part(made, "[data-comment]").focus();
    });
  }

  /**
   * Keep what a person says of a finding, or take it back.
   * @param {HTMLElement} made
   * @param {Card} card
   * @param {object | null} opinion
   */
  async #say(made, card, opinion) {
    const address = `${this.#trace}/reviews/${card.finding}`;
    made.toggleAttribute("aria-busy", true);
    try {
      if (opinion) {
        const headers = { "Content-Type": "application/json" };
        const said = await (await asked(address, { method: "PUT", headers, body: JSON.stringify(opinion) })).json();
        card.reviews = [...card.reviews.filter((one) => one.who !== said.who), said];
        card.mine = said;
      } else if (card.mine) {
        const { who } = card.mine;
        await asked(address, { method: "DELETE" });
        card.reviews = card.reviews.filter((one) => one.who !== who);
        card.mine = null;
      }
      this.#review(made, card);
      this.#sum();
    } catch (error) {
      part(made, "[data-said]").textContent = `It was not kept. ${words(error)}`;
    } finally {
      made.toggleAttribute("aria-busy", false);
    }
  }

  /**
   * Show all findings of a kind, and go to the first that was not there.
   * @param {Kind} kind
   */
  #more(kind) {
    const first = this.#of(kind).find((one) => !this.#made.has(one.finding));
    this.#grow(kind, this.#cards.length);
    if (first) this.#made.get(first.finding)?.focus();
  }

  /** @param {number} time */
  #timed(time) {
    for (const card of this.#cards) {
      const made = this.#made.get(card.finding);
      const now = card.query[0] <= time + 0.0006 && time + 0.0006 < card.query[1];
      made?.toggleAttribute("data-now", now);
    }
  }

  /** @param {number} finding */
  #reach(finding) {
    for (const one of this.querySelectorAll("[aria-current]")) one.removeAttribute("aria-current");
    const card = this.#cards.find((one) => one.finding === finding);
    const kind = card?.significance === "technical" ? "technical" : "weighed";
    if (card && !this.#made.has(finding)) this.#grow(kind, this.#of(kind).indexOf(card) + 1);
    const made = this.#made.get(finding);
    const folded = made?.closest("details");
    if (folded) folded.open = true;
    made?.setAttribute("aria-current", "true");
    made?.scrollIntoView({ block: "nearest", behavior: "instant" });
  }

  /** @param {unknown} error */
  #fail(error) {
    part(this, "[data-note]").textContent = words(error);
  }
}

/**
 * What somebody said, who and when.
 * @param {Review} review
 * @returns {(string | Element)[]}
 */
function worded(review) {
  const verdict = review.verdict ? SAID[review.verdict] : "Commented on by a person";
  const who = review.name ?? (review.who === "local" ? "at the service’s own machine" : review.who);
  const told = `${verdict} (${who}, ${WHEN.format(new Date(review.at))}).`;
  if (!review.comment) return [told];
  const quote = document.createElement("q");
  quote.textContent = review.comment;
  return [told, " ", quote];
}

/**
 * The verdicts that people gave, each once.
 * @param {Card} card
 */
function verdicts(card) {
  return new Set(card.reviews.map((one) => one.verdict).filter((one) => one !== null));
}

/**
 * The verdict of all who gave one; null where nobody did, or they disagree.
 * @param {Card} card
 */
function decided(card) {
  const given = [...verdicts(card)];
  return given.length === 1 ? given[0] : null;
}

/** @param {Card} card */
function disputed(card) {
  return verdicts(card).size > 1;
}

/**
 * The sign of a source, as in reports: A to Z, then AA.
 * @param {number} source
 * @returns {string}
 */
function lettered(source) {
  const before = Math.floor(source / 26);
  return (before ? lettered(before - 1) : "") + String.fromCharCode(65 + (source % 26));
}

/**
 * @param {Element} within
 * @param {string} what
 * @returns {HTMLElement}
 */
function part(within, what) {
  const found = within.querySelector(what);
  if (!found) throw new Error(`the page lacks ${what}`);
  return /** @type {HTMLElement} */ (found);
}

customElements.define("wf-findings", Findings);
