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

function mount(name, values, render) {
  render({ model: staticModel(values), el: document.getElementById(`explorer-${name}`) });
}
