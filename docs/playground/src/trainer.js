/** Training in small portions, as ordered by messages; in a worker, or where there is none. */

import { EDGE } from "./datasets.js";
import { EVERY, Game } from "./game.js";
import { Progress } from "./missions.js";

/**
 * @typedef {import("./settings.js").Settings} Settings
 * @typedef {{type: "begin", settings: Settings} | {type: "change", settings: Settings} | {type: "play"} | {type: "pause"}
 *   | {type: "turn", who: "d" | "g"} | {type: "sleep", asleep: boolean}
 *   | {type: "frame", at: number | null, known: number}} Order
 * @typedef {object} Frame what there is to see
 * @property {"frame"} type
 * @property {number} course which game this is; each beginning has a new one
 * @property {number} step
 * @property {boolean} playing
 * @property {number} rate steps a second
 * @property {Float32Array} real (300, 2)
 * @property {Float32Array} fakes (300, 2)
 * @property {Float32Array} pushes (n, 2) for the first fakes
 * @property {Float32Array} heat (CELLS, CELLS) logits of D, from below
 * @property {Float32Array} web (rows, cols, 2) where G sends a grid of latent vectors
 * @property {number} webRows
 * @property {boolean} probability whether D's sigmoid has a meaning under this loss
 * @property {{l: number, d: number | null, g: number | null}} equilibrium
 * @property {number} floor divergence of real samples from the data
 * @property {import("./game.js").Moment} now
 * @property {import("./game.js").Moment[]} moments those after the first `known`
 * @property {number} known
 * @property {number[]} kept steps that can be seen again
 * @property {boolean} past
 * @property {number} modes
 * @property {number} done stages of the mission
 * @property {{d: number, g: number}} turns single turns since the last whole step
 */

const SHOWN = 300;
const ARROWS = 36;
const WEB = 17;
/** Milliseconds of training between two looks at the messages. */
const PORTION = 10;
const MOST_KEPT = 200;

export class Trainer {
  /** @type {Game} */ game;
  /** @type {Progress} */ progress;
  /** @type {Float32Array} */ real;
  /** @type {{step: number, g: Float64Array, d: Float64Array}[]} */ kept;
  /** @type {{d: number, g: number}} */ turns;
  /** @type {{steps: number, since: number}} */ counted;
  clock = 0;
  owed = 0;
  rate = 0;
  stride = 1;
  broken = false;

  /** @param {(message: any, transfer?: Transferable[]) => void} post */
  constructor(post) {
    this.post = post;
    this.playing = this.asleep = false;
    this.course = 0;
    const channel = new MessageChannel();
    channel.port1.onmessage = () => this.portion();
    this.wake = () => channel.port2.postMessage(0);
    this.scheduled = false;
  }

  /** @param {Order} order */
  receive(order) {
    try {
      this.obey(order);
    } catch (error) {
      this.playing = false;
      this.post({ type: "wrong", message: /** @type {Error} */ (error).message });
    }
  }

  /** @param {Order} order */
  obey(order) {
    if (order.type === "begin") this.begin(order.settings);
    else if (order.type === "change") {
      if (!this.game) this.begin(order.settings);
      else if (!this.game.change(order.settings)) {
        const { playing } = this;
        this.begin(order.settings);
        this.playing = playing;
      }
      if (this.progress?.name !== order.settings.mission)
        this.progress = new Progress(order.settings.mission);
      this.schedule();
    } else if (order.type === "play" || order.type === "pause") {
      this.playing = order.type === "play" && !this.broken;
      this.clock = performance.now();
      this.owed = 0;
      this.schedule();
    } else if (order.type === "turn") this.turn(order.who);
    else if (order.type === "sleep") {
      this.asleep = order.asleep;
      this.clock = performance.now();
      this.schedule();
    } else if (order.type === "frame") this.frame(order.at, order.known);
  }

  /** @param {Settings} settings */
  begin(settings) {
    this.game = new Game(settings);
    this.progress = new Progress(settings.mission);
    this.course++;
    this.broken = false;
    this.playing = false;
    this.turns = { d: 0, g: 0 };
    this.stride = 1;
    this.kept = [];
    this.keep();
    this.rate = 0;
    this.counted = { steps: 0, since: performance.now() };
    this.clock = performance.now();
    this.owed = 0;
    const { data } = this.game;
    this.real = new Float32Array(2 * SHOWN);
    const saved = this.game.random;
    this.game.random = new /** @type {any} */ (saved.constructor)(settings.seed, 3);
    for (let i = 0; i < SHOWN; i++) this.real.set(data.draw(this.game.random), 2 * i);
    this.game.random = saved;
  }

  /** Remember the weights, so that this step can be seen again. */
  keep() {
    const { step, generator, discriminator } = this.game;
    this.kept.push({ step, g: generator.params.slice(), d: discriminator.params.slice() });
    if (this.kept.length > MOST_KEPT) {
      this.kept = this.kept.filter((_, index) => index % 2 === 0);
      this.stride *= 2;
    }
  }

