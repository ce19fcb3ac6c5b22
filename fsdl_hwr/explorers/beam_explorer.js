// Prefix beam search, one frame at a step: a graph of prefixes, and the sums behind their numbers.

const COLUMN = 156, ROW = 38, TOP = 58, BAR = 96; // px; BAR is the length of a mass of 1

function render({ model, el }) {
  const root = explorer(el, "Prefix beam search");
  root.classList.add("fsdl-beam");
  let data, marked = 0; // the row, in the newest column, whose sum is shown

  const examples = html("select", {
    "aria-label": "Example", onchange: () => ask(model, { example: examples.value, frame: 0 }),
  });
  const width = slider({
    label: "Beam width", min: 1, max: 5, value: model.get("state").width,
    change: (value) => ask(model, { width: value }),
  });
  const go = (frame) => {
    marked = 0;
    choose(model, { frame: Math.max(0, Math.min(data.columns.length - 1, frame)) });
  };
  const now = () => Math.min(model.get("state").frame, data.columns.length - 1);
  const back = button("Back", () => go(now() - 1));
  const step = button("Step", () => go(now() + 1));
  const frames = html("output", {});
  const graph = svg("svg", {
    tabindex: 0, role: "application",
    "aria-label": "Prefixes by frame. Left and right: frame. Up and down: prefix.",
  });
  const sum = statusLine();
  const verdict = html("p", { class: "beam-verdict" });
  root.append(
    html("div", { class: "fsdl-row" }, examples, width.element, back, step, frames),
    html("div", { class: "beam-graph" }, graph), sum, verdict,
  );

  const quoted = (text) => `\u201c${text}\u201d`;

  function draw() {
    if (model.get("data") !== data) {
      data = model.get("data");
      examples.replaceChildren(...data.examples.map((name) =>
        html("option", { value: name, ...(name === data.example && { selected: "" }) }, name)));
      examples.hidden = data.examples.length < 2;
      width.set(data.width);
    }
    const last = data.columns.length - 1;
    back.disabled = now() === 0;
    step.disabled = now() === last;
    frames.textContent = `${now()} of ${last} frames read`;
    marked = Math.min(marked, data.columns[now()].length - 1);
    draw_graph();
    say();
  }

  function draw_graph() {
    const rows = Math.max(...data.columns.map((column) => column.length));
    const size = [COLUMN * data.columns.length, TOP + ROW * rows + 6];
    graph.setAttribute("viewBox", `0 0 ${size.join(" ")}`);
    graph.setAttribute("width", size[0]);
    graph.setAttribute("height", size[1]);
    const edges = [], nodes = [], heads = [];
    data.columns.slice(0, now() + 1).forEach((column, k) => {
      heads.push(...head(k));
      column.forEach((prefix, row) => {
        const newest = k === now(), chosen = newest && row === marked;
        for (const [source, , mass] of prefix.sources) {
          edges.push(svg("line", {
            x1: (k - 1) * COLUMN + 8 + BAR, y1: TOP + source * ROW + 10,
            x2: k * COLUMN + 2, y2: TOP + row * ROW + 10,
            "stroke-width": 1 + 8 * mass,
            class: `beam-edge${chosen ? " beam-chosen" : ""}${prefix.kept ? "" : " beam-cut"}`,
          }));
        }
        nodes.push(node(k, row, prefix, newest, chosen));
      });
    });
    graph.replaceChildren(...edges, ...nodes, ...heads);
  }

  // Over each column: the frame that was just read, and its probabilities.
  function head(k) {
    const x = k * COLUMN + 6;
    if (k === 0) return [svg("text", { x, y: 16, class: "beam-head" }, "start")];
    const words = data.classes.map((name, c) => `${name} ${data.probabilities[k - 1][c].toFixed(2)}`);
    return [
      svg("text", { x, y: 16, class: "beam-head" }, `frame ${k - 1}`),
      svg("text", { x, y: 33, class: "beam-frame" }, words.join("  ")),
    ];
  }

  function node(k, row, prefix, newest, chosen) {
    const x = k * COLUMN + 6, y = TOP + row * ROW;
    const mass = prefix.blank + prefix.character;
    const parts = [
      svg("rect", { x: x - 4, y: y - 9, width: BAR + 12, height: ROW - 6, rx: 3, class: "beam-box" }),
      svg("text", { x, y: y + 6 }, `${quoted(prefix.text)} ${mass.toFixed(3)}`),
      svg("rect", { x, y: y + 12, width: BAR * prefix.blank, height: 6, class: "beam-blank" }),
      svg("rect", { x: x + BAR * prefix.blank, y: y + 12, width: BAR * prefix.character, height: 6,
        class: "beam-character" }),
    ];
    const look = () => {
      if (newest && marked !== row) { marked = row; draw_graph(); say(); }
    };
    return svg("g", {
      class: `beam-node${chosen ? " beam-chosen" : ""}${prefix.kept ? "" : " beam-cut"}`,
      onpointerenter: look, onclick: look,
    }, ...parts);
  }

  // The sum behind the marked prefix: every road that leads to it.
  function say() {
    const column = data.columns[now()], prefix = column[marked];
    const mass = (prefix.blank + prefix.character).toFixed(3);
    if (now() === 0) sum.textContent = "Nothing is read yet: the empty text has all the mass.";
    else {
      const roads = prefix.sources.map(([source, written, part]) => {
        const from = quoted(data.columns[now() - 1][source].text);
        const what = { blank: "then a blank", new: "then a new character",
          repeat: "then its last character again" }[written];
        return `${part.toFixed(3)} (${from} ${what})`;
      });
      sum.textContent = `${quoted(prefix.text)} ${mass} = ${roads.join(" + ")}. Of it, ` +
        `${prefix.blank.toFixed(3)} ends in a blank, ${prefix.character.toFixed(3)} in its last ` +
        `character.${prefix.kept ? "" : " Not among the best: dropped here."}`;
    }
    const done = now() === data.columns.length - 1, { path, probability, text } = data.greedy;
    const spelled = path.map((k) => (k === 0 ? "\u2013" : data.classes[k])).join(" ");
    verdict.textContent = `Greedy takes the one path ${spelled}, probability ` +
      `${probability.toFixed(3)}, which says ${quoted(text)}. `;
    if (!done) verdict.textContent += "What does the beam say? Step on.";
    else {
      const best = column[0], same = column.find((other) => other.text === text);
      const mass_of = (one) => (one.blank + one.character).toFixed(3);
      verdict.textContent += `The beam\u2019s best is ${quoted(best.text)}, ${mass_of(best)}: `;
      if (best === same) verdict.textContent += "here both agree.";
      else if (same) verdict.textContent += `greedy is wrong, its text has ${mass_of(same)}.`;
      else verdict.textContent += "it lost greedy\u2019s text on the way; try a wider beam.";
    }
  }

  const look_by = (rows) => {
    marked = Math.max(0, Math.min(data.columns[now()].length - 1, marked + rows));
    draw_graph();
    say();
  };
  keys(graph, {
    ArrowLeft: () => go(now() - 1), ArrowRight: () => go(now() + 1),
    ArrowUp: () => look_by(-1), ArrowDown: () => look_by(1),
    Home: () => go(0), End: () => go(data.columns.length - 1),
  });
  listen(model, root, draw);
}

export default { render };
