"""Test the kit on Keras' three backends, and compare what they compute: `make backends`.

`python tools/backends.py` runs the tests of TESTS on every backend, each in its own environment,
then lets each backend compute the same things (`measure`) and prints how far they differ. It fails
where a test does, or where the backends disagree. Writes runs/backends/agreement.json.
"""

import os
import subprocess
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np

ROOT = Path(__file__).parents[1]
BACKENDS = ("tensorflow", "jax", "torch")
TESTS = (
    "test_ctc.py", "test_ctc_loss.py", "test_language_model.py", "test_metrics.py", "networks",
    "recognizers",
)  # fmt: skip
FOLDER = ROOT / "runs" / "backends"
TOLERANCE = 1e-4  # of gradients and logits; of losses relatively, where they are above 1 nat
RANDOM, READER = "random logits", "logits of a reader"
# A line of random logits costs 600 nats and more, which float32 resolves to 6e-5: what all backends
# take the exponential of, on the way to the gradient.
LIMITS = {f"CTC gradient, {RANDOM}": 1e-3}


def python_of(backend: str) -> Path:
    """Say which interpreter has a backend; TensorFlow is in the one that runs this."""
    if backend == "tensorflow":
        return Path(sys.executable)
    return ROOT / ".backends" / backend / "bin" / "python"


def run(backend: str, *arguments, **options) -> subprocess.CompletedProcess:
    paths = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    environment = os.environ | {"KERAS_BACKEND": backend, "PYTHONPATH": paths}
    command = [python_of(backend), *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, env=environment, text=True, **options)


def measure(folder: Path) -> None:
    """Compute with this process's backend what all must agree on; write it into a folder.

    Every recognizer that lies in the folder is loaded and reads; `<backend>.npz` is written.
    """
    import keras
    import small
    from gradients import loss_and_gradient

    from fsdl_hwr import ctc, language_model
    from fsdl_hwr.datasets import lines
    from fsdl_hwr.recognizers.line import Recognizer

    backend = keras.backend.backend()
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 3, (8, 119, 80)).astype(np.float32)
    labels = [rng.integers(1, 80, size=n) for n in (0, 1, 5, 20, 34, 50, 34, 34)]
    labels[6][1::2] = labels[6][::2]  # neighbors that are equal need a frame between them
    frames = np.array([119, 30, 119, 80, 119, 119, 119, 20])  # the last label does not fit
    targets = ctc.pack_labels(labels, frames)
    written = np.zeros(logits.shape[:2], int)  # a path for each label: what a reader would write
    for path, label, n in zip(written, labels, frames, strict=True):
        path[(np.arange(len(label)) * n) // max(1, len(label))] = label
    reader_logits = (logits + 10 * np.eye(80)[written]).astype(np.float32)
    found = {}
    for name, x in {RANDOM: logits, READER: reader_logits}.items():
        found[f"CTC loss, {name}"], found[f"CTC gradient, {name}"] = loss_and_gradient(targets, x)

    few = lines.make_lines(small.MAKER, small.TEXTS, 7)
    alphabet = small.ALPHABET
    ngram = language_model.CharacterNgram.fit(small.TEXTS, 3, alphabet)
    for path in sorted(folder.glob("*.keras")):
        reader = Recognizer.load(path)
        logits, name = reader.logits(few), f"from {path.stem}: "
        found[name + "logits"] = logits
        found[name + "greedy texts"] = np.array(reader.read(few))
        found[name + "beam texts"] = np.array(
            [
                alphabet.decode(ctc.beam_search(ctc.log_softmax(x[:n]), 10, ngram, 0.5)[0][0])
                for x, n in zip(logits, reader.frames(few.ink_widths), strict=True)
            ]
        )
    np.savez(folder / f"{backend}.npz", **found)


def train(folder: Path) -> None:
    """Train a small recognizer until it reads, and save it under the backend's name."""
    import keras
    import small

    from fsdl_hwr.datasets import lines

    many = lines.make_lines(small.MAKER, small.TEXTS * 6, 0)  # 96 lines
    reader = small.tiny(width=small.WIDTH)  # one width is compiled once
    name = keras.backend.backend()
    settings = {"epochs": 15, "batch_size": 8, "learning_rate": 0.01}
    reader.fit(many, many[:16], folder=folder / f"run_{name}", resume=False, **settings)
    reader.save(folder / f"{name}.keras")


def compare(folder: Path, backends: tuple[str, ...]) -> list[dict]:
    """Say for each measured thing how far every backend is from the first: a row each."""
    measured = {backend: dict(np.load(folder / f"{backend}.npz")) for backend in backends}
    first, *others = backends
    rows = []
    for name, expected in measured[first].items():
        differences = {}
        for backend in others:
            found = measured[backend][name]
            if found.dtype.kind == "U":
                differences[backend] = float(np.mean(found != expected))  # share of texts
            else:
                same = found == expected  # infinite ones
                gaps = np.abs(np.where(same, 0, found) - np.where(same, 0, expected))
                if name.startswith("CTC loss"):
                    gaps /= np.maximum(1, np.abs(expected))
                differences[backend] = float(gaps.max())
        limit = 0.0 if expected.dtype.kind == "U" else LIMITS.get(name, TOLERANCE)
        rows.append({"what": name, "limit": limit, "differences": differences})
    return rows


def agrees(row: dict) -> bool:
    return all(value <= row["limit"] for value in row["differences"].values())


def main() -> int:
    if sys.argv[1:]:  # one step, in a backend's own process
        step, folder = sys.argv[1:]
        {"train": train, "measure": measure}[step](Path(folder))
        return 0
    from fsdl_hwr.experiments.results import to_json

    FOLDER.mkdir(parents=True, exist_ok=True)
    results = {}
    for backend in BACKENDS:
        print(f"== {backend}", flush=True)
        files = [f"tests/package/{name}" for name in TESTS]
        options = ["-m", "pytest", "-W", "ignore::DeprecationWarning", *files]
        done = run(backend, *options, stdout=subprocess.PIPE)
        print(done.stdout)
        *_, summary = done.stdout.strip().splitlines() or ["no answer"]
        results[backend] = {"passed": done.returncode == 0, "summary": summary.strip("= ")}
        run(backend, __file__, "train", FOLDER, check=True)
    for backend in BACKENDS:
        run(backend, __file__, "measure", FOLDER, check=True)

    rows = compare(FOLDER, BACKENDS)
    (FOLDER / "agreement.json").write_text(to_json({"tests": results, "agreement": rows}, indent=2))
    for backend, result in results.items():
        print(f"{backend:12}{result['summary']}")
    others = BACKENDS[1:]
    print(f"\n{'largest difference from ' + BACKENDS[0]:44}" + "".join(f"{b:>12}" for b in others))
    for row in rows:
        values = "".join(f"{row['differences'][b]:12.1e}" for b in others)
        print(f"{row['what']:44}{values}{'' if agrees(row) else '   too far'}")
    print("Texts: the share that differs.", FOLDER / "agreement.json")
    return 0 if all(map(agrees, rows)) and all(r["passed"] for r in results.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
