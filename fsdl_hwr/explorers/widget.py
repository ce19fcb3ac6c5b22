"""The shell that every explorer shares: from computed data to a widget in the page.

An explorer is three layers, in one module `<name>.py`:

1. a pure function computes the data, out of arrays, with no widget in sight;
2. `draw_<something>(...)` makes a static Matplotlib figure of that data. A lab shows it first, with
   `drawing.show(figure, alt)`: it is what a report, GitHub and papermill show;
3. `explore(...)` ends with `return widget.open_explorer(name, data, state, compute)`: the same data
   in the page. It returns the widget, or None if anywidget is not installed.

A lab's cell, then: `figure = ctc.draw_lattice(...)`, `drawing.show(figure, "...")`,
`explorer = ctc.explore(...)`.

`data` is a dict of JSON values, from Python to the page: all that is drawn there. Its keys are
written as JavaScript writes names: `frameWidth`. Images go in as `widget.png(image)`. `state` is a
dict of JSON values that both sides read and write: what the student chose
(`explorer.state["frame"]`). Hovering, scrubbing and redrawing stay in the page. If a choice needs
Python, the page says `ask(model, {width: 20})`; then `compute(state)` returns new data. A
`ValueError` in it is shown to the student in the page as a sentence; so is any other error.

The page's side is one ES module, made of `explorers.js` (small helpers that all share, read its
comments) followed by `<name>.js`, which ends with `export default { render }`:

    function render({ model, el }) {
      const root = explorer(el, "What this is, for a screen reader");
      const draw = () => { ... model.get("data") ... model.get("state") ... };
      listen(model, root, draw);  // runs draw now and after every change of data or state
    }

Styles are `explorers.css` followed by `<name>.css`, if there is one. A page holds several
explorers: give the root a class, `root.classList.add("fsdl-<name>")`, and begin own rules with it.
"""

import base64
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np

try:
    import anywidget
    import traitlets
except ImportError:  # the static figures stand alone
    anywidget = None  # type: ignore[assignment]

FOLDER = Path(__file__).parent


def open_explorer(
    name: str,
    data: Mapping,
    state: Mapping,
    compute: Callable[[dict], Mapping] | None = None,
    fixed: Mapping | None = None,
):
    """Display the explorer of `<name>.js` in a notebook and return its widget.

    Returns None, and displays nothing, if anywidget is not installed.

    Args:
        name: of the explorer.
        data: what the page draws: JSON values, no NumPy.
        state: what the student may change: JSON values.
        compute: takes the state that the student chose and returns the data for it; called only
            when the page asks.
        fixed: what never changes and is large, a page's image say, which then travels once.
    """
    if anywidget is None:
        return None
    from IPython.display import display

    explorer = Explorer(name, data, state, compute, fixed or {})
    display(explorer)
    return explorer


def source(name: str, kind: str) -> str:
    """Return the page's side of an explorer: the shared file, then its own; kind "js" or "css"."""
    own = FOLDER / f"{name}.{kind}"
    shared = (FOLDER / f"explorers.{kind}").read_text(encoding="utf-8")
    if kind == "css" and not own.is_file():
        return shared
    return shared + "\n" + own.read_text(encoding="utf-8")


def png(image: np.ndarray) -> str:
    """Return an image as a data URL: uint8 (height, width), ink 255 becomes black on white."""
    import cv2

    _, encoded = cv2.imencode(".png", 255 - image)
    return "data:image/png;base64," + base64.b64encode(encoded.tobytes()).decode("ascii")


if anywidget is not None:

    class Explorer(anywidget.AnyWidget):
        """One explorer in the page; `state` is what the student chose, `data` what is drawn."""

        data = traitlets.Dict().tag(sync=True)
        state = traitlets.Dict().tag(sync=True)
        fixed = traitlets.Dict().tag(sync=True)  # sent once
        asked = traitlets.Int(0).tag(sync=True)  # questions from the page so far
        answered = traitlets.Int(0).tag(sync=True)  # the last one that Python has answered
        problem = traitlets.Unicode("").tag(sync=True)  # why the last one has no answer

        _ipython_display_ = None  # ipywidgets 7 would display by it, and print the object's name

        def __init__(
            self,
            name: str,
            data: Mapping,
            state: Mapping,
            compute=None,
            fixed: Mapping = MappingProxyType({}),
        ):
            self._esm = source(name, "js")
            self._css = source(name, "css")
            self._compute = compute
            super().__init__(
                data=dict(data),
                state=dict(state),
                fixed=dict(fixed),
                _anywidget_id=f"fsdl_hwr.explorers.{name}",
            )
            if compute is not None:
                self.observe(self._answer, "asked")

        def _answer(self, change) -> None:
            try:
                data = self._compute(dict(self.state))
            except ValueError as error:
                self.problem = str(error)
            except OSError as error:  # a folder that cannot be written to, a full disk
                where = f"{error.filename}: " if error.filename else ""
                self.problem = f"{where}{error.strerror or error}."
            except Exception as error:  # the page must not go on showing the old answer as this one
                self.problem = f"Python failed: {type(error).__name__}: {error}"
                raise
            else:
                self.problem = ""
                self.data = dict(data)
            finally:
                self.answered = change["new"]

        def _repr_mimebundle_(self, **kwargs):
            """Leave no text behind: a page without widgets has the static figure already."""
            bundle = super()._repr_mimebundle_(**kwargs)
            formats = bundle[0] if isinstance(bundle, tuple) else bundle
            formats["text/plain"] = ""
            return bundle
