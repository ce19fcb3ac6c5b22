"""The style plane and the walk from noise to ink of lab 11b, by mouse and by keyboard."""

MODELS = """
import numpy as np
from fsdl_hwr import networks
from fsdl_hwr.datasets import sources
from fsdl_hwr.explorers import noise_explorer, style_explorer
from fsdl_hwr.generation import letters
from fsdl_hwr.generation.conditional_vae import ConditionalVAE
from fsdl_hwr.generation.flow import PenFlow
from fsdl_hwr.generation.letters import Basis
from fsdl_hwr.generation.scores import Judge

real = sources.load_pen_characters("strokes", "test", characters="ABC", num_writers=8)
rows = letters.encode(real.inks)
"""
NOISE = """
network = networks.character_cnn(num_classes=3, filters=(4, 4, 4, 4, 4))
judge = Judge(network, letters.draw(rows, real.labels, "ABC", "real"))
walking = noise_explorer.explore(PenFlow(Basis(rows, 4), 3, width=8, depth=1), judge)
"""
STYLE = """
vae = ConditionalVAE(3, style_size=4, width=16)
styles = vae.styles(rows, real.labels)
plane = style_explorer.StylePlane(vae, "ABC", styles, real.writers)
styling = style_explorer.explore(plane, "A", "CAB")
"""


def test_noise_to_ink(lab):
    notebook = lab.open([MODELS, NOISE])
    notebook.run_all()
    root = notebook.explorer("Noise to ink")
    status, step = root.get_by_role("status"), root.get_by_role("slider", name="Step")
    notebook.shows(status, "Step 16 of 16: asked for A")
    step.focus()
    notebook.page.keyboard.press("Home")
    notebook.shows(status, "Step 0 of 16")
    notebook.wait_for("walking.state['step']", 0)
    notebook.page.keyboard.press("ArrowRight")
    notebook.shows(status, "Step 1 of 16")
    root.get_by_role("button", name="Step 9", exact=True).click()
    notebook.shows(status, "Step 9 of 16")

    root.get_by_role("combobox", name="Letter").select_option("C")
    notebook.answered(root)
    notebook.shows(status, "Step 16 of 16: asked for C")
    root.get_by_role("button", name="Other noise").click()
    notebook.answered(root)
    notebook.wait_for("walking.state['noise']", 1)
    root.get_by_role("button", name="Play").click()
    notebook.shows(status, "Step 2 of 16")
    notebook.shows(status, "Step 16 of 16")
    notebook.screenshot("noise", root)
    notebook.check()


def test_style_plane(lab):
    notebook = lab.open([MODELS, STYLE])
    notebook.run_all()
    root = notebook.explorer("Style plane")
    status = root.get_by_role("status")
    notebook.shows(status, "Column 4, row 4 of 7; CAB in this style.")
    root.get_by_role("img", name="Styles").focus()
    notebook.page.keyboard.press("ArrowRight")
    notebook.shows(status, "Column 5, row 4")
    notebook.page.keyboard.press("ArrowUp")
    notebook.shows(status, "Column 5, row 3")
    first = root.get_by_role("slider", name="First direction")
    first.focus()
    notebook.page.keyboard.press("Home")
    notebook.shows(status, "Column 1, row 3")
    notebook.wait_for("[styling.state['x'], styling.state['y']]", [0, 2])

    word = root.get_by_role("textbox", name="Word")
    word.fill("ABBA")
    notebook.shows(status, "ABBA in this style.")
    word.fill("ABX")
    notebook.shows(root, "X is none of them")
    word.fill("AC")
    notebook.shows(status, "AC in this style.")
    notebook.screenshot("style", root)
    notebook.check()
