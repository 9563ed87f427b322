/**
 * The steps of Keras 3's optimizers, to the same numbers.
 *
 * @typedef {"sgd" | "momentum" | "adam"} Rule
 */
const BETA2 = 0.999;
const EPSILON = 1e-7;

export class Optimizer {
  /**
   * @param {import("./mlp.js").Mlp} net whose weights it moves
   * @param {Rule} rule
   */
  constructor(net, rule) {
    this.net = net;
    this.rule = rule;
    this.step = 0;
    this.first = new Float64Array(net.params.length);
    this.second = new Float64Array(net.params.length);
  }

  /**
   * One step against `grads`, which become 0.
   *
   * @param {number} rate
   * @param {number} beta momentum, or Adam's beta 1
   */
  apply(rate, beta) {
    const { params, grads } = this.net;
    this.step++;
    if (this.rule === "adam") this.adam(params, grads, rate, beta);
    else {
      const keep = this.rule === "momentum" ? beta : 0;
      for (let i = 0; i < params.length; i++) {
        this.first[i] = keep * this.first[i] - rate * grads[i];
        params[i] += this.first[i];
      }
    }
    grads.fill(0);
  }

  /**
   * Kingma and Ba 2015, algorithm 1, in the efficient form at the end of its section 2.
   *
   * @param {Float64Array} params
   * @param {Float64Array} grads
   * @param {number} rate
   * @param {number} beta
   */
  adam(params, grads, rate, beta) {
    const { first, second } = this;
    const scaled = (rate * Math.sqrt(1 - BETA2 ** this.step)) / (1 - beta ** this.step);
    for (let i = 0; i < params.length; i++) {
      const g = grads[i];
      first[i] += (g - first[i]) * (1 - beta);
      second[i] += (g * g - second[i]) * (1 - BETA2);
      params[i] -= (scaled * first[i]) / (Math.sqrt(second[i]) + EPSILON);
    }
  }
}
