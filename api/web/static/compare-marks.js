/** What is drawn over pictures and along the time line: boxes of findings, stretches, findings. */

import { beside } from "./compare-line.js";

/** @typedef {import("./compare-line.js").Answer} Answer */
/** @typedef {import("./compare-line.js").Finding} Finding */
/** @typedef {import("./compare-line.js").Geometry} Geometry */

const SVG = "http://www.w3.org/2000/svg";
/** Units across of the time line. */
const ACROSS = 1000;

/**
 * @param {string} name
 * @param {Record<string, string | number>} facts
 */
function drawn(name, facts) {
  const made = document.createElementNS(SVG, name);
  for (const [fact, value] of Object.entries(facts)) made.setAttribute(fact, String(value));
  return made;
}

/**
 * Outline findings over a picture.
 * @param {SVGSVGElement} svg As large as the picture.
 * @param {Finding[]} findings Each with a box in the clip's frame.
 * @param {Geometry | null} geometry How the clip's frame lies in this picture; null for the clip's own.
 * @param {boolean} named Whether each says what it is.
 */
export function boxed(svg, findings, geometry, named) {
  const [width, height] = [svg.clientWidth, svg.clientHeight];
  svg.setAttribute("viewBox", `0 0 ${width || 1} ${height || 1}`);
  const parts = findings.flatMap((one) => {
    if (!one.box) return [];
    const [x0, y0, x1, y1] = one.box;
    /** @type {[number, number][]} */
    const own = [[x0, y0], [x1, y0], [x1, y1], [x0, y1]];
    const corners = geometry ? turned(beside(geometry, one.box), geometry) : own;
    const points = corners.map(([x, y]) => `${(x * width).toFixed(1)},${(y * height).toFixed(1)}`).join(" ");
    const outline = [drawn("polygon", { points, class: "under" }), drawn("polygon", { points, class: "over" })];
    if (!named) return outline;
    const words = drawn("text", { x: x0 * width + 2, y: Math.max(12, y0 * height - 5) });
    words.textContent = `${one.kind.replaceAll("-", " ")} ${one.confidence.toFixed(2)}`;
    return [...outline, words];
  });
  svg.replaceChildren(...parts);
}

/**
 * The same corners in a picture that is turned to match the clip.
 * @param {[number, number][]} corners
 * @param {Geometry} geometry
 * @returns {[number, number][]}
 */
function turned(corners, geometry) {
  const half = Math.abs(geometry.rotation_degrees ?? 0) > 90;
  const mirrored = (geometry.mirrored ?? false) !== half;
  return corners.map(([x, y]) => [mirrored ? 1 - x : x, half ? 1 - y : y]);
}

/**
 * Draw stretches and findings along the time line.
 * @param {SVGElement} svg
 * @param {Answer} answer
 */
export function marked(svg, answer) {
  svg.setAttribute("viewBox", `0 0 ${ACROSS} 14`);
  svg.setAttribute("preserveAspectRatio", "none");
  const place = (/** @type {number} */ time) => (ACROSS * time) / (answer.duration || 1);
  const reach = (/** @type {[number, number]} */ [start, end]) => ({ x: place(start), width: Math.max(1, place(end) - place(start)) });
  const stretches = answer.stretches.map((one) =>
    drawn("rect", { ...reach(one.query), y: one.channel === "sound" ? 7 : 0, height: 7, class: `piece h${one.source % 8}` }),
  );
  const findings = answer.findings.filter((one) => one.box).map((one) => drawn("rect", { ...reach(one.query), y: 10, height: 4, class: "finding" }));
  svg.replaceChildren(...stretches, ...findings);
}
