// Deletes traces, after asking; and watches for what has no source.
import { ask, one, say, words } from "./asking.js";

/**
 * Ask whether to delete something.
 * @param {string} name
 * @returns {Promise<boolean>}
 */
export function sure(name) {
  const dialog = one(document, "#confirm", HTMLDialogElement);
  one(dialog, "#confirm-words", HTMLParagraphElement).textContent =
    `Delete “${name}”, its answer, and all that was made of it? This cannot be undone.`;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

/**
 * Delete a trace.
 * @param {string} trace
 */
export async function remove(trace) {
  await ask(`/v1/traces/${encodeURIComponent(trace)}`, { method: "DELETE" });
}

/**
 * Tell what went wrong beside a button.
 * @param {HTMLElement} button
 * @param {unknown} error
 */
function trouble(button, error) {
  const told = document.createElement("span");
  told.className = "trouble small";
  told.setAttribute("role", "alert");
  told.textContent = words(error);
  button.parentElement?.querySelector(".trouble")?.remove();
  button.after(told);
}

for (const button of document.querySelectorAll("button[data-delete]")) {
  if (!(button instanceof HTMLButtonElement)) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    if (!(await sure(button.dataset.name ?? "this trace"))) return;
    button.disabled = true;
    try {
      await remove(button.dataset.delete ?? "");
      location.assign("/");
    } catch (error) {
      button.disabled = false;
      trouble(button, error);
    }
  });
}

for (const button of document.querySelectorAll("button[data-watch]")) {
  if (!(button instanceof HTMLButtonElement)) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      await ask("/v1/watches", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ trace: button.dataset.watch }),
      });
      button.textContent = "Watched";
      say("What has no source is watched from now on: files that come are compared with it.");
    } catch (error) {
      button.disabled = false;
      trouble(button, error);
    }
  });
}
