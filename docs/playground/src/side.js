/** Beside the plane: the numbers of now, and curves of what was measured. */
import { drawChart, rangeOf } from "./chart.js";
import { h, show } from "./dom.js";

export class Side {
  constructor() {
    this.numbers = h("dl", { class: "numbers", "aria-hidden": "true" });
    this.charts = [
      "Losses; dashed level: equilibrium",
      "Modes covered; share of fakes near",
      "Jensen–Shannon divergence; dashed: real",
    ].map((title) => {
      const canvas = h("canvas", { class: "chart", role: "img", "aria-label": title });
      return { title, canvas, figure: h("figure", {}, h("figcaption", {}, title), canvas) };
    });
    this.element = h(
      "div",
      { class: "side" },
      this.numbers,
      ...this.charts.map(({ figure }) => figure),
    );
  }

  /** @param {string} words what there is to see */
  describe(words) {
    for (const { canvas, title } of this.charts)
      canvas.setAttribute("aria-label", `${title}. ${words}`);
  }

  /**
   * @param {import("./trainer.js").Frame} frame
   * @param {import("./game.js").Moment[]} moments
   * @param {import("./theme.js").Colours} colours
   */
  draw(frame, moments, colours) {
    const { now, equilibrium, modes, rate } = frame;
    const steps = moments.map((moment) => moment.step);
    const marked = frame.past ? frame.step : null;
    const values = (/** @type {"d" | "g" | "near" | "jsd" | "covered"} */ key) =>
      moments.map((moment) => moment[key]);
    const losses = [
      { label: "d_loss", colour: colours.d, values: values("d") },
      { label: "g_loss", colour: colours.fake, values: values("g"), dash: [5, 3] },
    ];
    const levels = [
      { label: "", colour: colours.d, value: equilibrium.d },
      { label: "", colour: colours.fake, value: equilibrium.g },
    ].filter((level) => level.value !== null);
    const [first, second, third] = this.charts;
    const at = /** @type {any} */ (levels);
    drawChart(first.canvas, colours, steps, losses, at, rangeOf(losses, at), marked);
    const shares = [
      { label: "near", colour: colours.fake, values: values("near"), dash: [5, 3] },
      ...(modes
        ? [
            {
              label: "modes",
              colour: colours.text,
              values: values("covered").map((n) => n / modes),
            },
          ]
        : []),
    ];
    drawChart(second.canvas, colours, steps, shares, [], [0, 1], marked);
    const jsd = [{ label: "JSD", colour: colours.text, values: values("jsd") }];
    drawChart(
      third.canvas,
      colours,
      steps,
      jsd,
      [{ label: "", colour: colours.soft, value: frame.floor }],
      [0, Math.LN2],
      marked,
    );
    this.count([
      ["step", frame.step.toLocaleString("en-US")],
      ...(modes ? [["modes", `${now.covered} of ${modes}`]] : []),
      ["fakes near", `${Math.round(100 * now.near)}%`],
      ["slope at fakes", show(now.slope)],
      ...(frame.probability ? [["D at fakes", show(now.says, 2)]] : []),
      ["steps a second", frame.playing ? show(rate, 0) : "–"],
    ]);
  }

  /** @param {string[][]} pairs */
  count(pairs) {
    if (this.numbers.children.length !== pairs.length)
      this.numbers.replaceChildren(
        ...pairs.map(([name]) => h("div", {}, h("dt", {}, name), h("dd", {}))),
      );
    pairs.forEach(([name, value], i) => {
      const [term, said] = this.numbers.children[i].children;
      term.textContent = name;
      said.textContent = value;
    });
  }
}
