// Formulas: what is read, what is refused and where, and exact derivatives of random formulas.
import assert from "node:assert/strict";
import { test } from "node:test";
import { derivative, evaluate, withSmooth } from "../src/calculus.js";
import { FormulaError, FUNCTIONS, parse } from "../src/formula.js";
import { LOSSES, Loss } from "../src/losses.js";
import { Program } from "../src/program.js";
import { Random } from "../src/random.js";

const value = (text, l = 0.3, delta = -0.7, s = 0.1) =>
  evaluate(withSmooth(parse(text), s), { l, delta });
const sigmoid = (x) => 1 / (1 + Math.exp(-x));

test("formulas mean what they mean in mathematics", () => {
  for (const [text, wanted] of [
    ["1 + 2*3^2", 19],
    ["-2^2", -4],
    ["2^-1", 0.5],
    ["2^3^2", 512],
    ["8/4/2", 1],
    ["5 - 3 - 1", 1],
    ["--l", 0.3],
    ["ℓ·2 − 1", -0.4],
    ["D", sigmoid(0.3)],
    ["Δ + delta + ∆", -2.1],
    ["max(l, 1) + min(l, 1)", 1.3],
    ["relu(-l) + abs(-l) + softplus(0)", 0.3 + Math.LN2],
    ["1e-1 + .5", 0.6],
    [
      "-(1-s)*log(D) - s*log(1-D)",
      -0.9 * Math.log(sigmoid(0.3)) - 0.1 * Math.log(1 - sigmoid(0.3)),
    ],
  ])
    assert.ok(Math.abs(value(text) - wanted) < 1e-12, `${text}: ${value(text)}`);
});

test("a wrong formula is answered by what is wrong and where", () => {
  for (const [text, message, at] of [
    ["-(1-s)*lag(D)", /"lag" is unknown: use l, D, s, delta, or log/, 7],
    ["log(D", /this bracket is never closed/, 3],
    ["l))", /this "\)" closes nothing/, 1],
    ["2 D", /an operator such as \* is missing before "D"/, 2],
    ["(2 D)", /an operator such as \* is missing before "D"/, 3],
    ["l(3)", /an operator such as \* is missing before "\("/, 1],
    ["log D", /log needs its argument in brackets/, 4],
    ["l + *2", /a number, a name or a bracket should stand in place of "\*"/, 4],
    ["l +", /the formula ends where a number, a name or a bracket should follow/, 3],
    ["", /the formula ends where/, 0],
    ["max(l)", /max takes 2 arguments, not 1/, 0],
    ["log(l, 2)", /log takes 1 argument, not 2/, 0],
    ["l, 2", /a comma belongs between/, 1],
    ["l $ 2", /"\$" has no meaning here/, 2],
    ["l = 2", /"=" has no meaning here/, 2],
    [`l${"+l".repeat(200)}`, /more than 300 characters/, 300],
    ["constructor", /"constructor" is unknown/, 0],
    ["toString(l)", /"toString" is unknown/, 0],
  ])
    assert.throws(
      () => parse(text),
      (error) => {
        assert.ok(error instanceof FormulaError, text);
        assert.match(error.message, message);
        assert.equal(error.at, at, text);
        assert.match(error.message, new RegExp(`at character ${at + 1}$`));
        return true;
      },
    );
});

test("a formula that gives no number is refused, and it is said which part it is", () => {
  assert.throws(
    () => new Loss({ ...LOSSES.smooth, fake: "log(l)" }, 0.1, 4),
    (error) =>
      error.part === "fake" && /gives no number where l or delta is -30/.test(error.message),
  );
});

test("log D and log(1 - D) neither overflow nor round to nothing", () => {
  assert.equal(value("log(D)", -800), -800);
  assert.equal(value("log(1-D)", 800), -800);
  assert.equal(value("-log(1-D)", -800), 0);
  assert.ok(Math.abs(value("log(D)", 40) + Math.exp(-40)) < 1e-25);
});

