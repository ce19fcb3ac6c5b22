// The collapse player: frames, repeats merged, blanks dropped, one row below the other.
// state.path has one character a frame; state.step is how many of the two steps are shown.
const CELL = 36; // px, of a frame
const ROW = [0, 76, 152]; // px from the top, of each row
const STEPS = ["Frames", "Merge repeats", "Drop blanks"];

// As in collapse.py: runs of equal neighbors, and the text of those that are no blanks.
function collapse(path, blank) {
  const runs = [];
  [...path].forEach((character, frame) => {
    const last = runs.at(-1);
    if (last?.character === character) last.end = frame + 1;
    else runs.push({ character, start: frame, end: frame + 1 });
  });
  const kept = runs.filter((run) => run.character !== blank);
  kept.forEach((run, k) => { run.color = k % 2 ? "blue" : "vermilion"; });
  return { runs, text: kept.map((run) => run.character).join("") };
}

function repeats(text) {
  return [...text].filter((c, k, all) => k > 0 && all[k - 1] === c).length;
}

// Choose k of n, exactly: the counts outgrow a double.
function binomial(n, k) {
  let ways = 1n;
  for (let i = 1n; i <= BigInt(k); i++) ways = (ways * (BigInt(n) - BigInt(k) + i)) / i;
  return ways;
}

// As in collapse.py: spare frames go to any of the 2n + 1 characters and gaps.
function countPaths(text, frames) {
  const n = [...text].length;
  return binomial(frames - repeats(text) + n, 2 * n);
}

// Draw one of these paths, each as likely as any: 2n bars among the spare frames part 2n + 1 places.
function anotherPath(text, frames, blank) {
  const letters = [...text];
  const bars = 2 * letters.length;
  const spare = frames - letters.length - repeats(text);
  const sizes = [0];
  let barsLeft = bars;
  for (let left = spare + bars; left > 0; left--) {
    if (Math.random() * left < barsLeft) { barsLeft--; sizes.push(0); }
    else sizes[sizes.length - 1]++;
  }
  let path = blank.repeat(sizes[0]);
  letters.forEach((letter, k) => {
    const parted = letters[k + 1] === letter ? 1 : 0;
    path += letter.repeat(1 + sizes[2 * k + 1]) + blank.repeat(parted + sizes[2 * k + 2]);
  });
  return path;
}

// One cell of a row, framed in its run's color.
function cell(center, row, { character, color }, attributes = {}) {
  return svg("g", { class: `cell ${color ?? "blank"}`, ...attributes },
    svg("rect", { x: center - CELL / 2 + 2, y: ROW[row] + 2, width: CELL - 4, height: CELL - 4,
      rx: 3 }),
    svg("text", { x: center, y: ROW[row] + CELL / 2 + 6, "text-anchor": "middle" },
      visible(character)));
}

// From a run's frames to the cell that they merge into.
function mergedRun(run) {
  const [start, end] = [run.start * CELL, run.end * CELL];
  const center = (start + end) / 2;
  const band = [[start + 2, ROW[0] + CELL], [end - 2, ROW[0] + CELL],
    [center + 16, ROW[1] + 2], [center - 16, ROW[1] + 2]];
  return [
    svg("polygon", { class: `band ${run.color ?? "blank"}`, points: band.join(" ") }),
    cell(center, 1, run),
  ];
}

// From a merged run to the text: a character goes down, a blank is dropped.
function keptRun(run) {
  const center = ((run.start + run.end) / 2) * CELL;
  if (!run.color) {
    return [svg("text", { class: "small", x: center, y: ROW[1] + CELL + 14,
      "text-anchor": "middle" }, "drop")];
  }
  return [
    svg("line", { class: run.color, x1: center, x2: center, y1: ROW[1] + CELL, y2: ROW[2] }),
    cell(center, 2, run),
  ];
}

// The sentence under the picture, for each of the three steps.
function sentenceOf({ path, step }, { runs, text }) {
  const length = [...path].length;
  if (step === 0) return `${length} frames.`;
  const merged = `${length} frames merge into ${runs.length}`;
  if (step === 1) return `${merged}.`;
  const blanks = runs.filter((run) => !run.color).length;
  const count = countPaths(text, length);
  return `${merged}; without ${blanks} blank${blanks === 1 ? "" : "s"} ` +
    `they write \u201c${text}\u201d. ${count.toLocaleString("en")} ` +
    `${count === 1n ? "path" : "paths"} of ${length} frames write${count === 1n ? "s" : ""} it.`;
}

// A button that shows the three steps one after the other.
function collapsePlayer(model) {
  let timer = null;
  const stop = () => {
    clearInterval(timer);
    timer = null;
    play.textContent = "Play";
  };
  const play = button("Play", () => {
    if (timer) return stop();
    choose(model, { step: 0 });
    timer = setInterval(() => {
      const step = Math.min(2, model.get("state").step + 1);
      choose(model, { step });
      if (step === 2) stop();
    }, 1200);
    play.textContent = "Stop";
  });
  return { button: play, stop };
}

