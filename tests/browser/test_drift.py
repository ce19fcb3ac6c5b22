"""The drift dashboard of lab 09, by mouse and by keyboard."""

DASHBOARD = """
import numpy as np
from fsdl_hwr.explorers import drift_explorer
from fsdl_hwr.serving import monitoring

rng = np.random.default_rng(0)
def some(count, shift=0.0):
    values = rng.normal(size=(count, len(monitoring.STATISTICS)))
    values[:, 5] += shift
    return values

signatures = {"unsure": some(40, -3.0)}
reference = monitoring.calibrate(some(200), 20, 1e-3, 0, signatures)
streams = {"usual": some(60), "a fault": np.vstack([some(20), some(40, -3.0)])}
drift = drift_explorer.explore(reference, streams)
"""


def test_the_drift_dashboard(lab):
    notebook = lab.open([DASHBOARD])
    notebook.run_all()
    root = notebook.explorer("Drift dashboard")
    status = root.get_by_role("status")
    notebook.shows(status, "After 20 requests: no alarm.")
    root.get_by_role("combobox", name="Stream").select_option("a fault")
    notebook.wait_for("drift.state['stream']", 1)
    requests = root.get_by_role("slider", name="Requests")
    requests.focus()
    notebook.page.keyboard.press("End")
    notebook.wait_for("drift.state['request']", 60)
    notebook.shows(status, "by confidence; the last one is named unsure.")
    root.locator("figure[data-far='true'] figcaption").first.wait_for()
    notebook.screenshot("drift", root)
    root.get_by_role("combobox", name="Stream").select_option("usual")
    notebook.shows(status, "After 60 requests: no alarm.")
    notebook.check()
