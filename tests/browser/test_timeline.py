"""The timeline of lab 04b, by mouse and by keyboard."""

TIMELINE = """
from fsdl_hwr.experiments.timelines import Bar
from fsdl_hwr.explorers import timeline_explorer
bars = [
    Bar("long", 0, 0.0, 6.0, "finished"),
    Bar("short", 1, 0.0, 1.0, "died"),
    Bar("short", 2, 2.0, 4.0, "finished"),
    Bar("other", 2, 4.0, 6.0, "finished"),
]
timeline = timeline_explorer.explore(bars, ["machine 1", "machine 2", "machine 3"])
"""


def test_the_timeline(lab):
    notebook = lab.open([TIMELINE])
    notebook.run_all()
    root = notebook.explorer("Timeline of a sweep")
    status, workers = root.get_by_role("status"), root.get_by_role("slider", name="Workers")
    notebook.shows(status, "As it ran: 6.0 s on 3 workers, 1 death.")
    notebook.shows(root, "machine 3")
    notebook.screenshot("timeline", root)
    workers.focus()
    notebook.page.keyboard.press("ArrowRight")
    notebook.shows(status, "1 worker: 10.0 s, busy 100% of the time.")
    notebook.wait_for("timeline.state['workers']", 1)
    notebook.page.keyboard.press("ArrowRight")
    notebook.shows(status, "2 workers: 6.0 s, busy 83% of the time. The longest run alone")
    notebook.check()
