import json
import re
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from recorded import CONFIG, Few, Reader, make_runs, row_of, train

from fsdl_hwr import experiments
from fsdl_hwr.experiments import tracking


def record(folder, epochs=2, config=CONFIG, **options):
    run = tracking.start(folder, config, **options)
    for epoch in range(epochs):
        run.log(epoch, {"loss": 10 - epoch, "val_cer": 0.5 / (epoch + 1)}, ["abc", "d"])
    return run


# The record


def test_a_run_leaves_configuration_environment_git_state_and_every_epoch(tmp_path):
    run = record(tmp_path / "a")
    run.finish()
    first, *events = [json.loads(line) for line in (tmp_path / "a/record.jsonl").open()]
    assert first["config"] == CONFIG
    assert first["environment"]["packages"]["numpy"] == np.__version__
    assert {"fsdl_hwr", "python"} <= set(first["environment"]["versions"])
    assert re.fullmatch("[0-9a-f]{40}", first["git"]["commit"])
    assert [e["event"] for e in events] == ["epoch", "epoch", "finish"]
    row = row_of(tmp_path)
    assert (row["run"], row["state"], row["epoch"]) == ("a", "finished", 2)
    assert (row["loss"], row["val_cer"], row["batch_size"]) == (9, 0.25, 8)
    assert row["history"] == {"loss": [10, 9], "val_cer": [0.5, 0.25]}
    assert row["predictions"] == [["abc", "d"]] * 2


