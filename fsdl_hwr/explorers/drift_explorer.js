// The drift dashboard: a chart per number, the usual band in it, and the window that was judged
// last. state: the stream that is replayed, and how many of its requests have come.
const [CHART_WIDTH, CHART_HEIGHT, CHART_EDGE] = [300, 64, 4]; // screen px

// Lay values into a chart: the band and all values lie inside.
function scaleOf(values, low, high) {
  const [least, most] = [Math.min(low, ...values), Math.max(high, ...values)];
  const room = CHART_HEIGHT - 2 * CHART_EDGE;
  return (value) => CHART_HEIGHT - CHART_EDGE - ((value - least) / Math.max(most - least, 1e-9)) * room;
}

function makeChart(name) {
  const band = svg("rect", { class: "band", x: 0, width: CHART_WIDTH });
  const seen = svg("rect", { class: "window", y: 0, height: CHART_HEIGHT });
  const line = svg("polyline", {});
  const words = html("span", { class: "fsdl-value" });
  const picture = svg("svg", {
    width: CHART_WIDTH, height: CHART_HEIGHT, viewBox: `0 0 ${CHART_WIDTH} ${CHART_HEIGHT}`,
    role: "img", "aria-label": `${name} over the requests`,
  }, band, seen, line);
  const element = html("figure", {}, html("figcaption", {}, html("b", {}, name), " ", words), picture);

  function show({ values, low, high, request, window, score }) {
    const y = scaleOf(values, low, high);
    const x = (k) => (k / Math.max(values.length - 1, 1)) * CHART_WIDTH;
    const [top, bottom] = [y(high), y(low)];
    for (const [key, value] of Object.entries({ y: top, height: Math.max(1, bottom - top) }))
      band.setAttribute(key, value);
    seen.setAttribute("x", x(Math.max(0, request - window)));
    seen.setAttribute("width", x(Math.min(window, request)));
    line.setAttribute("points", values.slice(0, request).map((v, k) => `${x(k)},${y(v)}`).join(" "));
    words.textContent = score === null ? "" : `${Math.max(0, score).toFixed(1)} of the limit`;
    element.setAttribute("data-far", score !== null && score > 1);
  }
  return { element, show };
}

function sentenceOf(stream, request) {
  const alarm = stream.alarms.find(({ request: at }) => at <= request);
  const last = stream.alarms.filter(({ request: at }) => at <= request).at(-1);
  if (!alarm) return `After ${request} requests: no alarm.`;
  return `After ${request} requests: the first alarm came at ${alarm.request}, by ` +
    `${alarm.statistic}; the last one is named ${last.fault}.`;
}

function render({ model, el }) {
  const root = explorer(el, "Drift dashboard");
  root.classList.add("fsdl-drift");
  const { statistics, streams, window, low, high } = model.get("data");
  const length = () => streams[model.get("state").stream].values[0].length;
  const choice = html("select", {
    "aria-label": "Stream", onchange: () => choose(model, { stream: choice.selectedIndex }),
  }, ...streams.map(({ name }) => html("option", {}, name)));
  const requests = slider({ label: "Requests", min: 1, max: length(), value: window,
    change: (request) => choose(model, { request }) });
  const charts = statistics.map(makeChart);
  const sentence = statusLine();
  root.append(html("div", { class: "fsdl-row" }, choice, requests.element), sentence,
    html("div", { class: "charts" }, ...charts.map(({ element }) => element)),
    html("p", { class: "fsdl-hint" }, "Green: where 90% of the usual values lie. Gray: the window. " +
      "A number is orange once its distance is over the limit."));

  listen(model, root, () => {
    const state = model.get("state");
    const stream = streams[state.stream];
    const request = clamp(state.request, 1, length());
    choice.selectedIndex = state.stream;
    requests.input.max = length();
    requests.set(request);
    const judged = stream.requests.filter((at) => at <= request).length - 1;
    charts.forEach((chart, k) => {
      chart.show({
        values: stream.values[k], low: low[k], high: high[k], request, window,
        score: judged < 0 ? null : stream.scores[judged][k],
      });
    });
    sentence.textContent = sentenceOf(stream, request);
  });
}

export default { render };
