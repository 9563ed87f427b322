// Whole steps a second (D and G, Adam, two hidden layers of 32, batch 64) of the playground's
// engine and of TensorFlow.js on its wasm and cpu backends: rounds in turn, within one run.
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { Game } from "../src/game.js";
import { DEFAULTS } from "../src/settings.js";

const require = createRequire(import.meta.url);
// The bundle for browsers would look for a WebGL that Node has not; it says so once, unheard.
console.warn = () => {};
const tf = require("@tensorflow/tfjs");
const wasm = require("@tensorflow/tfjs-backend-wasm");
wasm.setWasmPaths(`${dirname(require.resolve("@tensorflow/tfjs-backend-wasm"))}/`);

const ROUNDS = Number(process.argv[2] ?? 5);
const MILLISECONDS = 1500;
const BATCH = 64;

function ours() {
  const game = new Game({ ...DEFAULTS, r1: 0 });
  return () => game.play();
}

function network(units) {
  const model = tf.sequential();
  for (const [i, size] of units.entries()) {
    model.add(tf.layers.dense({ units: size, ...(i ? {} : { inputShape: [2] }) }));
    if (i + 1 < units.length) model.add(tf.layers.leakyReLU({ alpha: 0.2 }));
  }
  return model;
}

function theirs() {
  const g = network([32, 32, 2]);
  const d = network([32, 32, 1]);
  const optimizers = [tf.train.adam(0.002, 0.5), tf.train.adam(0.002, 0.5)];
  const weights = [d, g].map((model) => model.trainableWeights.map((weight) => weight.val));
  const real = tf.randomNormal([BATCH, 2]);
  const cost = (labels, logits) => tf.losses.sigmoidCrossEntropy(labels, logits);
  const [fakes, reals] = [tf.zeros([BATCH, 1]), tf.fill([BATCH, 1], 0.9)];
  const ones = tf.ones([BATCH, 1]);
  return () =>
    tf.tidy(() => {
      const fake = g.predict(tf.randomNormal([BATCH, 2]));
      optimizers[0].minimize(
        () => cost(reals, d.apply(real)).add(cost(fakes, d.apply(fake))),
        false,
        weights[0],
      );
      optimizers[1].minimize(
        () => cost(ones, d.apply(g.apply(tf.randomNormal([BATCH, 2])))),
        false,
        weights[1],
      );
    });
}

/** Steps a second, measured for a while; the weights are looked at, so that nothing is put off. */
function measure(step) {
  const start = performance.now();
  let steps = 0;
  for (; performance.now() - start < MILLISECONDS; steps++) step();
  return (1000 * steps) / (performance.now() - start);
}

const players = { playground: ours() };
for (const backend of ["wasm", "cpu"]) {
  await tf.setBackend(backend);
  await tf.ready();
  players[`TF.js ${backend}`] = theirs();
  players[`TF.js ${backend}`]();
}
for (let i = 0; i < 300; i++) players.playground();
const found = Object.fromEntries(Object.keys(players).map((name) => [name, []]));
for (let round = 0; round < ROUNDS; round++)
  for (const [name, step] of Object.entries(players)) {
    const backend = name.split(" ")[1];
    if (backend) await tf.setBackend(backend);
    found[name].push(measure(step));
  }
const median = (list) => list.sort((a, b) => a - b)[Math.floor(list.length / 2)];
const speeds = Object.entries(found).map(([name, list]) => [name, median(list)]);
const [[, mine]] = speeds;
for (const [name, speed] of speeds)
  console.log(
    `${name}: ${speed.toFixed(0)} steps a second, playground ÷ this = ${(mine / speed).toFixed(2)}`,
  );
