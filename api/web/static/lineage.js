// Drawings of families: what is pointed at, or has the focus, is told below the drawing.
import { one } from "./asking.js";

const HINT = "Point at a card or a line, or go to it with Tab, to see what is known of it.";

class Family extends HTMLElement {
  /** @type {SVGAElement | null} */
  shown = null;

  connectedCallback() {
    this.told = one(this, ".evidence", HTMLElement);
    this.told.hidden = false;
    this.#hint();
    for (const image of this.querySelectorAll("svg image")) {
      if (!(image instanceof SVGImageElement)) continue;
      // A file may have been moved away since; whether this one failed before cannot be asked.
      const probe = new Image();
      probe.addEventListener("error", () => image.remove());
      probe.src = image.href.baseVal;
    }
    for (const kind of ["pointerover", "focusin"]) {
      this.addEventListener(kind, (event) => {
        const link = event.target instanceof Element ? event.target.closest("svg a[href]") : null;
        if (link instanceof SVGAElement) this.#tell(link);
      });
    }
    this.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.#hint();
    });
  }

  #hint() {
    const hint = document.createElement("p");
    hint.className = "quiet small";
    hint.textContent = HINT;
    this.told?.replaceChildren(hint);
    this.shown = null;
  }

  /** @param {SVGAElement} link */
  #tell(link) {
    if (this.shown === link) return;
    this.shown = link;
    const row = document.getElementById(link.href.baseVal.slice(1));
    const title = document.createElement("p");
    const strong = document.createElement("b");
    strong.textContent = link.querySelector("title")?.textContent ?? "";
    title.append(strong);
    /** @type {HTMLElement[]} */
    const parts = [title];
    const evidence = row?.querySelector(".told ul");
    if (evidence) parts.push(/** @type {HTMLElement} */ (evidence.cloneNode(true)));
    const page = row?.querySelector("th a");
    if (page && link.classList.contains("card")) {
      const more = document.createElement("p");
      const copy = /** @type {HTMLElement} */ (page.cloneNode(false));
      copy.textContent = "Open the page of this file";
      more.append(copy);
      parts.push(more);
    }
    this.told?.replaceChildren(...parts);
  }
}

customElements.define("wf-family", Family);
