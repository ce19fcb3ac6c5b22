"""The CTC explorer and the beam stepper in a real page: their numbers, keys, errors."""

import re

import pytest

CELLS = [
    """
import numpy as np
from fsdl_hwr.alphabet import Alphabet
from fsdl_hwr.explorers import beam_explorer, ctc_explorer
rng = np.random.default_rng(0)
image = rng.integers(0, 256, (28, 160), dtype=np.uint8)
logits = rng.normal(0, 2, (3, 20, 5)).astype(np.float32)
names = ("batch 0", "batch 10", "epoch 1")
recording = ctc_explorer.Recording(image, "cab b", Alphabet("abc "), 8, names, logits)
""",
    "explorer = ctc_explorer.explore(recording)",
    "stepper = beam_explorer.explore()",
]


@pytest.fixture(scope="module")
def notebook(_lab):
    notebook = _lab.open(CELLS)
    notebook.run_all()
    return notebook


@pytest.fixture
def explorer(notebook):
    explorer = notebook.explorer("CTC explorer")
    explorer.get_by_role("button", name="The line\u2019s own").click()
    notebook.answered(explorer)
    notebook.wait_for("explorer.data['text']", "cab b")
    return explorer


def says_numbers(notebook, explorer, frame, state, **asked):
    """Wait until the explorer says, at this frame and state, the numbers of the package."""
    wanted = pytest.approx(expected(notebook, frame, state, **asked), abs=6e-4)
    notebook.wait_until(f"{wanted}", lambda: numbers(explorer), lambda said: said == wanted)


def numbers(explorer):
    """Read every number that the explorer says, by its name."""
    said = explorer.locator(".fsdl-status").text_content()
    said = said.replace("\u2212", "-").replace("\u221e", "inf")
    names = ["Frame", "state", "p", "gradient", "ln forward", "ln backward", "occupancy"]
    number = r"(-?inf|-?\d+(\.\d+)?(e-\d+)?)"
    found = {name: re.search(rf"\b{name} {number}", said) for name in names}
    return {name: float(match[1]) for name, match in found.items() if match}


def expected(notebook, frame, state, moment=-1, text="cab b"):
    """Ask the package for the same numbers."""
    explained = f"recording.explain({moment}, {text!r})"
    k = f"int({explained}.lattice.states[{state}])"
    found = notebook.evaluate(
        f"[float(np.exp({explained}.log_probs[{frame}, {k}])),"
        f" float({explained}.gradient[{frame}, {k}]),"
        f" float({explained}.lattice.log_alpha[{frame}, {state}]),"
        f" float({explained}.lattice.log_beta[{frame}, {state}]),"
        f" float({explained}.lattice.occupancy[{frame}, {state}])]"
    )
    names = ["p", "gradient", "ln forward", "ln backward", "occupancy"]
    return {"Frame": frame + 1, "state": state + 1, **dict(zip(names, found, strict=True))}


def test_the_numbers_under_the_mouse_are_the_packages(notebook, explorer):
    canvas = explorer.get_by_label("Line, softmax, gradient and lattice", exact=False)
    box = canvas.bounding_box()
    # The lattice is the last panel: its 11 states are 8 px high and end 4 px above the bottom.
    frame_px = (box["width"] - 48) / 20
    for frame, state in [(3, 2), (10, 5), (16, 9)]:
        x, y = 46 + (frame + 0.5) * frame_px, box["height"] - 4 - 8 * (11 - state - 0.5)
        canvas.hover(position={"x": x, "y": y})
        says_numbers(notebook, explorer, frame, state)
    explorer.locator(".ctc-tip").wait_for()
    notebook.screenshot("ctc-explorer", explorer)
    notebook.check()


