/**
 * Both pictures in one: the source is laid over the clip's frame, and shown beside it, over it, in
 * turn with it, or as what differs.
 */

import { across, laying } from "./compare-line.js";

/** @typedef {import("./compare-line.js").Stretch} Stretch */
/** @typedef {import("./compare-line.js").Geometry} Geometry */
/** @typedef {"side" | "wipe" | "onion" | "flicker" | "difference" | "heat"} Mode */
/**
 * @typedef {object} Look How they are shown.
 * @property {Mode} mode
 * @property {number} wipe Share of the width that shows the one in front.
 * @property {number} onion Share of the one in front.
 * @property {number} gain Times by which differences are amplified: 1, 2, 4, 8 or 16.
 * @property {boolean} swapped Whether the source is the one in front.
 * @property {boolean} other Whether it is the turn of the one behind.
 */
/**
 * @typedef {object} Pair
 * @property {ImageBitmap} clip
 * @property {ImageBitmap | null} source null where there is none to be laid over.
 * @property {Stretch | null} stretch
 * @property {number} time In the clip.
 */

/** What is left dark: not compared. */
const UNSEEN = "#26282b";
/** Cells across of the heat map: as coarse as what coding changes, about 4 pixels. */
const CELLS = 160;
/** Grey levels that coding alone explains, and those at which a cell is as hot as can be. */
const FLOOR = 6;
const MOST = 60;
/** Seconds over which the heat map gathers. */
const MEMORY = 0.6;
/** The scale "inferno" of matplotlib at even steps, as in reports. */
/** @typedef {[number, number, number]} Colour */
/** @type {Colour} */
const DARKEST = [0, 0, 4];
/** @type {Colour[]} */
const SCALE = [
  DARKEST,
  [31, 12, 72],
  [85, 15, 109],
  [136, 34, 106],
  [186, 54, 85],
  [227, 89, 51],
  [249, 140, 10],
  [249, 201, 50],
  [252, 255, 164],
];

/**
 * @param {HTMLCanvasElement | OffscreenCanvas} canvas
 * @param {boolean} [read] Whether its pixels are read.
 * @returns {CanvasRenderingContext2D}
 */
function brush(canvas, read = false) {
  const made = canvas.getContext("2d", { alpha: false, willReadFrequently: read });
  if (!made) throw new Error("this browser has no canvas");
  return /** @type {CanvasRenderingContext2D} */ (made);
}

/**
 * Show a picture as it is.
 * @param {HTMLCanvasElement} canvas
 * @param {ImageBitmap} picture
 * @param {Geometry} [turned] How it is turned to match the clip.
 */
export function plain(canvas, picture, turned) {
  sized(canvas, picture.width, picture.height);
  const ink = brush(canvas);
  const half = Math.abs(turned?.rotation_degrees ?? 0) > 90;
  const [x, y] = [(turned?.mirrored ?? false) !== half ? -1 : 1, half ? -1 : 1];
  ink.setTransform(x, 0, 0, y, x < 0 ? canvas.width : 0, y < 0 ? canvas.height : 0);
  ink.drawImage(picture, 0, 0);
  ink.resetTransform();
}

