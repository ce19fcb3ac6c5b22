// The CTC explorer: one line, one transcript, every moment of a recorded training, over one axis.
// Python computed the lattices; this file draws them, and derives what is one sum away.

// Seven of cividis' colors, from probability 0 to 1: even in lightness, safe for color vision.
const CIVIDIS = [
  [0, 34, 78], [42, 63, 109], [87, 93, 109], [125, 124, 120], [165, 156, 116], [210, 192, 96],
  [254, 232, 56],
];
const GAP = 26; // px between panels, room for a panel's name
const LEFT = 46, RIGHT = 2; // px beside the panels; the names of rows stand on the left
const ROW = 11; // px, of a class in a heat map
const BANDS = ["#D55E00", "#0072B2"], PATH = "#E07030", MOVES = "#FFFFFF";

const MASSES = {
  forward: "share of the paths so far (forward), in each frame",
  occupancy: "share of p(text) that passes here (occupancy), in each frame",
  backward: "share of the ways on to the end (backward), in each frame",
};

// Copy a DataView's bytes: its offset may not fit the type that reads them.
function bytes(view) {
  return view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength);
}

// Paint a small picture pixel by pixel; it is scaled as it is drawn.
function picture(width, height, paint) {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width, height];
  const pen = canvas.getContext("2d"), pixels = pen.createImageData(width, height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      pixels.data.set(paint(x, y), 4 * (y * width + x));
    }
  }
  pen.putImageData(pixels, 0, 0);
  return canvas;
}

// Color a probability.
function mix(share) {
  const at = Math.max(0, Math.min(1, share || 0)) * (CIVIDIS.length - 1);
  const low = Math.min(Math.floor(at), CIVIDIS.length - 2);
  const between = (k) => CIVIDIS[low][k] + (at - low) * (CIVIDIS[low + 1][k] - CIVIDIS[low][k]);
  return [between(0), between(1), between(2), 255];
}

// Read a color of the shared styles, which are written #rrggbb.
function rgb(element, variable) {
  const hex = getComputedStyle(element).getPropertyValue(variable).trim();
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
}

function round(value) {
  if (value === -Infinity) return "\u2212\u221e";
  const digits = Math.abs(value) >= 0.0005 || value === 0 ? value.toFixed(3) : value.toExponential(1);
  return digits.replaceAll("-", "\u2212");
}

// The numbers of one moment of training: log-probabilities, and what is one sum away from them.
class Numbers {
  constructor(data, arrays, moment) {
    Object.assign(this, { data, arrays, moment });
    this.numStates = data.states.length;
    this.loss = data.losses[moment];
    this.alignment = data.alignments[moment];
    this.crops = data.crops[moment];
    this.greedyText = data.greedyTexts[moment];
  }

