// The window explorer. Python answers only what the classifier says; where windows stand and whether
// they are enough is simple arithmetic, and follows the sliders at once.
// state: width and stride in px, and the chosen window.
const SCALE = 1.7; // screen px for each px of the line
const ABOVE = 12; // px of the line, for what was read
const LANE = 4; // px, between overlapping brackets
const CROP = 132; // screen px, the height of the enlarged window
const BAR = 160; // screen px, for the larger number of frames

// As `Look` in window_explorer.py: windows that begin after the ink are left out.
function countFrames({ inkWidth, lineWidth, framesNeeded, length }, { width, stride }) {
  const count = Math.ceil(Math.min(inkWidth, lineWidth - width + 1) / stride);
  const spare = count - framesNeeded;
  const verdict = spare >= 0 ? `enough, with ${spare} to spare.`
    : `${-spare} too few, so CTC cannot write this transcript.`;
  const sentence = `${count} frames available, ${framesNeeded} needed (${length} for characters, ` +
    `${framesNeeded - length} between equal neighbors): ${verdict}`;
  return { count, spare, sentence };
}

// What was read in each window; nothing while the answers belong to other windows.
function answersFor(data, state) {
  return data.width === state.width && data.stride === state.stride ? data.answers : [];
}

// Overlapping brackets stand in lanes, one below the other.
function numLanes({ width, stride }) {
  return Math.max(2, Math.ceil(width / stride));
}

// Three sliders, of which the last follows from the others.
function makeSliders(model, change) {
  const { widths, strides } = model.get("data");
  const state = model.get("state");
  const width = slider({ label: "Width", min: widths[0], max: widths[1], value: state.width,
    unit: " px", change: (value) => change({ width: value }) });
  const stride = slider({ label: "Stride", min: strides[0], max: strides[1], value: state.stride,
    unit: " px", change: (value) => change({ stride: value }) });
  const overlap = slider({ label: "Overlap", min: widths[0] - strides[1],
    max: widths[1] - strides[0], value: 0, unit: " px",
    change: (value) => change({ stride: clamp(model.get("state").width - value, ...strides) }) });
  return {
    row: html("div", { class: "fsdl-row" }, width.element, stride.element, overlap.element),
    show(shown) {
      width.set(shown.width);
      stride.set(shown.stride);
      overlap.set(shown.width - shown.stride);
    },
  };
}

// A bracket under every window, and above the line what was read in it.
function drawWindows({ above, brackets }, data, state, count) {
  const answers = answersFor(data, state);
  const size = Math.min(9, 1.6 * state.stride);
  above.replaceChildren();
  brackets.replaceChildren();
  for (let k = 0; k < count; k++) {
    const [left, hue] = [k * state.stride, k % 2 ? "blue" : "vermilion"];
    const foot = data.size[1] + 3 + LANE * (k % numLanes(state));
    const right = left + state.width - 1;
    brackets.append(svg("path", { class: hue,
      d: `M${left} ${foot - 2}V${foot}H${right}V${foot - 2}` }));
    above.append(svg("text", { class: hue, x: left + state.width / 2, y: -3, "font-size": size,
      "text-anchor": "middle" }, answers[k] ? visible(answers[k][0][0]) : ""));
  }
}

// The receptive field of the frame that is centered nearest to a window; returns it in words.
function drawField(band, { field, fieldWords, size }, state, left) {
  band.replaceChildren();
  if (!field) return "";
  const { width, step, start } = field;
  const frame = Math.max(0, Math.round((left + state.width / 2 - start - width / 2) / step));
  const from = start + frame * step;
  const top = size[1] + 3 + LANE * numLanes(state);
  band.append(svg("rect", { class: "field", x: from, y: top, width, height: 5 }),
    ...[from, from + width].map((x) =>
      svg("line", { class: "edge", x1: x, x2: x, y1: 0, y2: top + 5 })));
  return `Green bar: ${fieldWords}. Frame ${frame + 1}, centered ` +
    `nearest to this window, sees px ${Math.max(0, from)} to ${from + width}.`;
}

// The line with its windows and the network's field, one window marked.
function makeLine() {
  const [paper, above, brackets, band, mark] = ["g", "g", "g", "g", "g"].map((tag) => svg(tag));
  const line = svg("svg", { role: "slider", tabindex: 0, "aria-label": "Window",
    "aria-valuemin": 1 }, paper, mark, above, brackets, band);

  function show(data, state, count) {
    const [width, height] = data.size;
    const total = ABOVE + height + LANE * numLanes(state) + 12;
    line.setAttribute("viewBox", `0 ${-ABOVE} ${width} ${total}`);
    line.setAttribute("width", width * SCALE);
    line.setAttribute("height", total * SCALE);
    line.setAttribute("aria-valuemax", count);
    paper.replaceChildren(svg("image", { href: data.image, width, height }));
    drawWindows({ above, brackets }, data, state, count);
  }

  function showChosen(data, state, chosen, count) {
    const left = chosen * state.stride;
    mark.replaceChildren(svg("rect", { class: "chosen", x: left, y: 0, width: state.width,
      height: data.size[1] }));
    const [first] = answersFor(data, state)[chosen] ?? [];
    const said = first ? `, read as ${first[0] === " " ? "space" : first[0]}` : "";
    line.setAttribute("aria-valuenow", chosen + 1);
    line.setAttribute("aria-valuetext", `window ${chosen + 1} of ${count}${said}`);
    return drawField(band, data, state, left);
  }
  return { element: line, show, showChosen };
}

