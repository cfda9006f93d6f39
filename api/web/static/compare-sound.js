/** What a file sounds like while it plays: its pieces, one after the other. */

import { asked } from "./compare-reel.js";

/** Seconds by which the next piece is fetched before it is heard. */
const EARLY = 1.5;

/** Plays the sound of one file from a time on. */
export class Voice {
  constructor() {
    /** @type {AudioContext | null} */
    this.context = null;
    /** @type {Set<AudioBufferSourceNode>} */
    this.playing = new Set();
    this.turn = 0;
  }

  /**
   * Play from a time on, until it is stopped.
   * @param {string} base Address of the file's pieces.
   * @param {number} length Seconds of a piece.
   * @param {number} time
   * @param {number} rate
   */
  async play(base, length, time, rate) {
    this.stop();
    const turn = this.turn;
    this.context ??= new AudioContext();
    await this.context.resume();
    let from = time;
    let due = this.context.currentTime;
    for (let number = Math.floor(time / length); turn === this.turn; number += 1) {
      const buffer = await this.#piece(base, number);
      if (buffer === undefined || turn !== this.turn) return;
      const late = Math.max(0, this.context.currentTime - due);
      const offset = from - number * length + late * rate;
      if (buffer && offset < buffer.duration) this.#start(buffer, due + late, offset, rate);
      due += ((number + 1) * length - from) / rate;
      from = (number + 1) * length;
      const wait = due - this.context.currentTime - EARLY;
      if (wait > 0) await new Promise((done) => setTimeout(done, wait * 1000));
    }
  }

  /** Be silent. */
  stop() {
    this.turn += 1;
    for (const one of this.playing) one.stop();
    this.playing.clear();
  }

  /**
   * @param {AudioBuffer} buffer
   * @param {number} due
   * @param {number} offset
   * @param {number} rate
   */
  #start(buffer, due, offset, rate) {
    if (!this.context) return;
    const node = new AudioBufferSourceNode(this.context, { buffer, playbackRate: rate });
    node.connect(this.context.destination);
    node.addEventListener("ended", () => this.playing.delete(node));
    node.start(due, offset);
    this.playing.add(node);
  }

  /**
   * The sound of a piece: null where it is silent, undefined where there is none.
   * @param {string} base
   * @param {number} number
   */
  async #piece(base, number) {
    try {
      const map = await (await asked(`${base}/${number}`)).json();
      if (!map.sound) return null;
      const wave = await (await asked(`${base}/${number}/sound`)).arrayBuffer();
      return (await this.context?.decodeAudioData(wave)) ?? null;
    } catch {
      return undefined;
    }
  }
}
