/** The game itself: two networks, two losses, two optimizers, and what is measured of them. */
import { dataset } from "./datasets.js";
import { Loss } from "./losses.js";
import { Measures } from "./measures.js";
import { Mlp, Tape } from "./mlp.js";
import { Optimizer } from "./optimizers.js";
import { Random } from "./random.js";
import { STRUCTURE } from "./settings.js";

/**
 * @typedef {import("./settings.js").Settings} Settings
 * @typedef {object} Moment what is measured at a step
 * @property {number} step
 * @property {number} d mean loss of D since the moment before
 * @property {number} g mean loss of G since then
 * @property {number} covered modes
 * @property {number} near share of fakes near the data
 * @property {number} jsd divergence on a grid
 * @property {number} x mean of the fakes
 * @property {number} y
 * @property {number} spread root mean square distance of the fakes from their mean
 * @property {number} slope mean size of the gradient of G's loss at a fake
 * @property {number} says mean of D over the fakes
 */

/** Steps between two moments. */
export const EVERY = 50;
const MEASURED = 1000;
/** Rows of the pictures' pass through D: cells of the heat map along a side. */
export const CELLS = 48;

export class Game {
  /** @type {Optimizer} */ dOptimizer;
  /** @type {Optimizer} */ gOptimizer;

  /**
   * @param {Settings} settings
   * @throws {import("./formula.js").FormulaError}
   */
  constructor(settings) {
    this.settings = { ...settings };
    const { batch, act, dlayers, dwidth, glayers, gwidth, seed } = settings;
    this.data = dataset(settings.data, settings.points);
    this.loss = new Loss(settings, settings.s, Math.max(batch, MEASURED));
    this.latentDim = settings.latent.endsWith("1") ? 1 : 2;
    this.generator = new Mlp([this.latentDim, ...Array(glayers).fill(gwidth), 2], act);
    this.discriminator = new Mlp([2, ...Array(dlayers).fill(dwidth), 1], act);
    this.random = new Random(seed, 1);
    this.generator.initialise(this.random);
    this.discriminator.initialise(this.random);
    this.g = new Tape(this.generator, batch);
    this.d = new Tape(this.discriminator, 2 * batch);
    this.penalty = new Tape(this.discriminator, batch);
    /** Passes for pictures and measures, which must not touch those of training. */
    this.gView = new Tape(this.generator, MEASURED);
    this.dView = new Tape(this.discriminator, CELLS * CELLS);
    this.dGrads = new Float64Array(2 * batch);
    this.viewGrads = new Float64Array(MEASURED);
    this.noReals = new Float64Array(MEASURED);
    this.measures = new Measures(this.data, MEASURED);
    this.setOptimizers();
    this.step = 0;
    this.sums = { d: 0, dCount: 0, g: 0, gCount: 0 };
    this.shownLatents = new Float64Array(MEASURED * this.latentDim);
    this.draw(new Random(seed, 2), this.shownLatents);
    /** @type {Moment[]} */
    this.moments = [{ ...this.measure(), ...this.losses() }];
  }

  /** New optimizers, without the memory of steps before. */
  setOptimizers() {
    this.dOptimizer = new Optimizer(this.discriminator, this.settings.dopt);
    this.gOptimizer = new Optimizer(this.generator, this.settings.gopt);
  }

