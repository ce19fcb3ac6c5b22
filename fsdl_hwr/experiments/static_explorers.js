// Stands in for the kernel on a page: keeps data and state, and says what only Python could answer.
function staticModel(values) {
  const listeners = {};
  const model = {
    get: (name) => values[name],
    set(name, value) {
      values[name] = value;
      for (const listener of listeners[`change:${name}`] ?? []) listener();
    },
    on(event, listener) {
      listeners[event] ??= [];
      listeners[event].push(listener);
    },
    save_changes() {
      if (values.answered === values.asked) return;
      model.set("answered", values.asked);
      model.set("problem", "Python would answer this: run the lab in JupyterLab or Colab.");
    },
  };
  return model;
}

function mount(name, values, buffers, render) {
  for (const { path, data } of buffers) { // bytes, which JSON cannot hold
    const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
    const holder = path.slice(0, -1).reduce((value, key) => value[key], values);
    holder[path.at(-1)] = new DataView(bytes.buffer);
  }
  render({ model: staticModel(values), el: document.getElementById(`explorer-${name}`) });
}
