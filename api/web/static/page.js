// On every page: times by the clock of whoever reads.

const MOMENT = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const DAY = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });

/**
 * Say times by the reader's clock; what was there stays as a title.
 * @param {ParentNode} within
 */
export function localTimes(within) {
  for (const time of within.querySelectorAll("time[datetime]:not([title])")) {
    const at = new Date(time.getAttribute("datetime") ?? "");
    if (Number.isNaN(at.getTime())) continue;
    time.setAttribute("title", time.textContent ?? "");
    time.textContent = (time.getAttribute("data-form") === "day" ? DAY : MOMENT).format(at);
  }
}

localTimes(document);
