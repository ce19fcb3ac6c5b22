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

function render({ model, el }) {
  const root = explorer(el, "Collapse player");
  root.classList.add("fsdl-collapse");
  const { blank, max_frames } = model.get("data");
  let current = 0; // the frame that the arrow keys start from
  let timer = null; // of the player

  const input = html("input", {
    type: "text", maxlength: max_frames, size: max_frames, spellcheck: "false",
    "aria-label": `Path: one character for each frame, ${blank} for the blank`,
    oninput: () => { stop(); choose(model, { path: input.value }); },
  });
  const steps = STEPS.map((name, k) => button(name, () => { stop(); choose(model, { step: k }); }));
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
  const stop = () => {
    clearInterval(timer);
    timer = null;
    play.textContent = "Play";
  };
  const another = button("Another path, same text", () => {
    const { path } = model.get("state");
    const { text } = collapse(path, blank);
    let next = path;
    while (next === path && countPaths(text, path.length) > 1n) {
      next = anotherPath(text, path.length, blank);
    }
    choose(model, { path: next });
  });
  const [frames, merged, left] = [svg("g"), svg("g", { class: "step" }), svg("g", { class: "step" })];
  const picture = svg("svg", { height: ROW[2] + CELL + 4, role: "group",
    "aria-label": "Frames and what they become" }, frames, merged, left);
  const sentence = statusLine();
  root.append(
    html("div", { class: "fsdl-row" }, html("label", {}, "Path ", input), another),
    html("div", { class: "fsdl-row", role: "group", "aria-label": "Step" }, play, ...steps),
    picture,
    sentence,
    html("p", { class: "fsdl-hint" },
      "Click a frame to change it. Or focus one: left and right walk, up and down change, " +
      `a letter key writes itself, ${blank} or Delete writes the blank.`),
  );

  // Change one frame, and stay on it.
  const put = (frame, character) => {
    stop();
    const letters = [...model.get("state").path];
    letters[frame] = character;
    current = frame;
    choose(model, { path: letters.join("") });
  };
  const turn = (frame, by) => {
    const letters = [...model.get("state").path];
    const classes = [blank, ...new Set(letters.filter((c) => c !== blank))];
    if (classes.length === 1) classes.push("a"); // a path of blanks alone
    const place = classes.indexOf(letters[frame]) + by;
    put(frame, classes[(place + classes.length) % classes.length]);
  };
  const walk = (by) => {
    const cells = picture.querySelectorAll("[role=spinbutton]");
    current = Math.max(0, Math.min(cells.length - 1, current + by));
    cells.forEach((cell, k) => cell.setAttribute("tabindex", k === current ? 0 : -1));
    cells[current].focus();
  };
  keys(picture, {
    ArrowLeft: () => walk(-1), ArrowRight: () => walk(1),
    Home: () => walk(-max_frames), End: () => walk(max_frames),
    ArrowUp: () => turn(current, 1), ArrowDown: () => turn(current, -1),
    Delete: () => put(current, blank), Backspace: () => put(current, blank),
  });
  picture.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || [...event.key].length !== 1) return;
    event.preventDefault();
    put(current, event.key);
    walk(1);
  });

  const cell = (center, row, width, character, color, attributes = {}) =>
    svg("g", { class: `cell ${color ?? "blank"}`, ...attributes },
      svg("rect", { x: center - width / 2 + 2, y: ROW[row] + 2, width: width - 4, height: CELL - 4, rx: 3 }),
      svg("text", { x: center, y: ROW[row] + CELL / 2 + 6, "text-anchor": "middle" },
        character === " " ? "\u2423" : character)); // an open box for the space

  const draw = () => {
    const { path, step } = model.get("state");
    const { runs, text } = collapse(path, blank);
    const length = [...path].length;
    const hadFocus = picture.contains(document.activeElement);
    current = Math.min(current, Math.max(0, length - 1));
    if (input.value !== path) input.value = path;
    steps.forEach((item, k) => item.setAttribute("aria-pressed", k === step));

    merged.setAttribute("data-on", step >= 1);
    left.setAttribute("data-on", step >= 2);
    for (const row of [frames, merged, left]) row.replaceChildren();
    for (const run of runs) {
      const [start, end] = [run.start * CELL, run.end * CELL];
      const center = (start + end) / 2;
      const band = [[start + 2, ROW[0] + CELL], [end - 2, ROW[0] + CELL],
        [center + 16, ROW[1] + 2], [center - 16, ROW[1] + 2]];
      merged.append(
        svg("polygon", { class: `band ${run.color ?? "blank"}`, points: band.join(" ") }),
        cell(center, 1, CELL, run.character, run.color));
      if (run.color) {
        left.append(
          svg("line", { class: run.color, x1: center, x2: center, y1: ROW[1] + CELL, y2: ROW[2] }),
          cell(center, 2, CELL, run.character, run.color));
      } else {
        left.append(svg("text", { class: "small", x: center, y: ROW[1] + CELL + 14,
          "text-anchor": "middle" }, "drop"));
      }
      for (let frame = run.start; frame < run.end; frame++) {
        frames.append(cell((frame + 0.5) * CELL, 0, CELL, run.character, run.color, {
          role: "spinbutton", tabindex: frame === current ? 0 : -1,
          "aria-label": `frame ${frame + 1}`,
          "aria-valuenow": run.character.codePointAt(0),
          "aria-valuetext": run.character === blank ? "blank" : run.character,
          onclick: () => turn(frame, 1),
          onfocus: () => { current = frame; },
        }));
      }
    }
    picture.setAttribute("width", Math.max(1, length) * CELL);
    picture.setAttribute("viewBox", `0 0 ${Math.max(1, length) * CELL} ${ROW[2] + CELL + 4}`);
    if (hadFocus) walk(0);

    const count = countPaths(text, length);
    const blanks = runs.filter((run) => !run.color).length;
    sentence.textContent = [
      `${length} frames.`,
      `${length} frames merge into ${runs.length}.`,
      `${length} frames merge into ${runs.length}; without ${blanks} blank${blanks === 1 ? "" : "s"} ` +
        `they write \u201c${text}\u201d. ${count.toLocaleString("en")} ` +
        `${count === 1n ? "path" : "paths"} of ${length} frames write${count === 1n ? "s" : ""} it.`,
    ][step];
  };
  listen(model, root, draw);
  return () => stop();
}

export default { render };
