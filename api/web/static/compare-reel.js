/**
 * The frames of one file, fetched a piece at a time: each is a picture and the true time at which
 * it is shown. Nothing is shown that the file does not show then.
 */

import { AGAIN, AWAY, Refused, proof, refusal } from "./asking.js";

/**
 * @typedef {object} Piece
 * @property {number} number
 * @property {number[]} times
 * @property {number[]} offsets
 * @property {number} width
 * @property {number} height
 * @property {boolean} sound
 * @property {Blob} frames
 */
/**
 * @typedef {object} Frame
 * @property {Piece} piece
 * @property {number} index
 * @property {number} time
 */

/** Pieces kept at hand: a minute and a half of a file, or about 70 MB. */
const PIECES = 24;
/** Decoded pictures kept at hand: a second or two of stepping to and fro, about 60 MB. */
const PICTURES = 64;
/** Seconds before a request is made again that the service was too busy for. */
const BUSY = 1;

/**
 * Fetch, waiting where the service is busy.
 * @param {string} address
 * @param {RequestInit} [how]
 * @returns {Promise<Response>}
 */
export async function asked(address, how = {}) {
  const headers = { Accept: "application/json, */*", ...proof(), .../** @type {any} */ (how.headers) };
  for (;;) {
    const got = await fetch(address, { ...how, headers }).catch(() => {
      throw new Refused(AWAY, AGAIN, 0);
    });
    if (got.ok) return got;
    if (got.status !== 503 && got.status !== 429) throw refusal(got.status, await got.text());
    const seconds = Number(got.headers.get("Retry-After")) || BUSY;
    await new Promise((done) => setTimeout(done, seconds * 1000));
  }
}

/**
 * @template K, V
 * @extends {Map<K, V>}
 */
class Kept extends Map {
  /** @param {number} most */
  constructor(most) {
    super();
    this.most = most;
  }

  /**
   * @param {K} key
   * @returns {V | undefined}
   */
  used(key) {
    const value = this.get(key);
    if (value !== undefined) {
      this.delete(key);
      this.set(key, value);
    }
    return value;
  }

  /**
   * @param {K} key
   * @param {V} value
   */
  keep(key, value) {
    this.set(key, value);
    for (const oldest of this.keys()) {
      if (this.size <= this.most) break;
      this.delete(oldest);
    }
  }
}

/**
 * When a frame of a piece is shown.
 * @param {Piece} piece
 * @param {number} index
 */
function when(piece, index) {
  return piece.times[index] ?? Number.NaN;
}

/** The frames of one file. */
export class Reel {
  /**
   * @param {string} base Address of the file's pieces.
   * @param {number} length Seconds of a piece.
   * @param {[number, number][]} stretches Seconds of which there are pieces.
   */
  constructor(base, length, stretches) {
    this.base = base;
    this.length = length;
    this.stretches = stretches;
    /** @type {Kept<number, Promise<Piece>>} */
    this.pieces = new Kept(PIECES);
    /** @type {Map<number, Piece>} */
    this.ready = new Map();
    /** @type {Kept<string, Promise<ImageBitmap>>} */
    this.pictures = new Kept(PICTURES);
  }

  /**
   * Whether there is a piece of a number.
   * @param {number} number
   */
  has(number) {
    const [start, end] = [number * this.length, (number + 1) * this.length];
    return number >= 0 && this.stretches.some((one) => one[0] < end && start < one[1]);
  }

  /**
   * Number of the piece at a time, of the nearest one where there is none.
   * @param {number} time
   */
  numberAt(time) {
    const ends = this.stretches.map(([start, end]) => Math.min(Math.max(time, start), Math.max(start, end - 1e-6)));
    ends.sort((a, b) => Math.abs(a - time) - Math.abs(b - time));
    return Math.floor((ends[0] ?? 0) / this.length);
  }

  /**
   * @param {number} number
   * @returns {Promise<Piece>}
   */
  piece(number) {
    const known = this.pieces.used(number);
    if (known) return known;
    const coming = this.#fetched(number);
    this.pieces.keep(number, coming);
    for (const old of this.ready.keys()) if (!this.pieces.has(old)) this.ready.delete(old);
    coming.then(
      (piece) => this.ready.set(number, piece),
      () => this.pieces.delete(number),
    );
    return coming;
  }

  /**
   * @param {number} number
   * @returns {Promise<Piece>}
   */
  async #fetched(number) {
    const here = `${this.base}/${number}`;
    const map = await (await asked(here)).json();
    const frames = map.times.length ? await (await asked(`${here}/frames`)).blob() : new Blob();
    return { number, frames, ...map };
  }

  /**
   * Have pieces around a time at hand soon.
   * @param {number} time
   * @param {number} direction
   */
  prepare(time, direction) {
    const here = this.numberAt(time);
    const next = here + (direction < 0 ? -1 : 1);
    if (this.ready.has(here) && this.has(next)) this.piece(next).catch(() => {});
  }

  /**
   * The frame nearest to a time, the earlier one of two; null where nothing is seen.
   * @param {number} time
   * @returns {Promise<Frame | null>}
   */
  async nearest(time) {
    const number = this.numberAt(time);
    const piece = this.ready.get(number) ?? (await this.piece(number));
    const { times } = piece;
    if (!times.length) return null;
    let [low, high] = [0, times.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (when(piece, middle) < time) low = middle + 1;
      else high = middle;
    }
    const index = low > 0 && time - when(piece, low - 1) <= when(piece, low) - time ? low - 1 : low;
    return { piece, index, time: when(piece, index) };
  }

  /**
   * The frame so many after a frame, or before it; null beyond either end.
   * @param {Frame} frame
   * @param {1 | -1} by
   * @returns {Promise<Frame | null>}
   */
  async step({ piece, time }, by) {
    for (let number = piece.number, first = true; first || this.has(number); number += by, first = false) {
      const one = number === piece.number ? piece : await this.piece(number);
      const index = by > 0 ? one.times.findIndex((each) => each > time) : one.times.findLastIndex((each) => each < time);
      if (index >= 0) return { piece: one, index, time: when(one, index) };
    }
    return null;
  }

  /**
   * The picture of a frame.
   * @param {Frame} frame
   * @returns {Promise<ImageBitmap>}
   */
  picture({ piece, index }) {
    const key = `${piece.number}/${index}`;
    const known = this.pictures.used(key);
    if (known) return known;
    const jpeg = piece.frames.slice(piece.offsets[index], piece.offsets[index + 1], "image/jpeg");
    const made = createImageBitmap(jpeg);
    this.pictures.keep(key, made);
    made.catch(() => this.pictures.delete(key));
    return made;
  }

  /**
   * Begin to decode the frames that follow.
   * @param {Frame} frame
   * @param {number} by How many, negative for those before.
   */
  ahead({ piece, index }, by) {
    const way = Math.sign(by);
    for (let next = index + way; next !== index + by + way; next += way) {
      if (next < 0 || next >= piece.times.length) return;
      this.picture({ piece, index: next, time: when(piece, next) }).catch(() => {});
    }
  }
}