/** A random formula, smooth where it is looked at but for the kinks of abs, relu, max and min. */
function formula(random, depth) {
  const pick = (list) => list[random.below(list.length)];
  if (depth === 0) return pick(["l", "D", "delta", "s", "0.5", "2", "1"]);
  const inner = () => formula(random, depth - 1 - random.below(depth));
  switch (random.below(9)) {
    case 0:
      return `(${inner()} + ${inner()})`;
    case 1:
      return `(${inner()} - ${inner()})`;
    case 2:
      return `${inner()} * ${inner()}`;
    case 3:
      return `(${inner()}) / (1.5 + abs(${inner()}))`;
    case 4:
      return `-(${inner()})`;
    case 5:
      return `(1.2 + tanh(${inner()}))^(${pick(["2", "-1", "0.5", "l/4"])})`;
    case 6:
      return `${pick(["log", "sqrt"])}(1.1 + sigmoid(${inner()}))`;
    case 7:
      return `${pick(["max", "min"])}(${inner()}, ${inner()})`;
    default:
      return `${pick(["tanh", "sigmoid", "softplus", "relu", "abs"])}(${inner()})`;
  }
}

test("derivatives of 2,000 random formulas are what finite differences find", () => {
  const random = new Random(11);
  let compared = 0;
  for (let round = 0; round < 2000; round++) {
    const text = formula(random, 4);
    if (text.length > 300) continue;
    const tree = withSmooth(parse(text), 0.1);
    for (const name of ["l", "delta"]) {
      const slope = derivative(tree, name);
      const at = { l: random.normal(), delta: random.normal() };
      const f = (h) => evaluate(tree, { ...at, [name]: at[name] + h });
      const [left, right] = [(f(0) - f(-1e-6)) / 1e-6, (f(1e-6) - f(0)) / 1e-6];
      // At a kink the two sides differ, and either is right.
      if (!(Math.abs(left - right) < 1e-4 * Math.max(1, Math.abs(left)))) continue;
      const wanted = (f(1e-5) - f(-1e-5)) / 2e-5;
      const found = evaluate(slope, at);
      const size = Math.max(1, Math.abs(wanted));
      assert.ok(Math.abs(found - wanted) < 1e-4 * size, `${text} by ${name}: ${found}, ${wanted}`);
      compared++;
    }
  }
  assert.ok(compared > 3000, `${compared}`);
});

test("a program for a batch gives what each formula gives alone", () => {
  const random = new Random(12);
  for (let round = 0; round < 200; round++) {
    const trees = [0, 1, 2].map(() => withSmooth(parse(formula(random, 3)), 0.2));
    const program = new Program(trees, 5);
    for (let i = 0; i < 5; i++) {
      program.l[i] = random.normal();
      program.delta[i] = random.normal();
    }
    program.run(5);
    trees.forEach((tree, k) => {
      for (let i = 0; i < 5; i++)
        assert.equal(
          program.out[k][i],
          evaluate(tree, { l: program.l[i], delta: program.delta[i] }),
        );
    });
  }
});

test("the levels at equilibrium are those of the theory", () => {
  const near = (x, y) => assert.ok(Math.abs(x - y) < 1e-6, `${x}, ${y}`);
  for (const [s, d, g] of [
    [0, 2 * Math.LN2, Math.LN2],
    [0.1, 1.376278, 0.798508],
    [0.2, 1.346023, 0.916291],
  ]) {
    const found = new Loss(LOSSES.smooth, s, 4).balance;
    near(sigmoid(found.l), (1 - s) / 2);
    near(found.d, d);
    near(found.g, g);
  }
  const { d, g } = new Loss(LOSSES.twosided, 0.2, 4).balance;
  near(d, 2 * Math.LN2);
  near(g, Math.LN2);
  near(new Loss(LOSSES.squares, 0, 4).balance.l, 0.5);
  assert.deepEqual(new Loss(LOSSES.wasserstein, 0, 4).balance, { l: 0, d: 0, g: null });
  assert.deepEqual(new Loss(LOSSES.hinge, 0, 4).balance, { l: 0, d: 2, g: null });
  assert.equal(new Loss({ real: "-l", fake: "0", g: "-l" }, 0, 4).balance.d, null);
});

test("the functions that the help names are those that there are", () => {
  assert.deepEqual([...FUNCTIONS.keys()].sort(), [
    "abs",
    "exp",
    "log",
    "max",
    "min",
    "relu",
    "sigmoid",
    "softplus",
    "sqrt",
    "tanh",
  ]);
});
