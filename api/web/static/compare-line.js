/**
 * Which moment of which source belongs to a moment of the clip, and how both pictures lie over one
 * another. Pure arithmetic on the answer's document; times are seconds.
 */

/** @typedef {[number, number]} Span */
/** @typedef {[number, number, number, number]} Box */
/** @typedef {[number, number, number, number, number, number]} Matrix As canvas takes it: a b c d e f. */
/**
 * @typedef {object} Geometry
 * @property {Box} [query_box]
 * @property {Box} [source_box]
 * @property {boolean} [negative]
 * @property {boolean} [mirrored]
 * @property {number} [rotation_degrees]
 * @property {number[]} [homography]
 */
/**
 * @typedef {object} Stretch A segment of the answer, and whose it is.
 * @property {number} source Index of the source in the answer.
 * @property {number} index Of the segment in that source.
 * @property {string} name Of the source's file.
 * @property {"picture" | "sound"} channel
 * @property {Span} query
 * @property {Span} shown Of the source.
 * @property {number} rate
 * @property {number} confidence
 * @property {Geometry} geometry
 */
/**
 * @typedef {object} Finding
 * @property {number} number In the answer, from 1.
 * @property {string} kind
 * @property {Span} query
 * @property {number | null} source
 * @property {Box | null} box
 * @property {number} confidence
 * @property {number} strongest
 * @property {boolean} weighs Whether it alters the meaning, or may.
 */
/**
 * @typedef {object} Answer What the players need of the answer's document.
 * @property {number} duration
 * @property {Stretch[]} stretches By time in the clip, the surer first.
 * @property {Finding[]} findings By time.
 * @property {{channel: string, query: Span, reason: string}[]} unexplained
 */

/**
 * Read the answer's document.
 * @param {any} document
 * @returns {Answer}
 */
export function read(document) {
  const stretches = document.sources.flatMap((/** @type {any} */ source, /** @type {number} */ number) =>
    source.segments.map((/** @type {any} */ one, /** @type {number} */ index) => ({
      source: number,
      index,
      name: source.asset.name,
      channel: source.channel,
      query: one.query,
      shown: one.source,
      rate: one.rate,
      confidence: one.confidence,
      geometry: one.geometry ?? {},
    })),
  );
  const findings = document.findings.map((/** @type {any} */ one, /** @type {number} */ index) => ({
    number: index + 1,
    kind: one.kind,
    query: one.query,
    source: one.source_index ?? null,
    box: one.box ?? null,
    confidence: one.confidence,
    weighs: one.significance !== "technical",
    strongest: one.measures?.strongest ?? (one.query[0] + one.query[1]) / 2,
  }));
  stretches.sort((/** @type {Stretch} */ a, /** @type {Stretch} */ b) => a.query[0] - b.query[0] || b.confidence - a.confidence);
  findings.sort((/** @type {Finding} */ a, /** @type {Finding} */ b) => a.query[0] - b.query[0] || a.number - b.number);
  return { duration: document.query.duration, stretches, findings, unexplained: document.unexplained };
}

/**
 * @param {Span} span
 * @param {number} time
 */
export function holds(span, time) {
  return span[0] <= time && time < span[1];
}

/**
 * The stretch at a moment of the clip: of pictures before of sound, the surest first.
 * @param {Stretch[]} stretches
 * @param {number} time
 * @returns {Stretch | null}
 */
export function at(stretches, time) {
  const there = stretches.filter((one) => holds(one.query, time));
  there.sort((a, b) => Number(a.channel === "sound") - Number(b.channel === "sound") || b.confidence - a.confidence);
  return there[0] ?? null;
}

/**
 * The moment of the source that a moment of the clip shows.
 * @param {Stretch} stretch
 * @param {number} query
 */
export function sourceTime(stretch, query) {
  const anchor = stretch.rate < 0 ? stretch.shown[1] : stretch.shown[0];
  return anchor + stretch.rate * (query - stretch.query[0]);
}

/**
 * The moment of the clip that shows a moment of the source; null where one frame is held.
 * @param {Stretch} stretch
 * @param {number} source
 */
