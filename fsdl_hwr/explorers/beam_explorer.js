// Prefix beam search, one frame at a step: a graph of prefixes, and the sums behind their numbers.

const COLUMN = 156, ROW = 38, TOP = 58, BAR = 96; // px; BAR is the length of a mass of 1
const ROADS = {
  blank: "then a blank",
  new: "then a new character",
  repeat: "then its last character again",
};

const quoted = (text) => `\u201c${text}\u201d`;
const massOf = (prefix) => prefix.blank + prefix.character;

// Over each column: the frame that was just read, and its probabilities.
function heading({ classes, probabilities }, column) {
  const x = column * COLUMN + 6;
  if (column === 0) return [svg("text", { x, y: 16, class: "beam-head" }, "start")];
  const shares = classes.map((name, k) => `${name} ${probabilities[column - 1][k].toFixed(2)}`);
  return [
    svg("text", { x, y: 16, class: "beam-head" }, `frame ${column}`),
    svg("text", { x, y: 33, class: "beam-frame" }, shares.join("  ")),
  ];
}

function classOf(kind, prefix, chosen) {
  return `beam-${kind}${chosen ? " beam-chosen" : ""}${prefix.kept ? "" : " beam-cut"}`;
}

// What flows into a prefix from the column before it.
function edges(column, row, prefix, chosen) {
  return prefix.sources.map(([source, , mass]) => svg("line", {
    x1: (column - 1) * COLUMN + 8 + BAR, y1: TOP + source * ROW + 10,
    x2: column * COLUMN + 2, y2: TOP + row * ROW + 10,
    "stroke-width": 1 + 8 * mass,
    class: classOf("edge", prefix, chosen),
  }));
}

// A prefix in its box: its text and mass, over a bar of what ends in the blank and what does not.
function node(column, row, prefix, chosen, look) {
  const x = column * COLUMN + 6, y = TOP + row * ROW;
  return svg("g", {
    class: classOf("node", prefix, chosen), onpointerenter: look, onclick: look,
  },
  svg("rect", { x: x - 4, y: y - 9, width: BAR + 12, height: ROW - 6, rx: 3, class: "beam-box" }),
  svg("text", { x, y: y + 6 }, `${quoted(prefix.text)} ${massOf(prefix).toFixed(3)}`),
  svg("rect", { x, y: y + 12, width: BAR * prefix.blank, height: 6, class: "beam-blank" }),
  svg("rect", { x: x + BAR * prefix.blank, y: y + 12, width: BAR * prefix.character, height: 6,
    class: "beam-character" }));
}

// The columns up to the newest, in which one row is marked; look(row) marks another.
function drawGraph(graph, data, newest, marked, look) {
  const rows = Math.max(...data.columns.map((column) => column.length));
  const size = [COLUMN * data.columns.length, TOP + ROW * rows + 6];
  graph.setAttribute("viewBox", `0 0 ${size.join(" ")}`);
  graph.setAttribute("width", size[0]);
  graph.setAttribute("height", size[1]);
  const layers = { edges: [], nodes: [], headings: [] };
  data.columns.slice(0, newest + 1).forEach((column, k) => {
    layers.headings.push(...heading(data, k));
    column.forEach((prefix, row) => {
      const chosen = k === newest && row === marked;
      const lookHere = () => { if (k === newest && !chosen) look(row); };
      layers.edges.push(...edges(k, row, prefix, chosen));
      layers.nodes.push(node(k, row, prefix, chosen, lookHere));
    });
  });
  graph.replaceChildren(...layers.edges, ...layers.nodes, ...layers.headings);
}

// The sum behind a prefix of the newest column: every road that leads to it.
function sumBehind({ columns }, newest, marked) {
  if (newest === 0) return "Nothing is read yet: the empty text has all the mass.";
  const prefix = columns[newest][marked];
  const roads = prefix.sources.map(([source, written, mass]) =>
    `${mass.toFixed(3)} (${quoted(columns[newest - 1][source].text)} ${ROADS[written]})`);
  return `${quoted(prefix.text)} ${massOf(prefix).toFixed(3)} = ${roads.join(" + ")}. Of it, ` +
    `${prefix.blank.toFixed(3)} ends in a blank, ${prefix.character.toFixed(3)} in its last ` +
    `character.${prefix.kept ? "" : " Not among the best: dropped here."}`;
}

