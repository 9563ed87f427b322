/** The drawing in words. */

/** @param {number} digit */
export const a = (digit) => `${digit === 8 ? "an" : "a"} ${digit}`;

/**
 * With two decimals, and with a minus sign instead of a hyphen.
 *
 * @param {number} value
 */
export const two = (value) => value.toFixed(2).replace("-", "−");

/**
 * What was asked for: a digit, or a mixture of two.
 *
 * @param {import("./state.js").State} state
 */
export function asked({ digit, with: other, share }) {
  if (!share || digit === other) return a(digit);
  if (share === 1) return a(other);
  return `${two(1 - share)} · ${digit} + ${two(share)} · ${other}`;
}

/**
 * The state in a few sentences, for a screen reader and for everyone.
 *
 * @param {import("./state.js").State} state
 * @param {import("./neighbours.js").Neighbour | undefined} neighbour
 */
export function describe(state, neighbour) {
  const { seed, at, psi, slant, boldness, to, t } = state;
  const what = asked(state);
  const first = what[0].toUpperCase() + what.slice(1);
  const parts = [`${first}, ψ = ${two(psi)}`];
  if (slant) parts.push(`slant ${two(slant)}`);
  if (boldness) parts.push(`boldness ${two(boldness)}`);
  parts.push(`drawing ${at} of seed ${seed}`);
  const sentences = [`${parts.join(", ")}.`];
  if (t) sentences.push(`${two(t)} of the way to drawing ${to}.`);
  if (neighbour) {
    const { label, distance } = neighbour;
    sentences.push(`Nearest training digit: ${a(label)}, at distance ${two(distance)}.`);
  }
  return sentences.join(" ");
}
