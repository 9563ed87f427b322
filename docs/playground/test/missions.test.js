// Each mission is solved by what its hint says, and not by only playing.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Game } from "../src/game.js";
import { MISSIONS, Progress } from "../src/missions.js";
import { read } from "../src/settings.js";

/** What a reader sets, one after the other, and how many steps are played at most. */
export const SCRIPTS = {
  stall: [["loss=minimax&dturns=5", 1500]],
  collapse: [
    ["drate=0.0001", 3000],
    ["drate=0.002", 5000],
  ],
  circle: [
    ["r1=0", 4000],
    ["r1=1", 3000],
  ],
  twosided: [
    ["", 1000],
    ["loss=twosided", 2000],
  ],
  wasserstein: [
    ["", 800],
    ["loss=wasserstein&gp=2", 2000],
  ],
};

/** Stages that are done after playing a script from a mission's set-up. */
function played(name, script) {
  const query = new URLSearchParams(MISSIONS[name].setup);
  const progress = new Progress(name);
  let game;
  for (const [change, most] of script) {
    for (const [key, value] of new URLSearchParams(change)) query.set(key, value);
    const { settings, wrong } = read(query.toString());
    assert.deepEqual(wrong, []);
    if (game) assert.ok(game.change(settings), `${name}: the change needs no new game`);
    else game = new Game(settings);
    const before = progress.done;
    for (let i = 0; i < most && progress.done === before; i++) if (game.play()) progress.look(game);
  }
  return progress.done;
}

test("there is a script for each mission", () => {
  assert.deepEqual(Object.keys(SCRIPTS), Object.keys(MISSIONS));
});

for (const [name, { stages }] of Object.entries(MISSIONS)) {
  test(`${name} is solved by its script`, () =>
    assert.equal(played(name, SCRIPTS[name]), stages.length));
  test(`${name} is not solved by only playing`, () =>
    assert.ok(
      played(name, [
        ["", 2500],
        ["", 1],
      ]) < stages.length,
    ));
}

test("a collapse that was cured by touching G does not count", () => {
  const script = [
    ["drate=0.0001", 3000],
    ["drate=0.002&grate=0.004", 3000],
  ];
  assert.equal(played("collapse", script), 1);
});

test("circling that is stopped by smaller steps does not count", () => {
  assert.equal(
    played("circle", [
      ["r1=0", 4000],
      ["r1=1&grate=0.002", 3000],
    ]),
    1,
  );
});
