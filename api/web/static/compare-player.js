/**
 * Both files in step: which frames belong to a moment, fetched and handed on together, while one
 * seeks, steps and plays. It draws nothing.
 */

import { at, holds, queryTime, read, sourceTime } from "./compare-line.js";
import { Reel, asked } from "./compare-reel.js";
import { Voice } from "./compare-sound.js";

/** @typedef {import("./compare-line.js").Stretch} Stretch */
/** @typedef {import("./compare-line.js").Answer} Answer */
/** @typedef {import("./compare-line.js").Finding} Finding */
/** @typedef {import("./compare-reel.js").Frame} Frame */
/**
 * @typedef {object} Want What is to be shown.
 * @property {number} time In the clip.
 * @property {Frame | null} clip The clip's frame, where it is known.
 * @property {Frame | null} source The source's, where it is stepped in.
 * @property {number} turn
 * @property {() => void} done
 */
/**
 * @typedef {object} Shown What is shown.
 * @property {Frame | null} clip
 * @property {Frame | null} source
 * @property {ImageBitmap | null} left
 * @property {ImageBitmap | null} right
 * @property {Stretch | null} stretch
 * @property {number} time
 * @property {number | null} sourceTime
 */
/**
 * @typedef {object} Medium
 * @property {number} number
 * @property {string} name
 * @property {boolean} there
 * @property {boolean} has_picture
 * @property {boolean} has_sound
 * @property {[number, number][]} stretches
 */
/**
 * @typedef {object} Listener Who is told what happens.
 * @property {(shown: Shown) => void} shown Both pictures of a moment are there.
 * @property {() => void} slow They take a while.
 * @property {(speed: number) => void} speed It plays, or stops.
 * @property {(error: unknown) => void} failed
 */

/** Seconds by which a time in the document may be rounded off from its frame's. */
export const SLACK = 0.0006;
/** Pairs that are fetched at the same time: one on its way while the next is asked for. */
const FLYING = 2;
/** Milliseconds one waits before it is said that pictures are being made. */
const PATIENCE = 250;
const SPEEDS = [1, 2, 4];

/** What a trace shows, in step. */
export class Player {
  /** @type {Answer} */
  answer = { duration: 0, stretches: [], findings: [], unexplained: [] };
  /** @type {Medium[]} */
  media = [];
  /** @type {Shown} */
  now = { clip: null, source: null, left: null, right: null, stretch: null, time: 0, sourceTime: null };
  /** @type {Stretch | null} The one that is shown whatever the time. */
  pinned = null;
  /** @type {number | null} Index of the source that is shown where several are. */
  preferred = null;
  /** Whether steps are of the source's frames. */
  bySource = false;
  /** Whose sound is heard: "clip", "source" or neither. */
  heard = "";
  speed = 0;
  /** @type {Map<number, Reel>} */
  #reels = new Map();
  #length = 4;
  /** @type {Want | null} */
  #want = null;
  #flying = 0;
  #turn = 0;
  #shownTurn = 0;
  #from = 0;
  #since = 0;
  #steps = Promise.resolve();
  #voice = new Voice();

  /** @param {Listener} listener */
  constructor(listener) {
    this.listener = listener;
    this.trace = "";
  }

  /**
   * Fetch what was found.
   * @param {string} trace Address of the trace.
   */
  async load(trace) {
    this.trace = trace;
    const [answer, media] = await Promise.all([asked(`${this.trace}/answer`), asked(`${this.trace}/media`)]);
    this.answer = read(await answer.json());
    const listed = await media.json();
    this.media = listed.items;
    this.#length = listed.piece;
    for (const one of this.media) {
      if (one.there && one.has_picture) this.#reels.set(one.number, new Reel(this.#base(one.number), listed.piece, one.stretches));
    }
  }

