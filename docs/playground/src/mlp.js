import { multiply } from "./matrix.js";

/**
 * Activations as their slope and its own slope, both written in terms of the output.
 *
 * @typedef {"leaky" | "relu" | "tanh"} Activation
 */
const LEAK = 0.2;

/**
 * A fully connected network with linear outputs: weights (in, out) and biases of each layer, as
 * in Keras, in one array; their gradients in another of the same layout.
 */
export class Mlp {
  /**
   * @param {number[]} sizes units of each layer, inputs first
   * @param {Activation} activation of the hidden layers
   */
  constructor(sizes, activation) {
    this.sizes = sizes;
    this.activation = activation;
    let total = 0;
    for (let l = 1; l < sizes.length; l++) total += (sizes[l - 1] + 1) * sizes[l];
    this.params = new Float64Array(total);
    this.grads = new Float64Array(total);
    this.layers = [];
    for (let l = 1, at = 0; l < sizes.length; l++) {
      const rows = sizes[l - 1];
      const cols = sizes[l];
      const bias = at + rows * cols;
      this.layers.push({
        rows,
        cols,
        w: this.params.subarray(at, bias),
        b: this.params.subarray(bias, bias + cols),
        gw: this.grads.subarray(at, bias),
        gb: this.grads.subarray(bias, bias + cols),
      });
      at = bias + cols;
    }
  }

  /**
   * Weights drawn as Keras draws them by default (Glorot and Bengio 2010, eq. 16), biases 0.
   *
   * @param {import("./random.js").Random} random
   */
  initialise(random) {
    for (const { rows, cols, w, b } of this.layers) {
      const limit = Math.sqrt(6 / (rows + cols));
      for (let i = 0; i < w.length; i++) w[i] = limit * (2 * random.uniform() - 1);
      b.fill(0);
    }
  }
}

/** What one pass of a batch through a network leaves behind, so that gradients can be taken. */
export class Tape {
  /**
   * @param {Mlp} net
   * @param {number} capacity the largest batch
   */
  constructor(net, capacity) {
    this.net = net;
    const make = () => net.sizes.map((size) => new Float64Array(size * capacity));
    /** Inputs, then what each layer puts out. */
    this.a = make();
    /** The gradient with respect to each layer's sums, and at 0 to the inputs. */
    this.d = make();
    /** How each layer's outputs move when the inputs move along a direction. */
    this.t = make();
    /** The gradient with respect to each layer's sums that comes through the slopes. */
    this.s = make();
  }

  /** @returns {Float64Array} inputs (n, sizes[0]), to be filled before `forward` */
  get inputs() {
    return this.a[0];
  }

  /** @returns {Float64Array} outputs (n, last size) after `forward` */
  get outputs() {
    return this.a[this.a.length - 1];
  }

  /**
   * Outputs of the first n inputs.
   *
   * @param {number} n
   */
  forward(n) {
    const { layers, activation } = this.net;
    layers.forEach(({ rows, cols, w, b }, l) => {
      const out = this.a[l + 1];
      for (let i = 0; i < n; i++) out.set(b, i * cols);
      times(out, n, cols, rows, this.a[l], w, true);
      if (l + 1 < layers.length) activate(out, n * cols, activation);
    });
    return this.outputs;
  }

  /**
   * The gradient with respect to the inputs, and in `grads` to the weights, which are added to.
   *
   * @param {number} n
   * @param {Float64Array} dOut gradient with respect to the outputs, (n, last size)
   * @param {boolean} weights whether the gradient of the weights is wanted
   * @param {boolean} inputs whether that of the inputs is wanted
   * @returns {Float64Array} (n, sizes[0])
   */
  backward(n, dOut, weights, inputs) {
    const { layers, activation } = this.net;
    const last = layers.length;
    this.d[last].set(dOut.subarray(0, n * layers[last - 1].cols));
    for (let l = last; l > 0; l--) {
      const { rows, cols, w, gw, gb } = layers[l - 1];
      if (weights) {
        outer(gw, rows, cols, n, this.a[l - 1], this.d[l]);
        addRows(gb, this.d[l], n, cols);
      }
      if (l > 1 || inputs) {
        timesTransposed(this.d[l - 1], n, rows, cols, this.d[l], w);
        if (l > 1) scaleBySlope(this.d[l - 1], this.a[l - 1], n * rows, activation);
      }
    }
    return this.d[0];
  }

