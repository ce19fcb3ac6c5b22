// The box shifter. Everything is arithmetic on rows of ink, so the page needs no answer from Python.
// state: shift and height of the box in px.
const WIDE = 900; // screen px

// As `shift_scores` in box_explorer.py.
function scores({ own, other, top, bottom }, { shift, height }) {
  const middle = (top + bottom) / 2 + shift;
  const [low, high] = [Math.round(middle - height / 2), Math.round(middle + height / 2)];
  const both = Math.max(0, Math.min(bottom, high) - Math.max(top, low));
  const sum = (rows, from, to) => rows.slice(Math.max(0, from), Math.max(0, to))
    .reduce((total, px) => total + px, 0);
  const shared = sum(own, low, high);
  const union = sum(own, 0, own.length) + sum(other, low, high);
  return { low, high, box: both / (bottom - top + high - low - both), ink: shared / Math.max(union, 1) };
}

function scoreBar(name, kind) {
  const fill = html("i", { class: kind });
  const value = html("b");
  const element = html("div", { class: "score" }, html("span", {}, name), html("span", { class: "track" }, fill), value);
  const set = (score) => {
    fill.style.width = `${Math.round(100 * score)}%`;
    value.textContent = score.toFixed(2);
  };
  return { element, set };
}

function render({ model, el }) {
  const root = explorer(el, "Box shifter");
  root.classList.add("fsdl-box");
  const data = model.get("data");
  const tall = data.bottom - data.top;
  const [width, height] = data.size;
  const shift = slider({ label: "Shift down", min: -tall, max: tall, value: model.get("state").shift,
    unit: " px", change: (value) => choose(model, { shift: value }) });
  const size = slider({ label: "Height", min: Math.max(2, Math.round(tall / 4)), max: 2 * tall,
    value: model.get("state").height, unit: " px", change: (value) => choose(model, { height: value }) });
  const truth = svg("rect", { class: "truth", x: 0, y: data.top, width, height: tall });
  const box = svg("rect", { class: "found", x: 0, width });
  const picture = svg("svg", { viewBox: `0 0 ${width} ${height}`, width: WIDE, role: "img",
    "aria-label": "A line's ink, its own box and the shifted one" },
  svg("image", { href: data.image, width, height }), truth, box);
  const [boxBar, inkBar] = [scoreBar("box IoU", "box"), scoreBar("shared ink", "ink")];
  const sentence = statusLine();
  root.append(html("div", { class: "fsdl-row" }, shift.element, size.element), picture,
    boxBar.element, inkBar.element, sentence,
    html("p", { class: "fsdl-hint" }, "Dashed: the line's own box. Filled: the box that was found."));

  listen(model, root, () => {
    const state = model.get("state");
    shift.set(state.shift);
    size.set(state.height);
    const { low, high, box: iou, ink } = scores(data, state);
    box.setAttribute("y", low);
    box.setAttribute("height", high - low);
    boxBar.set(iou);
    inkBar.set(ink);
    const verdict = (score) => (score >= 0.5 ? "found" : "missed");
    sentence.textContent = `By its box the line is ${verdict(iou)} (${iou.toFixed(2)}), ` +
      `by its ink ${verdict(ink)} (${ink.toFixed(2)}).`;
  });
}

export default { render };
