from dataclasses import replace

import keras
import numpy as np
import pytest
from page_examples import bars

from fsdl_hwr.datasets import drawn_pages
from fsdl_hwr.layout import line_maps
from fsdl_hwr.layout.finder import load_onnx
from fsdl_hwr.networks.line_detector import line_unet
from fsdl_hwr.recognizers import line_detector

pytestmark = pytest.mark.usefixtures("eagerly")


@pytest.fixture(scope="module")
def maker():
    return drawn_pages.training_maker("train", 3, height=256, width=192)


@pytest.fixture
def network():
    keras.utils.set_random_seed(0)
    return line_unet(filters=(8, 12))


def test_the_loss_falls_with_better_maps_and_ignores_what_weighs_nothing():
    maps = line_maps.targets(bars().lines, (192, 416))[None]
    right = np.where(maps[..., :3] > 0, 6.0, -6.0).astype("float32")
    wrong = -right
    losses = [float(line_detector.map_loss(maps, logits)) for logits in (right, 0 * right, wrong)]
    assert losses == sorted(losses) and losses[0] < 0.1
    ignored = maps.copy()
    ignored[..., line_maps.WEIGHT] = 0
    some = float(line_detector.map_loss(ignored, wrong))
    assert some < float(line_detector.map_loss(maps, wrong)) / 10


def test_batches_are_decided_by_seed_epoch_and_index(maker):
    batches = line_detector.DrawnBatches(maker, 4, 2, seed=1)
    inks, maps = batches[0]
    assert inks.shape == (2, 768, 576) and maps.shape == (2, 384, 288, 4)
    np.testing.assert_array_equal(batches[0][0], inks)
    assert (batches[1][0] != inks).any()
    batches.epoch = 1
    assert (batches[0][0] != inks).any()


def test_pages_of_several_sizes_are_padded_to_one():
    pairs = [line_maps.training_pair(bars(height=h, width=400)) for h in (180, 400)]
    inks, maps = line_detector.stacked(pairs)
    assert inks.shape[1:] == tuple(2 * side for side in maps.shape[1:3])
    assert all(side % line_maps.MULTIPLE == 0 for side in inks.shape[1:])


def test_batches_of_real_pages_have_one_shape(maker):
    pages = [bars(height=180, width=400), bars(height=400, width=200)]
    batches = line_detector.RealBatches(pages, maker, 12, 2, seed=0)
    shapes = {tuple(part.shape for part in batches[k]) for k in range(4)}
    assert len(shapes) == 1


def test_a_jittered_page_moves_its_lines_with_its_ink():
    page = bars(height=400, width=400, rows=(100, 200, 300))
    moved = line_detector.jittered(page, np.random.default_rng(3))
    for k, line in enumerate(moved.lines, start=1):
        rows, columns = np.nonzero(moved.owners == k)
        x, y = line.baseline.mean(axis=0)
        assert np.hypot(columns.mean() - x, rows.mean() - y) < 1.5 * line.x_height


def test_training_keeps_the_best_weights(network, maker, tmp_path):
    validation = drawn_pages.make_pages(maker, 1, 0, "validation")
    history = line_detector.train(
        network, maker, validation, 6, epochs=3, batch_size=2, folder=tmp_path
    )
    assert len(history["val_f1"]) == len(history["loss"]) == 3
    again = line_unet(filters=(8, 12))
    again.load_weights(tmp_path / "best.keras")
    for kept, best in zip(network.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(kept, best)


@pytest.mark.slow
def test_a_page_can_be_learned_by_heart(network, maker):
    inks, maps = line_detector.DrawnBatches(maker, 1, 1, seed=0)[0]
    network.compile(keras.optimizers.Adam(1e-2), loss=line_detector.map_loss)
    losses = network.fit(inks, maps, epochs=15, verbose=0).history["loss"]
    assert losses[-1] < 0.8 * losses[0]


def test_annotated_lines_get_the_x_height_that_is_found():
    page = bars(x_height=16)
    found = [replace(line, x_height=24) for line in page.lines]
    thick = line_detector.as_thick(page, found)
    assert [line.x_height for line in thick.lines] == [24, 24]
    np.testing.assert_array_equal(thick.lines[0].baseline, page.lines[0].baseline)
    assert line_detector.as_thick(page, found, usual=1.5).lines[0].x_height == 16
    assert line_detector.as_thick(page, []) is page


def test_a_line_that_was_found_merged_says_nothing_of_x_heights():
    page = bars(x_height=16)
    first, second = page.lines
    middle = (first.baseline + second.baseline) / 2
    merged = [replace(first, baseline=middle, x_height=90.0)]
    assert line_detector.as_thick(page, merged) is page


def test_training_on_leaves_the_network_as_it_was(network, maker):
    before = [w.copy() for w in network.get_weights()]
    copy = line_detector.train_on(network, [bars()], maker, 4, batch_size=4)
    for was, now in zip(before, network.get_weights(), strict=True):
        np.testing.assert_array_equal(was, now)
    assert any((a != b).any() for a, b in zip(before, copy.get_weights(), strict=True))
    with pytest.raises(ValueError, match="no annotated pages"):
        line_detector.train_on(network, [], maker, 4)


def test_an_exported_network_finds_what_keras_finds(network, tmp_path):
    pytest.importorskip("tf2onnx")
    page = bars(height=256, width=192, rows=(80, 160)).image
    path = line_detector.export(network, tmp_path / "finder.onnx")
    exported, _ = load_onnx(path).maps(page)
    maps, _ = line_detector.finder(network).maps(page)
    np.testing.assert_allclose(exported, maps, atol=1e-4)
    wide = np.pad(page, ((0, 0), (0, 400)), constant_values=230)  # another size, the same file
    assert load_onnx(path).maps(wide)[0].shape == line_detector.finder(network).maps(wide)[0].shape


def test_a_finder_is_scored_on_pages():
    pages = [bars(), bars(rows=(50, 90, 140))]
    perfect = {page.image.tobytes(): list(page.lines) for page in pages}
    score = line_detector.score_pages(pages, lambda image: perfect[image.tobytes()])
    assert score.f1 == 1 and score.true == 5
    assert line_detector.score_pages(pages, lambda image: []).recall == 0


@pytest.mark.parametrize("epochs, pages, validation", [(0, 4, [1]), (1, 0, [1]), (1, 4, [])])
def test_nothing_to_train_or_score_is_refused(network, maker, epochs, pages, validation):
    with pytest.raises(ValueError, match="Nothing to train or to score"):
        line_detector.train(network, maker, validation, pages, epochs=epochs)
