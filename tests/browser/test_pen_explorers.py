"""The explorers of lab 10 under a mouse and a keyboard, in a real JupyterLab."""

import pytest

SETUP = """
import keras
import numpy as np
from fsdl_hwr import networks
from fsdl_hwr.datasets import canvas_ink
from fsdl_hwr.explorers import order_explorer, pen_explorer, teach_explorer
from fsdl_hwr.recognizers.few_shot import TaughtLetters
from fsdl_hwr.recognizers.pen_reader import PenReader
keras.utils.set_random_seed(0)
network = networks.causal_pen_lstm(num_classes=4, filters=8, lstm_size=12)
reader = PenReader(network, "ABRt")
samples = canvas_ink.embedded_samples("character", list("ABRt"))
"""
THINK = "e = pen_explorer.explore(reader, np.full(4, 20.0), samples)"
TEACH = """
letters = TaughtLetters(lambda ink: reader.embed(ink, pen_explorer.UNIT))
e = teach_explorer.explore(letters, samples)
"""
ORDER = """
inks = {sample.label: sample.ink for sample in samples}
e = order_explorer.explore(inks, {"first x": lambda ink: [(f"{ink[0][0, 0]:.0f}", 1.0)]})
"""


@pytest.fixture
def opened(lab):
    """Open one explorer in a notebook of its own."""

    def open_explorer(code, label):
        notebook = lab.open([SETUP + code])
        notebook.run_all()
        return notebook, notebook.explorer(label)

    return open_explorer


def draw(notebook, explorer, strokes):
    """Move the real pointer along strokes given in units of the paper."""
    paper = explorer.locator("svg.fsdl-paper")
    paper.scroll_into_view_if_needed()
    box = paper.bounding_box()
    mouse = notebook.page.mouse
    for stroke in strokes:
        places = [(box["x"] + x * box["width"] / 280, box["y"] + y * box["height"] / 280)
                  for x, y in stroke]  # fmt: skip
        mouse.move(*places[0])
        mouse.down()
        for place in places[1:]:
            mouse.move(*place, steps=4)
        mouse.up()


def test_it_thinks_under_the_mouse_and_the_slider_goes_back(opened):
    notebook, thinking = opened(THINK, "Watch it think")
    notebook.shows(thinking.get_by_role("status"), "watch")
    draw(notebook, thinking, [[(90, 210), (140, 90), (190, 210)], [(110, 160), (170, 160)]])
    notebook.wait_for("len(e.state['strokes'])", 2)
    notebook.wait_for("e.answered == e.asked and e.state['lifted']", True)
    rows = notebook.evaluate("len(e.data['rows'])")
    assert rows > 10
    thinking.get_by_text(f"Point {rows} of {rows}").wait_for()
    notebook.screenshot("pen-think", thinking)

    slider = thinking.get_by_role("slider", name="Point")
    slider.press("Home")
    thinking.get_by_text(f"Point 1 of {rows}").wait_for()
    slider.press("ArrowRight")
    thinking.get_by_text(f"Point 2 of {rows}").wait_for()
    thinking.get_by_role("button", name="That is all").click()
    notebook.wait_for("len(e.data['rows'])", rows + 1)
    thinking.get_by_role("button", name="Clear").click()
    notebook.wait_for("e.data['rows']", [])
    notebook.check()


def test_it_thinks_by_keyboard_alone(opened):
    notebook, thinking = opened(THINK, "Watch it think")
    press = notebook.page.keyboard.press
    thinking.get_by_label("Sample").focus()
    press("R")
    press("Tab")
    press("Enter")  # Write this sample
    count = notebook.evaluate("len(samples[2].ink)")
    notebook.wait_for("len(e.state['strokes'])", count)
    notebook.wait_for("e.answered == e.asked and e.state['lifted']", True)
    rows = notebook.evaluate("len(e.data['rows'])")
    thinking.get_by_role("img", name="Paper").focus()
    press("Enter")  # that is all
    notebook.wait_for("len(e.data['rows'])", rows + 1)
    press("Delete")
    notebook.wait_for("e.data['rows']", [])
    notebook.check()


