import numpy as np
import pytest
from page_examples import bars

from fsdl_hwr import line_metrics, page_ink
from fsdl_hwr.datasets import drawn_pages
from fsdl_hwr.datasets.pages import TextLine
from fsdl_hwr.layout import line_maps, ownership
from fsdl_hwr.layout.line_maps import BAND, END, START, WEIGHT


def level(left, right, row, x_height=16):
    return TextLine(np.array([[left, row], [right, row]], np.float32), x_height)


def found(lines, shape=(256, 512), **choices):
    maps = line_maps.targets(lines, shape)[..., :3].astype(np.float32)
    return line_maps.lines_from_maps(maps, **choices)


def test_the_maps_of_a_line_are_its_core_and_its_ends():
    maps = line_maps.targets([level(100, 400, 120)], (256, 512))
    assert maps.shape == (128, 256, 4) and maps.dtype == np.uint8
    rows, columns = np.nonzero(maps[..., BAND])
    assert rows.mean() == pytest.approx((120 - 8) / 2, abs=1)
    assert columns.min() == pytest.approx(50, abs=1) and columns.max() == pytest.approx(200, abs=1)
    assert np.nonzero(maps[..., START])[1].mean() == pytest.approx(50, abs=1)
    assert np.nonzero(maps[..., END])[1].mean() == pytest.approx(200, abs=1)
    assert maps[..., WEIGHT].all()


def test_lines_come_back_out_of_their_maps():
    lines = [level(60, 440, 80), level(60, 440, 130), level(60, 200, 180), level(240, 440, 180)]
    again = found(lines)
    assert len(again) == 4  # the two side by side are two
    assert line_metrics.baseline_score(lines, again).f1 > 0.95
    assert np.median([line.x_height for line in again]) == pytest.approx(16, rel=0.3)
    assert all(line.baseline[0, 0] < line.baseline[-1, 0] for line in again)


def test_a_line_with_a_gap_is_one_and_a_mark_between_makes_it_two():
    maps = line_maps.targets([level(60, 440, 120)], (256, 512))[..., :3].astype(np.float32)
    maps[:, 120:130, BAND] = 0  # 20 px of the page: little more than an x-height
    assert len(line_maps.lines_from_maps(maps)) == 1
    maps[50:62, 124:126, START] = 1
    assert len(line_maps.lines_from_maps(maps)) == 2


def test_lines_that_run_together_are_told_apart_and_a_tall_one_is_left_whole():
    rows = (60, 100, 140, 168, 210)
    maps = line_maps.targets([level(60, 440, row) for row in rows], (256, 512))
    maps = maps[..., :3].astype(np.float32)
    assert len(line_maps.lines_from_maps(maps)) == 5
    between = maps[70:78, 40:200, BAND]  # of the third line and the fourth
    between[between == 0] = 0.45
    lines = sorted(line_maps.lines_from_maps(maps), key=lambda line: line.baseline[0, 1])
    assert [line.baseline[:, 1].mean() for line in lines] == pytest.approx(rows, abs=4)
    assert all(line.x_height == pytest.approx(16, abs=4) for line in lines)
    between[between == 0.45] = 1  # as sure as the lines: nothing tells them apart
    assert len(line_maps.lines_from_maps(maps)) == 4


def test_thickness_is_a_factor_on_the_x_height():
    (usual,) = found([level(60, 440, 120)])
    (thick,) = found([level(60, 440, 120)], thickness=2.0)
    assert thick.x_height == pytest.approx(2 * usual.x_height)


def test_nothing_on_the_maps_is_no_line():
    assert line_maps.lines_from_maps(np.zeros((32, 32, 3), np.float32)) == []


def test_perfect_maps_give_nearly_perfect_lines_on_drawn_pages():
    maker = drawn_pages.training_maker("test", 6)
    total = 0
    for page in drawn_pages.make_pages(maker, 6, 1, "test"):
        ink, scale = line_maps.prepare(page.image)
        _, maps = line_maps.training_pair(page)
        lines = line_maps.lines_from_maps(maps[..., :3].astype(np.float32))
        ink = page_ink.ink_mask(page.image)
        owners = ownership.claim(ink, [line.scaled(1 / scale) for line in lines])
        total += line_metrics.ink_score(page.owners * ink, owners, 0.75, page.body)
    assert total.f1 > 0.95


@pytest.mark.parametrize(
    "shape", [(1, 1), (1, 5000), (5000, 1), (1600, 1200), (40, 900), (768, 576)]
)
def test_pages_of_every_shape_are_brought_to_the_network(shape):
    ink, scale = line_maps.prepare(np.full(shape, 200, np.uint8))
    assert all(side % line_maps.MULTIPLE == 0 for side in ink.shape)
    assert ink.size < 1.5 * line_maps.AREA + 64 * 1600
    assert ink.shape[0] >= shape[0] * scale - 1


def test_ink_that_nobody_annotated_weighs_nothing_in_training():
    page = bars(height=768, width=576, rows=(200, 300, 400))
    image = page.image.copy()
    image[600:610, 100:300] = 30
    page = type(page)(image, page.lines, page.owners)
    _, maps = line_maps.training_pair(page, complete=False)
    assert not maps[301:304, 60:140, WEIGHT].any()
    assert maps[92:98, 60:140, WEIGHT].all()
    assert line_maps.training_pair(page)[1][..., WEIGHT].all()
