// The bench of damages: a letter's photo under the settings that the sliders choose, and beside it
// what each cleaner makes of it. state: the letter, and the level of each damage.

// Settings are counted as digits, the last damage fastest.
function settingOf({ levels: base }, levels) {
  return levels.reduce((number, level) => number * base + level, 0);
}

function capital(word) {
  return word[0].toUpperCase() + word.slice(1);
}

function percent(share) {
  return `${Math.round(100 * share)}%`;
}

// One picture of a strip of many, by its place.
function makeTile(label) {
  const picture = html("div", { class: "tile", role: "img", "aria-label": label });
  const below = html("div", { class: "below" });
  function show(strip, place, words) {
    picture.style.backgroundImage = `url(${strip})`;
    picture.style.backgroundPositionX = `calc(${-place} * var(--tile))`;
    below.textContent = words;
  }
  return { element: named(label, picture, below), show };
}

function sentenceOf({ cleaners, damages }, letter, levels, setting) {
  const told = damages.map((name, k) => `${name} ${levels[k]}`).join(", ");
  const found = cleaners.map((name, k) =>
    `${name} ${percent(letter.scores[k][setting])}, read ${letter.read[k][setting]}`);
  return `${letter.name} with ${told}: ${found.join("; ")}.`;
}

function render({ model, el }) {
  const root = explorer(el, "Bench of damages");
  root.classList.add("fsdl-damage");
  const data = model.get("data");
  const letters = html("select", { "aria-label": "Letter",
    onchange: () => choose(model, { letter: letters.selectedIndex }) },
  ...data.letters.map(({ name }) => html("option", {}, name)));
  const sliders = data.damages.map((name, k) => slider({ label: capital(name), min: 0,
    max: data.levels - 1, value: 0,
    change: (level) => choose(model, { levels: model.get("state").levels.with(k, level) }) }));
  const [photo, truth] = [makeTile("Photo"), makeTile("Truth")];
  const tiles = data.cleaners.map(makeTile);
  const sentence = statusLine();
  root.append(
    html("div", { class: "fsdl-row" }, letters, ...sliders.map(({ element }) => element)),
    html("div", { class: "tiles" }, ...[photo, ...tiles, truth].map(({ element }) => element)),
    sentence,
    html("p", { class: "fsdl-hint" }, "Below each result: its pseudo-F, and what the judge reads."),
  );

  listen(model, root, () => {
    const { letter: k, levels } = model.get("state");
    const letter = data.letters[k];
    const setting = settingOf(data, levels);
    letters.selectedIndex = k;
    sliders.forEach((one, place) => { one.set(levels[place]); });
    photo.show(letter.photos, setting, "");
    truth.show(letter.truth, 0, letter.name);
    tiles.forEach((tile, place) => {
      const score = percent(letter.scores[place][setting]);
      tile.show(letter.masks[place], setting, `${score} · ${letter.read[place][setting]}`);
    });
    sentence.textContent = sentenceOf(data, letter, levels, setting);
  });
}

export default { render };
