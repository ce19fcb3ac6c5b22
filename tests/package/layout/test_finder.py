import numpy as np
import pytest
from page_examples import bars

from fsdl_hwr import line_metrics, weights
from fsdl_hwr.datasets import drawn_pages
from fsdl_hwr.layout import line_maps
from fsdl_hwr.layout.finder import LineFinder, load_onnx


def test_a_finder_runs_its_session_and_returns_px_of_the_page():
    page = bars(height=768, width=576, rows=(200, 300, 400))
    large = page.resized(1536)
    calls = []

    def session(ink):
        calls.append(ink.shape)
        maps = line_maps.targets(page.lines, ink.shape[1:])[None, ..., :3]
        return np.where(maps > 0, 9.0, -9.0)

    lines = LineFinder(session).find_lines(large.image)
    assert calls == [(1, 768, 576)]
    assert line_metrics.baseline_score(large.lines, lines).f1 > 0.95
    assert LineFinder(session).find_lines(np.full((800, 600), 210, np.uint8)) == []
    assert len(calls) == 1  # blank paper is not shown to the network


def test_a_missing_or_broken_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="lab 06"):
        load_onnx(tmp_path / "none.onnx")
    (tmp_path / "bad.onnx").write_bytes(b"no network")
    pytest.importorskip("onnxruntime")
    with pytest.raises(ValueError, match=r"bad\.onnx"):
        load_onnx(tmp_path / "bad.onnx")


def test_the_finder_that_ships_finds_most_lines_of_drawn_letters_and_none_on_blank_paper():
    pytest.importorskip("onnxruntime")
    finder = load_onnx(weights.FINDER)
    maker = drawn_pages.training_maker("test", 6, layouts=["letter"], wear=0)
    pages = [maker(np.random.default_rng(k)) for k in range(4)]
    score = sum(
        line_metrics.baseline_score(page.lines, finder.find_lines(page.image)) for page in pages
    )
    assert score.recall > 0.5
    assert finder.find_lines(np.full((600, 400), 220, np.uint8)) == []
