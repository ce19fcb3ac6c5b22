// Teach it letters: draw, name, teach; then write, and see which letter it is. data.letters are the
// letters with their examples, data.answer is what the drawing on the paper is taken for.

// The letters that were taught, each with its examples and a button that forgets it.
function letterRows({ letters, width, height }, forget) {
  return letters.map(({ name, examples }) =>
    html("div", { class: "fsdl-row" },
      html("span", { class: "fsdl-teach-name" }, name),
      ...examples.map((strokes, k) =>
        thumbnail(strokes, width, height, `Example ${k + 1} of ${name}`)),
      button(`Forget ${name}`, () => forget(name))));
}

// The answer: its name, the distance from every letter, and the example that is most like it.
function answerRows({ answer, width, height }) {
  if (!answer) return [];
  const { name, distances, nearest } = answer;
  return [
    html("div", { class: "fsdl-teach-best" }, name || "none of these"),
    ...distances.map(([letter, distance, closeness]) =>
      html("div", {},
        html("span", { class: "fsdl-teach-name" }, letter), shareBar(closeness, distance.toFixed(2)))),
    html("div", { class: "fsdl-hint" }, `most like this example of ${nearest.name}`),
    thumbnail(nearest.strokes, width, height, `Nearest example: ${nearest.name}`),
  ];
}

function render({ model, el }) {
  const { samples, ...size } = model.get("data");
  const root = explorer(el, "Teach it letters");
  root.classList.add("fsdl-teach");
  const letters = html("div", {});
  const answer = html("div", { class: "fsdl-teach-answer" });
  const status = statusLine();
  let taught = size.taught; // lessons that were learned and cleared away

  const read = (strokes) => ask(model, { strokes });
  const pad = makePad({ ...size, moved: () => {}, lifted: read });
  const clear = () => { pad.set([]); read([]); };
  const forget = (name) => ask(model, { forget: name, forgets: model.get("state").forgets + 1 });
  const teach = () => ask(model, {
    strokes: pad.strokes(), name: name.value, teaches: model.get("state").teaches + 1,
  });
  const name = html("input", {
    type: "text", "aria-label": "Name", placeholder: "its name", size: 8, maxlength: 12,
    onkeydown: (event) => { if (event.key === "Enter") teach(); },
  });
  keys(pad.element, { Delete: clear, Backspace: clear });

  function draw() {
    const data = model.get("data");
    if (data.taught !== taught) { // learned: the paper is free for the next one
      taught = data.taught;
      pad.set([]);
    }
    letters.replaceChildren(...letterRows(data, forget));
    answer.replaceChildren(...answerRows(data));
    const said = data.answer ? `It is ${data.answer.name || "none of these"}. ` : "";
    status.textContent = said + data.message;
  }

  root.append(
    html("div", { class: "fsdl-row fsdl-teach-desk" },
      named("Draw a letter, any letter", pad.element),
      named("What the drawing is, and how far from each letter", answer),
      named("What it was taught", letters)),
    html("div", { class: "fsdl-row" },
      html("span", {}, name, " ", button("Teach this drawing", teach)), button("Clear", clear),
      makeSamples(samples, pad.write)),
    status,
  );
  listen(model, root, draw);
  return pad.stop;
}

export default { render };
