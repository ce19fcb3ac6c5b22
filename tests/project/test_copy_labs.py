"""A student's copy of the labs: the kit's updates never touch what a student wrote."""

from concurrent.futures import ThreadPoolExecutor

import copy_labs
import pytest


@pytest.fixture
def kit(tmp_path):
    """A kit with one lab and its exercises, and the folder of a copy that is not there yet."""
    labs = tmp_path / "labs"
    for folder in ("exercises", "solutions", "params"):
        (labs / folder).mkdir(parents=True)
    (labs / "01_tour.ipynb").write_text("lab, version 1")
    (labs / "exercises" / "01_tour.ipynb").write_text("exercise, version 1")
    (labs / "solutions" / "01_tour.ipynb").write_text("answers")
    (labs / "params" / "01_gpu.yaml").write_text("size: full")
    return labs, tmp_path / "work"


def files(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_text()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != copy_labs.RECORD
    }


def update(labs, version):
    (labs / "01_tour.ipynb").write_text(f"lab, version {version}")


def test_the_first_copy_has_labs_and_exercises_and_no_answers(kit):
    labs, work = kit
    messages = copy_labs.copy_labs(labs, work)
    assert files(work) == {
        "01_tour.ipynb": "lab, version 1",
        "exercises/01_tour.ipynb": "exercise, version 1",
    }
    assert len(messages) == 2 and all(message.endswith("is new") for message in messages)


def test_work_is_kept_when_the_kit_stays_the_same(kit):
    labs, work = kit
    copy_labs.copy_labs(labs, work)
    (work / "01_tour.ipynb").write_text("my answer")
    for _ in range(2):
        assert copy_labs.copy_labs(labs, work) == []
    assert files(work)["01_tour.ipynb"] == "my answer"


def test_a_newer_lab_is_laid_beside_work_once(kit):
    labs, work = kit
    copy_labs.copy_labs(labs, work)
    (work / "01_tour.ipynb").write_text("my answer")
    update(labs, 2)
    (message,) = copy_labs.copy_labs(labs, work)
    assert "stays" in message and "01_tour_2.ipynb" in message
    assert copy_labs.copy_labs(labs, work) == []
    (work / "01_tour_2.ipynb").write_text("my second answer")
    assert copy_labs.copy_labs(labs, work) == []
    update(labs, 3)
    copy_labs.copy_labs(labs, work)
    assert files(work) == {
        "01_tour.ipynb": "my answer",
        "01_tour_2.ipynb": "my second answer",
        "01_tour_3.ipynb": "lab, version 3",
        "exercises/01_tour.ipynb": "exercise, version 1",
    }


def test_a_copy_that_nobody_changed_is_brought_up_to_date(kit):
    labs, work = kit
    copy_labs.copy_labs(labs, work)
    update(labs, 2)
    (message,) = copy_labs.copy_labs(labs, work)
    assert "up to date" in message
    assert files(work)["01_tour.ipynb"] == "lab, version 2" and len(files(work)) == 2


def test_an_unchanged_offer_is_replaced_by_a_newer_one(kit):
    labs, work = kit
    copy_labs.copy_labs(labs, work)
    (work / "01_tour.ipynb").write_text("my answer")
    for version in (2, 3):
        update(labs, version)
        copy_labs.copy_labs(labs, work)
    assert files(work)["01_tour.ipynb"] == "my answer"
    assert files(work)["01_tour_2.ipynb"] == "lab, version 3" and len(files(work)) == 3


def test_a_deleted_copy_is_made_again(kit):
    labs, work = kit
    copy_labs.copy_labs(labs, work)
    (work / "01_tour.ipynb").unlink()
    copy_labs.copy_labs(labs, work)
    assert files(work)["01_tour.ipynb"] == "lab, version 1" and len(files(work)) == 2


def test_a_students_own_file_with_a_labs_name_is_kept(kit):
    labs, work = kit
    work.mkdir()
    (work / "01_tour.ipynb").write_text("my own")
    (work / "01_tour_2.ipynb").write_text("my own, too")
    copy_labs.copy_labs(labs, work)
    found = files(work)
    assert found["01_tour.ipynb"] == "my own" and found["01_tour_2.ipynb"] == "my own, too"
    assert found["01_tour_3.ipynb"] == "lab, version 1"


@pytest.mark.parametrize("damage", ["", "no JSON {", "[]"])
def test_a_damaged_record_costs_no_work(kit, damage):
    labs, work = kit
    copy_labs.copy_labs(labs, work)
    (work / "01_tour.ipynb").write_text("my answer")
    (work / copy_labs.RECORD).write_text(damage)
    copy_labs.copy_labs(labs, work)
    assert files(work)["01_tour.ipynb"] == "my answer"
    assert files(work)["01_tour_2.ipynb"] == "lab, version 1" and len(files(work)) == 3
    assert copy_labs.copy_labs(labs, work) == []


def test_two_at_once_leave_one_copy_of_each(kit):
    labs, work = kit
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: copy_labs.copy_labs(labs, work), range(8)))
    assert files(work) == {
        "01_tour.ipynb": "lab, version 1",
        "exercises/01_tour.ipynb": "exercise, version 1",
    }
    (work / "01_tour.ipynb").write_text("my answer")
    copy_labs.copy_labs(labs, work)
    assert files(work)["01_tour.ipynb"] == "my answer"


def test_a_file_in_the_way_is_named(kit):
    labs, work = kit
    work.write_text("notes")
    with pytest.raises(FileExistsError, match="work is a file"):
        copy_labs.copy_labs(labs, work)
    assert work.read_text() == "notes"
