// Suspect labels, the most suspect first: keep, fix or drop each. Nothing is asked of Python.
// state: place in the list; verdicts, by the line's index: [verdict, label].
function render({ model, el }) {
  const { suspects } = model.get("data");
  const root = explorer(el, "Suspect labels");
  root.classList.add("fsdl-suspects");
  const picture = html("div", { class: "crop" });
  const reading = html("p", { class: "read" });
  const input = html("input", { type: "text", "aria-label": "Label", spellcheck: "false" });
  const status = statusLine();
  const current = () => suspects[model.get("state").place];
  const go = (step) => choose(model, {
    place: clamp(model.get("state").place + step, 0, suspects.length - 1) });

  function decide(verdict) {
    const { place, verdicts } = model.get("state");
    if (!current()) return;
    choose(model, {
      verdicts: { ...verdicts, [current().index]: [verdict, input.value] },
      place: Math.min(place + 1, suspects.length - 1),
    });
  }
  const fix = () => decide(input.value === current()?.label ? "keep" : "fix");
  const take = () => { if (current()) input.value = current().reading; };
  keys(input, { Enter: fix, ArrowDown: () => go(1), ArrowUp: () => go(-1) });
  root.addEventListener("keydown", (event) => {
    const action = { KeyK: () => decide("keep"), KeyD: () => decide("drop"), KeyR: take }[event.code];
    if (!action || !event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    action();
  });
  root.append(picture, reading, input, html("div", { class: "fsdl-row" },
    button("Keep", () => decide("keep")), button("Fix", fix), button("Drop", () => decide("drop")),
    button("Take the reading", take), button("Back", () => go(-1)), button("Next", () => go(1))),
  status, html("p", { class: "fsdl-hint" }, "In the label: Enter keeps it, or fixes it if it was"
    + " changed; Alt+K keeps, Alt+D drops, Alt+R takes the reading; up and down walk the list."));

  listen(model, root, () => {
    const { place, verdicts } = model.get("state");
    const suspect = current();
    if (!suspect) {
      status.textContent = "No label is suspect.";
      return;
    }
    const { image, size: [width, height], label, score, index } = suspect;
    picture.replaceChildren(html("img", { src: image, width, height, alt: "The line" }));
    reading.textContent = `read: ${suspect.reading}`;
    const [verdict, fixed] = verdicts[index] ?? ["open", label];
    input.value = fixed;
    status.textContent = `Suspect ${place + 1} of ${suspects.length}, score ${score}: ${verdict}. `
      + `${Object.keys(verdicts).length} decided.`;
  });
}

export default { render };