// The rows over the picture: the path as text, another one, the steps.
function makeControls(model, player) {
  const { blank, maxFrames } = model.get("data");
  const input = html("input", {
    type: "text", maxlength: maxFrames, size: maxFrames, spellcheck: "false",
    "aria-label": `Path: one character for each frame, ${blank} for the blank`,
    oninput: () => { player.stop(); choose(model, { path: input.value }); },
  });
  const steps = STEPS.map((name, k) =>
    button(name, () => { player.stop(); choose(model, { step: k }); }));
  const another = button("Another path, same text", () => {
    const { path } = model.get("state");
    const { text } = collapse(path, blank);
    let next = path;
    while (next === path && countPaths(text, path.length) > 1n) {
      next = anotherPath(text, path.length, blank);
    }
    choose(model, { path: next });
  });
  return {
    rows: [
      html("div", { class: "fsdl-row" }, html("label", { class: "fsdl-slider" }, "Path", input), another),
      html("div", { class: "fsdl-row", role: "group", "aria-label": "Step" }, player.button,
        ...steps),
    ],
    show({ path, step }) {
      if (input.value !== path) input.value = path;
      steps.forEach((item, k) => { item.setAttribute("aria-pressed", k === step); });
    },
  };
}

// The picture, three rows. Its frames can be edited: put(frame, character) and turn(frame, by).
function makePicture({ put, turn, blank, maxFrames }) {
  const rows = [svg("g"), svg("g", { class: "step" }), svg("g", { class: "step" })];
  const [frames, merged, left] = rows;
  const picture = svg("svg", { height: ROW[2] + CELL + 4, role: "group",
    "aria-label": "Frames and what they become" }, ...rows);
  let current = 0; // the frame that the arrow keys start from

  const walk = (by) => {
    const cells = picture.querySelectorAll("[role=spinbutton]");
    current = clamp(current + by, 0, cells.length - 1);
    cells.forEach((item, k) => { item.setAttribute("tabindex", k === current ? 0 : -1); });
    cells[current].focus();
  };
  const frameCell = (frame, run) => cell((frame + 0.5) * CELL, 0, run, {
    role: "spinbutton", tabindex: frame === current ? 0 : -1,
    "aria-label": `frame ${frame + 1}`,
    "aria-valuenow": run.character.codePointAt(0),
    "aria-valuetext": run.character === blank ? "blank" : run.character,
    onclick: () => { current = frame; turn(frame, 1); },
    onfocus: () => { current = frame; },
  });
  keys(picture, {
    ArrowLeft: () => walk(-1), ArrowRight: () => walk(1),
    Home: () => walk(-maxFrames), End: () => walk(maxFrames),
    ArrowUp: () => turn(current, 1), ArrowDown: () => turn(current, -1),
    Delete: () => put(current, blank), Backspace: () => put(current, blank),
  });
  picture.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || [...event.key].length !== 1) return;
    event.preventDefault();
    put(current, event.key);
    walk(1);
  });

  function show({ path, step }, { runs }) {
    const length = [...path].length;
    const hadFocus = picture.contains(document.activeElement);
    current = clamp(current, 0, Math.max(0, length - 1));
    merged.setAttribute("data-on", step >= 1);
    left.setAttribute("data-on", step >= 2);
    frames.replaceChildren(...runs.flatMap((run) => Array.from(
      { length: run.end - run.start }, (_, k) => frameCell(run.start + k, run))));
    merged.replaceChildren(...runs.flatMap(mergedRun));
    left.replaceChildren(...runs.flatMap(keptRun));
    picture.setAttribute("width", Math.max(1, length) * CELL);
    picture.setAttribute("viewBox", `0 0 ${Math.max(1, length) * CELL} ${ROW[2] + CELL + 4}`);
    if (hadFocus) walk(0);
  }
  return { element: picture, show };
}

function render({ model, el }) {
  const root = explorer(el, "Collapse player");
  root.classList.add("fsdl-collapse");
  const { blank, maxFrames } = model.get("data");
  const player = collapsePlayer(model);

  const put = (frame, character) => {
    player.stop();
    const letters = [...model.get("state").path];
    letters[frame] = character;
    choose(model, { path: letters.join("") });
  };
  const turn = (frame, by) => { // to the next or last class that the path has
    const letters = [...model.get("state").path];
    const classes = [blank, ...new Set(letters.filter((c) => c !== blank))];
    if (classes.length === 1) classes.push("a"); // a path of blanks alone
    const place = classes.indexOf(letters[frame]) + by;
    put(frame, classes[(place + classes.length) % classes.length]);
  };
  const controls = makeControls(model, player);
  const picture = makePicture({ put, turn, blank, maxFrames });
  const sentence = statusLine();
  root.append(...controls.rows, picture.element, sentence, html("p", { class: "fsdl-hint" },
    "Click a frame to change it. Or focus one: left and right walk, up and down change, " +
    `a letter key writes itself, ${blank} or Delete writes the blank.`));

  listen(model, root, () => {
    const state = model.get("state");
    const collapsed = collapse(state.path, blank);
    controls.show(state);
    picture.show(state, collapsed);
    sentence.textContent = sentenceOf(state, collapsed);
  });
  return () => player.stop();
}

export default { render };
