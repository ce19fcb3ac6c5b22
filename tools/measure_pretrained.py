"""Measure the recognizer that ships on every set of lines: writes fsdl_hwr/weights/results.json.

    python tools/measure_pretrained.py [--quick]

UNIPEN's sets need the data; what is missing is left out, and said. Equal seeds give equal sets.
"""

import argparse
import json
import time
from collections.abc import Callable, Iterator, Sequence

import cv2
import numpy as np

from fsdl_hwr import camera, ctc, metrics, weights
from fsdl_hwr.datasets import canvas_ink, sources, strokes, unipen
from fsdl_hwr.datasets.handwriting import NEVER_SEEN
from fsdl_hwr.datasets.lines import Lines, ink_widths
from fsdl_hwr.ink import Ink
from fsdl_hwr.language_model import CharacterNgram
from fsdl_hwr.recognizers.picture import read_picture
from fsdl_hwr.recognizers.reader import LineReader
from fsdl_hwr.serving import onnx

BEAM_WIDTH = 10
PAPER, INK = 215, 0.35  # brightness of the paper, and of the ink by it
CONFIDENCES = (0.3, 0.5, 0.7, 0.8, 0.9, 0.97)  # between the bins of the reliability
MOST = {"lines": 300, "photographs": 120, "drawn": 100}

Item = tuple[np.ndarray, str]  # a picture or a line image, and its transcript


