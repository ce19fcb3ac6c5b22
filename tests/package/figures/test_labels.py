"""Figures of labels are drawn of what they are given."""

from dataclasses import replace

import numpy as np
from page_examples import bars

from fsdl_hwr.datasets.lines import Lines
from fsdl_hwr.figures import labels
from fsdl_hwr.labeling import agreement
from fsdl_hwr.layout import crops


def test_figures_show_their_data():
    page = bars()
    page = replace(page, lines=tuple(replace(x, polygon=crops.outline(x)) for x in page.lines))
    other = replace(page, lines=page.lines[:1])
    found = agreement.compare(page, other)
    figure = labels.draw_disagreements(page, other, found, "Two annotators")
    assert [axes.get_title() for axes in figure.axes] == ["annotator 1: 2 lines",
                                                          "annotator 2: 1 lines"]  # fmt: skip
    scores, kinds = np.array([0.1, 0.2, 3.0, np.inf]), np.array(["", "", "shifted", "cut"])
    figure = labels.draw_noise(scores, kinds, "Noise")
    names = [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    assert names == ["untouched (2)", "shifted (1)", "cut (1)"]
    lines = Lines(np.zeros((2, 8, 300), np.uint8), ("$a", "b"), np.full(2, 20, np.int32))
    figure = labels.draw_suspects(lines, ["x", "y"], np.array([1.0, np.inf]), "Suspects")
    assert "label $a" in figure.axes[0].get_title(loc="left")
    figure = labels.draw_costs({"from blank": 10.0, "corrected": 2.0}, "Costs")
    assert len(figure.axes[0].patches) == 2
