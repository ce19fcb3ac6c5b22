// The window explorer. Python answers only what the classifier says; where windows stand and whether
// they are enough is simple arithmetic, and follows the sliders at once.
// state: width and stride in px, and the chosen window.
const SCALE = 1.7; // screen px for each px of the line
const ABOVE = 12; // px of the line, for what was read
const LANE = 4; // px, between overlapping brackets
const visible = (character) => (character === " " ? "\u2423" : character); // an open box

// As `Look` in windows.py: windows that begin after the ink are left out.
function geometry({ ink_width, line_width, frames_needed, length }, { width, stride }) {
  const count = Math.ceil(Math.min(ink_width, line_width - width + 1) / stride);
  const spare = count - frames_needed;
  const sentence = `${count} frames available, ${frames_needed} needed (${length} for characters, ` +
    `${frames_needed - length} between equal neighbors): ` + (spare >= 0
      ? `enough, with ${spare} to spare.`
      : `${-spare} too few, so CTC cannot write this transcript.`);
  return { count, spare, sentence };
}

function render({ model, el }) {
  const root = explorer(el, "Window explorer");
  root.classList.add("fsdl-windows");
  const first = model.get("data");
  const clamp = (value, [low, high]) => Math.max(low, Math.min(high, value));
  let hovered = null; // the window under the pointer, which is shown until it leaves

  // Python is asked once the sliders rest; the last question wins.
  const askSoon = debounce(() => ask(model, {}), 200);
  const change = (changes) => {
    const state = { ...model.get("state"), ...changes };
    const { count } = geometry(model.get("data"), state);
    choose(model, { ...changes, window: Math.min(state.window, count - 1) });
    askSoon();
  };
  const width = slider({ label: "Width", min: first.widths[0], max: first.widths[1],
    value: model.get("state").width, unit: " px", change: (value) => change({ width: value }) });
  const stride = slider({ label: "Stride", min: first.strides[0], max: first.strides[1],
    value: model.get("state").stride, unit: " px", change: (value) => change({ stride: value }) });
  const overlap = slider({ label: "Overlap", min: first.widths[0] - first.strides[1],
    max: first.widths[1] - first.strides[0], value: 0, unit: " px",
    change: (value) => change({ stride: clamp(model.get("state").width - value, first.strides) }) });

  const [paper, above, brackets, band, mark] = ["g", "g", "g", "g", "g"].map((tag) => svg(tag));
  const line = svg("svg", { role: "slider", tabindex: 0, "aria-label": "Window",
    "aria-valuemin": 1 }, paper, mark, above, brackets, band);
  const crop = svg("svg", { class: "crop", height: 132, role: "img" });
  const crops = html("figure", {}, crop, html("figcaption"));
  const answers = html("ol", { class: "answers", "aria-label": "What the classifier says" });
  const meter = html("div", { class: "meter" });
  const sentence = statusLine();
  const fieldWords = html("p", { class: "fsdl-hint" });
  root.append(
    html("div", { class: "fsdl-row" }, width.element, stride.element, overlap.element),
    html("div", { class: "scroll" }, line),
    html("div", { class: "fsdl-row panel" }, crops, answers, meter),
    sentence,
    fieldWords,
    html("p", { class: "fsdl-hint" }, "Move over the line to look through a window, click to keep " +
      "it. By keyboard: focus the line, then left and right, Home and End."),
  );

  const lastWindow = () => geometry(model.get("data"), model.get("state")).count - 1;
  const go = (window) => choose(model, { window: clamp(window, [0, lastWindow()]) });
  const by = (step) => go(model.get("state").window + step);
  keys(line, {
    ArrowLeft: () => by(-1), ArrowRight: () => by(1), ArrowDown: () => by(-1), ArrowUp: () => by(1),
    PageDown: () => by(-10), PageUp: () => by(10), Home: () => go(0), End: () => go(lastWindow()),
  });
  const under = (event) => { // the window whose middle is nearest
    const state = model.get("state");
    const column = (event.clientX - line.getBoundingClientRect().left) / SCALE;
    return clamp(Math.round((column - state.width / 2) / state.stride), [0, lastWindow()]);
  };
  line.addEventListener("pointermove", (event) => { hovered = under(event); drawChosen(); });
  line.addEventListener("pointerleave", () => { hovered = null; drawChosen(); });
  line.addEventListener("click", (event) => go(under(event)));

  // What was read, or nothing while the answers belong to other windows.
  const answered = () => {
    const [data, state] = [model.get("data"), model.get("state")];
    return data.width === state.width && data.stride === state.stride ? data.answers : [];
  };

  const drawChosen = () => {
    const [data, state] = [model.get("data"), model.get("state")];
    const chosen = hovered ?? state.window;
    const [left, height] = [chosen * state.stride, data.size[1]];
    const found = answered()[chosen] ?? [];
    mark.replaceChildren(
      svg("rect", { class: "chosen", x: left, y: 0, width: state.width, height }));
    crop.setAttribute("viewBox", `${left} 0 ${state.width} ${height}`);
    crop.setAttribute("width", Math.round((132 * state.width) / height));
    crop.setAttribute("aria-label", `Window ${chosen + 1}, enlarged`);
    crop.replaceChildren(svg("image", { href: data.image, width: data.size[0], height }));
    crops.lastChild.textContent = `window ${chosen + 1} of ${lastWindow() + 1}: ` +
      `px ${left} to ${left + state.width}`;
    answers.replaceChildren(...found.map(([character, share]) => html("li", {},
      html("b", {}, visible(character)),
      html("span", { class: "bar", style: `width: ${Math.round(90 * share)}px` }),
      `${Math.round(100 * share)}%`)));
    const said = found.length ? `, read as ${found[0][0] === " " ? "space" : found[0][0]}` : "";
    line.setAttribute("aria-valuenow", chosen + 1);
    line.setAttribute("aria-valuetext", `window ${chosen + 1} of ${lastWindow() + 1}${said}`);

    band.replaceChildren();
    fieldWords.textContent = "";
    if (data.field) { // the frame of the network whose field is centered nearest
      const { width: wide, step, start } = data.field;
      const frame = Math.max(0, Math.round((left + state.width / 2 - start - wide / 2) / step));
      const from = start + frame * step;
      const top = height + 3 + LANE * lanes(state);
      band.append(svg("rect", { class: "field", x: from, y: top, width: wide, height: 5 }),
        ...[from, from + wide].map((x) => svg("line", { class: "edge", x1: x, x2: x, y1: 0, y2: top + 5 })));
      fieldWords.textContent = `Green bar: ${data.field_words}. Frame ${frame + 1}, centered ` +
        `nearest to this window, sees px ${Math.max(0, from)} to ${from + wide}.`;
    }
  };
  const lanes = (state) => Math.max(2, Math.ceil(state.width / state.stride));

  const draw = () => {
    const [data, state] = [model.get("data"), model.get("state")];
    const [shown, height] = data.size;
    const { count, spare, sentence: words } = geometry(data, state);
    width.set(state.width);
    stride.set(state.stride);
    overlap.set(state.width - state.stride);
    const total = ABOVE + height + LANE * lanes(state) + 12;
    line.setAttribute("viewBox", `0 ${-ABOVE} ${shown} ${total}`);
    line.setAttribute("width", shown * SCALE);
    line.setAttribute("height", total * SCALE);
    line.setAttribute("aria-valuemax", count);
    paper.replaceChildren(svg("image", { href: data.image, width: shown, height }));

    const read = answered();
    const size = Math.min(9, 1.6 * state.stride);
    above.replaceChildren();
    brackets.replaceChildren();
    for (let k = 0; k < count; k++) {
      const [left, hue] = [k * state.stride, k % 2 ? "blue" : "vermilion"];
      const foot = height + 3 + LANE * (k % lanes(state));
      const right = left + state.width - 1;
      brackets.append(svg("path", { class: hue,
        d: `M${left} ${foot - 2}V${foot}H${right}V${foot - 2}` }));
      above.append(svg("text", { class: hue, x: left + state.width / 2, y: -3, "font-size": size,
        "text-anchor": "middle" }, read[k] ? visible(read[k][0][0]) : ""));
    }
    const most = Math.max(count, data.frames_needed);
    const bar = (name, frames) => html("div", {}, html("span", {}, name),
      html("i", { class: name, style: `width: ${(160 * frames) / most}px` }), String(frames));
    meter.replaceChildren(bar("needed", data.frames_needed), bar("available", count),
      html("b", {}, spare >= 0 ? "\u2713 enough" : "\u2717 too few"));
    meter.setAttribute("data-feasible", spare >= 0);
    sentence.textContent = words;
    drawChosen();
  };
  listen(model, root, draw);
}

export default { render };
