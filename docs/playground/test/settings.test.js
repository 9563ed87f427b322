// Settings and their address, data, points, measures.
import assert from "node:assert/strict";
import { test } from "node:test";
import { DATASETS, readPoints } from "../src/datasets.js";
import { jensenShannon, Measures } from "../src/measures.js";
import { Random } from "../src/random.js";
import { DEFAULTS, NUMBERS, read, write } from "../src/settings.js";

test("an address brings back the whole state", () => {
  const own = {
    ...DEFAULTS,
    data: "own",
    points: [
      [1.25, -0.5],
      [0, 2],
    ],
    latent: "uniform1",
    loss: "own",
    real: "-(1-s)*log(D) + 0*l",
    fake: "softplus(l)",
    g: "-l & 2",
    s: 0.25,
    r1: 1.5,
    gp: 2,
    clip: 0.05,
    dopt: "sgd",
    drate: 0.015,
    gturns: 0,
    dlayers: 3,
    seed: 42,
    speed: "slow",
    mission: "stall",
    act: "tanh",
  };
  const { settings, wrong } = read(write(own));
  assert.deepEqual(settings, own);
  assert.deepEqual(wrong, []);
  assert.equal(write(DEFAULTS), "");
  assert.deepEqual(read("").settings, DEFAULTS);
  assert.equal(read("loss=hinge").settings.g, "-l");
  assert.equal(write(read("#data=grid&s=0.2").settings), "data=grid&s=0.2");
  const stall = read("mission=stall&dturns=5").settings;
  assert.equal(stall.data, "lines");
  assert.equal(write(stall), "mission=stall&dturns=5");
  assert.deepEqual(read(write({ ...stall, data: "ring", s: 0.1 })).settings, {
    ...stall,
    data: "ring",
    s: 0.1,
  });
});

test("what an address may not say is left out, with a sentence", () => {
  const { settings, wrong } = read(
    "data=cube&s=0.7&batch=7.5&__proto__=1&mission=../x&r1=&points=a&seed=2",
  );
  assert.deepEqual(settings, { ...DEFAULTS, seed: 2 });
  assert.equal(wrong.length, 7);
  assert.match(wrong[0], /data=cube in the address is not understood/);
});

test("every default is within its range", () => {
  for (const [name, { from, to }] of Object.entries(NUMBERS))
    assert.ok(DEFAULTS[name] >= from && DEFAULTS[name] <= to, name);
});

test("points are read from many kinds of lines, and shrunk into the plane", () => {
  assert.deepEqual(readPoints("x,y\n1, 2\n-0.5;1\n\n0 0 7"), [
    [1, 2],
    [-0.5, 1],
    [0, 0],
  ]);
  const large = readPoints("0 0\n100 50\n200 100");
  assert.ok(large.flat().every((v) => Math.abs(v) <= 2.5 + 1e-9));
  assert.throws(() => readPoints("1,2\n3"), /line 2 should be two numbers, not "3"/);
  assert.equal(readPoints(Array(1000).fill("1 1").join("\n")).length, 400);
});

test("all data lie in the plane, and their own samples score as the data", () => {
  for (const [name, data] of Object.entries(DATASETS)) {
    const random = new Random(3);
    const points = new Float64Array(2000);
    for (let i = 0; i < 1000; i++) points.set(data.draw(random), 2 * i);
    assert.ok(
      points.every((v) => Math.abs(v) < 3),
      name,
    );
    const measures = new Measures(data, 1000);
    const of = measures.of(points, 1000);
    assert.ok(of.near > 0.95, `${name} ${of.near}`);
    assert.equal(of.covered, data.modes.length, name);
    assert.ok(
      of.jsd < 2 * measures.floor + 0.01 && measures.floor < 0.05,
      `${name} ${of.jsd} ${measures.floor}`,
    );
    const far = measures.of(new Float64Array(2000).fill(-2.9), 1000);
    assert.ok(far.near === 0 && far.covered === 0 && far.spread < 1e-9, name);
    assert.ok(Math.abs(far.jsd - Math.LN2) < 1e-9, name);
  }
});

test("a mode is covered from a fifth of its fair share on", () => {
  const measures = new Measures(DATASETS.ring, 1000);
  for (const [count, covered] of [
    [24, 1],
    [25, 2],
  ]) {
    const fakes = new Float64Array(2000);
    for (let i = 0; i < 1000; i++) fakes.set(DATASETS.ring.modes[i < count ? 1 : 0], 2 * i);
    assert.equal(measures.of(fakes, 1000).covered, covered);
  }
});

test("the divergence is 0 for equal and log 2 for disjoint distributions", () => {
  const p = Float64Array.of(0.5, 0.5, 0, 0);
  assert.equal(jensenShannon(p, p), 0);
  assert.ok(Math.abs(jensenShannon(p, Float64Array.of(0, 0, 0.5, 0.5)) - Math.LN2) < 1e-12);
});
