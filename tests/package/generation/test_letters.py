import numpy as np
import pytest

from fsdl_hwr import ink as pen_ink
from fsdl_hwr.datasets import sources
from fsdl_hwr.generation import letters
from fsdl_hwr.generation.letters import Basis


@pytest.fixture(scope="module")
def real():
    return sources.load_pen_characters("strokes", "train", characters="AXi", num_writers=20)


def test_a_letter_looks_the_same_after_it_was_a_row_of_points(real):
    rows = letters.encode(real.inks)
    assert rows.shape == (60, letters.NUM_POINTS, 3)
    assert rows.dtype == np.float32
    before = np.stack([pen_ink.glyph_image(ink, "") for ink in real.inks]).astype(float)
    after = letters.draw(rows, real.labels, real.characters, "made").images
    assert np.abs(before - after).mean() < 6  # of 255: corners are cut a little


def test_the_way_through_the_air_is_not_drawn():
    cross = [np.array([[0, 0], [9, 9]], np.float32), np.array([[9, 0], [0, 9]], np.float32)]
    row = letters.encode([cross])[0]
    strokes = letters.decode(row)
    assert len(strokes) == 2
    assert all(len(stroke) > 10 for stroke in strokes)


@pytest.mark.parametrize("dot_first", [True, False])
def test_a_dot_stays_a_dot(dot_first):
    dot, bar = np.array([[5, -4]], np.float32), np.array([[5, 0], [5, 9]], np.float32)
    ink = [dot, bar] if dot_first else [bar, dot]
    sizes = [len(stroke) for stroke in letters.decode(letters.encode([ink])[0])]
    assert sorted(sizes)[0] == 1
    assert len(sizes) == 2


def test_what_has_diverged_is_an_empty_letter():
    row = np.full((letters.NUM_POINTS, 3), np.nan, np.float32)
    assert letters.decode(row) == []
    assert letters.draw(row[None], np.zeros(1), "A", "broken").images.max() == 0


def test_an_ink_without_points_is_refused():
    with pytest.raises(ValueError, match="no points"):
        letters.encode([[]])


def test_labels_are_as_frequent_as_in_the_data(rng):
    skewed = np.array([0] * 1000 + [1])
    assert letters.labels_like(skewed, 2000, rng).mean() < 0.01
    assert letters.labels_like(np.zeros(3, int), 5, rng).tolist() == [0] * 5


def test_all_directions_together_lose_nothing(real):
    rows = letters.encode(real.inks)
    basis = Basis(rows, 40)
    assert basis.encode(rows).shape == (60, 40)
    few, many = (Basis(rows, k) for k in (5, 55))
    lost = [np.abs(b.decode(b.encode(rows)) - rows).max() for b in (few, many)]
    assert lost[1] < 0.15 < lost[0]
    codes = basis.encode(rows)
    assert 0.5 < codes.std() < 2


def test_letters_that_are_all_alike_have_no_directions(real):
    rows = letters.encode(real.inks)
    with pytest.raises(ValueError, match="do not differ in 4 directions"):
        Basis(np.repeat(rows[:1], 9, axis=0), 4)
    with pytest.raises(ValueError, match="3 letters"):
        Basis(rows[:3], 8)
