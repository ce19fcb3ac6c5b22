import numpy as np
import pytest
from page_examples import bars

from fsdl_hwr import page_ink


def spread(ink, page):
    """Return recall and precision of ink against a page's own."""
    true = page.owners > 0
    return (ink & true).sum() / true.sum(), (ink & true).sum() / max(ink.sum(), 1)


def test_ink_is_found_on_light_and_on_dark_paper():
    page = bars()
    for image in (page.image, 255 - page.image):
        recall, precision = spread(page_ink.ink_mask(image), page)
        assert recall > 0.95 and precision > 0.95


@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_blank_page_has_no_ink(level):
    image = np.full((300, 200), level, np.uint8)
    assert not page_ink.ink_mask(image).any() and not page_ink.contrast(image).any()


def test_grain_and_a_slope_of_light_are_no_ink():
    rng = np.random.default_rng(0)
    image = 200 + rng.normal(0, 3, (400, 300)) + np.linspace(-30, 30, 300)
    assert page_ink.ink_mask(image.astype(np.uint8)).mean() < 0.001


@pytest.mark.parametrize("shape", [(1, 1), (1, 5000), (5000, 1), (2, 2), (3, 700)])
def test_the_smallest_images_do_no_harm(shape):
    for level in (0, 200):
        assert page_ink.ink_mask(np.full(shape, level, np.uint8)).shape == shape


def test_ink_in_a_hard_shadow_and_a_vignette_is_found():
    page = bars(height=300, width=600, rows=(80, 160, 240))
    x = np.linspace(-1, 1, 600)
    light = np.where(x > 0.1, 0.45, 1.0) * (1 - 0.25 * x * x)
    recall, precision = spread(page_ink.ink_mask((page.image * light).astype(np.uint8)), page)
    assert recall > 0.9 and precision > 0.6


def test_a_dark_page_with_a_darker_half_is_light_all_the_same():
    page = bars(height=300, width=600, rows=(80, 160, 240))
    light = np.where(np.arange(600) < 200, 0.8, 0.4)
    assert page_ink.is_light((page.image * light).astype(np.uint8))
    assert not page_ink.is_light((255 - page.image).astype(np.uint8))


@pytest.mark.parametrize("squared", [False, True])
def test_rules_are_erased_and_what_crosses_them_stays(squared):
    page = bars(height=400, width=600, rows=(100, 200, 300), x_height=30)
    image = page.image.copy()
    image[80::100] = 60  # through the middle of the bars
    if squared:
        image[:, 55::100] = 60
    ink = page_ink.ink_mask(np.where(page.owners > 0, page.image, image))
    recall, precision = spread(ink, page)
    assert recall > 0.85 and precision > 0.8


def test_squares_that_are_broken_and_tilted_are_erased_too():
    page = bars(height=400, width=600, rows=(100, 200, 300), x_height=30)
    rng, rules = np.random.default_rng(0), np.zeros((400, 600), bool)
    y, x = np.mgrid[:400, :600]
    rules |= np.rint(y + 0.01 * x) % 25 == 0
    rules |= np.rint(x - 0.01 * y) % 25 == 12
    rules &= rng.random(rules.shape) < 0.85  # broken every few px
    ink = page_ink.ink_mask(np.where(rules & (page.owners == 0), 90, page.image))
    recall, precision = spread(ink, page)
    assert recall > 0.85 and precision > 0.85


def test_lines_of_thin_dense_writing_are_no_rules():
    page = bars(height=400, width=600, rows=range(40, 400, 40), x_height=10, step=5)
    recall, _ = spread(page_ink.ink_mask(page.image), page)
    assert recall > 0.95


def test_a_large_scan_is_scaled_down():
    image = np.zeros((3000, 6000), np.uint8)
    small, scale = page_ink.working_size(image)
    assert small.shape == (1000, 2000) and scale == pytest.approx(1 / 3)
    same, scale = page_ink.working_size(image[:100, :100])
    assert same.shape == (100, 100) and scale == 1


def test_a_dot_as_dark_as_the_writing_is_ink_and_a_faint_speck_is_not():
    image = bars(height=1200, width=900, rows=range(100, 1100, 60)).image.copy()
    image[142:144, 20:23] = 30  # a period: 6 px
    image[300:302, 880:883] = 175  # the paper's
    ink = page_ink.ink_mask(image)
    assert ink[142:144, 20:23].all() and not ink[295:310, 875:890].any()
