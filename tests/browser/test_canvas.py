"""The drawing canvas under a mouse and a keyboard, in a real JupyterLab."""

import numpy as np
import pytest
from paths import RUNS

from fsdl_hwr import alphabet, metrics
from fsdl_hwr.datasets import sources

# A reader whose answer tells what it was given, so that no trained network is needed.
SETUP = """
from fsdl_hwr.datasets import canvas_ink
from fsdl_hwr.explorers import canvas_explorer
samples = canvas_ink.embedded_samples("line", ["by hand", "a c"])
reader = canvas_explorer.Reader("line", "abc dhny", canvas_ink.line_image,
                       lambda image: [(f"{int((image > 0).sum())} pixels", 1.0)])
e = canvas_explorer.explore(reader, samples, "saved")
"""
SHOWN = "canvas_ink.to_lists(canvas_explorer.ink(e))"


def draw(notebook, canvas, strokes):
    """Move the real pointer along strokes given in canvas units."""
    paper = canvas.locator("svg.fsdl-paper")
    paper.scroll_into_view_if_needed()
    box = paper.bounding_box()
    units = [float(v) for v in paper.get_attribute("viewBox").split()[2:]]
    scale = box["width"] / units[0], box["height"] / units[1]
    mouse = notebook.page.mouse
    for stroke in strokes:
        places = [(box["x"] + x * scale[0], box["y"] + y * scale[1]) for x, y, *_ in stroke]
        mouse.move(*places[0])
        mouse.down()
        for place in places[1:]:
            mouse.move(*place)
        mouse.up()


def test_drawing_undo_clear_and_saving(lab):
    notebook = lab.open([SETUP])
    notebook.run_all()
    canvas = notebook.explorer("Drawing canvas: one line")
    status = canvas.get_by_role("status")
    notebook.shows(status, "Draw on the paper")
    strokes = [
        [[100, 60], [140, 100], [180, 60]],
        [[250, 120], [300, 40]],
        [[400, 90]],  # a dot
    ]
    draw(notebook, canvas, strokes)
    notebook.wait_for("len(canvas_explorer.ink(e))", 3)
    assert notebook.evaluate("[str(s.dtype) for s in canvas_explorer.ink(e)]") == ["float32"] * 3
    ink = notebook.evaluate(SHOWN)
    for stroke, drawn in zip(ink, strokes, strict=True):
        stroke, drawn = np.array(stroke), np.array(drawn)
        np.testing.assert_allclose(stroke[[0, -1], :2], drawn[[0, -1]], atol=1.5)
    seconds = np.concatenate([np.array(stroke)[:, 2] for stroke in ink])
    assert seconds[0] == 0 and (np.diff(seconds) >= 0).all() and seconds[-1] > 0

    notebook.answered(canvas)
    answer = notebook.evaluate("canvas_explorer.read(reader, canvas_explorer.ink(e)).answers[0][0]")
    canvas.get_by_text(answer, exact=True).wait_for()
    notebook.shows(status, answer)
    canvas.get_by_role("img", name="Paper with 3 strokes").wait_for()

    canvas.get_by_role("button", name="Undo").click()
    notebook.wait_for("len(canvas_explorer.ink(e))", 2)
    canvas.get_by_role("img", name="Paper").focus()
    notebook.page.keyboard.press("Control+z")
    notebook.wait_for(SHOWN, ink[:1])

    label = canvas.get_by_role("textbox", name="Label")
    label.fill("cabs")
    label.press("Enter")
    canvas.get_by_role("alert").get_by_text("no class for s").wait_for()
    label.fill("cab b")
    label.press("Delete")  # edits the text, and leaves the ink
    canvas.get_by_role("button", name="Save as sample").click()
    status.get_by_text("Saved 'cab b'").wait_for()
    notebook.gone(canvas.get_by_role("alert"))
    saved = (
        "[[s.label, canvas_ink.to_lists(s.ink)] for s in canvas_ink.load_samples('saved', 'line')]"
    )
    assert notebook.evaluate(saved) == [["cab b", ink[:1]]]
    notebook.screenshot("canvas-line", canvas)

    canvas.get_by_role("img", name="Paper").focus()
    notebook.page.keyboard.press("Delete")
    notebook.wait_for("len(canvas_explorer.ink(e))", 0)
    canvas.get_by_role("img", name="Paper with 0 strokes").wait_for()
    notebook.check()


def test_everything_works_by_keyboard_alone(lab):
    notebook = lab.open([SETUP])
    notebook.run_all()
    canvas = notebook.explorer("Drawing canvas: one line")
    press = notebook.page.keyboard.press
    canvas.get_by_role("img", name="Paper").focus()
    for _ in ("Undo", "Clear", "Sample"):
        press("Tab")
    notebook.focused(canvas.get_by_label("Sample"))
    press("a")  # chooses the sample that begins so
    press("Tab")
    press("Enter")  # Write this sample
    wanted = notebook.evaluate("canvas_ink.to_lists(samples[1].ink)")
    notebook.wait_for(SHOWN, wanted)
    notebook.answered(canvas)
    answer = notebook.evaluate("canvas_explorer.read(reader, samples[1].ink).answers[0][0]")
    canvas.get_by_text(answer, exact=True).wait_for()

    press("Tab")
    notebook.page.keyboard.type("a c")
    press("Tab")
    press("Space")  # Save as sample
    canvas.get_by_role("status").get_by_text("Saved 'a c'").wait_for()
    for _ in range(4):
        press("Shift+Tab")
    press("Enter")  # Clear
    notebook.wait_for("len(canvas_explorer.ink(e))", 0)
    notebook.check()


