import numpy as np

from fsdl_hwr import weights
from fsdl_hwr.gate import behavior
from fsdl_hwr.serving import onnx


def test_lines_are_written_dark_on_light_by_each_writer():
    written = behavior.write(["pen", "moon"], num_writers=3)
    assert written.transcripts == ("pen", "moon") * 3
    assert written.writers == (0, 0, 1, 1, 2, 2)
    assert all(np.median(image) == 255 and image.min() < 60 for image in written.images)


def test_no_change_changes_nothing_and_a_lost_line_everything():
    reader = onnx.load(weights.ONNX, threads=1)
    written = behavior.write(["seven letters"], num_writers=3)
    changes = {"none": lambda image: image, "blank": lambda image: np.full_like(image, 255)}
    rates = behavior.invariance(reader, written, changes)
    assert rates["none"].value == 0 and rates["blank"].value == 1


def test_the_shipped_recognizer_behaves():
    reader = onnx.load(weights.ONNX, threads=1)
    written = behavior.write(["seven letters", "a moon, a book"], num_writers=3)
    rates = behavior.invariance(reader, written, behavior.INVARIANT)
    assert all(rate.value < 0.15 for rate in rates.values()), rates
    falling = behavior.confidences(reader, written, (0, 2, 5))
    assert falling[0] > falling[1] > falling[2]
    more = behavior.write(["seven letters", "a moon, a book"], num_writers=12)
    assert behavior.covered(reader, more).value < 0.2
    rates = behavior.functionality(reader, {"words": ["seven letters"]})
    assert rates["words"].value < 0.2