  /**
   * Take new settings over while the game goes on.
   *
   * @param {Settings} settings
   * @returns {boolean} false if only a new game can take them over
   */
  change(settings) {
    const before = /** @type {Record<string, any>} */ (this.settings);
    const after = /** @type {Record<string, any>} */ (settings);
    if (STRUCTURE.some((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name])))
      return false;
    const loss = new Loss(settings, settings.s, Math.max(settings.batch, MEASURED));
    this.settings = { ...settings };
    this.loss = loss;
    if (before.dopt !== after.dopt)
      this.dOptimizer = new Optimizer(this.discriminator, settings.dopt);
    if (before.gopt !== after.gopt) this.gOptimizer = new Optimizer(this.generator, settings.gopt);
    return true;
  }

  /**
   * Fill an array with latent numbers.
   *
   * @param {Random} random
   * @param {Float64Array} out
   */
  draw(random, out) {
    const normal = this.settings.latent.startsWith("normal");
    for (let i = 0; i < out.length; i++)
      out[i] = normal ? random.normal() : 2 * random.uniform() - 1;
  }

  /**
   * Put real samples into rows of D's inputs.
   *
   * @param {Float64Array} out
   * @param {number} n
   */
  drawReal(out, n) {
    for (let i = 0; i < n; i++) {
      const [x, y] = this.data.draw(this.random);
      out[2 * i] = x;
      out[2 * i + 1] = y;
    }
  }

  /** Fakes of a new batch of latent vectors, (batch, 2). */
  fakes() {
    this.draw(this.random, this.g.inputs);
    return this.g.forward(this.settings.batch);
  }

  /** One turn of D: G is only asked for fakes. */
  turnOfD() {
    const { batch: n, r1, r2, gp, clip, drate, dbeta } = this.settings;
    const x = this.d.inputs;
    this.drawReal(x, n);
    x.set(this.fakes(), 2 * n);
    const logits = this.d.forward(2 * n);
    const loss = this.loss.discriminator(logits, this.dGrads, n);
    this.d.backward(2 * n, this.dGrads, true, false);
    if (r1) this.penalise(0, r1, "squared");
    if (r2) this.penalise(2 * n, r2, "squared");
    if (gp) this.penaliseBetween(gp);
    this.dOptimizer.apply(drate, dbeta);
    if (clip) {
      const { params } = this.discriminator;
      for (let i = 0; i < params.length; i++)
        params[i] = Math.max(-clip, Math.min(clip, params[i]));
    }
    this.sums.d += loss;
    this.sums.dCount++;
  }

  /**
   * A penalty on D's slope at the real (from 0) or the fake samples (from 2n).
   *
   * @param {number} from
   * @param {number} weight
   * @param {"squared" | "unit"} cost
   */
  penalise(from, weight, cost) {
    const n = this.settings.batch;
    this.penalty.inputs.set(this.d.inputs.subarray(from, from + 2 * n));
    this.penalty.penalise(n, weight, cost);
  }

  /**
   * The penalty of Gulrajani et al. 2017, at points drawn uniformly between real and fake.
   *
   * @param {number} weight
   */
  penaliseBetween(weight) {
    const n = this.settings.batch;
    const from = this.d.inputs;
    for (let i = 0; i < n; i++) {
      const share = this.random.uniform();
      for (let j = 2 * i; j < 2 * i + 2; j++)
        this.penalty.inputs[j] = share * from[j] + (1 - share) * from[2 * n + j];
    }
    this.penalty.penalise(n, weight, "unit");
  }

  /** One turn of G: D only says which way is up. */
  turnOfG() {
    const { batch: n, grate, gbeta } = this.settings;
    const { d, g } = this;
    d.inputs.set(this.fakes());
    let rows = n;
    if (this.loss.gIsPaired) {
      this.drawReal(d.inputs.subarray(2 * n), n);
      rows = 2 * n;
    }
    const logits = d.forward(rows);
    const loss = this.loss.generator(logits, logits.subarray(n), this.dGrads, n);
    g.backward(n, d.backward(n, this.dGrads.subarray(0, n), false, true), true, false);
    this.gOptimizer.apply(grate, gbeta);
    this.sums.g += loss;
    this.sums.gCount++;
  }

  /**
   * A whole step: the turns of D, the turns of G.
   *
   * @returns {Moment | null} what was measured, every 50 steps
   */
  play() {
    for (let i = 0; i < this.settings.dturns; i++) this.turnOfD();
    for (let i = 0; i < this.settings.gturns; i++) this.turnOfG();
    this.step++;
    return this.keepIfDue();
  }

  /** Measure and remember, every 50 steps. */
  keepIfDue() {
    if (this.step % EVERY) return null;
    const moment = { ...this.measure(), ...this.losses() };
    this.moments.push(moment);
    return moment;
  }

  /** @returns {boolean} whether all weights are still numbers */
  isFinite() {
    return [this.generator, this.discriminator].every(({ params }) =>
      params.every(Number.isFinite),
    );
  }

  /**
   * Fakes from the first n latent vectors that stay the same, (n, 2).
   *
   * @param {number} n at most 1000
   */
  shownFakes(n) {
    this.gView.inputs.set(this.shownLatents);
    return this.gView.forward(n).subarray(0, 2 * n);
  }

  /**
   * At each of the first n shown fakes, the way that G's loss sends it: minus its gradient.
   *
   * @param {number} n
   * @returns {Float64Array} (n, 2)
   */
  pushes(n) {
    const { dView } = this;
    dView.inputs.set(this.gView.outputs.subarray(0, 2 * n));
    const logits = dView.forward(n);
    // A paired loss is shown against a real sample of logit 0.
    this.loss.generator(logits, this.noReals, this.viewGrads, n);
    const push = dView.backward(n, this.viewGrads.subarray(0, n), false, true).slice(0, 2 * n);
    for (let i = 0; i < push.length; i++) push[i] *= -n;
    return push;
  }

  /** @returns {Moment} */
  measure() {
    const fakes = this.shownFakes(MEASURED);
    const of = this.measures.of(fakes, MEASURED);
    const push = this.pushes(MEASURED);
    let slope = 0;
    let says = 0;
    for (let i = 0; i < MEASURED; i++) {
      slope += Math.hypot(push[2 * i], push[2 * i + 1]) / MEASURED;
      says += 1 / (1 + Math.exp(-this.dView.outputs[i])) / MEASURED;
    }
    return { step: this.step, d: Number.NaN, g: Number.NaN, ...of, slope, says };
  }

  /** Mean losses since they were asked for last; NaN for a player without a turn. */
  losses() {
    const { d, dCount, g, gCount } = this.sums;
    this.sums = { d: 0, dCount: 0, g: 0, gCount: 0 };
    return { d: dCount ? d / dCount : Number.NaN, g: gCount ? g / gCount : Number.NaN };
  }

  /** What is measured now, with the losses of the last moment. */
  now() {
    const last = this.moments[this.moments.length - 1];
    if (last.step === this.step && !this.sums.dCount && !this.sums.gCount) return last;
    return { ...this.measure(), d: last.d, g: last.g };
  }

  /**
   * D's logits over the plane, (CELLS, CELLS), rows from below.
   *
   * @param {number} edge
   */
  heat(edge) {
    const { inputs } = this.dView;
    for (let i = 0, at = 0; i < CELLS; i++)
      for (let j = 0; j < CELLS; j++) {
        inputs[at++] = edge * ((2 * j + 1) / CELLS - 1);
        inputs[at++] = edge * ((2 * i + 1) / CELLS - 1);
      }
    return Float32Array.from(this.dView.forward(CELLS * CELLS));
  }

  /**
   * Where G sends a grid of latent vectors, (rows, cols, 2); one row of 8 cols if z is a number.
   *
   * @param {number} cols
   */
  web(cols) {
    const reach = this.settings.latent.startsWith("normal") ? 2 : 1;
    const { inputs } = this.gView;
    const flat = this.latentDim === 1;
    const across = flat ? 8 * cols : cols;
    const rows = flat ? 1 : cols;
    for (let i = 0, at = 0; i < rows; i++)
      for (let j = 0; j < across; j++) {
        inputs[at++] = reach * ((2 * j) / (across - 1) - 1);
        if (!flat) inputs[at++] = reach * ((2 * i) / (rows - 1) - 1);
      }
    return Float32Array.from(this.gView.forward(rows * across).subarray(0, 2 * rows * across));
  }
}
