/** What there is to see, in words. */
import { show } from "./dom.js";

/**
 * The state in a few sentences, for a screen reader and for everyone.
 *
 * @param {import("./trainer.js").Frame} frame
 * @param {string} also a last sentence
 */
export function describe({ step, modes, now, playing, past, equilibrium, turns }, also) {
  const parts = [`Step ${step.toLocaleString("en-US")}.`];
  if (turns.d) parts.push(`${turns.d} turn${turns.d > 1 ? "s" : ""} of D since.`);
  if (modes) parts.push(`Modes covered: ${now.covered} of ${modes}.`);
  parts.push(
    `${Math.round(100 * now.near)}% of the fakes are near ${modes ? "a mode" : "the data"}.`,
  );
  if (Number.isFinite(now.d)) parts.push(`d_loss ${show(now.d, 2)}${level(equilibrium.d)}.`);
  if (Number.isFinite(now.g)) parts.push(`g_loss ${show(now.g, 2)}${level(equilibrium.g)}.`);
  parts.push(`Slope at the fakes ${show(now.slope)}.`);
  parts.push(past ? "A look back." : playing ? "Playing." : "Paused.");
  if (also) parts.push(also);
  return parts.join(" ");
}

/** @param {number | null} value */
const level = (value) => (value === null ? "" : ` (${show(value, 2)} at equilibrium)`);