  /** @param {"d" | "g"} who */
  turn(who) {
    if (this.broken) return;
    this.playing = false;
    if (who === "d") this.game.turnOfD();
    else this.game.turnOfG();
    this.turns[who]++;
    const { dturns, gturns } = this.game.settings;
    if (this.turns.d >= dturns && this.turns.g >= gturns) this.finish();
    this.check();
  }

  /** A step is over. */
  finish() {
    this.turns = { d: 0, g: 0 };
    this.game.step++;
    this.counted.steps++;
    const every = this.game.keepIfDue();
    if (!every) return;
    this.progress.look(this.game);
    if (this.game.moments.length % this.stride === 0) this.keep();
  }

  /** Stop with a sentence when a weight is no number any more. */
  check() {
    if (this.game.isFinite()) return true;
    this.playing = false;
    this.broken = true;
    this.post({
      type: "wrong",
      message: `Training has stopped at step ${this.game.step}: a weight is no longer a finite number. Lower the rates, or begin again with another loss.`,
    });
    return false;
  }

  /** Ask for the next portion, once. */
  schedule() {
    if (!this.playing || this.asleep || this.scheduled) return;
    this.scheduled = true;
    const { speed } = this.game.settings;
    if (speed === "most") this.wake();
    else setTimeout(() => this.portion(), speed === "slow" ? 1000 : 16);
  }

  /** Train for some milliseconds, or for as many steps as are due. */
  portion() {
    this.scheduled = false;
    if (!this.playing || this.asleep) return;
    const { speed } = this.game.settings;
    const start = performance.now();
    if (speed === "slow") this.slowly();
    else {
      if (speed !== "most")
        this.owed = Math.min(100, this.owed + ((start - this.clock) / 1000) * Number(speed));
      while (performance.now() - start < PORTION && (speed === "most" || this.owed >= 1)) {
        this.owed--;
        this.play();
      }
    }
    this.clock = start;
    this.measureRate();
    if (this.check()) this.schedule();
  }

  /** One whole step. */
  play() {
    const { game, turns } = this;
    for (; turns.d < game.settings.dturns; turns.d++) game.turnOfD();
    for (; turns.g < game.settings.gturns; turns.g++) game.turnOfG();
    this.finish();
  }

  /** One turn of D, or of G if D has had its turns. */
  slowly() {
    const { game, turns } = this;
    if (turns.d < game.settings.dturns) {
      game.turnOfD();
      turns.d++;
    } else if (turns.g < game.settings.gturns) {
      game.turnOfG();
      turns.g++;
    }
    if (turns.d >= game.settings.dturns && turns.g >= game.settings.gturns) this.finish();
  }

  measureRate() {
    const now = performance.now();
    if (now - this.counted.since < 500) return;
    this.rate = (1000 * this.counted.steps) / (now - this.counted.since);
    this.counted = { steps: 0, since: now };
  }

  /**
   * Send what there is to see.
   *
   * @param {number | null} at index in `kept`, or null for the present
   * @param {number} known moments that the receiver has
   */
  frame(at, known) {
    const { game } = this;
    if (!game) return;
    const past = at === null ? undefined : this.kept[at];
    const nets = [game.generator, game.discriminator];
    const present = nets.map((net) => net.params.slice());
    if (past) {
      game.generator.params.set(past.g);
      game.discriminator.params.set(past.d);
    }
    const message = this.look(past?.step, known);
    nets.forEach((net, index) => {
      net.params.set(present[index]);
    });
    this.post(message, [
      message.heat.buffer,
      message.fakes.buffer,
      message.pushes.buffer,
      message.web.buffer,
    ]);
  }

  /**
   * @param {number | undefined} step of the past that is looked at
   * @param {number} known
   * @returns {Frame}
   */
  look(step, known) {
    const { game } = this;
    // While it plays, what was measured last will do: at most 50 steps ago.
    const moment = step === undefined ? game.moments.length - 1 : step / EVERY;
    const now = this.playing || step !== undefined ? game.moments[moment] : game.now();
    const fakes = Float32Array.from(game.shownFakes(SHOWN));
    const pushes = Float32Array.from(game.pushes(ARROWS));
    return {
      type: "frame",
      course: this.course,
      step: step ?? game.step,
      playing: this.playing,
      rate: this.rate,
      real: this.real,
      fakes,
      pushes,
      heat: game.heat(EDGE),
      web: game.web(WEB),
      webRows: game.latentDim === 1 ? 1 : WEB,
      probability: game.loss.isProbability,
      equilibrium: game.loss.balance,
      floor: game.measures.floor,
      now,
      moments: game.moments.slice(known),
      known,
      kept: this.kept.map((moment) => moment.step),
      past: step !== undefined,
      modes: game.data.modes.length,
      done: this.progress.done,
      turns: this.turns,
    };
  }
}

/** What stands for a worker where none can be had: the same, in the page itself. */
export class LocalWorker {
  constructor() {
    /** @type {((event: {data: any}) => void) | null} */
    this.onmessage = null;
    this.trainer = new Trainer((message) => this.onmessage?.({ data: message }));
  }

  /** @param {Order} order */
  postMessage(order) {
    setTimeout(() => this.trainer.receive(order));
  }

  terminate() {
    this.trainer.playing = false;
  }
}
