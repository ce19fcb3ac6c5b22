// The kill matrix: a grid of defects and tests. A cell that is chosen, by a click or the arrows,
// shows the defect's change, what it costs, and what the test says.
// state: defect, test: the place of the chosen cell.

function cellLabel({ defects, tests, findings }, row, column) {
  const verdict = findings[row][column] ? "kills" : "does not notice";
  return `${tests[column]} ${verdict} ${defects[row].name}`;
}

// A table of buttons: one can be reached by Tab, the others by the arrows.
function makeGrid(model, pick) {
  const data = model.get("data");
  const cells = data.defects.map((defect, row) => data.tests.map((_, column) => {
    const killed = data.findings[row][column] !== "";
    return html("button", {
      type: "button", class: "cell", "data-killed": killed, "data-own": defect.own === column,
      "aria-label": cellLabel(data, row, column), onclick: () => pick(row, column),
    }, killed ? "\u00d7" : "");
  }));
  const rows = data.defects.map((defect, row) => html("tr", {},
    html("th", { scope: "row" }, defect.name), ...cells[row].map((cell) => html("td", {}, cell))));
  const heads = data.tests.map((test) => html("th", { scope: "col" }, html("span", {}, test)));
  const element = html("table", { "aria-label": "Defects and tests" },
    html("thead", {}, html("tr", {}, html("td", {}), ...heads)), html("tbody", {}, ...rows));
  return {
    element,
    show({ defect, test }) {
      cells.forEach((line, row) => {
        line.forEach((cell, column) => {
          const chosen = row === defect && column === test;
          cell.tabIndex = chosen ? 0 : -1;
          cell.setAttribute("aria-pressed", chosen);
        });
      });
    },
    focus: ({ defect, test }) => cells[defect][test].focus(),
  };
}

// The change, line by line: what was taken away, and what was put there.
function diffLines(text) {
  return text.split("\n").map((line) => {
    const kind = { "+": "added", "-": "removed" }[line[0]] ?? "same";
    return html("span", { class: kind }, `${line}\n`);
  });
}

function sentenceOf({ defects, tests, findings }, { defect, test }) {
  const count = findings[defect].filter((finding) => finding).length;
  const { name } = defects[defect];
  const said = findings[defect][test] ? "fails" : "passes";
  return `With \u201c${name}\u201d ${count} of ${tests.length} tests fail; ` +
    `\u201c${tests[test]}\u201d ${said}.`;
}

function render({ model, el }) {
  const root = explorer(el, "Kill matrix");
  root.classList.add("fsdl-kills");
  const data = model.get("data");
  const pick = (defect, test) => choose(model, { defect, test });
  const grid = makeGrid(model, pick);
  const sentence = statusLine();
  const lesson = html("p", { class: "fsdl-hint" });
  const diff = html("pre", { class: "diff", "aria-label": "What the defect changes" });
  const message = html("p", { class: "message", "aria-label": "What the test says" });

  const move = (down, right) => () => {
    const { defect, test } = model.get("state");
    const next = {
      defect: clamp(defect + down, 0, data.defects.length - 1),
      test: clamp(test + right, 0, data.tests.length - 1),
    };
    choose(model, next);
    grid.focus(next);
  };
  keys(grid.element, {
    ArrowUp: move(-1, 0), ArrowDown: move(1, 0), ArrowLeft: move(0, -1), ArrowRight: move(0, 1),
  });
  root.append(sentence, html("div", { class: "scroll" }, grid.element), message, diff, lesson);

  listen(model, root, () => {
    const state = model.get("state");
    const { origin, module, diff: change, lesson: costs } = data.defects[state.defect];
    const finding = data.findings[state.defect][state.test];
    grid.show(state);
    sentence.textContent = sentenceOf(data, state);
    message.textContent = finding ? `\u2717 ${finding}` : "\u2713 this test notices nothing";
    message.setAttribute("data-fails", finding !== "");
    diff.replaceChildren(`${module}\n`, ...diffLines(change));
    lesson.textContent = `${costs} (${origin})`;
  });
}

export default { render };
