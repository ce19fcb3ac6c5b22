"""The $1 and the $P recognizers: what they read, and what they are blind to."""

import numpy as np
import pytest

from fsdl_hwr.datasets import sources
from fsdl_hwr.recognizers import templates


def stroke(*places):
    return [np.array(places, np.float32)]


@pytest.mark.parametrize("kind", ["one", "cloud"])
def test_templates_read_a_writers_own_letters(kind):
    template = getattr(templates, f"{kind}_template")
    distance = getattr(templates, f"{kind}_distance")
    known, asked = (
        sources.load_pen_characters("strokes", split, characters="LOVS", num_writers=3)
        for split in ("train", "test")
    )
    shapes = [template(ink) for ink in known.inks]
    read = [templates.nearest(distance, shapes, known.text, template(ink)) for ink in asked.inks]
    assert sum(a == b for a, b in zip(read, asked.text, strict=True)) >= 8


def test_templates_have_their_distance_from_themselves():
    shape = templates.one_template(stroke((0, 0), (3, 5), (9, 1)))
    assert templates.one_distance(shape, shape) < 0.02
    cloud = templates.cloud_template(stroke((0, 0), (3, 5), (9, 1)))
    assert templates.cloud_distance(cloud, cloud) == pytest.approx(0)


def test_one_is_blind_to_a_turn_and_a_cloud_to_order_and_direction():
    ink = stroke((0, 0), (3, 5), (9, 1), (12, 7))
    turned = [ink[0] @ np.array([[0, 1], [-1, 0]], np.float32)]
    one = templates.one_template
    assert templates.one_distance(one(ink), one(turned)) < 0.05
    backwards = [ink[0][::-1]]
    cloud = templates.cloud_template
    assert templates.cloud_distance(cloud(ink), cloud(backwards)) < 0.05


@pytest.mark.parametrize("ink", [stroke((1, 1)), stroke((1, 1), (1, 1))])
def test_a_dot_is_a_template_too(ink):
    assert np.isfinite(templates.one_template(ink)).all()
    assert np.isfinite(templates.cloud_template(ink)).all()


def test_no_templates_no_answer():
    with pytest.raises(ValueError, match="no templates"):
        templates.nearest(templates.cloud_distance, [], [], np.zeros((32, 2)))
