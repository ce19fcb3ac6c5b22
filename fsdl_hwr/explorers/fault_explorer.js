// The switchboard: a checkbox per fault beside its test, the texts that are read, and how far the
// port is from Keras after each stage. Python runs port and tests.
// state: the numbers of the faults that are on.
const LADDER = [1e-8, 1e2]; // differences from the left to the right end of a bar
const EQUAL = 1e-4; // rounding explains no more

// A checkbox per fault, and under it what its test asks and finds.
function makeSwitches(model) {
  const boxes = model.get("data").faults.map(({ number, name, question }) => {
    const box = html("input", { type: "checkbox", onchange: () => toggle(number) });
    const finding = html("span", { class: "finding" });
    const item = html("li", {}, html("label", {}, box, ` ${number} ${name}`),
      html("div", { class: "fsdl-hint" }, question), finding);
    return { number, box, finding, item };
  });
  const toggle = (number) => {
    const on = new Set(model.get("state").faults);
    if (!on.delete(number)) on.add(number);
    ask(model, { faults: [...on].sort((a, b) => a - b) });
  };
  return {
    element: html("ol", { class: "switches", "aria-label": "Faults and their tests" },
      ...boxes.map(({ item }) => item)),
    show({ findings }, { faults }) {
      boxes.forEach(({ number, box, finding }, k) => {
        box.checked = faults.includes(number);
        finding.textContent = findings[k] ? `\u2717 ${findings[k]}` : "\u2713 passes";
        finding.setAttribute("data-fails", findings[k] !== "");
      });
    },
  };
}

// Each line's image over what the port reads in it.
function showTexts(list, { images, transcripts, texts }) {
  list.replaceChildren(...images.map((image, k) => {
    const right = texts[k] === transcripts[k];
    return html("li", {}, html("img", { src: image, alt: transcripts[k] }),
      html("b", { "data-right": right }, texts[k] || "nothing", right ? " \u2713" : " \u2717"));
  }));
}

// A bar per stage, over a logarithmic scale.
function showLadder(list, { stages, differences }) {
  const [low, high] = LADDER.map(Math.log10);
  list.replaceChildren(...stages.map((stage, k) => {
    const difference = differences[k];
    const share = (Math.log10(Math.max(difference, LADDER[0])) - low) / (high - low);
    const said = difference === 0 ? "0" : difference.toExponential(0);
    return html("li", { "data-equal": difference <= EQUAL }, html("span", {}, stage),
      html("i", { style: `width: ${Math.round(130 * clamp(share, 0.02, 1))}px` }), said);
  }));
}

function sentenceOf({ findings, right, total, stages, differences }, { faults }) {
  const failing = findings.filter((finding) => finding).length;
  const first = differences.findIndex((difference) => difference > EQUAL);
  const where = first < 0 ? "every stage equals Keras'" : `it departs from Keras at ${stages[first]}`;
  return `${faults.length} of ${findings.length} faults are on: ${right} of ${total} names are ` +
    `right, ${failing} tests fail, and ${where}.`;
}

function render({ model, el }) {
  const root = explorer(el, "Fault switchboard");
  root.classList.add("fsdl-faults");
  const switches = makeSwitches(model);
  const texts = html("ul", { class: "texts", "aria-label": "What is read" });
  const ladder = html("ul", { class: "ladder", "aria-label": "Largest difference by stage" });
  const sentence = statusLine();
  root.append(sentence, html("div", { class: "fsdl-row columns" }, switches.element,
    html("div", { class: "readings" }, texts, ladder)));

  listen(model, root, () => {
    const [data, state] = [model.get("data"), model.get("state")];
    switches.show(data, state);
    showTexts(texts, data);
    showLadder(ladder, data);
    sentence.textContent = sentenceOf(data, state);
  });
}

export default { render };
