import numpy as np
from page_examples import bars

from fsdl_hwr.figures import drawing, pages
from fsdl_hwr.layout import line_maps, profile


def test_every_lines_ink_has_a_color_of_its_own():
    page = bars()
    painted = pages.colored_lines(page.image, page.owners)
    first, second = (painted[page.owners == k] for k in (1, 2))
    assert len(np.unique(first, axis=0)) == len(np.unique(second, axis=0)) == 1
    assert (first[0] != second[0]).any()
    assert (painted[page.owners == 0] > 200).all()


def test_every_figure_is_as_wide_as_the_others():
    page = bars()
    maps = line_maps.targets(page.lines, (192, 416))[..., :3].astype(np.float32)
    figures = [
        pages.draw_pages([page, page], ["a", "b"], "two"),
        pages.draw_lines_found(page.image, [page.owners], ["found"], "one", [page.lines]),
        pages.draw_profile(profile.row_profile(page.image), "profile"),
        pages.draw_maps(np.zeros((192, 416), np.uint8), maps, "maps"),
        pages.draw_bands([maps[..., 0], maps[..., 1]], ["1", "2"], "bands"),
        pages.draw_crops([page.image[40:70], page.image[100:130]], ["1", "2"], "crops"),
        pages.draw_scores({"profile": (0.9, 0.8), "U-Net": (1.0, 0.95)}, [".5", ".75"], "scores"),
    ]
    for figure in figures:
        assert figure.get_figwidth() == drawing.WIDTH
        figure.canvas.draw()
    bars_drawn = figures[6].axes[0].patches
    assert [bar.get_width() for bar in bars_drawn] == [0.9, 1.0, 0.8, 0.95]


def test_a_profile_shows_its_cuts_beside_the_page():
    result = profile.row_profile(bars().image)
    figure = pages.draw_profile(result)
    assert len(figure.axes[0].lines) == len(result.cuts)