def photographed(ink: Ink, rng: np.random.Generator, careless: bool) -> np.ndarray:
    """Photograph a line on even paper; or turned by 2 degrees, ruled, with a shadow's edge."""
    drawn = np.pad(camera.plain(ink, 90), 45).astype(np.float32) / 255
    height, width = drawn.shape
    page = np.full(drawn.shape, PAPER, np.float32)
    if careless:
        for y in range(int(rng.integers(20, 60)), height, 60):
            page[y : y + 2] = 0.75 * PAPER
    page *= 1 - (1 - INK) * cv2.GaussianBlur(drawn, (3, 3), 0)
    if careless:
        matrix = cv2.getRotationMatrix2D((width / 2, height / 2), float(rng.choice([-2, 2])), 1)
        page = cv2.warpAffine(page, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
        page[:, int(width * rng.uniform(0.3, 0.7)) :] *= 0.55
    page += rng.normal(0, 4, page.shape)
    return np.clip(page, 0, 255).astype(np.uint8)


def unipen_lines(load: Callable, split: str, shared_texts: bool = False) -> list[tuple[Ink, str]]:
    """List (ink, transcript) of one split, without the contributors that are held out wholly."""
    found = load(split, shared_texts=shared_texts)
    names = [found.writer_names[k].split("/")[0] for k in found.writers]
    rows = zip(found.inks, found.transcripts, names, strict=True)
    return [(ink, text) for ink, text, name in rows if name not in NEVER_SEEN]


def never_seen(load: Callable) -> list[tuple[Ink, str]]:
    """List (ink, transcript) of the contributors that no training saw, of texts new to it."""
    trained = {*unipen.text_lines("train").transcripts, *unipen.words("train").transcripts}
    pairs = []
    for split in ("train", "validation", "test"):
        found = load(split, shared_texts=True)
        for ink, text, writer in zip(found.inks, found.transcripts, found.writers, strict=True):
            if found.writer_names[writer].split("/")[0] in NEVER_SEEN and text not in trained:
                pairs.append((ink, text))
    return pairs


def chosen(pairs: Sequence, most: int) -> list:
    """Choose at most so many, the same ones each time."""
    order = np.random.default_rng(0).permutation(len(pairs))[:most]
    return [pairs[k] for k in order]


def sets() -> Iterator[tuple[str, str, list[Item]]]:
    """Yield (name, how to read it, items)."""
    hands, rng = strokes.writers("test", MOST["drawn"], 1), np.random.default_rng(1)
    texts = sources.sentences(
        "faker", "test", alphabet=onnx.load(weights.ONNX).alphabet, num=MOST["drawn"],
        max_length=24, seed=1,
    ).texts  # fmt: skip
    written = [(hand.write(text, rng), text) for hand, text in zip(hands, texts, strict=True)]
    drawn = [(canvas_ink.drawn(ink, "line", rng), text) for ink, text in written]
    geometry = onnx.load(weights.ONNX).geometry
    yield (
        "canvas, invented writers",
        "line",
        [(canvas_ink.line_image(ink, geometry), text) for ink, text in drawn],
    )
    yield from _photographs("invented writers", written)
    try:
        unipen.counts()
    except (OSError, ValueError, unipen.downloads.DownloadError) as error:
        print(f"UNIPEN is left out: {error}")
        return
    plain = {
        "UNIPEN validation lines": unipen_lines(unipen.text_lines, "validation"),
        "UNIPEN test lines": unipen_lines(unipen.text_lines, "test"),
        "UNIPEN test lines, texts of training too": unipen_lines(unipen.text_lines, "test", True),
        "UNIPEN test words": unipen_lines(unipen.words, "test"),
        "lines of contributors never seen": never_seen(unipen.text_lines),
        "words of contributors never seen": never_seen(unipen.words),
    }
    for name, pairs in plain.items():
        yield (
            name,
            "line",
            [
                (canvas_ink.line_image(ink, geometry), text)
                for ink, text in chosen(pairs, MOST["lines"])
            ],
        )
    strangers = [pair for pair in plain["lines of contributors never seen"] if " " in pair[1]]
    strangers += [pair for pair in plain["UNIPEN test lines"] if " " in pair[1]]
    yield from _photographs("UNIPEN, writers and texts unseen", strangers)


def _photographs(who: str, pairs: Sequence[tuple[Ink, str]]) -> Iterator:
    for name, careless in (("straight", False), ("turned, ruled, shadowed", True)):
        rng = np.random.default_rng(2)
        yield (
            f"photographs, {name}: {who}",
            "picture",
            [
                (photographed([s[:, :2] for s in ink], rng, careless), text)
                for ink, text in chosen(pairs, MOST["photographs"])
            ],
        )


def log_probs_of(reader: LineReader, items: Sequence[Item], how: str) -> list[np.ndarray]:
    """Run the network: (frames, classes) of each item; a picture's rows follow one another."""
    found = []
    for image, _ in items:
        lines = (
            [image] if how == "line" else [line.image for line in read_picture(reader, image).lines]
        )
        frames = []
        for line in lines:
            image = np.zeros((1, reader.geometry.height, reader.geometry.width), np.uint8)
            image[0, :, : line.shape[1]] = line
            one = Lines(image, ("",), ink_widths(image))
            logits = reader.logits(one)[0, : reader.frames(one.ink_widths)[0]]
            frames.append(ctc.log_softmax(logits))
        blank = np.full((1, reader.alphabet.num_classes), -60.0)
        blank[0, 0] = 0.0
        found.append(np.concatenate(frames) if frames else blank)
    return found


def texts_of(
    reader: LineReader, all_log_probs: Sequence[np.ndarray], model=None, weight=0.0, bonus=0.0
) -> list[str]:
    """Decode greedily, or by the beam with a language model."""
    if model is None:
        return [reader.alphabet.decode(ctc.greedy_decode(one[None])[0]) for one in all_log_probs]
    options = {"language_model": model, "weight": weight, "length_bonus": bonus}
    return [
        reader.alphabet.decode(ctc.beam_search(one, BEAM_WIDTH, **options)[0][0])
        for one in all_log_probs
    ]


def reliability(all_log_probs: Sequence[np.ndarray], read: Sequence[str], references) -> dict:
    """Compare confidence with truth, greedily: over all characters, and in bins of confidence.

    `bins`: rows of mean confidence, share that is right, and number of characters.
    """
    sure = np.concatenate([ctc.greedy_confidences(one) for one in all_log_probs])
    right = np.concatenate(
        [metrics.characters_right(*pair) for pair in zip(references, read, strict=True)]
    )
    places = np.digitize(sure, CONFIDENCES)
    bins = [
        [round(float(sure[k].mean()), 3), round(float(right[k].mean()), 3), int(k.sum())]
        for k in (places == place for place in range(len(CONFIDENCES) + 1))
        if k.any()
    ]
    means = {"confidence": round(float(sure.mean()), 3), "right": round(float(right.mean()), 3)}
    return {**means, "bins": bins}


def main() -> None:
    """Measure, print a row per set, and write the results."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="30 items of each set")
    if parser.parse_args().quick:
        MOST.update(dict.fromkeys(MOST, 30))
    reader = onnx.load(weights.ONNX, threads=1)
    model, settings = None, {}
    if weights.NGRAM.is_file():
        model = CharacterNgram.load(weights.NGRAM)
        settings = json.loads(weights.DECODING.read_text())
    results = {}
    for name, how, items in sets():
        began = time.perf_counter()
        references = [text for _, text in items]
        found = log_probs_of(reader, items, how)
        row = {"items": len(items)}
        for decoding, use in (("greedy", None), ("ngram", model)):
            if decoding == "ngram" and model is None:
                continue
            read = texts_of(reader, found, use, **(settings if use else {}))
            cer = metrics.character_error_rate(references, read)
            row[decoding] = [round(n, 4) for n in (cer.value, cer.low, cer.high)]
            print(f"{name:<62} {len(items):>4}  {decoding:<6} {cer}", flush=True)
            if use is None:
                row["reliability"] = reliability(found, read, references)
        row["seconds"] = round(time.perf_counter() - began, 1)
        results[name] = row
    weights.RESULTS.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
