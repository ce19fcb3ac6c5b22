"""What students get holds everything but the answers."""

import zipfile

import student_archive
from paths import ROOT, TESTS


def test_answers_stay_behind(tmp_path):
    names = ["README.md", "labs/01.ipynb", "labs/exercises/01.ipynb", "tests/labs/test_01.py"]
    answers = ["labs/solutions/01.ipynb", "tests/wrong_answers/lab_01.py"]
    answers += ["tests/unusual_answers.py"]
    for name in names + answers:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    archive = tmp_path / "runs" / "student.zip"
    student_archive.write_archive(tmp_path, student_archive.for_students(names + answers), archive)
    with zipfile.ZipFile(archive) as made:
        assert made.namelist() == [f"fsdl_hwr/{name}" for name in names]


def test_every_module_of_answers_is_known_as_one():
    modules = [path.relative_to(ROOT).as_posix() for path in TESTS.glob("*answers*")]
    assert len(modules) == 2
    assert not student_archive.for_students(f"{name}/" if "." not in name else name
                                            for name in modules)  # fmt: skip
