/** The missions: to choose from, and how far the chosen one is. */
import { h } from "./dom.js";
import { MISSIONS } from "./missions.js";

export class Board {
  /**
   * @param {(name: string) => void} choose a mission, or "" for none
   * @param {string | null} root address of the site's first page, for links to chapters
   */
  constructor(choose, root) {
    this.root = root;
    this.name = "";
    this.done = -1;
    this.buttons = Object.entries(MISSIONS).map(([name, { title }]) =>
      h(
        "button",
        {
          type: "button",
          "aria-pressed": "false",
          "data-mission": name,
          onclick: () => choose(this.name === name ? "" : name),
        },
        title,
      ),
    );
    this.task = h("div", { class: "task" });
    this.element = h(
      "section",
      { class: "board", "aria-label": "Missions" },
      h(
        "div",
        { class: "missions", role: "group", "aria-label": "Choose a mission" },
        ...this.buttons,
      ),
      this.task,
    );
  }

  /**
   * @param {string} name
   * @param {number} done stages
   */
  show(name, done) {
    if (name === this.name && done === this.done) return;
    const open = name === this.name && this.task.querySelector("details")?.open;
    Object.assign(this, { name, done });
    for (const button of this.buttons)
      button.setAttribute("aria-pressed", `${button.dataset.mission === name}`);
    const mission = MISSIONS[name];
    this.task.hidden = !mission;
    this.task.replaceChildren();
    if (!mission) return;
    const solved = done >= mission.stages.length;
    this.task.classList.toggle("solved", solved);
    this.task.append(
      h("p", {}, mission.task),
      h(
        "ol",
        {},
        ...mission.stages.map(({ says }, i) =>
          h(
            "li",
            { class: i < done ? "done" : "" },
            `${i < done ? "✓ " : ""}${says}${i < done ? "" : " (not yet)"}`,
          ),
        ),
      ),
    );
    if (solved)
      this.task.append(
        h(
          "p",
          { class: "verdict" },
          h("strong", {}, "Solved. "),
          mission.solved,
          " ",
          this.chapter(mission),
        ),
      );
    else
      this.task.append(
        h(
          "details",
          { open },
          h("summary", {}, "How?"),
          h("p", {}, mission.hint, " ", this.chapter(mission)),
        ),
      );
  }

  /** @param {import("./missions.js").Mission} mission */
  chapter({ chapter }) {
    const words = `Chapter ${chapter.slice(0, 2)}, ${chapter.slice(3).replaceAll("_", " ")}`;
    if (this.root === null) return h("span", {}, `${words}.`);
    return h("a", { href: `${this.root}notebooks/${chapter}.html` }, words);
  }

  /** What the status says of the mission. */
  words() {
    const mission = MISSIONS[this.name];
    if (!mission) return "";
    const { stages } = mission;
    if (this.done >= stages.length) return "Mission solved.";
    return this.done ? `Mission: ${this.done} of ${stages.length} done.` : "";
  }
}
