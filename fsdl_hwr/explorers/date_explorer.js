// The date dial. Each letter of a scribe votes for a year; the mean of those that are on is the date.
// state: the hand, the letters that are on, and whether the true year is shown.
const [WIDE, HIGH, EDGE] = [880, 96, 20]; // screen px of the time line

// The doubt for so many letters, between those for which it was measured.
function radiusOf({ counts, radii }, letters) {
  const k = counts.findIndex((count) => count >= letters);
  if (k < 0) return radii.at(-1);
  if (k === 0) return radii[0];
  const share = (letters - counts[k - 1]) / (counts[k] - counts[k - 1]);
  return radii[k - 1] + share * (radii[k] - radii[k - 1]);
}

function dateOf(data, { hand, on }) {
  const { votes } = data.hands[hand];
  const year = on.reduce((sum, k) => sum + votes[k], 0) / on.length;
  return { year, radius: radiusOf(data, on.length) };
}

function sentenceOf(data, state) {
  if (!state.on.length) return "No letter, no date.";
  const { year, radius } = dateOf(data, state);
  const said = `${state.on.length} ${state.on.length === 1 ? "letter" : "letters"}: about ${Math.round(year)}, ` +
    `${Math.round(year - radius)} to ${Math.round(year + radius)} in nine of ten cases`;
  if (!state.revealed) return `${said}.`;
  const truth = data.hands[state.hand].year;
  const inside = Math.abs(truth - year) <= radius ? "inside" : "outside";
  return `${said}; written in ${truth}, ${inside}.`;
}

function makeTimeLine({ first, last }) {
  const place = (year) => EDGE + ((year - first) / (last - first)) * (WIDE - 2 * EDGE);
  const ticks = [];
  for (let year = first; year <= last; year += 100) {
    ticks.push(svg("line", { class: "tick", x1: place(year), x2: place(year), y1: 62, y2: 68 }),
      svg("text", { x: place(year), y: 84, "text-anchor": "middle" }, year));
  }
  const marks = svg("g");
  const element = svg("svg", { viewBox: `0 0 ${WIDE} ${HIGH}`, width: WIDE, role: "img",
    "aria-label": "Votes, date and interval on a line of years" },
  svg("line", { class: "tick", x1: EDGE, x2: WIDE - EDGE, y1: 62, y2: 62 }), ...ticks, marks);
  function show(data, state) {
    const { votes, year: truth } = data.hands[state.hand];
    const drawn = state.on.map((k) => svg("line", { class: "vote", x1: place(votes[k]),
      x2: place(votes[k]), y1: 44, y2: 62 }));
    if (state.on.length) {
      const { year, radius } = dateOf(data, state);
      drawn.push(svg("rect", { class: "doubt", x: place(year - radius), y: 22, height: 12,
        width: place(year + radius) - place(year - radius) }),
      svg("circle", { class: "date", cx: place(year), cy: 28, r: 7 }));
    }
    if (state.revealed) {
      drawn.push(svg("line", { class: "truth", x1: place(truth), x2: place(truth), y1: 8, y2: 62 }));
    }
    marks.replaceChildren(...drawn);
  }
  return { element, show };
}

function makeLetters(model) {
  const element = html("div", { class: "letters", role: "group", "aria-label": "Letters" });
  const toggle = (k) => {
    const on = new Set(model.get("state").on);
    if (!on.delete(k)) on.add(k);
    choose(model, { on: [...on].sort((a, b) => a - b) });
  };
  let shown = -1;
  function show({ hands }, { hand, on }) {
    if (shown !== hand) {
      shown = hand;
      element.replaceChildren(...hands[hand].letters.map((image, k) => html("button", {
        type: "button", onclick: () => toggle(k),
        "aria-label": `Letter ${k + 1}, votes for ${hands[hand].votes[k]}`,
      }, html("img", { src: image, alt: "" }))));
    }
    [...element.children].forEach((child, k) => {
      child.setAttribute("aria-pressed", on.includes(k));
    });
  }
  return { element, show };
}

function render({ model, el }) {
  const root = explorer(el, "Date dial");
  root.classList.add("fsdl-date");
  const data = model.get("data");
  const every = data.hands[0].letters.length;
  const hand = slider({ label: "Hand", min: 1, max: data.hands.length,
    value: model.get("state").hand + 1,
    change: (value) => choose(model, { hand: value - 1, revealed: false }) });
  const count = slider({ label: "Letters", min: 0, max: every, value: every,
    change: (value) => choose(model, { on: [...Array(value).keys()] }) });
  const reveal = button("Show the true year", () =>
    choose(model, { revealed: !model.get("state").revealed }));
  const [line, letters, sentence] = [makeTimeLine(data), makeLetters(model), statusLine()];
  root.append(html("div", { class: "fsdl-row" }, hand.element, count.element, reveal),
    wide(line.element, 720), sentence, letters.element,
    html("p", { class: "fsdl-hint" }, "Each short line is a letter's vote, the bar holds the true " +
      "year in nine of ten cases. Press a letter to take it away."));

  listen(model, root, () => {
    const state = model.get("state");
    hand.set(state.hand + 1);
    count.set(state.on.length);
    reveal.setAttribute("aria-pressed", state.revealed);
    line.show(data, state);
    letters.show(data, state);
    sentence.textContent = sentenceOf(data, state);
  });
}

export default { render };
