import numpy as np
import pytest

from fsdl_hwr.datasets import lines, name_forms, names, strokes


def maker(**options):
    return name_forms.NameFormMaker(strokes.writers("train", 6), **options)


def test_forms_are_made_again_from_a_seed():
    texts = names.made_names("train", 40)
    made = lines.make_lines(maker(), texts, 3)
    assert made.images.shape == (40, names.HEIGHT, names.WIDTH)
    np.testing.assert_array_equal(made.images, lines.make_lines(maker(), texts, 3).images)
    assert (made.images != lines.make_lines(maker(), texts, 4).images).any()


def test_print_adds_ink_beside_the_name():
    texts = ["LEA"] * 60
    bare = lines.make_lines(maker(clutter=False), texts, 0).images
    printed = lines.make_lines(maker(), texts, 0).images
    assert (printed > 127).sum() > 1.5 * (bare > 127).sum()
    assert (bare > 127).any(axis=(1, 2)).all()


def test_long_names_fit_and_spaces_are_kept():
    wide = lines.make_lines(maker(clutter=False), ["MAXIMILIEN-ALEXANDRE"] * 20, 0)
    assert (wide.ink_widths <= names.WIDTH).all() and (wide.ink_widths > 150).all()
    together, apart = (
        np.median(lines.make_lines(maker(clutter=False), [t] * 40, 0).ink_widths)
        for t in ("DIPASQUALE", "DI PASQUALE")
    )
    assert apart > together


def test_a_form_needs_somebody_to_fill_it_in():
    with pytest.raises(ValueError, match="at least one writer"):
        name_forms.NameFormMaker([])
    with pytest.raises(ValueError, match="no letter form"):
        maker()("ЖЖЖ", np.random.default_rng(0))
