"""What students get holds everything but the answers."""

import zipfile

import student_archive


def test_answers_stay_behind(tmp_path):
    names = ["README.md", "labs/01.ipynb", "labs/exercises/01.ipynb", "tests/labs/test_01.py"]
    answers = ["labs/solutions/01.ipynb", "tests/wrong_answers/lab_01.py"]
    for name in names + answers:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    archive = tmp_path / "runs" / "student.zip"
    student_archive.write_archive(tmp_path, student_archive.for_students(names + answers), archive)
    with zipfile.ZipFile(archive) as made:
        assert made.namelist() == [f"fsdl_hwr/{name}" for name in names]
