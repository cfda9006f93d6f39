// Has bundles and PDFs made, says how far they are, and saves them. Without it the links wait.
import { Refused, ask, one, say, words } from "./asking.js";

/**
 * A file that is made of a trace.
 * @typedef {{state: string, share: number, problem: {title: string, detail: string} | null, links: Record<string, string>}} Parcel
 */

const ENDED = new Set(["done", "failed", "cancelled"]);
/** Milliseconds between looks, once events no longer come. */
const LOOK = 1000;

/**
 * @param {HTMLAnchorElement} link
 * @param {HTMLElement} note where it is said how far it is
 */
async function make(link, note) {
  const name = link.textContent ?? "";
  link.setAttribute("aria-busy", "true");
  note.textContent = `${name}: being made.`;
  say(`${name} is being made.`);
  try {
    const begun = await ask(link.dataset.parcel ?? "", { method: "POST" });
    const made = await followed(await begun.json(), (share) => {
      note.textContent = `${name}: ${Math.floor(100 * share)} % made.`;
    });
    if (made.state !== "done") {
      const problem = made.problem ?? { title: `It was ${made.state}.`, detail: "" };
      throw new Refused(problem.title, problem.detail, 0);
    }
    note.textContent = `${name}: made.`;
    say(`${name} is made.`);
    location.assign(made.links.file ?? link.href);
  } catch (error) {
    note.textContent = `${name}: ${words(error)}`;
    say(note.textContent);
  } finally {
    link.removeAttribute("aria-busy");
  }
}

/**
 * Return what is made, once that has ended.
 * @param {Parcel} made
 * @param {(share: number) => void} told
 * @returns {Promise<Parcel>}
 */
async function followed(made, told) {
  while (!ENDED.has(made.state)) {
    await new Promise((over) => {
      const events = new EventSource(made.links.events ?? "");
      const end = () => {
        events.close();
        setTimeout(over, LOOK);
      };
      events.addEventListener("progress", (event) => told(JSON.parse(event.data).share));
      events.addEventListener("state", (event) => {
        if (!ENDED.has(JSON.parse(event.data).state)) return;
        events.close();
        over(null);
      });
      events.addEventListener("error", end);
    });
    made = await (await ask(made.links.self ?? "")).json();
  }
  return made;
}

for (const link of document.querySelectorAll("a[data-parcel]")) {
  if (!(link instanceof HTMLAnchorElement)) continue;
  link.addEventListener("click", (event) => {
    event.preventDefault();
    if (link.getAttribute("aria-busy") === "true") return;
    void make(link, one(document, "[data-making]", HTMLElement));
  });
}
