/** What keys do, and what the player says. */

import { holds } from "./compare-line.js";
import { SLACK } from "./compare-player.js";

/** @typedef {import("./compare-paint.js").Look} Look */
/** @typedef {import("./compare-paint.js").Mode} Mode */
/** @typedef {import("./compare-player.js").Player} Player */

/** @type {Record<string, Mode>} */
export const MODES = { 1: "side", 2: "wipe", 3: "onion", 4: "flicker", 5: "difference", 6: "heat" };
/** @type {Record<string, string>} */
export const KEYS = {
  j: "back",
  k: "pause",
  l: "play",
  ",": "previous",
  ".": "next",
  c: "clock",
  s: "swap",
  f: "finding",
  b: "boxes",
  p: "flicker",
  o: "flip",
  ArrowLeft: "earlier",
  ArrowRight: "later",
  Home: "first",
  End: "last",
};
/** @type {Record<string, string>} */
const REASONS = {
  "no-match": "This is not in these archives.",
  "too-common": "Too many archived files show this to tell which.",
  "too-plain": "This is too plain to be told from anything else.",
  "too-short": "This is too short to be sure.",
  undecodable: "This cannot be decoded.",
};

/**
 * Why no picture of a source can be shown.
 * @param {Player} player
 */
export function lacking(player) {
  const { stretch, time } = player.now;
  if (!stretch) {
    const why = player.answer.unexplained.find((one) => one.channel === "picture" && holds(one.query, time + SLACK));
    return `No source is known here. ${why ? (REASONS[why.reason] ?? "") : ""}`;
  }
  if (stretch.channel === "sound") return `Of ${stretch.name} only the sound is heard here: there are no pictures to compare. Listen to both.`;
  if (!player.media[stretch.source + 1]?.there) {
    return `Pixels cannot be shown: the file ${stretch.name} is not where it was when it was archived. Put it back, or add its new place to the archive.`;
  }
  return `${stretch.name} shows nothing here.`;
}

/**
 * Why no picture of the clip can be shown.
 * @param {Player} player
 */
export function unseen(player) {
  return player.media[0]?.has_picture ? "The clip is not kept any more." : "This clip is sound alone: there are no pictures.";
}

/**
 * What was found at the moment that is shown.
 * @param {Player} player
 * @param {Mode} mode
 */
export function foundNow(player, mode) {
  const { right, time } = player.now;
  const findings = player.answer.findings.filter((one) => one.weighs && holds(one.query, time + SLACK));
  const words = findings.map((one) => one.kind.replaceAll("-", " ")).join(", ");
  const lacks = !right && mode !== "side" ? `${lacking(player)} ` : "";
  return lacks + (words ? `Found here: ${words}.` : lacks ? "" : "Nothing that may alter the meaning was found here.");
}

/**
 * Which of both is shown where.
 * @param {Look} look
 */
export function placed({ mode, swapped, other }) {
  const [front, back] = swapped ? ["source", "clip"] : ["clip", "source"];
  /** @type {Record<string, string>} */
  const told = {
    side: `Left: the ${front}. Right: the ${back}.`,
    wipe: `Left: the ${front}. Right: the ${back}.`,
    onion: `In front: the ${front}.`,
    flicker: `Shown: the ${swapped !== other ? "source" : "clip"}.`,
  };
  return told[mode] ?? "";
}