  /**
   * Adds to `grads` the gradient of weight * mean(cost of the slope of the one output in the
   * inputs), second derivatives included, and returns that mean times weight.
   *
   * With v the gradient in x of the output and u that of the cost in v, the gradient wanted is
   * that of <u, v> with u held still, which is how fast the output moves when x moves along u:
   * so u goes forward through the slopes, and what comes back is known but for the curvature of
   * the activation.
   *
   * "squared" is |v|^2 / 2 (R1 and R2: Mescheder et al. 2018, eq. 9 and 10), "unit" is
   * (|v| - 1)^2 (Gulrajani et al. 2017, eq. 3).
   *
   * @param {number} n the first n inputs, whose outputs are computed here
   * @param {number} weight
   * @param {"squared" | "unit"} cost
   */
  penalise(n, weight, cost) {
    const { net, a, d, t, s } = this;
    const last = net.layers.length;
    this.forward(n);
    const v = this.backward(n, new Float64Array(n).fill(1), false, true);
    const total = costOfSlope(v, t[0], n, net.sizes[0], weight / n, cost);
    for (let l = 1; l < last; l++) {
      const { rows, cols, w } = net.layers[l - 1];
      times(t[l], n, cols, rows, t[l - 1], w, false);
      // The sums' own speed is kept for the curvature below.
      s[l].set(t[l].subarray(0, n * cols));
      scaleBySlope(t[l], a[l], n * cols, net.activation);
    }
    const curved = net.activation === "tanh";
    for (let l = last; l > 0; l--) {
      const { rows, cols, w, gw, gb } = net.layers[l - 1];
      outer(gw, rows, cols, n, t[l - 1], d[l]);
      if (!curved) continue;
      if (l < last) {
        outer(gw, rows, cols, n, a[l - 1], s[l]);
        addRows(gb, s[l], n, cols);
      }
      if (l > 1) bend(s, d, a, l, n, rows, cols, w, last);
    }
    return total;
  }
}

/**
 * The gradient that reaches the sums of layer l - 1 through the slopes of its activation, tanh.
 *
 * @param {Float64Array[]} s holds the sums' speed at l - 1, and takes the result
 * @param {Float64Array[]} d
 * @param {Float64Array[]} a
 * @param {number} l
 * @param {number} n
 * @param {number} rows
 * @param {number} cols
 * @param {Float64Array} w
 * @param {number} last
 */
function bend(s, d, a, l, n, rows, cols, w, last) {
  const speed = s[l - 1];
  const through = new Float64Array(n * rows);
  if (l < last) timesTransposed(through, n, rows, cols, s[l], w);
  for (let i = 0; i < n * rows; i++) {
    const y = a[l - 1][i];
    // tanh'' = -2 tanh tanh'; d already holds one factor tanh'.
    speed[i] = through[i] * (1 - y * y) - 2 * y * d[l - 1][i] * speed[i];
  }
}

/**
 * The cost of each row's slope and, in `u`, weight times the cost's gradient.
 *
 * @param {Float64Array} v (n, dims)
 * @param {Float64Array} u (n, dims)
 * @param {number} n
 * @param {number} dims
 * @param {number} weight of one row
 * @param {"squared" | "unit"} cost
 */
function costOfSlope(v, u, n, dims, weight, cost) {
  let total = 0;
  for (let i = 0; i < n; i++) {
    let squared = 0;
    for (let j = 0; j < dims; j++) squared += v[i * dims + j] ** 2;
    // A root has no slope at 0; this one has.
    const norm = Math.sqrt(squared + 1e-12);
    const factor = cost === "squared" ? 1 : 2 * (1 - 1 / norm);
    total += cost === "squared" ? squared / 2 : (norm - 1) ** 2;
    for (let j = 0; j < dims; j++) u[i * dims + j] = weight * factor * v[i * dims + j];
  }
  return weight * total;
}

/**
 * @param {Float64Array} c
 * @param {number} n
 * @param {number} cols
 * @param {number} rows
 * @param {Float64Array} x (n, rows)
 * @param {Float64Array} w (rows, cols)
 * @param {boolean} add
 */
function times(c, n, cols, rows, x, w, add) {
  multiply(c, n, cols, rows, x, rows, 1, w, cols, 1, add);
}

/**
 * @param {Float64Array} c
 * @param {number} n
 * @param {number} rows
 * @param {number} cols
 * @param {Float64Array} d (n, cols)
 * @param {Float64Array} w (rows, cols)
 */
function timesTransposed(c, n, rows, cols, d, w) {
  multiply(c, n, rows, cols, d, cols, 1, w, 1, cols, false);
}

/**
 * @param {Float64Array} gw (rows, cols), added to
 * @param {number} rows
 * @param {number} cols
 * @param {number} n
 * @param {Float64Array} x (n, rows)
 * @param {Float64Array} d (n, cols)
 */
function outer(gw, rows, cols, n, x, d) {
  multiply(gw, rows, cols, n, x, 1, rows, d, cols, 1, true);
}

/**
 * @param {Float64Array} sum (cols), added to
 * @param {Float64Array} rows (n, cols)
 * @param {number} n
 * @param {number} cols
 */
function addRows(sum, rows, n, cols) {
  for (let i = 0, at = 0; i < n; i++) for (let j = 0; j < cols; j++) sum[j] += rows[at++];
}

/**
 * @param {Float64Array} x
 * @param {number} n
 * @param {Activation} activation
 */
function activate(x, n, activation) {
  if (activation === "tanh") for (let i = 0; i < n; i++) x[i] = Math.tanh(x[i]);
  else {
    const leak = activation === "leaky" ? LEAK : 0;
    for (let i = 0; i < n; i++) if (x[i] < 0) x[i] *= leak;
  }
}

/**
 * @param {Float64Array} d multiplied by the slope
 * @param {Float64Array} y the activation's outputs
 * @param {number} n
 * @param {Activation} activation
 */
function scaleBySlope(d, y, n, activation) {
  if (activation === "tanh") for (let i = 0; i < n; i++) d[i] *= 1 - y[i] * y[i];
  else {
    const leak = activation === "leaky" ? LEAK : 0;
    for (let i = 0; i < n; i++) if (!(y[i] > 0)) d[i] *= leak;
  }
}
