// How often the model gate calls a worse candidate worse: a curve over the true difference.
// state: writers, lines (of each writer), error (CER in percent), effect (percent of it, shown).
const [WIDE, HIGH, LEFT, RIGHT, BOTTOM] = [520, 200, 40, 16, 24];

function makePlot() {
  const curve = svg("polyline", { class: "worse" });
  const falsely = svg("polyline", { class: "better" });
  const mark = svg("circle", { r: 6 });
  const axes = svg("g", { class: "axes" });
  const element = svg("svg", {
    viewBox: `0 0 ${WIDE} ${HIGH}`, role: "img", "aria-label": "Share of answers over difference",
  }, axes, curve, falsely, mark);
  return {
    element,
    show({ effects, worse, better }, { effect }) {
      const most = effects.at(-1);
      const x = (value) => LEFT + (WIDE - LEFT - RIGHT) * value / most;
      const y = (share) => HIGH - BOTTOM - (HIGH - BOTTOM - 10) * share;
      const points = (shares) => effects.map((e, k) => `${x(e)},${y(shares[k])}`).join(" ");
      curve.setAttribute("points", points(worse));
      falsely.setAttribute("points", points(better));
      mark.setAttribute("cx", x(effect));
      mark.setAttribute("cy", y(worse[effects.indexOf(effect)]));
      axes.replaceChildren(
        ...effects.map((e) => svg("text", { x: x(e), y: HIGH - 6, "text-anchor": "middle" },
          `${e}%`)),
        ...[0, 0.5, 1].flatMap((share) => [
          svg("line", { x1: LEFT, x2: WIDE - RIGHT, y1: y(share), y2: y(share) }),
          svg("text", { x: LEFT - 6, y: y(share) + 4, "text-anchor": "end" }, `${100 * share}%`),
        ]));
    },
  };
}

function sentenceOf({ effects, worse, better, trials }, { writers, lines, effect }) {
  const place = effects.indexOf(effect);
  const percent = (share) => `${Math.round(100 * share)}%`;
  const said = effect === 0
    ? `two equal recognizers are told apart in ${percent(worse[0] + better[0])}`
    : `a candidate with ${effect}% more errors is called worse in ${percent(worse[place])}`;
  return `With ${writers * lines} lines, ${lines} by each of ${writers} writers, ${said} ` +
    `of ${trials} simulated comparisons.`;
}

function render({ model, el }) {
  const root = explorer(el, "Power of the gate");
  root.classList.add("fsdl-power");
  const plot = makePlot();
  const sentence = statusLine();
  const { effects } = model.get("data");
  const asking = debounce((changes) => ask(model, changes));
  const start = model.get("state");
  const sliders = [
    slider({ label: "Writers", min: 5, max: 80, step: 5, value: start.writers,
      change: (writers) => asking({ writers }) }),
    slider({ label: "Lines of each", min: 5, max: 50, step: 5, value: start.lines,
      change: (lines) => asking({ lines }) }),
    slider({ label: "Champion's CER", min: 2, max: 30, step: 2, value: start.error, unit: "%",
      change: (error) => asking({ error }) }),
    slider({ label: "More errors", min: 0, max: effects.at(-1), step: effects[1],
      value: start.effect, unit: "%", change: (effect) => choose(model, { effect }) }),
  ];
  root.append(sentence, html("div", { class: "fsdl-row" }, ...sliders.map((s) => s.element)),
    wide(plot.element, 460));

  listen(model, root, () => {
    const [data, state] = [model.get("data"), model.get("state")];
    plot.show(data, state);
    sentence.textContent = sentenceOf(data, state);
  });
}

export default { render };