export function queryTime(stretch, source) {
  if (stretch.rate === 0) return null;
  const anchor = stretch.rate < 0 ? stretch.shown[1] : stretch.shown[0];
  return stretch.query[0] + (source - anchor) / stretch.rate;
}

/**
 * How places of the clip's frame lie in the source's, both as shares of the frame: the first two
 * rows of a matrix, row by row.
 * @param {Geometry} geometry
 * @returns {[number, number, number, number, number, number]}
 */
export function across(geometry) {
  const [a, b, c, d, e, f] = geometry.homography ?? [];
  if (a !== undefined && b !== undefined && c !== undefined && d !== undefined && e !== undefined && f !== undefined) {
    return [a, b, c, d, e, f];
  }
  const [qx0, qy0, qx1, qy1] = geometry.query_box ?? [0, 0, 1, 1];
  let [sx0, sy0, sx1, sy1] = geometry.source_box ?? [0, 0, 1, 1];
  const turned = Math.abs(geometry.rotation_degrees ?? 0) > 90;
  if ((geometry.mirrored ?? false) !== turned) [sx0, sx1] = [sx1, sx0];
  if (turned) [sy0, sy1] = [sy1, sy0];
  const wide = (sx1 - sx0) / (qx1 - qx0);
  const high = (sy1 - sy0) / (qy1 - qy0);
  return [wide, 0, sx0 - wide * qx0, 0, high, sy0 - high * qy0];
}

/**
 * The transform that lays the source's picture over the clip's.
 * @param {Geometry} geometry
 * @param {{width: number, height: number}} clip Of the canvas that shows the clip.
 * @param {{width: number, height: number}} source Of the source's picture.
 * @returns {Matrix | null} null where it cannot be laid.
 */
export function laying(geometry, clip, source) {
  const [a, b, c, d, e, f] = across(geometry);
  const det = a * e - b * d;
  if (!Number.isFinite(det) || Math.abs(det) < 1e-9) return null;
  const [ia, ib, id, ie] = [e / det, -b / det, -d / det, a / det];
  return [
    (clip.width * ia) / source.width,
    (clip.height * id) / source.width,
    (clip.width * ib) / source.height,
    (clip.height * ie) / source.height,
    -clip.width * (ia * c + ib * f),
    -clip.height * (id * c + ie * f),
  ];
}

/**
 * Where a box of the clip's frame lies in the source's, corner by corner, as shares of the frame.
 * @param {Geometry} geometry
 * @param {Box} box
 * @returns {[number, number][]}
 */
export function beside(geometry, [x0, y0, x1, y1]) {
  const [a, b, c, d, e, f] = across(geometry);
  const corners = /** @type {[number, number][]} */ ([[x0, y0], [x1, y0], [x1, y1], [x0, y1]]);
  return corners.map(([x, y]) => [a * x + b * y + c, d * x + e * y + f]);
}

/**
 * A time as a player shows it, to the millisecond.
 * @param {number} seconds
 */
export function clock(seconds) {
  const ticks = Math.max(0, Math.round(seconds * 1000));
  const [hours, minutes] = [Math.floor(ticks / 3_600_000), Math.floor(ticks / 60_000) % 60];
  const rest = ((ticks % 60_000) / 1000).toFixed(3).padStart(6, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}

/**
 * How a stretch plays its source, in a few words; empty where it does nothing to it.
 * @param {Stretch} stretch
 */
export function manner(stretch) {
  const words = [];
  const speed = Math.abs(stretch.rate);
  if (stretch.rate === 0) words.push("one frame held");
  else if (Math.abs(speed - 1) > 0.005) words.push(`at ${speed.toFixed(2)}× speed`);
  if (stretch.rate < 0) words.push("backwards");
  if (stretch.geometry.mirrored) words.push("mirrored");
  const degrees = Math.round(stretch.geometry.rotation_degrees ?? 0);
  if (degrees) words.push(`turned by ${degrees}°`);
  if (stretch.geometry.negative) words.push("light and dark swapped");
  return words.join(", ");
}
