"""Tables of runs: their columns, as text and as a page."""

from recorded import make_runs

from fsdl_hwr.experiments import tables


def test_runs_are_compared_by_what_differs(tmp_path):
    runs = make_runs(tmp_path)
    assert runs.columns == ["run", "batch_size", "state", "epoch", "val_cer"]
    assert str(runs).splitlines()[2].split() == ["size_8", "8", "unfinished", "2", "0.25"]
    assert str(tables.Table(runs, ["run", "network"])).splitlines()[1].split() == [
        "size_16",
        "tiny",
    ]
    assert runs._repr_html_().count("<tr>") == 3
