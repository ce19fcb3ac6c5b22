// Noise to ink: a letter of a flow, step by step, and what the judge reads in it at every step.
// state: the letter, the guidance, which noise it starts from, and the step that is shown.
const MILLISECONDS = 220; // per step, when it plays

function render({ model, el }) {
  const { width, height, characters } = model.get("data");
  const root = explorer(el, "Noise to ink");
  root.classList.add("fsdl-noise");
  const paper = makePaper({ kind: "character", width, height, rules: [] });
  const opinion = html("div", { class: "fsdl-noise-opinion" });
  const strip = html("div", { class: "fsdl-row fsdl-noise-strip" });
  const status = statusLine();
  let timer = null;
  let drawn = null; // the frames that the strip shows

  const frames = () => model.get("data").frames;
  const last = () => frames().length - 1;
  const stop = () => { clearInterval(timer); timer = null; };
  const go = (step) => choose(model, { step: clamp(step, 0, last()) });
  function play() {
    stop();
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
      go(last());
      return;
    }
    go(0);
    timer = setInterval(() => {
      if (model.get("state").step >= last()) stop();
      else go(model.get("state").step + 1);
    }, MILLISECONDS);
  }
  const answer = (changes) => { stop(); ask(model, { ...changes, step: last() }); };
  const later = debounce((guidance) => answer({ guidance }));

  const letter = html("select", {
    "aria-label": "Letter", onchange: () => answer({ letter: letter.selectedIndex }),
  }, ...[...characters].map((character) => html("option", {}, character)));
  const guidance = slider({ label: "Guidance", min: 0, max: 4, step: 0.5,
    value: model.get("state").guidance, change: later });
  const step = slider({ label: "Step", min: 0, max: last(), value: model.get("state").step,
    change: (value) => { stop(); go(value); } });
  const another = button("Other noise", () => answer({ noise: model.get("state").noise + 1 }));

  keys(paper.element, {
    ArrowLeft: () => { stop(); go(model.get("state").step - 1); },
    ArrowRight: () => { stop(); go(model.get("state").step + 1); },
    " ": play,
  });
  root.append(
    html("div", { class: "fsdl-row" }, letter, guidance.element, another, button("Play", play)),
    html("div", { class: "fsdl-row fsdl-noise-desk" },
      named("The letter so far", paper.element), named("What the judge reads", opinion)),
    html("div", { class: "fsdl-row" }, step.element), strip, status,
  );

  listen(model, root, () => {
    const state = model.get("state");
    const shown = clamp(state.step, 0, last());
    const { strokes, likely } = frames()[shown];
    letter.selectedIndex = state.letter;
    guidance.set(state.guidance);
    step.input.max = last();
    step.set(shown);
    paper.show(strokes);
    opinion.replaceChildren(...likely.map(([text, share]) =>
      html("div", {}, html("span", { class: "fsdl-noise-name" }, text), shareBar(share))));
    if (drawn !== frames()) { // other letters; else the buttons stay, and with them the focus
      drawn = frames();
      strip.replaceChildren(...drawn.map((frame, k) => html("button", {
        type: "button", "aria-label": `Step ${k}`, onclick: () => { stop(); go(k); },
      }, thumbnail(frame.strokes, width, height, `Step ${k}`))));
    }
    [...strip.children].forEach((press, k) => { press.setAttribute("aria-pressed", k === shown); });
    const [[text, share]] = likely;
    status.textContent = `Step ${shown} of ${last()}: asked for ${characters[state.letter]}, ` +
      `read as ${text} (${(100 * share).toFixed(0)}%)`;
  });
  return stop;
}

export default { render };