def test_a_mouse_that_leaves_and_a_second_finger_break_nothing(opened):
    notebook, thinking = opened(THINK, "Watch it think")
    paper = thinking.locator("svg.fsdl-paper")
    box = paper.bounding_box()
    mouse = notebook.page.mouse
    mouse.move(box["x"] + 40, box["y"] + 40)
    mouse.down()
    mouse.move(box["x"] + box["width"] + 300, box["y"] + 60, steps=5)
    notebook.page.set_viewport_size({"width": 700, "height": 900})  # in the middle of a stroke
    mouse.move(box["x"] + 60, box["y"] + 90, steps=5)
    mouse.up()
    notebook.wait_for("len(e.state['strokes'])", 1)
    notebook.wait_for("e.answered == e.asked and e.state['lifted']", True)
    xs = notebook.evaluate("[x for x, _, _ in e.state['strokes'][0]]")
    assert 0 <= min(xs) and max(xs) <= 280
    touch = """(paper) => {
      paper.setPointerCapture = () => {};  // it refuses pointers that no hardware moved
      const { left, top } = paper.getBoundingClientRect();
      const fire = (name, pointerId, isPrimary, x) => paper.dispatchEvent(new PointerEvent(name, {
        pointerType: "touch", pointerId, isPrimary, button: name === "pointermove" ? -1 : 0,
        clientX: left + x, clientY: top + 40, bubbles: true, cancelable: true }));
      fire("pointerdown", 2, true, 20);
      fire("pointerdown", 3, false, 90);
      fire("pointermove", 3, false, 95);
      fire("pointermove", 2, true, 30);
      fire("pointerup", 3, false, 95);
      fire("pointerup", 2, true, 40);
    }"""
    paper.evaluate(touch)
    notebook.wait_for("len(e.state['strokes'])", 2)
    assert notebook.evaluate("max(x for x, _, _ in e.state['strokes'][1])") < 60
    notebook.check()


def test_letters_are_taught_known_and_forgotten(opened):
    notebook, teaching = opened(TEACH, "Teach it letters")
    bar, angle = [[(140, 60), (140, 220)]], [[(80, 80), (80, 200), (200, 200)]]
    name = teaching.get_by_role("textbox", name="Name")
    for count, (word, strokes) in enumerate([("bar", bar), ("angle", angle)], 1):
        draw(notebook, teaching, strokes)
        notebook.wait_for("len(e.state['strokes'])", 1)
        name.fill(word)
        teaching.get_by_role("button", name="Teach this drawing").click()
        teaching.get_by_text(f"{word} has 1 example").wait_for()
        notebook.wait_for("len(letters.examples)", count)
    draw(notebook, teaching, [[(84, 84), (82, 202), (190, 198)]])
    notebook.wait_for("e.answered == e.asked and bool(e.data['answer'])", True)
    first = "next(iter(e.data['answer']['distances']))[0]"
    assert notebook.evaluate(first) == "angle"
    notebook.screenshot("pen-teach", teaching)
    teaching.get_by_role("button", name="Forget angle").click()
    notebook.wait_for("letters.names", ["bar"])
    teaching.get_by_role("button", name="Clear").click()
    name.fill("")
    name.press("Enter")
    teaching.get_by_role("alert").get_by_text("draw the letter first").wait_for()
    notebook.check()


def test_letters_are_taught_by_keyboard_alone(opened):
    notebook, teaching = opened(TEACH, "Teach it letters")
    press = notebook.page.keyboard.press
    teaching.get_by_label("Sample").focus()
    press("t")
    press("Tab")
    press("Enter")  # Write this sample
    count = notebook.evaluate("len(samples[3].ink)")
    notebook.wait_for("len(e.state['strokes'])", count)
    teaching.get_by_role("textbox", name="Name").focus()
    notebook.page.keyboard.type("tee")
    press("Enter")
    notebook.wait_for("letters.names", ["tee"])
    teaching.get_by_role("button", name="Forget tee").focus()
    press("Space")
    notebook.wait_for("letters.names", [])
    notebook.check()


def test_strokes_change_their_order_and_direction(opened):
    notebook, player = opened(ORDER, "Order and direction")
    first = notebook.evaluate("e.data['answers'][0]['likely'][0][0]")
    player.get_by_role("button", name="Reverse stroke 1").click()
    notebook.wait_for("e.state['reversed'][0]", True)
    notebook.wait_for("e.answered == e.asked", True)
    assert notebook.evaluate("e.data['answers'][0]['likely'][0][0]") != first
    notebook.screenshot("pen-order", player)
    player.get_by_role("button", name="Play").press("Enter")
    player.get_by_label("Ink", exact=True).select_option(label="t")
    notebook.wait_for("e.state['order'] == list(range(len(samples[3].ink)))", True)
    notebook.check()
