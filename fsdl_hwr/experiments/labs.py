"""What every lab calls: set-up, parameters, the run folder, other notebooks."""

import contextlib
import logging
import os
import platform
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import fsdl_hwr

# Parameters of where a run goes and how it starts; no result depends on them.
NOT_RECORDED = ("run_folder", "resume")
# By default TensorFlow and JAX take a GPU's memory as a whole, and a second run finds none.
SHARED_GPU = {"TF_FORCE_GPU_ALLOW_GROWTH": "true", "XLA_PYTHON_CLIENT_PREALLOCATE": "false"}


def set_up() -> None:
    """Import Keras without its backend's greetings, and print what a lab's numbers depend on.

    Prints the versions of Python, the kit and Keras, the backend, and whether there is a GPU.
    Call it before anything imports Keras. If the import fails, everything that it printed is shown.
    """
    for name, value in {"TF_CPP_MIN_LOG_LEVEL": "3", **SHARED_GPU}.items():
        os.environ.setdefault(name, value)
    with _silent_standard_error():
        from fsdl_hwr.backend import keras

        backend = keras.backend.backend()
        # The first tensor makes the backend look for devices, and complain about missing ones.
        device = str(keras.ops.ones(1).device).upper()
    # TensorFlow takes a lab's dozen networks for a mistake; it resets the level when imported.
    logging.getLogger("tensorflow").setLevel("ERROR")
    device = "GPU" if "GPU" in device or "CUDA" in device else "CPU"
    print(
        f"Python {platform.python_version()}, fsdl_hwr {fsdl_hwr.__version__}, "
        f"Keras {keras.__version__} on {backend}, {device}"
    )


@contextlib.contextmanager
def _silent_standard_error() -> Iterator[None]:
    """Hold back what is written to standard error, by libraries in C++ too; show it on an error."""
    kept = os.dup(2)
    with tempfile.TemporaryFile() as file:
        os.dup2(file.fileno(), 2)
        try:
            yield
        except BaseException:
            os.dup2(kept, 2)
            file.seek(0)
            os.write(2, file.read())
            raise
        finally:
            os.dup2(kept, 2)
            os.close(kept)


def parameters(notebook: Mapping) -> dict:
    """Return a notebook's parameters by name: `experiments.parameters(globals())`.

    They are the annotated names of its `parameters` cell, with the values that they have now;
    `run_folder` and `resume`, on which no result depends, are left out.
    """
    names = notebook.get("__annotations__", {})
    return {name: notebook[name] for name in names if name not in NOT_RECORDED}


def complete(settings: Mapping, **defaults) -> dict:
    """Fill up a dictionary of settings with defaults.

    `complete({"epochs": 3}, epochs=1, filters=[8, 16])` has both. Raises `ValueError` for a setting
    that has no default, and lists those that have one.
    """
    if unknown := sorted(set(settings) - set(defaults)):
        raise ValueError(f"There is no setting {', '.join(unknown)}: choose from {list(defaults)}.")
    return {**defaults, **settings}


def run_folder(lab: str, folder: str | os.PathLike = "") -> Path:
    """Make the folder that a lab's results go to, and return it.

    lab: the notebook's name, such as "03_line_recognizer". folder: the lab's parameter
    `run_folder`; if it is empty, results go to `runs/<lab>` in the project, whether the notebook
    runs in `labs/`, in a copy of it or at the root. Outside the project `runs/` is made
    in the working directory; in Colab, in the project that the set-up cell has cloned.
    """
    folder = Path(folder or _project() / "runs" / lab).expanduser()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def find_file(path: str) -> Path:
    """Find a file that comes with the labs, such as "experiments/one_run.ipynb".

    It is looked for beside the notebook, then in the project's folder `labs` and in the project
    itself. Raises `FileNotFoundError`.
    """
    places = (Path("."), _project() / "labs", _project())
    for place in places:
        if (place / path).is_file():
            return place / path
    raise FileNotFoundError(
        f"{path} is in none of {', '.join(str(place.resolve()) for place in places)}. "
        "Start the lab in its own folder, within a clone of the project."
    )


def _project() -> Path:
    """Find the project's folder from where a notebook runs; if there is none, the current one.

    In Colab the set-up cell has cloned the project into `kit`.
    """
    here = Path.cwd()
    for place in (here, *here.parents, here / "kit"):
        if (place / "labs").is_dir() and (place / "pyproject.toml").is_file():
            return Path(os.path.relpath(place, here))
    return Path(".")
