/** A worker wherever one can be had: the site, JupyterLab, VS Code and Colab allow different ones. */
import { LocalWorker } from "./trainer.js";

/** Milliseconds after which a worker that has not answered is given up. */
const PATIENCE = 4000;

/**
 * @typedef {{postMessage: (order: any) => void, terminate: () => void}} Player
 */

/**
 * Start training in a worker, or in the page where the page's rules forbid all workers. Orders
 * that come before it is known which, wait.
 *
 * @param {string} script address of this module, or its text where it has no address
 * @param {(message: any) => void} hear
 * @returns {Player}
 */
export function startWorker(script, hear) {
  /** @type {any[]} */
  const waiting = [];
  /** @type {Player | null} */
  let player = null;
  const settle = (/** @type {any} */ chosen) => {
    player = chosen;
    chosen.onmessage = (/** @type {MessageEvent} */ { data }) => hear(data);
    for (const order of waiting.splice(0)) chosen.postMessage(order);
  };
  const addresses = addressesOf(script);
  const next = () => {
    const address = addresses.shift();
    if (!address) return settle(new LocalWorker());
    tryWorker(address, settle, next);
  };
  next();
  return {
    postMessage: (order) => (player ? player.postMessage(order) : waiting.push(order)),
    terminate: () => player?.terminate(),
  };
}

/**
 * @param {string} script
 * @returns {string[]} to be tried one after the other
 */
function addressesOf(script) {
  if (!script) return [];
  if (!script.includes("\n") && script.length < 2000) return [script];
  const bytes = new TextEncoder().encode(script);
  const base64 = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  return [
    URL.createObjectURL(new Blob([script], { type: "text/javascript" })),
    `data:text/javascript;base64,${base64}`, // what VS Code allows
  ];
}

/**
 * @param {string} address
 * @param {(worker: Worker) => void} settle
 * @param {() => void} fail
 */
function tryWorker(address, settle, fail) {
  let open = true;
  const once = (/** @type {() => void} */ act) => () => {
    if (!open) return;
    open = false;
    clearTimeout(timer);
    act();
  };
  /** @type {Worker} */
  let worker;
  const give = once(() => {
    worker?.terminate();
    fail();
  });
  const timer = setTimeout(give, PATIENCE);
  try {
    worker = new Worker(address, { type: "module" });
  } catch {
    give();
    return;
  }
  worker.onerror = (event) => {
    event.preventDefault();
    give();
  };
  worker.onmessage = once(() => settle(worker));
}