def test_a_finger_and_a_pen_draw_but_the_palm_does_not(lab):
    notebook = lab.open([SETUP])
    notebook.run_all()
    canvas = notebook.explorer("Drawing canvas: one line")
    paper = canvas.locator("svg.fsdl-paper")
    assert paper.evaluate("(paper) => getComputedStyle(paper).touchAction") == "none"
    touch = """(paper, [kind, pointerId]) => {
      paper.setPointerCapture = () => {};  // it refuses pointers that no hardware moved
      const { left, top } = paper.getBoundingClientRect();
      for (const [k, name] of ["pointerdown", "pointermove", "pointerup"].entries())
        paper.dispatchEvent(new PointerEvent(name, {
          pointerType: kind, pointerId, isPrimary: true, button: name === "pointermove" ? -1 : 0,
          clientX: left + 50 + 20 * k, clientY: top + 40, bubbles: true, cancelable: true }));
    }"""
    paper.evaluate(touch, ["touch", 2])
    notebook.wait_for("len(canvas_explorer.ink(e))", 1)
    paper.evaluate(touch, ["pen", 3])
    notebook.wait_for("len(canvas_explorer.ink(e))", 2)
    paper.evaluate(touch, ["touch", 4])  # the hand that holds the pen
    paper.evaluate(touch, ["pen", 3])
    notebook.wait_for("len(canvas_explorer.ink(e))", 3)
    places = "len({tuple(p[:2]) for s in canvas_explorer.ink(e) for p in s.tolist()})"
    notebook.wait_for(places, 2)
    notebook.check()


def test_the_recognizer_of_lab_03_reads_drawn_lines(lab):
    path = RUNS / "03_line_recognizer" / "pen.keras"
    if not path.is_file():
        pytest.skip("needs a run of lab 03 with its defaults: make test, or make run")
    texts = sources.sentences("faker", "test", alphabet=alphabet.Alphabet(), num=4).texts[2:]
    cell = f"""
from fsdl_hwr.recognizers.line import Recognizer
from fsdl_hwr.datasets import canvas_ink
from fsdl_hwr.explorers import canvas_explorer
reader = canvas_explorer.line_reader(Recognizer.load({str(path)!r}))
samples = canvas_ink.embedded_samples("line", {texts!r})
e = canvas_explorer.explore(reader, samples, "saved")
"""
    notebook = lab.open([cell])
    notebook.run_all()
    canvas = notebook.explorer("Drawing canvas: one line")
    read = []
    for k in range(len(texts)):
        strokes = notebook.evaluate(f"canvas_ink.to_lists(samples[{k}].ink)")
        draw(notebook, canvas, strokes)
        notebook.wait_for("len(canvas_explorer.ink(e))", len(strokes))
        notebook.answered(canvas)
        read.append(notebook.evaluate("e.data['answers'][0][0]"))
        notebook.screenshot(f"canvas-read-{k}", canvas)
        canvas.get_by_role("button", name="Clear").click()
        notebook.wait_for("len(canvas_explorer.ink(e))", 0)
    assert metrics.character_error_rate(texts, read).value <= 0.2, read
    notebook.check()


def test_the_network_of_lab_02_reads_drawn_characters(lab):
    path = RUNS / "02_single_character" / "network.keras"
    if not path.is_file():
        pytest.skip("needs a run of lab 02 with its defaults: make test")
    word = "abdefghkRGTE"
    cell = f"""
import keras
from fsdl_hwr import alphabet
from fsdl_hwr.datasets import canvas_ink
from fsdl_hwr.explorers import canvas_explorer
network = keras.saving.load_model({str(path)!r}, compile=False)
reader = canvas_explorer.character_reader(network, alphabet.EMNIST_CHARACTERS)
samples = canvas_ink.embedded_samples("character", {word!r})
e = canvas_explorer.explore(reader, samples, "saved")
"""
    notebook = lab.open([cell])
    notebook.run_all()
    canvas = notebook.explorer("Drawing canvas: one character")
    read = ""
    for k in range(len(word)):
        strokes = notebook.evaluate(f"canvas_ink.to_lists(samples[{k}].ink)")
        draw(notebook, canvas, strokes)
        notebook.wait_for("len(canvas_explorer.ink(e))", len(strokes))
        notebook.answered(canvas)
        read += notebook.evaluate("e.data['answers'][0][0]")
        if k == 0:
            notebook.screenshot("canvas-character", canvas)
        canvas.get_by_role("button", name="Clear").click()
        notebook.wait_for("len(canvas_explorer.ink(e))", 0)
    assert metrics.folded_accuracy(word, read).value >= 0.75, read
    notebook.check()
