import numpy as np
import pytest

from fsdl_hwr.datasets import worn_paper
from fsdl_hwr.datasets.pages import TextLine


def test_clean_paper_is_even_and_worn_paper_is_not():
    ink = np.zeros((200, 150), np.uint8)
    ink[50:60, 20:100] = 255
    owners = (ink > 0).astype(np.int32)
    clean, _ = worn_paper.photograph(ink, owners, [], np.random.default_rng(0), wear=0)
    assert len(np.unique(clean[ink == 0])) == 1 and clean[55, 50] < 60
    worn, _ = worn_paper.photograph(ink, owners, [], np.random.default_rng(0), wear=1)
    assert worn.shape == clean.shape and worn.dtype == np.uint8
    assert np.std(worn[ink == 0].astype(float)) > 0.5


class Often(np.random.Generator):
    """Draws what every line may have."""

    def random(self):
        return 0.0


@pytest.mark.parametrize("seed", range(8))
def test_marks_never_take_ink_from_a_line(seed):
    ink = np.zeros((300, 200), np.uint8)
    ink[100:110, 20:180] = 255
    owners = (ink > 0).astype(np.int32)
    lines = [TextLine(np.array([[20, 110], [180, 110]], np.float32), 10)] * 30
    _, after = worn_paper.photograph(ink, owners, lines, np.random.default_rng(seed))
    inside = after[100:110, 20:180]
    assert set(np.unique(inside)) <= {0, 1}  # a hole or the sheet's edge may take it away
    assert after.shape == owners.shape and owners.max() == 1  # the argument is unchanged


def test_a_strike_out_belongs_to_its_line_and_an_underline_to_none():
    line = TextLine(np.array([[20, 110], [180, 110]], np.float32), 20)
    strength, owners = np.zeros((300, 200), np.float32), np.zeros((300, 200), np.int32)
    always = Often(np.random.PCG64(0))
    worn_paper._strike_out(strength, owners, [line], always)
    assert (owners == 1).any() and owners[130:].max() == 0
    struck = owners.copy()
    worn_paper._underline(strength, owners, [line], always)
    assert strength[112:].any() and (owners == struck).all()
