/** Formulas as a list of operations, each of them for a whole batch at once. */
import { VALUES } from "./calculus.js";

/** @typedef {import("./formula.js").Node} Node */

export class Program {
  /**
   * @param {Node[]} formulas parts that several of them share are computed once
   * @param {number} capacity the largest batch
   */
  constructor(formulas, capacity) {
    this.capacity = capacity;
    this.l = new Float64Array(capacity);
    this.delta = new Float64Array(capacity);
    /** @type {{op: string, out: Float64Array, x: Float64Array, y: Float64Array}[]} */
    this.code = [];
    /** @type {Map<string, Float64Array>} */
    this.known = new Map([
      ["l", this.l],
      ["delta", this.delta],
    ]);
    /** The results, one array a formula. */
    this.out = formulas.map((formula) => this.place(formula).at);
  }

  /**
   * Where the value of a node is found, once the program has run.
   *
   * @param {Node} node
   * @returns {{key: string, at: Float64Array}}
   */
  place(node) {
    const args = node.args.map((arg) => this.place(arg));
    const key =
      node.op === "number" ? `${node.value}` : [node.op, ...args.map((a) => `(${a.key})`)].join("");
    let at = this.known.get(key);
    if (!at) {
      at = new Float64Array(this.capacity);
      this.known.set(key, at);
      if (node.op === "number") at.fill(node.value ?? 0);
      else this.code.push({ op: node.op, out: at, x: args[0].at, y: (args[1] ?? args[0]).at });
    }
    return { key, at };
  }

  /**
   * Compute the first n values of `out` from those of `l` and `delta`.
   *
   * @param {number} n
   */
  run(n) {
    for (const { op, out, x, y } of this.code) {
      // Those that nearly every loss has, without a call for each number.
      if (op === "+") for (let i = 0; i < n; i++) out[i] = x[i] + y[i];
      else if (op === "-") for (let i = 0; i < n; i++) out[i] = x[i] - y[i];
      else if (op === "*") for (let i = 0; i < n; i++) out[i] = x[i] * y[i];
      else if (op === "negative") for (let i = 0; i < n; i++) out[i] = -x[i];
      else {
        const f = VALUES[op];
        for (let i = 0; i < n; i++) out[i] = f(x[i], y[i]);
      }
    }
  }
}
