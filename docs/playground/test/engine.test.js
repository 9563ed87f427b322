// The engine gives TensorFlow's numbers: losses, penalties, gradients, and whole steps.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Game } from "../src/game.js";
import { LOSSES } from "../src/losses.js";
import { multiply } from "../src/matrix.js";
import { Mlp, Tape } from "../src/mlp.js";
import { Random } from "../src/random.js";
import { DEFAULTS } from "../src/settings.js";

const { batch, cases } = JSON.parse(
  readFileSync(new URL("fixtures.json", import.meta.url), "utf8"),
);
const TOLERANCE = 1e-5;

function close(found, wanted, what) {
  assert.equal(found.length, wanted.length, what);
  for (let i = 0; i < wanted.length; i++)
    assert.ok(
      Math.abs(found[i] - wanted[i]) <= TOLERANCE * Math.max(1, Math.abs(wanted[i])),
      `${what}[${i}]: ${found[i]}, TensorFlow ${wanted[i]}`,
    );
}

/** A game with a fixture's networks, which is dealt the fixture's numbers instead of random ones. */
function gameOf(fixture) {
  const { loss, act, opt, r1, r2, gp, clip, s } = fixture;
  const { real, fake, g } = LOSSES[loss];
  const game = new Game({
    ...DEFAULTS,
    loss,
    real,
    fake,
    g,
    s,
    act,
    r1,
    r2,
    gp,
    clip,
    batch,
    dopt: opt,
    gopt: opt,
    drate: opt === "adam" ? 0.01 : 0.05,
    grate: opt === "adam" ? 0.01 : 0.05,
    dbeta: opt === "adam" ? 0.5 : 0.8,
    gbeta: opt === "adam" ? 0.5 : 0.8,
  });
  game.generator = new Mlp([2, 5, 7, 2], act);
  game.discriminator = new Mlp([2, 7, 6, 1], act);
  game.g = new Tape(game.generator, batch);
  game.d = new Tape(game.discriminator, 2 * batch);
  game.penalty = new Tape(game.discriminator, batch);
  game.generator.params.set(fixture.g);
  game.discriminator.params.set(fixture.d);
  game.setOptimizers();
  game.sums = { d: 0, dCount: 0, g: 0, gCount: 0 };
  return game;
}

/** Deal these numbers, in this order. */
function deal(game, { normals, uniforms, reals }) {
  game.random = { normal: () => normals.shift(), uniform: () => uniforms.shift() };
  game.data = { draw: () => [reals.shift(), reals.shift()] };
}

/** Let an optimizer note the gradient that it gets. */
function spy(optimizer, noted) {
  const apply = optimizer.apply.bind(optimizer);
  optimizer.apply = (...given) => {
    noted.push(optimizer.net.grads.slice());
    apply(...given);
  };
}

for (const [index, fixture] of cases.entries()) {
  const { loss, act, opt, r1, r2, gp, clip } = fixture;
  test(`two steps as TensorFlow's, case ${index}: ${loss}, ${act}, ${opt}, r1 ${r1}, r2 ${r2}, gp ${gp}, clip ${clip}`, () => {
    const game = gameOf(fixture);
    const noted = { d: [], g: [] };
    spy(game.dOptimizer, noted.d);
    spy(game.gOptimizer, noted.g);
    fixture.steps.forEach((step, i) => {
      deal(game, { normals: [...step.z], uniforms: [...step.share], reals: [...step.real] });
      const penalties = [];
      const { penalise } = Tape.prototype;
      game.penalty.penalise = (...given) => {
        const value = penalise.apply(game.penalty, given);
        penalties.push(value);
        return value;
      };
      game.turnOfD();
      deal(game, { normals: [...step.z_g], uniforms: [], reals: [...step.real_g] });
      game.turnOfG();
      const { d, g } = game.losses();
      close([d, g], [step.d_loss, step.g_loss], "losses");
      close(
        penalties,
        ["r1", "r2", "gp"].filter((name) => fixture[name]).map((name) => step.penalties[name]),
        "penalties",
      );
      close(noted.d[i], step.d_grads, "gradient of D");
      close(noted.g[i], step.g_grads, "gradient of G");
      close(game.discriminator.params, step.d, "weights of D");
      close(game.generator.params, step.g, "weights of G");
    });
  });
}

test("products of matrices of all shapes are what three loops give", () => {
  const random = new Random(5);
  for (let round = 0; round < 200; round++) {
    const [n, m, k] = [1 + random.below(9), 1 + random.below(9), 1 + random.below(9)];
    const fill = (length) => Float64Array.from({ length }, () => random.normal());
    const [a, b, c] = [fill(n * k), fill(k * m), fill(n * m)];
    const add = round % 2 === 0;
    const turned = round % 4 < 2;
    const wanted = c.map((value, at) => {
      let sum = add ? value : 0;
      for (let t = 0; t < k; t++) {
        const x = turned ? a[t * n + Math.floor(at / m)] : a[Math.floor(at / m) * k + t];
        sum += x * b[t * m + (at % m)];
      }
      return sum;
    });
    multiply(c, n, m, k, a, turned ? 1 : k, turned ? n : 1, b, m, 1, add);
    close(c, wanted, `${n} x ${k} x ${m}`);
  }
});

test("penalties are the slopes that finite differences find, also without hidden layers", () => {
  for (const sizes of [
    [2, 1],
    [2, 6, 1],
    [2, 5, 4, 3, 1],
  ])
    for (const act of ["tanh", "leaky"])
      for (const cost of ["squared", "unit"]) {
        const net = new Mlp(sizes, act);
        const random = new Random(8);
        net.initialise(random);
        const tape = new Tape(net, 3);
        const x = Float64Array.from({ length: 6 }, () => random.normal());
        const value = () => {
          tape.inputs.set(x);
          return tape.penalise(3, 0.8, cost);
        };
        value();
        const found = net.grads.slice();
        for (let i = 0; i < found.length; i++) {
          const kept = net.params[i];
          net.params[i] = kept + 1e-6;
          const above = value();
          net.params[i] = kept - 1e-6;
          const slope = (above - value()) / 2e-6;
          net.params[i] = kept;
          assert.ok(
            Math.abs(slope - found[i]) < 1e-6,
            `${sizes} ${act} ${cost} ${i}: ${found[i]} ${slope}`,
          );
        }
      }
});

test("the penalty of a flat D has a finite gradient", () => {
  const net = new Mlp([2, 4, 1], "leaky");
  const tape = new Tape(net, 2);
  assert.ok(Math.abs(tape.penalise(2, 1, "unit") - 1) < 1e-5);
  assert.ok(net.grads.every(Number.isFinite));
});

test("the same seed gives the same course, whatever is looked at in between", () => {
  const run = (seed, looks) => {
    const game = new Game({ ...DEFAULTS, seed });
    for (let i = 0; i < 120; i++) {
      game.play();
      if (looks && i % 7 === 0) {
        game.heat(3);
        game.web(9);
        game.pushes(20);
        game.now();
      }
    }
    return [...game.generator.params, ...game.discriminator.params];
  };
  assert.deepEqual(run(3, false), run(3, true));
  assert.notDeepEqual(run(3, false), run(4, false));
});
