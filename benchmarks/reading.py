"""What reading one photographed line costs, stage by stage, in CPU milliseconds on one thread.

OMP_NUM_THREADS=1 python benchmarks/reading.py [--keras]

Its last line is what the kernel does after a stroke on the canvas: the median over the strokes of
one line, the later of which have more to read.
"""

import argparse
import json
import statistics
import time

import cv2
import numpy as np

from fsdl_hwr import camera, ctc, image_files, paper, rows, weights
from fsdl_hwr.datasets import canvas_ink, strokes
from fsdl_hwr.explorers import canvas_explorer
from fsdl_hwr.language_model import CharacterNgram
from fsdl_hwr.recognizers.reader import Beam
from fsdl_hwr.serving import onnx

REPEATS = 15


def milliseconds(function) -> float:
    """Return the median CPU time of a call."""
    function()
    times = []
    for _ in range(REPEATS):
        began = time.process_time()
        function()
        times.append(1000 * (time.process_time() - began))
    return statistics.median(times)


def main() -> None:
    """Print one row per stage."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--keras", action="store_true", help="time Keras' way, too")
    options = parser.parse_args()
    rng = np.random.default_rng(0)
    writer = strokes.writers("test", 1)[0]
    written = [s[:, :2] for s in writer.write("meet me at noon, by the old mill", rng)]
    photo = cv2.resize(255 - np.pad(camera.plain(written, 110), 60), None, fx=1.5, fy=1.5)
    data = cv2.imencode(".jpg", photo)[1].tobytes()
    reader = onnx.load(weights.ONNX, threads=1)
    image = image_files.load(data)
    extracted = paper.extract_ink(image)
    page, _ = rows.upright(rows.clean(extracted))
    (row,) = rows.find(page)
    line, _ = paper.fit_line(row.ink, reader.geometry)
    batch = line[None, :, : line.shape[1] // 16 * 16]
    log_probs = ctc.log_softmax(reader.session(batch)[0])
    beam = Beam(CharacterNgram.load(weights.NGRAM), **json.loads(weights.DECODING.read_text()))
    drawn = canvas_ink.drawn(written, "line", rng)
    stages = {
        f"decode the JPEG of {image.shape[1]} x {image.shape[0]} px": lambda: image_files.load(
            data
        ),
        "ink from paper": lambda: paper.extract_ink(image),
        "rules, specks, skew, rows": lambda: rows.find(rows.upright(rows.clean(extracted))[0]),
        "line image": lambda: paper.fit_line(row.ink, reader.geometry),
        f"network, {batch.shape[2]} px": lambda: reader.session(batch),
        "greedy decoding": lambda: ctc.greedy_decode(log_probs[None]),
        "beam of 10 with the n-gram": lambda: beam(log_probs),
        "line image from the canvas": lambda: canvas_ink.line_image(drawn, reader.geometry),
    }
    if options.keras:
        from fsdl_hwr.recognizers.line import Recognizer

        network = Recognizer.load(weights.KERAS).network
        stages["network by Keras"] = lambda: network.predict_on_batch(batch)
    for name, function in stages.items():
        print(f"{name:<40} {milliseconds(function):8.2f} ms", flush=True)
    canvas = canvas_explorer.line_reader(reader)
    each = [
        milliseconds(lambda so_far=drawn[:k]: canvas_explorer.read(canvas, so_far))
        for k in range(1, len(drawn) + 1)
    ]
    print(
        f"{'a stroke on the canvas':<40} {statistics.median(each):8.2f} ms, at most {max(each):.2f}"
    )


if __name__ == "__main__":
    main()