def test_the_keys_walk_through_frames_and_states(notebook, explorer):
    explorer.get_by_label("Line, softmax, gradient and lattice", exact=False).focus()
    press = notebook.page.keyboard.press
    path = notebook.evaluate("recording.explain().alignment.tolist()")
    press("Home")
    press("Enter")
    press("ArrowRight")
    press("ArrowRight")
    says_numbers(notebook, explorer, 2, path[2])
    press("ArrowDown")
    says_numbers(notebook, explorer, 2, path[2] + 1)
    press("Enter")  # back on the best path, which the frames then follow
    press("End")
    says_numbers(notebook, explorer, 19, path[19])
    press("Home")
    notebook.check()


def test_another_transcript_has_the_losses_of_the_package(notebook, explorer):
    text = explorer.get_by_role("textbox", name="Transcript")
    text.fill("cabb")
    notebook.wait_for("explorer.data['text']", "cabb")
    loss = notebook.evaluate("recording.explain(-1, 'cabb').loss")
    own = notebook.evaluate("recording.explain().loss")
    explorer.get_by_text(f"loss {loss:.3f} nats (the line\u2019s own: {own:.3f})").wait_for()
    text.fill("cab?")
    explorer.get_by_role("alert").get_by_text("'?' at position 3 of 'cab?'").wait_for()
    notebook.answered(explorer)
    notebook.wait_for("explorer.data['text']", "cabb")  # as before
    explorer.get_by_text(f"loss {loss:.3f} nats").wait_for()
    text.fill("a" * 11)
    explorer.get_by_role("alert").get_by_text("needs 21 frames").wait_for()
    notebook.screenshot("ctc-explorer-error", explorer)
    text.fill("")
    notebook.wait_for("explorer.data['text']", "")
    notebook.gone(explorer.get_by_role("alert"))
    notebook.check()


def test_the_slider_goes_through_the_training_in_the_page(notebook, explorer):
    slider = explorer.get_by_role("slider", name="Moment of training")
    asked = notebook.evaluate("explorer.asked")  # the fixture's question is answered
    slider.focus()
    notebook.page.keyboard.press("Home")
    loss = notebook.evaluate("recording.explain(0).loss")
    explorer.get_by_text(f"loss {loss:.3f} nats").wait_for()
    explorer.get_by_text("batch 0", exact=True).wait_for()
    notebook.has(slider, "aria-valuetext", "batch 0")
    read = notebook.evaluate("recording.explain(0).greedy_text")
    notebook.shows(explorer, f"greedy decoding reads \u201c{read}\u201d")
    explorer.get_by_role("button", name="forward").click()
    notebook.wait_for("explorer.state['mass']", "forward")
    notebook.page.keyboard.press("Home")
    slider.press("End")
    notebook.wait_for("explorer.state['moment']", 2)
    assert notebook.evaluate("explorer.asked") == asked  # Python was not asked
    notebook.check()


def test_the_beam_stepper_shows_where_greedy_is_wrong(notebook):
    stepper = notebook.explorer("Prefix beam search")
    status = stepper.locator(".fsdl-status")
    step = stepper.get_by_role("button", name="Step")
    step.click()
    notebook.shows(status, "\u201c\u201d 0.600 = 0.600")
    step.click()
    notebook.wait_until("no further step", step.is_disabled, bool)
    said = notebook.shows(status, "\u201ca\u201d 0.640 = ")
    assert re.findall(r"\d\.\d+ \(", said) == ["0.240 (", "0.240 (", "0.160 ("]
    stepper.get_by_text("greedy is wrong, its text has 0.360").wait_for()
    stepper.get_by_label("Prefixes by frame", exact=False).focus()
    notebook.page.keyboard.press("ArrowDown")
    notebook.shows(status, "\u201c\u201d 0.360 = 0.360")
    notebook.page.keyboard.press("ArrowLeft")
    notebook.wait_for("stepper.state['frame']", 1)
    stepper.get_by_role("slider", name="Beam width").press("Home")
    notebook.wait_for("stepper.data['width']", 1)
    notebook.page.keyboard.press("ArrowRight")
    notebook.screenshot("beam", stepper)
    notebook.check()