/** Paints both pictures into one canvas, and remembers what differed. */
export class Painter {
  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    this.cells = document.createElement("canvas");
    /** @type {Float32Array | null} */
    this.heat = null;
    /** @type {{stretch: Stretch | null, time: number}} */
    this.last = { stretch: null, time: -1 };
  }

  /** Forget what differed so far. */
  forget() {
    this.heat = null;
  }

  /**
   * @param {Pair} pair
   * @param {Look} look
   */
  paint(pair, look) {
    const { canvas } = this;
    sized(canvas, pair.clip.width, pair.clip.height);
    const ink = brush(canvas);
    ink.imageSmoothingQuality = "high";
    switch (look.mode) {
      case "wipe":
        this.#wipe(ink, pair, look);
        break;
      case "onion":
        this.#onion(ink, pair, look);
        break;
      case "flicker":
        this.#one(ink, pair, look.swapped !== look.other);
        break;
      case "difference":
        this.#difference(ink, pair, look.gain);
        break;
      case "heat":
        this.#heat(ink, pair, look.gain);
        break;
      default:
        this.#one(ink, pair, false);
    }
  }

  /**
   * @param {CanvasRenderingContext2D} ink
   * @param {Pair} pair
   * @param {boolean} source Which of both.
   */
  #one(ink, pair, source) {
    if (source) laid(ink, pair, UNSEEN);
    else ink.drawImage(pair.clip, 0, 0, ink.canvas.width, ink.canvas.height);
  }

  /**
   * @param {CanvasRenderingContext2D} ink
   * @param {Pair} pair
   * @param {Look} look
   */
  #wipe(ink, pair, look) {
    const { width, height } = ink.canvas;
    const edge = Math.round(look.wipe * width);
    this.#one(ink, pair, !look.swapped);
    ink.save();
    ink.beginPath();
    ink.rect(0, 0, edge, height);
    ink.clip();
    this.#one(ink, pair, look.swapped);
    ink.restore();
  }

  /**
   * @param {CanvasRenderingContext2D} ink
   * @param {Pair} pair
   * @param {Look} look
   */
  #onion(ink, pair, look) {
    this.#one(ink, pair, !look.swapped);
    ink.globalAlpha = look.onion;
    this.#one(ink, pair, look.swapped);
    ink.globalAlpha = 1;
  }

  /**
   * @param {CanvasRenderingContext2D} ink
   * @param {Pair} pair
   * @param {number} gain
   */
  #difference(ink, pair, gain) {
    if (!pair.source) {
      filled(ink, UNSEEN);
      return;
    }
    ink.drawImage(pair.clip, 0, 0, ink.canvas.width, ink.canvas.height);
    ink.globalCompositeOperation = "difference";
    laid(ink, pair, null);
    ink.globalCompositeOperation = "lighter";
    for (let times = 1; times < gain; times *= 2) ink.drawImage(ink.canvas, 0, 0);
    ink.globalCompositeOperation = "source-over";
    outside(ink, pair);
  }

  /**
   * @param {CanvasRenderingContext2D} ink
   * @param {Pair} pair
   * @param {number} gain
   */
  #heat(ink, pair, gain) {
    const { width, height } = ink.canvas;
    if (!pair.source) {
      filled(ink, UNSEEN);
      return;
    }
    const heat = this.#gathered(pair);
    const [columns, rows] = [this.cells.width, this.cells.height];
    const shades = new ImageData(columns, rows);
    heat.forEach((level, cell) => {
      const hot = Math.min(1, Math.max(0, ((level - FLOOR) * gain) / (MOST * 2)));
      const [red, green, blue] = shade(0.2 + 0.8 * hot);
      shades.data.set([red, green, blue, 255 * 0.9 * Math.min(1, 4 * hot)], cell * 4);
    });
    ink.drawImage(pair.clip, 0, 0, width, height);
    ink.globalCompositeOperation = "saturation";
    filled(ink, "#000");
    ink.globalCompositeOperation = "multiply";
    filled(ink, "#909090");
    ink.globalCompositeOperation = "source-over";
    const over = new OffscreenCanvas(columns, rows);
    over.getContext("2d")?.putImageData(shades, 0, 0);
    ink.drawImage(over, 0, 0, width, height);
    outside(ink, pair);
  }

  /**
   * How much each cell has differed of late.
   * @param {Pair} pair
   * @returns {Float32Array}
   */
  #gathered(pair) {
    const columns = Math.min(CELLS, pair.clip.width);
    const rows = Math.max(1, Math.round((columns * pair.clip.height) / pair.clip.width));
    if (this.cells.width !== columns || this.cells.height !== rows) {
      sized(this.cells, columns, rows);
      this.heat = null;
    }
    const ink = brush(this.cells, true);
    ink.imageSmoothingQuality = "high";
    ink.drawImage(pair.clip, 0, 0, columns, rows);
    ink.globalCompositeOperation = "difference";
    laid(ink, pair, null);
    ink.globalCompositeOperation = "source-over";
    const { data } = ink.getImageData(0, 0, columns, rows);
    const apart = Math.abs(pair.time - this.last.time);
    const fresh = !this.heat || this.last.stretch !== pair.stretch || apart > 2 * MEMORY;
    const heat = this.heat && !fresh ? this.heat : new Float32Array(columns * rows);
    const share = fresh ? 1 : Math.min(1, apart / MEMORY);
    for (let cell = 0; cell < heat.length; cell += 1) {
      const [red, green, blue] = [data[4 * cell] ?? 0, data[4 * cell + 1] ?? 0, data[4 * cell + 2] ?? 0];
      const before = heat[cell] ?? 0;
      heat[cell] = before + share * (0.299 * red + 0.587 * green + 0.114 * blue - before);
    }
    this.heat = heat;
    this.last = { stretch: pair.stretch, time: pair.time };
    return heat;
  }
}