  logProb(t, k) { return this.arrays.logProbs[this.#row(t) * this.data.classes.length + k]; }

  forward(t, s) { return this.arrays.logAlpha[this.#row(t) * this.numStates + s]; }

  backward(t, s) { return this.arrays.logBeta[this.#row(t) * this.numStates + s]; }

  occupancy(t, s) { return Math.exp(this.forward(t, s) + this.backward(t, s) + this.loss); }

  #row(t) { return this.moment * this.data.frames + t; }

  // Of the loss on a logit: the softmax less the occupancy of the states that write the class.
  gradient(t, k) {
    return this.data.states.reduce(
      (rest, of, s) => (of === k ? rest - this.occupancy(t, s) : rest), Math.exp(this.logProb(t, k)));
  }

  bestClass(t) {
    let best = 0;
    for (let k = 1; k < this.data.classes.length; k++) {
      if (this.logProb(t, k) > this.logProb(t, best)) best = k;
    }
    return best;
  }

  // The state of a class that a frame is most likely in; null if the transcript lacks the class.
  stateOf(t, k) {
    return this.data.states.reduce((best, of, s) => (of === k &&
      (best === null || this.occupancy(t, s) > this.occupancy(t, best)) ? s : best), null);
  }

  // Mark what the best alignment writes in a frame, and go with it when it changes.
  onPath(frame) {
    const state = this.alignment[frame];
    return { frame, state, class: this.data.states[state], follows: true };
  }

  // How the mass of a state goes on: [state of the next frame, share] for stay, step and skip.
  moves(t, s) {
    if (t + 1 >= this.data.frames || this.backward(t, s) === -Infinity) return [];
    const { states } = this.data;
    const skips = s % 2 && s + 2 < this.numStates && states[s] !== states[s + 2];
    return [s, s + 1, ...(skips ? [s + 2] : [])].filter((next) => next < this.numStates)
      .map((next) => [next, Math.exp(
        this.logProb(t + 1, states[next]) + this.backward(t + 1, next) - this.backward(t, s))]);
  }

  // The lattice's values from 0 to 1: occupancy as it is; the others as shares, for they shrink or
  // grow by orders of magnitude from frame to frame.
  shares(mass) {
    if (mass === "occupancy") return (t, s) => this.occupancy(t, s);
    const value = mass === "forward" ? (t, s) => this.forward(t, s) : (t, s) => this.backward(t, s);
    const totals = Array.from({ length: this.data.frames }, (_, t) => {
      const all = this.data.states.map((_, s) => value(t, s));
      const top = Math.max(...all);
      return top + Math.log(all.reduce((sum, x) => sum + Math.exp(x - top), 0));
    });
    return (t, s) => Math.exp(value(t, s) - totals[t]);
  }

  // The numbers of what is marked, in words.
  describe({ frame, state, class: k }) {
    const start = frame * this.data.frameWidth;
    const name = k === 0 ? "blank" : `\u201c${this.data.classes[k]}\u201d`;
    const lines = [
      `Frame ${frame + 1} (${start} to ${start + this.data.frameWidth} px)`,
      `${name}: p ${round(Math.exp(this.logProb(frame, k)))}, ` +
        `gradient ${round(this.gradient(frame, k))}`,
    ];
    if (state === null) return [...lines, "not in this transcript"];
    const place = state % 2 ? `character ${(state + 1) / 2} of ${(this.numStates - 1) / 2}`
      : "a blank";
    return [
      ...lines,
      `state ${state + 1} of ${this.numStates}, ${place}`,
      `ln forward ${round(this.forward(frame, state))}`,
      `ln backward ${round(this.backward(frame, state))}`,
      `occupancy ${round(this.occupancy(frame, state))}`,
    ];
  }
}

// The rows over the panels: the transcript, the moment of training, the lattice's mass.
function makeControls(model) {
  const text = html("input", {
    type: "text", "aria-label": "Transcript", spellcheck: "false", autocomplete: "off", size: 34,
    oninput: debounce(() => ask(model, { text: text.value }), 250),
  });
  const own = button("The line\u2019s own", () => {
    text.value = model.get("data").ownText;
    ask(model, { text: text.value });
  });
  const loss = html("output", { class: "ctc-loss" });
  const greedy = html("span", { class: "ctc-greedy" });
  const moment = html("input", {
    type: "range", min: 0, step: 1, "aria-label": "Moment of training",
    oninput: () => choose(model, { moment: Number(moment.value) }),
  });
  const name = html("span", { class: "ctc-moment" });
  const curve = svg("svg", { class: "ctc-curve", "aria-hidden": "true", height: 34 });
  const masses = Object.keys(MASSES).map((mass) =>
    button(mass, () => choose(model, { mass }), { "data-mass": mass }));
  text.value = model.get("data").text;

  function show(data, numbers, mass) {
    moment.max = data.moments.length - 1;
    moment.value = numbers.moment;
    moment.disabled = data.moments.length < 2;
    name.textContent = data.moments[numbers.moment];
    moment.setAttribute("aria-valuetext", name.textContent);
    greedy.textContent = `greedy decoding reads \u201c${numbers.greedyText}\u201d`;
    loss.textContent = `loss ${round(numbers.loss)} nats`;
    if (data.text !== data.ownText) {
      loss.textContent += ` (the line\u2019s own: ${round(data.ownLosses[numbers.moment])})`;
    }
    for (const one of masses) one.setAttribute("aria-pressed", one.dataset.mass === mass);
    drawCurve(curve, data.losses, numbers.moment);
  }
  const rows = [
    html("div", { class: "fsdl-row" },
      html("label", { class: "fsdl-slider" }, "Transcript", text), own, loss),
    html("div", { class: "fsdl-row ctc-training" },
      html("label", { class: "fsdl-slider" }, "Training", html("span", { class: "ctc-scrub" },
        curve, moment)), name, greedy),
    html("div", { class: "fsdl-row", role: "group", "aria-label": "Mass in the lattice" },
      "Lattice", ...masses),
  ];
  return { rows, show };
}

// The loss over the moments, on a logarithmic scale, above the slider.
function drawCurve(curve, losses, moment) {
  const width = 240, pad = 8, values = losses.map((x) => Math.log(Math.max(x, 1e-3)));
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const points = values.map((value, k) => [
    pad + (width - 2 * pad) * (k / Math.max(1, values.length - 1)),
    30 - 26 * ((value - low) / (high - low || 1)),
  ]);
  const [x, y] = points[moment];
  curve.setAttribute("width", width);
  curve.replaceChildren(
    svg("polyline", { points: points.join(" "), class: "ctc-line" }),
    svg("circle", { cx: x, cy: y, r: 4.5, class: "ctc-dot" }),
  );
}

// What does not change while the mouse moves, painted once.
function paint(root, image, numbers, mass) {
  const { data } = numbers;
  const width = data.frames * data.frameWidth;
  const raise = rgb(root, "--fsdl-on-blue"), lower = rgb(root, "--fsdl-on-vermilion");
  const share = numbers.shares(mass);
  return {
    paper: picture(width, data.height, (x, y) => {
      const value = 255 - image[y * width + x];
      return [value, value, value, 255];
    }),
    softmax: picture(data.frames, data.shown.length, (t, r) =>
      mix(Math.exp(numbers.logProb(t, data.shown[r])))),
    gradient: picture(data.frames, data.shown.length, (t, r) => {
      const value = numbers.gradient(t, data.shown[r]); // the less, the more the page shows through
      return [...(value < 0 ? raise : lower), 255 * Math.min(1, Math.abs(value))];
    }),
    lattice: picture(data.frames, numbers.numStates, (t, s) => mix(share(t, s))),
  };
}

// Where the panels stand on a canvas of some width: each with its kind, y and height, in px.
function layOut(data, width) {
  const end = data.frames * data.frameWidth;
  const scale = (width - LEFT - RIGHT) / end; // of the line's pixels to the page's
  const imageHeight = clamp(data.height * scale, 16, 64);
  const stateRow = clamp(420 / data.states.length, 3, 8);
  const heatHeight = ROW * data.shown.length;
  const heights = {
    line: imageHeight, crops: imageHeight, path: 16, softmax: heatHeight, gradient: heatHeight,
    lattice: stateRow * data.states.length,
  };
  const panels = {};
  let y = 20;
  for (const [kind, height] of Object.entries(heights)) {
    panels[kind] = { kind, y, height };
    y += height + (kind === "lattice" ? 4 : GAP);
  }
  const step = scale * data.frameWidth;
  return { ...panels, list: Object.values(panels), width, height: y, scale, step, stateRow,
    narrow: width < 560, x: (frame) => LEFT + frame * step };
}

// A canvas' pen with the page's colors and font, for sharp lines on any screen.
function makePen(canvas, root, { width, height }) {
  const ratio = window.devicePixelRatio || 1;
  canvas.width = width * ratio;
  canvas.height = height * ratio;
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const pen = canvas.getContext("2d");
  pen.scale(ratio, ratio);
  const style = getComputedStyle(root);
  const color = (variable) => style.getPropertyValue(variable).trim();
  const colors = {
    ink: style.color, faint: color("--fsdl-faint"), line: color("--fsdl-line"),
    mark: color("--fsdl-on-green"),
    hues: [color("--fsdl-on-vermilion"), color("--fsdl-on-blue")],
  };
  function write(words, x, y, { align = "left", fill = colors.ink, size = 11, bold = false } = {}) {
    pen.font = `${bold ? "bold " : ""}${size}px ${style.fontFamily}`;
    pen.textAlign = align;
    pen.textBaseline = "middle";
    pen.fillStyle = fill;
    pen.fillText(words, x, y);
  }
  const title = (panel, words) => write(words, LEFT, panel.y - 8, { fill: colors.faint });
  return { pen, colors, write, title };
}

// The panels, each over the same axis. view: numbers, mark, mass, pictures, layout, and the pen.
function drawPanels(view) {
  const { pen, layout, pictures } = view;
  pen.imageSmoothingEnabled = true;
  pen.drawImage(pictures.paper, LEFT, layout.line.y,
    pictures.paper.width * layout.scale, layout.line.height);
  const numCharacters = (view.numbers.numStates - 1) / 2;
  for (let k = 0; k < numCharacters; k++) drawCharacter(view, k);
  view.title(layout.line, layout.narrow ? "where the best alignment writes"
    : "the line; bands: the frames in which the best alignment writes each character");
  drawBestClasses(view);
  drawHeatMap(view, layout.softmax, "softmax: p(class) in each frame");
  drawHeatMap(view, layout.gradient, layout.narrow ? "gradient on the logits"
    : "gradient on the logits, softmax \u2212 occupancy: training raises blue, lowers orange");
  drawLattice(view);
  drawMark(view);
}

function nameOf({ data }, k) {
  return visible(data.classes[k]);
}

// A character's band on the line, its crop, and between them the character itself.
function drawCharacter({ pen, numbers, mark, colors, layout, pictures, write }, k) {
  const { line, crops, scale, x } = layout;
  const state = 2 * k + 1, hue = colors.hues[k % 2], chosen = mark.state === state;
  const first = numbers.alignment.indexOf(state), last = numbers.alignment.lastIndexOf(state);
  pen.globalAlpha = chosen ? 0.5 : 0.28;
  pen.fillStyle = BANDS[k % 2];
  pen.fillRect(x(first), line.y, x(last + 1) - x(first), line.height);
  pen.globalAlpha = 1;
  const center = (x(first) + x(last + 1)) / 2;
  write(nameOf(numbers, numbers.data.states[state]), center, line.y + line.height + GAP / 2,
    { align: "center", fill: hue, size: layout.narrow ? 11 : 14, bold: chosen });
  const [start, stop] = numbers.crops[k];
  pen.drawImage(pictures.paper, start, 0, stop - start, numbers.data.height,
    LEFT + start * scale + 1, crops.y, (stop - start) * scale - 2, crops.height);
  pen.fillStyle = hue;
  pen.fillRect(LEFT + start * scale + 1, crops.y + crops.height,
    (stop - start) * scale - 2, chosen ? 4 : 2);
}

// The best class of every frame; what collapsing drops is a dot, or faint.
function drawBestClasses({ numbers, colors, layout, write, title }) {
  title(layout.path, layout.narrow ? "best class of each frame"
    : "best class of each frame; merge equal neighbors, drop blanks (\u00b7): the greedy text");
  const best = Array.from({ length: numbers.data.frames }, (_, t) => numbers.bestClass(t));
  best.forEach((k, t) => {
    const dropped = k === 0 || (t > 0 && best[t - 1] === k);
    write(k === 0 ? "\u00b7" : nameOf(numbers, k), layout.x(t + 0.5), layout.path.y + 8,
      { align: "center", size: Math.min(13, layout.step * 1.3),
        fill: dropped ? colors.faint : colors.ink, bold: !dropped });
  });
}

// A painted picture in its frame, one cell a frame and row.
function drawCells({ pen, numbers, colors, layout, pictures }, panel) {
  const width = numbers.data.frames * layout.step;
  pen.imageSmoothingEnabled = false;
  pen.drawImage(pictures[panel.kind], LEFT, panel.y, width, panel.height);
  pen.strokeStyle = colors.line;
  pen.lineWidth = 1;
  pen.strokeRect(LEFT - 0.5, panel.y - 0.5, width + 1, panel.height + 1);
}

// The names of a panel's rows, the marked one bold; null leaves one out.
function drawNames({ colors, write }, panel, pitch, names, marked) {
  names.forEach((name, r) => {
    if (name === null) return;
    write(name, LEFT - 5, panel.y + (r + 0.5) * pitch, { align: "right",
      size: Math.min(10.5, pitch + 2.5), bold: r === marked,
      fill: r === marked ? colors.ink : colors.faint });
  });
}

function drawHeatMap(view, panel, words) {
  const { shown } = view.numbers.data;
  view.title(panel, words);
  drawCells(view, panel);
  drawNames(view, panel, ROW, shown.map((k) => nameOf(view.numbers, k)),
    shown.indexOf(view.mark.class));
}

function middleOf({ layout }, t, s) {
  return [layout.x(t + 0.5), layout.lattice.y + (s + 0.5) * layout.stateRow];
}

// The lattice under the best alignment.
function drawLattice(view) {
  const { pen, numbers, layout, mass } = view;
  view.title(layout.lattice, `lattice: ${layout.narrow ? mass : MASSES[mass]}`);
  drawCells(view, layout.lattice);
  const every = Math.ceil(10 / (2 * layout.stateRow)); // names that would overlap are left out
  const names = numbers.data.states.map((k, s) =>
    (s % 2 && ((s - 1) / 2) % every === 0 ? nameOf(numbers, k) : null));
  drawNames(view, layout.lattice, layout.stateRow, names, view.mark.state);
  pen.strokeStyle = PATH;
  pen.lineWidth = 1.5;
  pen.beginPath();
  numbers.alignment.forEach((s, t) => { pen.lineTo(...middleOf(view, t, s)); });
  pen.stroke();
}

// The marked frame, in step through every panel; the marked cells; where their paths go on.
function drawMark(view) {
  const { pen, numbers, mark, colors, layout } = view;
  const { line, lattice, step, stateRow } = layout;
  const left = layout.x(mark.frame);
  pen.strokeStyle = colors.mark;
  pen.lineWidth = 1.5;
  pen.strokeRect(left, line.y, step, lattice.y + lattice.height - line.y);
  pen.lineWidth = 2.5;
  const place = numbers.data.shown.indexOf(mark.class);
  if (place >= 0) {
    for (const { y } of [layout.softmax, layout.gradient]) {
      pen.strokeRect(left - 1, y + place * ROW - 1, step + 2, ROW + 2);
    }
  }
  if (mark.state === null) return;
  pen.strokeRect(left - 1, lattice.y + mark.state * stateRow - 1, step + 2, stateRow + 2);
  pen.strokeStyle = MOVES;
  for (const [s, share] of numbers.moves(mark.frame, mark.state)) {
    pen.lineWidth = 0.75 + 4 * share;
    pen.beginPath();
    pen.moveTo(...middleOf(view, mark.frame, mark.state));
    pen.lineTo(...middleOf(view, mark.frame + 1, s));
    pen.stroke();
  }
}

// What stands at a place of the canvas, as a mark.
function markAt(numbers, layout, x, y) {
  const { data } = numbers;
  const panel = layout.list.find((of) => y < of.y + of.height + GAP / 2) ?? layout.lattice;
  const frame = clamp(Math.floor((x - LEFT) / layout.step), 0, data.frames - 1);
  const row = (height, count) => clamp(Math.floor((y - panel.y) / height), 0, count - 1);
  if (panel.kind === "line" || panel.kind === "crops") return numbers.onPath(frame);
  if (panel.kind === "lattice") {
    const state = row(layout.stateRow, numbers.numStates);
    return { frame, state, class: data.states[state] };
  }
  const k = panel.kind === "path" ? numbers.bestClass(frame)
    : data.shown[row(ROW, data.shown.length)];
  return { frame, state: numbers.stateOf(frame, k), class: k };
}

// The numbers beside the marked frame, on the side that has room.
function makeTip(canvas) {
  const tip = html("div", { class: "ctc-tip", "aria-hidden": "true", hidden: "" });
  const hide = () => { tip.hidden = true; };
  canvas.addEventListener("pointerleave", hide);
  canvas.addEventListener("blur", hide);

  function show({ step, x }, frame, y) {
    const left = x(frame);
    tip.hidden = false;
    const fits = left + step + 12 + tip.offsetWidth < canvas.clientWidth;
    tip.style.left = `${fits ? left + step + 12 : Math.max(0, left - 12 - tip.offsetWidth)}px`;
    tip.style.top = `${clamp(y, 0, canvas.clientHeight - tip.offsetHeight)}px`;
  }
  return { element: tip, hide, show };
}

// Walk through frames and states by key. now() has the numbers, the mark and the layout.
function listenToKeys(canvas, now, move, hide) {
  const go = (mark) => {
    const { layout } = now();
    move(mark, layout.lattice.y + (mark.state ?? 0) * layout.stateRow);
  };
  const byFrame = (frames) => {
    const { numbers, mark } = now();
    const frame = clamp(mark.frame + frames, 0, numbers.data.frames - 1);
    go(mark.follows ? numbers.onPath(frame) : { ...mark, frame });
  };
  const byState = (states) => {
    const { numbers, mark: { frame, state: from } } = now();
    const state = clamp((from ?? 0) + states, 0, numbers.numStates - 1);
    const follows = state === numbers.alignment[frame];
    go({ frame, state, class: numbers.data.states[state], follows });
  };
  keys(canvas, {
    ArrowLeft: () => byFrame(-1), ArrowRight: () => byFrame(1),
    ArrowUp: () => byState(-1), ArrowDown: () => byState(1),
    Home: () => byFrame(-Infinity), End: () => byFrame(Infinity),
    Enter: () => go(now().numbers.onPath(now().mark.frame)), Escape: hide,
  });
}

// Call draw and resize when the page's theme or width changes; returns what ends it.
function watchPage(root, draw, resize) {
  const resized = new ResizeObserver(resize);
  resized.observe(root);
  const themed = new MutationObserver(draw);
  themed.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light", "class"] });
  return () => {
    resized.disconnect();
    themed.disconnect();
  };
}

function render({ model, el }) {
  const root = explorer(el, "CTC explorer");
  root.classList.add("fsdl-ctc");
  const canvas = html("canvas", {
    tabindex: 0, role: "application", class: "ctc-canvas",
    "aria-label": "Line, softmax, gradient and lattice. Left and right: frame. Up and down: state. " +
      "Enter: the best path\u2019s state.",
  });
  const controls = makeControls(model);
  const tip = makeTip(canvas);
  const status = statusLine();
  root.append(...controls.rows, html("div", { class: "ctc-panels" }, canvas, tip.element), status);

  // The image's bytes do not change with the transcript.
  const image = new Uint8Array(bytes(model.get("data").image));
  let arrays = { of: null }; // of the data, unpacked when they change
  let view = { mark: { frame: 0, follows: true } };

  function showMark() {
    const { numbers } = view;
    const layout = layOut(numbers.data, Math.max(280, root.clientWidth - 24));
    view = { ...view, layout, ...makePen(canvas, root, layout) };
    drawPanels(view);
    const lines = numbers.describe(view.mark);
    status.textContent = lines.join(" \u00b7 ");
    tip.element.replaceChildren(...lines.map((line) => html("div", {}, line)));
  }

  function draw() {
    const [data, { moment, mass }] = [model.get("data"), model.get("state")];
    let { mark } = view;
    if (arrays.of !== data) {
      arrays = { of: data };
      for (const name of ["logProbs", "logAlpha", "logBeta"]) {
        arrays[name] = new Float32Array(bytes(data[name]));
      }
      mark = { frame: Math.min(mark.frame, data.frames - 1), follows: true };
    }
    const numbers = new Numbers(data, arrays, Math.min(moment, data.moments.length - 1));
    if (mark.follows) mark = numbers.onPath(mark.frame);
    view = { numbers, mark, mass, pictures: paint(root, image, numbers, mass) };
    controls.show(data, numbers, mass);
    showMark();
  }

  function move(mark, y) {
    view.mark = mark;
    showMark();
    tip.show(view.layout, mark.frame, y + 12);
  }
  canvas.addEventListener("pointermove", ({ offsetX, offsetY }) =>
    move(markAt(view.numbers, view.layout, offsetX, offsetY), offsetY));
  listenToKeys(canvas, () => view, move, tip.hide);
  listen(model, root, draw);
  return watchPage(root, draw, showMark);
}

export default { render };