  /** @param {number} number */
  #base(number) {
    return `${this.trace}/media/${number}`;
  }

  /**
   * Show a moment of the clip.
   * @param {number} time
   * @param {{clip?: Frame | null, source?: Frame | null}} [known]
   * @returns {Promise<void>} When it, or a later one, is shown.
   */
  seek(time, { clip = null, source = null } = {}) {
    const held = Math.min(Math.max(0, time), this.answer.duration);
    return new Promise((done) => {
      this.#want?.done();
      this.#want = { time: held, clip, source, turn: ++this.#turn, done };
      this.#pump();
    });
  }

  #pump() {
    const want = this.#want;
    if (!want || this.#flying >= FLYING) return;
    this.#want = null;
    this.#flying += 1;
    const slow = setTimeout(() => this.listener.slow(), PATIENCE);
    this.#paired(want)
      .then((shown) => {
        if (want.turn > this.#shownTurn) {
          this.#shownTurn = want.turn;
          this.now = shown;
          this.listener.shown(shown);
        }
      })
      .catch((error) => this.listener.failed(error))
      .finally(() => {
        clearTimeout(slow);
        this.#flying -= 1;
        want.done();
        this.#pump();
      });
  }

  /**
   * Fetch both pictures of a moment.
   * @param {Want} want
   * @returns {Promise<Shown>}
   */
  async #paired(want) {
    const reel = this.#reels.get(0);
    const clip = reel ? (want.clip ?? (await reel.nearest(want.time))) : null;
    const time = clip?.time ?? want.time;
    const stretch = this.#stretchAt(want.source ? want.time : time);
    const beside = stretch ? this.#reels.get(stretch.source + 1) : undefined;
    const there = stretch && stretch.channel === "picture" ? sourceTime(stretch, time) : null;
    let source = want.source;
    if (!source && beside && there !== null) source = await beside.nearest(there);
    const [left, right] = await Promise.all([
      clip && reel ? reel.picture(clip) : null,
      source && beside ? beside.picture(source) : null,
    ]);
    const way = Math.sign(this.speed) || 1;
    reel?.prepare(time, way);
    if (stretch && there !== null) beside?.prepare(there, way * Math.sign(stretch.rate));
    if (this.speed && clip) reel?.ahead(clip, 3 * way);
    if (this.speed && source && stretch) beside?.ahead(source, 3 * way * (stretch.rate < 0 ? -1 : 1));
    const heard = stretch ? sourceTime(stretch, time) : null;
    return { clip, source, left, right, stretch, time, sourceTime: source?.time ?? heard };
  }

  /**
   * The stretch that is shown at a moment.
   * @param {number} time
   */
  #stretchAt(time) {
    if (this.pinned) return this.pinned;
    const there = this.answer.stretches.filter((one) => holds(one.query, time + SLACK));
    const chosen = there.filter((one) => one.source === this.preferred);
    return at(chosen.length ? chosen : there, time + SLACK);
  }

  /**
   * Go on by a frame of the clip or of the source, once all steps before are done.
   * @param {1 | -1} by
   * @returns {Promise<boolean>} Whether there was one.
   */
  step(by) {
    this.pause();
    const done = this.#steps.then(() => (this.bySource ? this.#stepSource(by) : this.#stepClip(by)));
    this.#steps = done.then(
      () => {},
      (error) => this.listener.failed(error),
    );
    return done;
  }

  /** @param {1 | -1} by */
  async #stepClip(by) {
    const { clip } = this.now;
    const next = clip && (await this.#reels.get(0)?.step(clip, by));
    if (next) await this.seek(next.time, { clip: next });
    return Boolean(next);
  }

  /** @param {1 | -1} by */
  async #stepSource(by) {
    const { source, stretch } = this.now;
    const beside = stretch && this.#reels.get(stretch.source + 1);
    const next = source && beside ? await beside.step(source, by) : null;
    const time = stretch && next ? queryTime(stretch, next.time) : null;
    if (!stretch || !next || time === null || time < stretch.query[0] - SLACK || time >= stretch.query[1] + SLACK) return false;
    const inside = Math.min(Math.max(time, stretch.query[0]), stretch.query[1] - SLACK);
    await this.seek(inside, { source: next });
    return true;
  }

  /**
   * Play, faster each time it is asked for again.
   * @param {1 | -1} way
   */
  play(way) {
    const going = Math.sign(this.speed) === way ? SPEEDS.indexOf(Math.abs(this.speed)) + 1 : 0;
    const before = this.speed;
    this.speed = way * (SPEEDS[Math.min(going, SPEEDS.length - 1)] ?? 1);
    const ended = way > 0 ? this.now.time >= this.answer.duration - 0.1 : this.now.time <= 0;
    this.#from = ended ? (way > 0 ? 0 : this.answer.duration) : this.now.time;
    this.#since = performance.now();
    this.listener.speed(this.speed);
    this.listen();
    if (!before) requestAnimationFrame((now) => this.#tick(now));
  }

  /** Stand still. */
  pause() {
    if (!this.speed) return;
    this.speed = 0;
    this.listener.speed(0);
    this.#voice.stop();
  }

  /** @param {number} now */
  #tick(now) {
    if (!this.speed) return;
    const time = this.#from + (this.speed * Math.max(0, now - this.#since)) / 1000;
    const late = Math.abs(time - this.now.time) > 0.3 * Math.abs(this.speed) && this.#flying > 0;
    if (late) {
      // Pictures are not there yet: the clock waits for them.
      this.#from = this.now.time;
      this.#since = now;
    } else if (!this.#flying) {
      this.seek(time);
    }
    // A frame may have begun before it was asked to play: then no time has passed, and it goes on.
    if (this.speed > 0 ? time >= this.answer.duration : time <= 0) this.pause();
    requestAnimationFrame((next) => this.#tick(next));
  }

  /** Let be heard what is to be heard while it plays. */
  listen() {
    this.#voice.stop();
    const { stretch, time } = this.now;
    if (this.speed <= 0 || !this.heard) return;
    if (this.heard === "clip") {
      this.#voice.play(this.#base(0), this.#length, time, this.speed);
    } else if (stretch && stretch.rate > 0 && this.media[stretch.source + 1]?.there) {
      this.#voice.play(this.#base(stretch.source + 1), this.#length, sourceTime(stretch, time), this.speed * stretch.rate);
    }
  }

  /**
   * Go to the next finding where it is seen best, from the start again after the last. Technical
   * ones are passed over, unless there are no others.
   * @returns {Finding | null}
   */
  nextFinding() {
    const weighed = this.answer.findings.filter((one) => one.weighs);
    const findings = (weighed.length ? weighed : [...this.answer.findings]).sort((a, b) => a.strongest - b.strongest);
    const next = findings.find((one) => one.strongest > this.now.time + 0.02) ?? findings[0] ?? null;
    if (next) this.goTo(next.strongest, next.source);
    return next;
  }

  /**
   * Go to a moment, and show a source there if it is one of several.
   * @param {number} time
   * @param {number | null} source
   */
  goTo(time, source) {
    this.pause();
    this.preferred = source;
    if (source !== null && this.pinned && this.pinned.source !== source) this.pinned = null;
    return this.seek(time);
  }
}