// The chosen window, enlarged, beside what the classifier says.
function makeCrop() {
  const crop = svg("svg", { class: "crop", height: CROP, role: "img" });
  const figure = html("figure", {}, crop, html("figcaption"));
  const answers = html("ol", { class: "answers", "aria-label": "What the classifier says" });
  const answer = ([character, share]) => html("li", {},
    html("b", {}, visible(character)),
    html("span", { class: "bar", style: `width: ${Math.round(90 * share)}px` }),
    `${Math.round(100 * share)}%`);

  function show(data, state, chosen, count) {
    const [left, height] = [chosen * state.stride, data.size[1]];
    crop.setAttribute("viewBox", `${left} 0 ${state.width} ${height}`);
    crop.setAttribute("width", Math.round((CROP * state.width) / height));
    crop.setAttribute("aria-label", `Window ${chosen + 1}, enlarged`);
    crop.replaceChildren(svg("image", { href: data.image, width: data.size[0], height }));
    figure.lastChild.textContent = `window ${chosen + 1} of ${count}: ` +
      `px ${left} to ${left + state.width}`;
    answers.replaceChildren(...(answersFor(data, state)[chosen] ?? []).map(answer));
  }
  return { elements: [figure, answers], show };
}

// Two bars: the frames that the transcript needs, and those that there are.
function showFrames(meter, needed, { count, spare }) {
  const most = Math.max(count, needed);
  const bar = (name, frames) => html("div", {}, html("span", {}, name),
    html("i", { class: name, style: `width: ${(BAR * frames) / most}px` }), String(frames));
  meter.replaceChildren(bar("needed", needed), bar("available", count),
    html("b", {}, spare >= 0 ? "\u2713 enough" : "\u2717 too few"));
  meter.setAttribute("data-feasible", spare >= 0);
}

// Choose a window by key or click; look(window) shows one while the pointer is on it.
function chooseWindows(line, model, look) {
  const last = () => countFrames(model.get("data"), model.get("state")).count - 1;
  const go = (window) => choose(model, { window: clamp(window, 0, last()) });
  const by = (step) => go(model.get("state").window + step);
  keys(line, {
    ArrowLeft: () => by(-1), ArrowRight: () => by(1), ArrowDown: () => by(-1), ArrowUp: () => by(1),
    PageDown: () => by(-10), PageUp: () => by(10), Home: () => go(0), End: () => go(last()),
  });
  const under = (event) => { // the window whose middle is nearest
    const { width, stride } = model.get("state");
    const column = (event.clientX - line.getBoundingClientRect().left) / SCALE;
    return clamp(Math.round((column - width / 2) / stride), 0, last());
  };
  line.addEventListener("pointermove", (event) => look(under(event)));
  line.addEventListener("pointerleave", () => look(null));
  line.addEventListener("click", (event) => go(under(event)));
}

function render({ model, el }) {
  const root = explorer(el, "Window explorer");
  root.classList.add("fsdl-windows");
  let hovered = null; // the window under the pointer, which is shown until it leaves

  // Python is asked once the sliders rest; the last question wins.
  const askSoon = debounce(() => ask(model, {}), 200);
  const sliders = makeSliders(model, (changes) => {
    const state = { ...model.get("state"), ...changes };
    const { count } = countFrames(model.get("data"), state);
    choose(model, { ...changes, window: Math.min(state.window, count - 1) });
    askSoon();
  });
  const line = makeLine();
  const crop = makeCrop();
  const meter = html("div", { class: "meter" });
  const sentence = statusLine();
  const fieldWords = html("p", { class: "fsdl-hint" });
  root.append(
    sliders.row,
    html("div", { class: "scroll" }, line.element),
    html("div", { class: "fsdl-row panel" }, ...crop.elements, meter),
    sentence,
    fieldWords,
    html("p", { class: "fsdl-hint" }, "Move over the line to look through a window, click to keep " +
      "it. By keyboard: focus the line, then left and right, Home and End."),
  );

  const showChosen = () => {
    const [data, state] = [model.get("data"), model.get("state")];
    const { count } = countFrames(data, state);
    const chosen = hovered ?? state.window;
    fieldWords.textContent = line.showChosen(data, state, chosen, count);
    crop.show(data, state, chosen, count);
  };
  chooseWindows(line.element, model, (window) => { hovered = window; showChosen(); });

  listen(model, root, () => {
    const [data, state] = [model.get("data"), model.get("state")];
    const frames = countFrames(data, state);
    sliders.show(state);
    line.show(data, state, frames.count);
    showFrames(meter, data.framesNeeded, frames);
    sentence.textContent = frames.sentence;
    showChosen();
  });
}

export default { render };