/**
 * The colour of a level.
 * @param {number} level 0 to 1.
 * @returns {Colour}
 */
export function shade(level) {
  const place = Math.min(1, Math.max(0, level)) * (SCALE.length - 1);
  const low = Math.min(SCALE.length - 2, Math.floor(place));
  const [from, to] = [SCALE[low] ?? DARKEST, SCALE[low + 1] ?? DARKEST];
  const mix = (/** @type {0 | 1 | 2} */ plane) => from[plane] + (place - low) * (to[plane] - from[plane]);
  return [mix(0), mix(1), mix(2)];
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {number} width
 * @param {number} height
 */
function sized(canvas, width, height) {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
}

/**
 * @param {CanvasRenderingContext2D} ink
 * @param {string} colour
 */
function filled(ink, colour) {
  ink.fillStyle = colour;
  ink.fillRect(0, 0, ink.canvas.width, ink.canvas.height);
}

/**
 * Draw the source as it lies over the clip.
 * @param {CanvasRenderingContext2D} ink
 * @param {Pair} pair
 * @param {string | null} ground What is drawn where it does not lie; null for nothing.
 */
function laid(ink, pair, ground) {
  if (ground) filled(ink, ground);
  const { width, height } = ink.canvas;
  const geometry = pair.stretch?.geometry;
  const matrix = pair.source && geometry && laying(geometry, { width, height }, pair.source);
  if (!pair.source || !matrix) return;
  ink.save();
  shown(ink, geometry);
  ink.setTransform(...matrix);
  ink.drawImage(geometry.negative ? negative(pair.source) : pair.source, 0, 0);
  ink.restore();
}

/**
 * A picture with light and dark swapped.
 * @param {ImageBitmap} picture
 */
function negative(picture) {
  const made = new OffscreenCanvas(picture.width, picture.height);
  const ink = brush(made);
  ink.drawImage(picture, 0, 0);
  ink.globalCompositeOperation = "difference";
  ink.fillStyle = "#fff";
  ink.fillRect(0, 0, made.width, made.height);
  return made;
}

/**
 * Keep to the part of the clip's frame in which the source is shown.
 * @param {CanvasRenderingContext2D} ink
 * @param {Geometry} geometry
 */
function shown(ink, geometry) {
  const { width, height } = ink.canvas;
  const [x0, y0, x1, y1] = geometry.query_box ?? [0, 0, 1, 1];
  ink.beginPath();
  ink.rect(x0 * width, y0 * height, (x1 - x0) * width, (y1 - y0) * height);
  ink.clip();
}

/**
 * Darken what was not compared.
 * @param {CanvasRenderingContext2D} ink
 * @param {Pair} pair
 */
function outside(ink, pair) {
  const { width, height } = ink.canvas;
  const geometry = pair.stretch?.geometry ?? {};
  const [x0, y0, x1, y1] = geometry.query_box ?? [0, 0, 1, 1];
  const path = new Path2D();
  path.rect(0, 0, width, height);
  path.rect(x0 * width, y0 * height, (x1 - x0) * width, (y1 - y0) * height);
  ink.fillStyle = UNSEEN;
  ink.fill(path, "evenodd");
  const [a, b, c, d, e, f] = across(geometry);
  const det = a * e - b * d;
  if (Math.abs(det) < 1e-9) return;
  const frame = new Path2D();
  frame.rect(0, 0, width, height);
  /** @type {[number, number][]} */
  const corners = [[0, 0], [1, 0], [1, 1], [0, 1]];
  corners.forEach(([x, y], corner) => {
    const there = /** @type {const} */ ([
      (width * (e * (x - c) - b * (y - f))) / det,
      (height * (a * (y - f) - d * (x - c))) / det,
    ]);
    if (corner) frame.lineTo(...there);
    else frame.moveTo(...there);
  });
  frame.closePath();
  ink.fill(frame, "evenodd");
}
