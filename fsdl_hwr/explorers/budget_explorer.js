// The frame budget: a bar per number of frames that names need, and a slider for those there are.
// state: the number of frames.
const [BAR, HEIGHT] = [22, 120]; // screen px

function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}

function sentenceOf({ width, counts, examples }, { frames }) {
  const total = sum(counts);
  const fit = sum(counts.slice(0, frames));
  const lost = examples.slice(frames).flat();
  const said = `${frames} frames of ${(width / frames).toFixed(1)} px can write ${fit} of ${total} ` +
    `names (${((100 * fit) / total).toFixed(1)}%)`;
  return lost.length ? `${said}; not, for example, ${lost.slice(0, 3).join(", ")}.` : `${said}.`;
}

function makeBars({ counts }) {
  const most = Math.max(...counts);
  const bars = counts.map((count, k) => {
    const height = (count / most) * HEIGHT;
    return svg("g", {},
      svg("rect", { x: k * BAR + 2, y: 16 + HEIGHT - height, width: BAR - 4, height }),
      svg("text", { x: (k + 0.5) * BAR, y: 12 + HEIGHT - height, "text-anchor": "middle" },
        count || ""),
      svg("text", { x: (k + 0.5) * BAR, y: HEIGHT + 32, "text-anchor": "middle" }, k + 1));
  });
  const [width, height] = [counts.length * BAR, HEIGHT + 38];
  const element = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img",
    "aria-label": "Names by the frames that they need" }, ...bars);
  function show({ frames }) {
    bars.forEach((bar, k) => { bar.setAttribute("data-fits", k < frames); });
  }
  return { element, show };
}

function render({ model, el }) {
  const root = explorer(el, "Frame budget");
  root.classList.add("fsdl-budget");
  const data = model.get("data");
  const frames = slider({ label: "Frames", min: 1, max: Math.max(64, data.counts.length),
    value: model.get("state").frames, change: (value) => choose(model, { frames: value }) });
  const bars = makeBars(data);
  const sentence = statusLine();
  root.append(html("div", { class: "fsdl-row" }, frames.element),
    wide(bars.element, 0.9 * BAR * data.counts.length), sentence,
    html("p", { class: "fsdl-hint" }, "A name needs a frame per letter, and one more between two " +
      "equal neighbors. Whether each letter has a frame of its own is another question."));

  listen(model, root, () => {
    const state = model.get("state");
    frames.set(state.frames);
    bars.show(state);
    sentence.textContent = sentenceOf(data, state);
  });
}

export default { render };