// Greedy decoding beside the beam, once the last frame is read.
function verdict({ classes, columns, greedy }, newest) {
  const spelled = greedy.path.map((k) => (k === 0 ? "\u2013" : classes[k])).join(" ");
  const path = `Greedy takes the one path ${spelled}, probability ` +
    `${greedy.probability.toFixed(3)}, which says ${quoted(greedy.text)}. `;
  if (newest < columns.length - 1) return `${path}What does the beam say? Step on.`;
  const best = columns[newest][0];
  const same = columns[newest].find((prefix) => prefix.text === greedy.text);
  const beam = `The beam\u2019s best is ${quoted(best.text)}, ${massOf(best).toFixed(3)}: `;
  if (best === same) return `${path}${beam}here both agree.`;
  if (same) return `${path}${beam}greedy is wrong, its text has ${massOf(same).toFixed(3)}.`;
  return `${path}${beam}it lost greedy\u2019s text on the way; try a wider beam.`;
}

// The row over the graph; step(1) goes a frame on, step(-1) back.
function makeControls(model, step) {
  const examples = html("select", {
    "aria-label": "Example", onchange: () => ask(model, { example: examples.value, frame: 0 }),
  });
  const width = slider({
    label: "Beam width", min: 1, max: 5, value: model.get("state").width,
    change: (value) => ask(model, { width: value }),
  });
  const back = button("Back", () => step(-1));
  const next = button("Step", () => step(1));
  const frames = html("output", {});
  return {
    row: html("div", { class: "fsdl-row" }, examples, width.element, back, next, frames),
    fill(data) {
      examples.replaceChildren(...data.examples.map((name) =>
        html("option", { value: name, ...(name === data.example && { selected: "" }) }, name)));
      examples.hidden = data.examples.length < 2;
      width.set(data.width);
    },
    show(newest, last) {
      back.disabled = newest === 0;
      next.disabled = newest === last;
      frames.textContent = `${newest} of ${last} frames read`;
    },
  };
}

function render({ model, el }) {
  const root = explorer(el, "Prefix beam search");
  root.classList.add("fsdl-beam");
  let data = null;
  let marked = 0; // the row, in the newest column, whose sum is shown

  const last = () => data.columns.length - 1;
  const newest = () => Math.min(model.get("state").frame, last());
  const go = (frame) => {
    marked = 0;
    choose(model, { frame: clamp(frame, 0, last()) });
  };
  const mark = (row) => {
    marked = clamp(row, 0, data.columns[newest()].length - 1);
    show();
  };
  const controls = makeControls(model, (frames) => go(newest() + frames));
  const graph = svg("svg", {
    tabindex: 0, role: "application",
    "aria-label": "Prefixes by frame. Left and right: frame. Up and down: prefix.",
  });
  const sum = statusLine();
  const conclusion = html("p", { class: "beam-verdict" });
  root.append(controls.row, html("div", { class: "beam-graph" }, graph), sum, conclusion);

  function show() {
    drawGraph(graph, data, newest(), marked, mark);
    sum.textContent = sumBehind(data, newest(), marked);
    conclusion.textContent = verdict(data, newest());
  }

  function draw() {
    if (model.get("data") !== data) {
      data = model.get("data");
      controls.fill(data);
    }
    controls.show(newest(), last());
    mark(marked);
  }

  keys(graph, {
    ArrowLeft: () => go(newest() - 1), ArrowRight: () => go(newest() + 1),
    ArrowUp: () => mark(marked - 1), ArrowDown: () => mark(marked + 1),
    Home: () => go(0), End: () => go(last()),
  });
  listen(model, root, draw);
}

export default { render };
