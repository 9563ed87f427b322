// The page on the generator: the drawings are Keras's, and the small parts do what they say.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { arc, COUNT, inputOf, vectors } from "../src/digits/latent.js";
import { nearest, small, unpack } from "../src/digits/neighbours.js";
import { Generator, halves } from "../src/digits/network.js";
import { RANGES, read, USUAL, write } from "../src/digits/state.js";
import { describe } from "../src/digits/words.js";

const file = (path) => readFileSync(new URL(path, import.meta.url));
const bufferOf = (bytes) => bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
const weights = bufferOf(file("../../static/generator.bin"));
const digits = bufferOf(file("../../static/digits.bin"));
const drawings = JSON.parse(file("drawings.json"));
const generator = new Generator(weights);
const UNIT = 2 / 255; // of a grey in [-1, 1]

test("a drawing is Keras's to 2/255 a pixel, whatever is asked for", () => {
  let greatest = 0;
  for (const { start, end, pixels, ...state } of drawings) {
    const z = arc(start, end, state.t);
    const image = generator.draw(inputOf(z, { ...USUAL, ...state }, generator.directions));
    const furthest = Math.max(...image.map((value, i) => Math.abs(value - pixels[i] / 10000)));
    assert.ok(furthest <= 2 * UNIT, `${JSON.stringify(state)}: ${furthest / UNIT} of 255`);
    greatest = Math.max(greatest, furthest);
  }
  console.log(`${drawings.length} drawings: at most ${(greatest / UNIT).toFixed(2)}/255 off`);
});

test("a drawing takes at most 30 ms", () => {
  const input = new Float32Array(74).map((_, i) => (i < 64 ? Math.sin(7 * i) : Number(i === 70)));
  const times = Array.from({ length: 40 }, () => {
    const start = performance.now();
    generator.draw(input);
    return performance.now() - start;
  }).sort((a, b) => a - b);
  // The least: what else the machine does meanwhile is not the drawing's.
  console.log(`a drawing: ${times[0].toFixed(2)} ms, the least of 40`);
  assert.ok(times[0] <= 30);
});

test("float16 is read as it is written, and a file of another length is refused", () => {
  const view = new DataView(new ArrayBuffer(12));
  [0x3c00, 0xc000, 0x7bff, 0x0001, 0x3555, 0x8000].forEach((bits, i) => {
    view.setUint16(2 * i, bits, true);
  });
  assert.deepEqual(Array.from(halves(view.buffer)), [1, -2, 65504, 2 ** -24, 0.333251953125, -0]);
  assert.throws(() => new Generator(weights.slice(2)), /should be 268641 numbers/);
});

test("a seed gives the same standard normal vectors, another seed others", () => {
  assert.deepEqual(vectors(4), vectors(4));
  const all = Array.from({ length: 200 }, (_, seed) => vectors(seed)).flat();
  assert.equal(all.length, 200 * COUNT);
  const numbers = all.flatMap((vector) => Array.from(vector));
  const mean = numbers.reduce((a, b) => a + b) / numbers.length;
  const square = numbers.reduce((a, b) => a + b * b, 0) / numbers.length;
  assert.ok(Math.abs(mean) < 0.01 && Math.abs(square - 1) < 0.02, `${mean} ${square}`);
  assert.equal(new Set(numbers).size, numbers.length);
});

test("an arc begins and ends where it should, and keeps the length on the way", () => {
  const [start, end] = [
    [3, 4, 0],
    [0, 0, 5],
  ];
  const close = (found, wanted) =>
    assert.ok(found.every((value, i) => Math.abs(value - wanted[i]) < 1e-9));
  close(arc(start, end, 0), start);
  close(arc(start, end, 1), end);
  assert.ok(Math.abs(Math.hypot(...arc(start, end, 0.3)) - 5) < 1e-9);
  close(arc(start, start, 0.5), start);
});

test("an address brings back the state, and what is no state is named", () => {
  const state = Object.fromEntries(
    Object.entries(RANGES).map(([name, { to, usual }]) => [name, to === usual ? 0 : to]),
  );
  assert.deepEqual(read(write(state)), { state, wrong: [] });
  assert.equal(write(USUAL), "");
  const { state: found, wrong } = read("#digit=10&psi=0.8&at=1.5&colour=red&seed=");
  assert.deepEqual(found, { ...USUAL, psi: 0.8 });
  assert.equal(wrong.length, 4);
  assert.equal(wrong[0], "digit=10 in the address is not understood");
});

test("the nearest training digits are those of a search through all 5,000", async () => {
  const greys = await unpack(digits);
  assert.equal(greys.length, 5000 * 196);
  // A training digit, enlarged: it is its own neighbour at distance 0.
  const of = (index) =>
    Float32Array.from({ length: 784 }, (_, i) => {
      const at = 14 * (Math.floor(i / 28) >> 1) + ((i % 28) >> 1);
      return 2 * greys[196 * index + at] - 1;
    });
  const found = nearest(of(4217), greys, 5);
  assert.equal(found[0].index, 4217);
  assert.equal(found[0].label, 7);
  assert.ok(found[0].distance < 1e-5);
  const image = of(12).map((value, i) => Math.max(-1, value - (i % 3) / 10));
  const distances = Array.from({ length: 5000 }, (_, index) =>
    Math.hypot(...small(image).map((value, k) => value - greys[196 * index + k])),
  );
  const order = [...distances.keys()].sort((a, b) => distances[a] - distances[b]);
  assert.deepEqual(
    nearest(image, greys, 5).map(({ index }) => index),
    order.slice(0, 5),
  );
});

test("distances to training digits are those of NumPy's search", async () => {
  const greys = await unpack(digits);
  for (const { pixels, nearest: wanted } of drawings) {
    const image = Float32Array.from(pixels, (value) => value / 10000);
    const found = nearest(image, greys, 5).map(({ distance }) => distance);
    assert.ok(found.every((distance, i) => Math.abs(distance - wanted[i]) < 0.002));
  }
});

test("the state in words", () => {
  const words = (some, neighbour) => describe({ ...USUAL, ...some }, neighbour);
  assert.equal(words({ digit: 7, psi: 0.8 }), "A 7, ψ = 0.80, drawing 1 of seed 1.");
  assert.equal(
    words({ digit: 8, slant: -0.5, t: 0.3, to: 4 }, { index: 8, label: 8, distance: 1.5 }),
    "An 8, ψ = 1.00, slant −0.50, drawing 1 of seed 1. 0.30 of the way to drawing 4. Nearest training digit: an 8, at distance 1.50.",
  );
  assert.match(words({ digit: 3, with: 8, share: 0.25 }), /^0\.75 · 3 \+ 0\.25 · 8, ψ/);
  assert.match(words({ digit: 3, with: 8, share: 1 }), /^An 8,/);
});
