// The timeline: a lane per worker, a bar per session, a cross where one died. A slider replays the
// same runs with another number of workers; at 0 it shows the sweep as it ran.
// state: the number of workers.
const [LANE, NAMES, WIDTH] = [28, 150, 720]; // screen px

function wallTime(bars) {
  return Math.max(...bars.map((bar) => bar.end));
}

function sentenceOf(data, workers) {
  const bars = workers ? data.replays[workers - 1] : data.measured;
  const wall = wallTime(bars).toFixed(1);
  const deaths = bars.filter((bar) => bar.state === "died").length;
  if (!workers) return `As it ran: ${wall} s on ${data.lanes.length} workers, ` +
    `${deaths} ${deaths === 1 ? "death" : "deaths"}.`;
  const busy = data.total / (workers * wallTime(bars));
  const bound = wallTime(bars) <= data.longest * 1.001
    ? " The longest run alone takes as long: more workers do not help." : "";
  return `${workers} ${workers === 1 ? "worker" : "workers"}: ${wall} s, busy ` +
    `${(100 * busy).toFixed(0)}% of the time.${bound}`;
}

function barOf(bar, scale) {
  const [x, y] = [NAMES + bar.start * scale, bar.lane * LANE + 4];
  const width = Math.max(2, (bar.end - bar.start) * scale - 1);
  const title = `${bar.run}, ${bar.state}: ${bar.start.toFixed(1)} s to ${bar.end.toFixed(1)} s`;
  const [right, middle] = [x + width, y + 10];
  return svg("g", { "data-state": bar.state },
    svg("title", {}, title),
    svg("rect", { x, y, width, height: LANE - 8 }),
    bar.state === "died" ? svg("path", { class: "fsdl-cross",
      d: `M${right - 6} ${middle - 6}l12 12M${right + 6} ${middle - 6}l-12 12` }) : null);
}

function render({ model, el }) {
  const root = explorer(el, "Timeline of a sweep");
  root.classList.add("fsdl-timeline");
  const data = model.get("data");
  const workers = slider({ label: "Workers", min: 0, max: data.replays.length,
    value: model.get("state").workers, change: (value) => choose(model, { workers: value }) });
  const picture = svg("svg", { role: "img" });
  const sentence = statusLine();
  root.append(html("div", { class: "fsdl-row" }, workers.element), wide(picture, 600), sentence,
    html("p", { class: "fsdl-hint" }, "0 workers: the sweep as it ran, with its deaths. Otherwise " +
      "its finished runs, replayed: the next one goes to the first worker that is free."));

  const longest = Math.max(wallTime(data.measured), wallTime(data.replays[0]));
  const scale = (WIDTH - NAMES - 10) / longest;
  listen(model, root, () => {
    const number = model.get("state").workers;
    workers.set(number);
    const bars = number ? data.replays[number - 1] : data.measured;
    const lanes = number ? Array.from({ length: number }, (_, k) => `worker ${k + 1}`) : data.lanes;
    const height = lanes.length * LANE + 4;
    for (const [name, value] of Object.entries({ width: WIDTH, height,
      viewBox: `0 0 ${WIDTH} ${height}`, "aria-label": `${bars.length} bars on ${lanes.length} lanes` }))
      picture.setAttribute(name, value);
    picture.replaceChildren(
      ...lanes.map((name, k) => svg("text", { x: 0, y: k * LANE + 18 }, name.slice(-22))),
      ...bars.map((bar) => barOf(bar, scale)));
    sentence.textContent = sentenceOf(data, number);
  });
}

export default { render };
