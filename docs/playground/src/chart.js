/** Lines over the steps, labelled where they end. */

/**
 * @typedef {{label: string, colour: string, values: number[], dash?: number[]}} Line
 * @typedef {{label: string, value: number, colour: string}} Level
 */

/**
 * The range that the lines fill, but for rare outliers.
 *
 * @param {Line[]} lines
 * @param {Level[]} levels
 * @returns {[number, number]}
 */
export function rangeOf(lines, levels) {
  const values = lines.flatMap((line) => line.values.filter(Number.isFinite)).sort((a, b) => a - b);
  const at = (/** @type {number} */ share) => values[Math.round(share * (values.length - 1))];
  const all = [
    ...(values.length ? [at(0.01), at(0.99)] : []),
    ...levels.map((level) => level.value),
  ];
  const low = Math.min(...all);
  const high = Math.max(...all);
  if (!all.length) return [0, 1];
  const space = Math.max(0.08 * (high - low), 0.1);
  return [low - space, high + space];
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {import("./theme.js").Colours} colours
 * @param {number[]} steps
 * @param {Line[]} lines
 * @param {Level[]} levels
 * @param {[number, number]} range
 * @param {number | null} marked step that is looked at
 */
export function drawChart(canvas, colours, steps, lines, levels, range, marked) {
  const dot = Math.min(2, devicePixelRatio || 1);
  const wide = Math.round(canvas.clientWidth * dot);
  const high = Math.round(canvas.clientHeight * dot);
  if (!wide || !high) return;
  if (canvas.width !== wide || canvas.height !== high)
    Object.assign(canvas, { width: wide, height: high });
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  pen.clearRect(0, 0, wide, high);
  pen.font = `${11 * dot}px ${getComputedStyle(canvas).fontFamily}`;
  const left = 34 * dot;
  const right = wide - 62 * dot;
  const bottom = high - 6 * dot;
  const top = 6 * dot;
  const end = Math.max(steps[steps.length - 1] ?? 0, 200);
  const x = (/** @type {number} */ step) => left + ((right - left) * step) / end;
  const y = (/** @type {number} */ value) => {
    const share = (value - range[0]) / (range[1] - range[0]);
    return bottom - (bottom - top) * Math.max(-0.05, Math.min(1.05, share));
  };
  frame(pen, colours, { left, right, top, bottom, dot }, range);
  if (marked !== null)
    stroke(pen, colours.soft, [2 * dot, 2 * dot], dot, [
      [x(marked), top],
      [x(marked), bottom],
    ]);
  for (const { value, colour } of levels)
    stroke(pen, colour, [4 * dot, 4 * dot], dot, [
      [left, y(value)],
      [right, y(value)],
    ]);
  const taken = /** @type {number[]} */ ([]);
  for (const { label, colour, values, dash = [] } of lines) {
    const path = values.flatMap((value, i) =>
      Number.isFinite(value) ? [[x(steps[i]), y(value)]] : [],
    );
    stroke(
      pen,
      colour,
      dash.map((d) => d * dot),
      1.5 * dot,
      path,
    );
    if (!path.length) continue;
    let at = Math.min(bottom - 4 * dot, Math.max(top + 6 * dot, path[path.length - 1][1]));
    // Labels keep a line's height between them.
    for (const other of taken.sort((a, b) => a - b))
      if (Math.abs(other - at) < 13 * dot) at = other + 13 * dot;
    if (at > bottom) at = Math.min(...taken) - 13 * dot;
    taken.push(at);
    pen.textAlign = "left";
    pen.textBaseline = "middle";
    pen.strokeStyle = colours.ground;
    pen.lineWidth = 3 * dot;
    pen.strokeText(label, path[path.length - 1][0] + 4 * dot, at);
    pen.fillStyle = colour;
    pen.fillText(label, path[path.length - 1][0] + 4 * dot, at);
  }
}

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {import("./theme.js").Colours} colours
 * @param {{left: number, right: number, top: number, bottom: number, dot: number}} box
 * @param {[number, number]} range
 */
function frame(pen, colours, { left, right, top, bottom, dot }, range) {
  stroke(pen, colours.faint, [], dot, [
    [left, top],
    [left, bottom],
    [right, bottom],
  ]);
  pen.fillStyle = colours.soft;
  pen.textAlign = "right";
  const digits = range[1] - range[0] < 5 ? 1 : 0;
  pen.textBaseline = "top";
  pen.fillText(range[1].toFixed(digits), left - 4 * dot, top - 3 * dot);
  pen.textBaseline = "bottom";
  pen.fillText(range[0].toFixed(digits), left - 4 * dot, bottom + 4 * dot);
}

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {string} colour
 * @param {number[]} dash
 * @param {number} width
 * @param {number[][]} path
 */
function stroke(pen, colour, dash, width, path) {
  pen.beginPath();
  for (const [x, y] of path) pen.lineTo(x, y);
  pen.setLineDash(dash);
  pen.lineWidth = width;
  pen.strokeStyle = colour;
  pen.stroke();
  pen.setLineDash([]);
}
