"""The package without TensorFlow, on the other backends that are installed."""

import backends
import keras
import pytest
import small


@pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="the others are compared with TensorFlow"
)
@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_a_backend_without_tensorflow_agrees(backend, tmp_path):
    if not backends.python_of(backend).is_file():
        pytest.skip(f"{backend} is not installed: make backends does it")
    code = "import importlib.util as i, sys; sys.exit(i.find_spec('tensorflow') is not None)"
    backends.run(backend, "-c", code, check=True)
    small.tiny().save(tmp_path / "untrained.keras")
    backends.measure(tmp_path)
    backends.run(backend, backends.__file__, "measure", tmp_path, check=True)
    rows = backends.compare(tmp_path, ("tensorflow", backend))
    assert len(rows) == 7  # losses and gradients of two kinds of logits; logits and texts
    assert [row for row in rows if not backends.agrees(row)] == []