def test_outside_a_repository_there_is_no_git_state(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert tracking.git_state() is None


def test_the_configuration_wins_where_names_meet(tmp_path):
    run = tracking.start(tmp_path, CONFIG)
    run.log(0, {"learning_rate": 1e-5})
    row = row_of(tmp_path)
    assert row["learning_rate"] == 3e-3
    assert row["history"]["learning_rate"] == [1e-5]


def test_results_belong_to_the_run(tmp_path):
    record(tmp_path / "a")
    assert row_of(tmp_path)["state"] == "unfinished"
    experiments.write_results(tmp_path / "a", "lab", CONFIG, {"test_cer": 0.125})
    assert row_of(tmp_path)["state"] == "finished"
    assert row_of(tmp_path)["test_cer"] == 0.125


def test_a_run_without_a_record_is_known_by_its_results(tmp_path):
    experiments.write_results(tmp_path / "a", "lab", CONFIG, {"test_cer": 0.125})
    row = row_of(tmp_path)
    assert (row["state"], row["batch_size"], row["epoch"]) == ("finished", 8, 0)


def test_numbers_that_are_not_finite_are_gaps(tmp_path):
    run = tracking.start(tmp_path, {"rate": np.float32(0.5), "folder": tmp_path})
    run.log(0, {"loss": np.float32("nan"), "val_cer": np.float64(0.5)})
    row = row_of(tmp_path)
    assert row["history"] == {"loss": [None], "val_cer": [0.5]}
    assert row["config"] == {"rate": 0.5, "folder": str(tmp_path)}


# Kills


def test_cut_anywhere_the_record_can_be_read_and_goes_on(tmp_path, monkeypatch):
    monkeypatch.setattr(tracking, "environment", dict)
    monkeypatch.setattr(tracking, "git_state", dict)  # so that a hundred starts take no time
    record(tmp_path / "whole")
    whole = (tmp_path / "whole/record.jsonl").read_bytes()
    ends = [i + 1 for i, byte in enumerate(whole) if byte == ord("\n")]
    cuts = {0, 1, *(end + by for end in ends for by in (-2, -1, 0)), *range(0, len(whole), 9)}
    run = tmp_path / "cut"
    run.mkdir()
    for cut in sorted(cuts):
        (run / "record.jsonl").write_bytes(whole[:cut])
        lines = sum(end <= cut for end in ends)
        assert len(tracking.read_events(run)) == lines
        resumed = tracking.start(run, CONFIG)
        resumed.log(2, {"loss": 1})
        events = [json.loads(line) for line in (run / "record.jsonl").open()]  # strict
        expected = ["start", "epoch", "epoch"][:lines] + ["resume" if lines else "start", "epoch"]
        assert [e["event"] for e in events] == expected
        assert len({e["run"] for e in events if "run" in e}) == 1


@pytest.mark.parametrize("damaged, losses", [(0, [10, 9]), (1, [9])])
def test_a_line_that_a_disk_damaged_costs_no_other(damaged, losses, tmp_path):
    record(tmp_path)
    path = tmp_path / "record.jsonl"
    lines = path.read_bytes().split(b"\n")
    no_events = b'\n"epoch"\n17\n{"epoch": 9}\n{"event": "epoch"}'
    lines[damaged] = b"\0" * len(lines[damaged]) + no_events
    path.write_bytes(b"\n".join(lines))
    assert row_of(tmp_path)["history"]["loss"] == losses
    tracking.start(tmp_path, CONFIG).log(2, {"loss": 8})
    assert row_of(tmp_path)["history"]["loss"] == [*losses, 8]


def test_a_resumed_run_is_the_same_run(tmp_path, capsys):
    first = record(tmp_path, epochs=2)
    resumed = tracking.start(tmp_path, CONFIG)
    assert "resumed" in capsys.readouterr().out
    assert resumed.id == first.id
    resumed.log(1, {"loss": 8.5})  # the kill came before the checkpoint: this epoch came again
    resumed.log(2, {"loss": 8})
    row = row_of(tmp_path)
    assert row["history"]["loss"] == [10, 8.5, 8]
    assert (row["id"], row["sessions"], row["epoch"]) == (first.id, 2, 3)


def test_another_configuration_is_refused_by_name(tmp_path):
    record(tmp_path)
    before = (tmp_path / "record.jsonl").read_bytes()
    with pytest.raises(ValueError, match=r"batch_size: 8, now 16\).*another run folder"):
        tracking.start(tmp_path, {**CONFIG, "batch_size": 16})
    assert (tmp_path / "record.jsonl").read_bytes() == before


def test_starting_again_leaves_nothing_of_the_older_run(tmp_path):
    first = record(tmp_path)
    first.keep_lines(np.zeros((2, 4, 9), np.uint8), ["a", "b"])
    experiments.write_results(tmp_path, "lab", CONFIG, {})
    again = tracking.start(tmp_path, {"batch_size": 16}, resume=False)
    assert again.id != first.id
    row = row_of(tmp_path)
    assert (row["state"], row["epoch"], row["config"]) == ("unfinished", 0, {"batch_size": 16})
    assert not list((tmp_path / "lines").iterdir())


WRITER = """
import sys
from fsdl_hwr.experiments import tracking
run = tracking.start(sys.argv[1], {"epochs": 10_000})
done = tracking.load_run(sys.argv[1])["epoch"]
print("begun", flush=True)
for epoch in range(done, 10_000):
    run.log(epoch, {"loss": epoch}, ["a" * 5000] * 4)
"""


def test_killed_while_writing_without_pause_the_record_is_readable(tmp_path, rng):
    done = 0
    for _ in range(3):
        command = [sys.executable, "-c", WRITER, str(tmp_path)]
        writer = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert any(line == "begun\n" for line in writer.stdout)
        time.sleep(rng.uniform(0.02, 0.2))
        writer.send_signal(signal.SIGKILL)
        writer.communicate()
        row = row_of(tmp_path)
        assert row["epoch"] > done  # what was done stays, and more came
        done = row["epoch"]
        assert row["history"]["loss"] == list(range(done))
    assert row["sessions"] == 3


def test_a_folder_is_recorded_by_one_process_at_a_time(tmp_path, monkeypatch):
    command = [sys.executable, "-c", WRITER, str(tmp_path)]
    writer = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert any(line == "begun\n" for line in writer.stdout)
    monkeypatch.setattr(tracking, "PATIENCE", 0.2)
    with pytest.raises(TimeoutError, match=f"process {writer.pid} on .*, since"):
        tracking.start(tmp_path, {"epochs": 10_000})
    writer.send_signal(signal.SIGKILL)
    writer.communicate()
    tracking.start(tmp_path, {"epochs": 10_000})
    tracking.start(tmp_path, {"epochs": 10_000}).finish()  # a cell that is run again
    assert row_of(tmp_path)["sessions"] == 3
    assert {path.name for path in tmp_path.iterdir()} == {"record.jsonl"}


# Tables


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        tracking.load_runs(tmp_path / "nowhere")
    assert tracking.load_runs(tmp_path) == []
    assert str(tracking.load_runs(tmp_path)) == "run  state"


def test_predictions_are_shown_with_their_lines(tmp_path):
    runs = make_runs(tmp_path)
    table = tracking.predictions(runs[0]["folder"])
    assert table.columns == ["image", "transcript", "epoch 1", "epoch 2"]
    assert [row["epoch 2"] for row in table] == ["<one>", "two16"]
    page = table._repr_html_()
    assert page.count('<img src="data:image/png;base64,') == 2
    assert page.count("alt=") == 2
    assert "<td>&lt;one&gt;</td>" in page  # a transcript is no markup
    both = tracking.compare_predictions([run["folder"] for run in runs])
    assert both.columns == ["image", "transcript", "size_16", "size_8"]
    assert both[1]["size_8"] == "two8"
    other = tracking.start(tmp_path / "other", CONFIG)
    other.keep_lines(np.zeros((1, 4, 9), np.uint8), ["x"])
    with pytest.raises(ValueError, match="different lines"):
        tracking.compare_predictions([runs[0]["folder"], tmp_path / "other"])


# Training


def test_a_training_is_logged_with_rate_throughput_memory_and_predictions(tmp_path):
    run = tracking.start(tmp_path, CONFIG)
    train(run.callbacks(Reader(), Few()))
    row = row_of(tmp_path)
    assert row["epoch"] == 2
    assert row["history"]["learning_rate"] == pytest.approx([0.25, 0.125])
    assert row["history"]["loss"][1] < row["history"]["loss"][0]
    assert all(10 < mb < 1e6 for mb in row["history"]["peak_memory_mb"])
    for seconds, speed in zip(
        row["history"]["seconds"], row["history"]["batches_per_second"], strict=True
    ):
        assert seconds * speed == pytest.approx(4)
    assert row["predictions"] == [["ba", "dc"]] * 2
    assert [line["transcript"] for line in tracking.predictions(tmp_path)] == ["ab", "cd"]


def test_an_unknown_mode_is_refused(tmp_path):
    with pytest.raises(ValueError, match="online, offline, disabled"):
        tracking.start(tmp_path / "run", CONFIG, wandb_mode="on")
    assert not (tmp_path / "run").exists()


def test_disabled_is_disabled(tmp_path):
    code = f"""
import sys
from fsdl_hwr.experiments import tracking
tracking.start({str(tmp_path)!r}, {{}}).finish()
print(sorted({{"wandb", "keras", "cv2", "matplotlib"}} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
