"""Explorers on a page without a kernel: what the page's side can do by itself, it does.

A run saves the state of every widget in its notebook. From it an explorer is rebuilt as HTML that
fetches nothing. Sliders, players and hovering work; what asks Python says that it needs a run.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

SCRIPT = Path(__file__).with_suffix(".js")
# Nothing is left of these without a kernel.
ANSWERED_BY_PYTHON = ("canvas_explorer", "teach_explorer")
SYNCED = ("data", "state", "fixed", "asked", "answered", "problem")
EXPORT = "export default { render };"


def static_html(model: str, state: Mapping, buffers: Sequence[Mapping] = ()) -> str | None:
    """Return an explorer as HTML with its data, styles and script; None if it needs a kernel.

    Args:
        model: the widget's identifier, unique in the page.
        state: its saved state, as `metadata.widgets` of a notebook has it.
        buffers: what of the state is bytes: `path` in it and `data`, in base64.
    """
    name = state.get("_anywidget_id", "").rpartition(".")[2]
    if name in (*ANSWERED_BY_PYTHON, "") or state.get("fixed", {}).get("editable"):
        return None
    values = {name: state[name] for name in SYNCED if name in state}
    data = json.dumps(values).replace("</", "<\\/")
    script = state["_esm"].replace(EXPORT, "")
    if script == state["_esm"]:
        raise ValueError(f"{state['_anywidget_id']}: its script does not end with {EXPORT!r}.")
    call = f"mount({json.dumps(model)}, {data}, {json.dumps(list(buffers))}, render);"
    return (
        f'<div id="explorer-{model}"></div>\n<style>{state["_css"]}</style>\n'
        f'<script type="module">\n{SCRIPT.read_text("utf-8")}\n{script}\n{call}\n</script>'
    )
