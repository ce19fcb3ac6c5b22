"""The exercises: their form, the students' copies, and checks that tell right from wrong."""

import ast
import functools
import re
import warnings

import make_exercises
import nbformat
import pytest
from paths import LABS

from fsdl_hwr.checks import judge

NO_ANSWERS = "an archive for students has no solutions to try"
wrong_answers = pytest.importorskip("wrong_answers", reason=NO_ANSWERS)
unusual_answers = pytest.importorskip("unusual_answers", reason=NO_ANSWERS)
SOLUTIONS = sorted(LABS.glob("solutions/*.ipynb"))
MIN_EXERCISES = 4
MAX_CODE_LINES = 25
MIN_ALTERNATIVE = 15  # characters: a description, not a word
POINTS = {1: 1, 2: 2, 3: 4}  # by the number of stars


every_solution = pytest.mark.parametrize("path", SOLUTIONS, ids=lambda path: path.stem)


@functools.cache
def read(path):
    return nbformat.read(path, as_version=nbformat.NO_CONVERT)


def lab_of(path):
    """Name the lab of an exercise notebook: its number, with a letter where a lab has parts."""
    return path.stem.partition("_")[0]


def role(cell):
    return cell.metadata.get("nbgrader", {})


def exercises(path):
    """List the exercises of a notebook: (markdown of the goal, answer cell, check cell)."""
    cells = read(path).cells
    places = [k for k, cell in enumerate(cells) if role(cell).get("solution")]
    return [(cells[k - 1], cells[k], cells[k + 2]) for k in places]


def solution_lines(answer):
    inside = answer.source.split(make_exercises.BEGIN)[1].split(make_exercises.END)[0]
    return [line.strip() for line in inside.splitlines() if len(line.strip()) > 12]


def python(cell):
    """Leave out the lines that only IPython understands."""
    lines = cell.source.splitlines()
    return "\n".join(line for line in lines if not line.lstrip().startswith("!"))


@functools.cache
def set_up(path):
    """Run the cells that are neither answer nor check; give the names that they define."""
    names = {}
    for cell in read(path).cells:
        if cell.cell_type == "code" and not role(cell):
            exec(compile(python(cell), f"{path.stem}, {cell.id}", "exec"), names)
    return names


def every_exercise():
    for path in SOLUTIONS:
        for _, answer, check in exercises(path):
            name = f"{lab_of(path)}/{role(answer).grade_id}"
            yield pytest.param(path, answer, check, id=name)


def every_wrong_answer():
    found = {(lab_of(path), role(a).grade_id): (path, a, c)
             for path in SOLUTIONS for _, a, c in exercises(path)}  # fmt: skip
    for path in SOLUTIONS:
        lab = lab_of(path)
        for wrong in wrong_answers.of_lab(lab):
            name = f"{lab}/{wrong.exercise}: {wrong.says}"
            yield pytest.param(*found[lab, wrong.exercise], wrong, id=name)


def every_unusual_answer():
    found = {param.id: param.values for param in every_exercise()}
    for exercise, function in unusual_answers.ANSWERS:
        yield pytest.param(*found[exercise], function, id=f"{exercise}: {function.__doc__}")


@every_solution
def test_a_solution_notebook_is_valid_and_stores_nothing_of_a_run(path):
    notebook = read(path)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        nbformat.validate(notebook)
    assert notebook.metadata.kernelspec.name == "python3"
    assert "widgets" not in notebook.metadata
    for cell in notebook.cells:
        assert set(cell.metadata) <= {"nbgrader"}
        if cell.cell_type == "code":
            assert cell.outputs == [] and cell.execution_count is None
            assert len(cell.source.splitlines()) <= MAX_CODE_LINES, cell.source


@every_solution
def test_it_belongs_to_a_lab_and_the_lab_links_to_the_exercises(path):
    number = lab_of(path)
    assert read(path).cells[0].source.startswith(f"# Exercises for lab {number} · ")
    lab = "\n".join(cell.source for cell in read(LABS / path.name).cells)
    assert f"](exercises/{path.name})" in lab.partition("## Exercises")[2]


@every_solution
def test_every_exercise_has_stars_a_goal_a_target_and_a_hint(path):
    found = exercises(path)
    assert len(found) >= MIN_EXERCISES
    stars = []
    for number, (goal, answer, check) in enumerate(found, 1):
        heading = re.match(rf"## {number} · (★{{1,3}}) \S.+", goal.source)
        assert heading, goal.source
        stars.append(len(heading[1]))
        for part in ("**Goal.**", "**Target.**"):
            assert part in goal.source, f"{part} in {goal.source}"
        hints = re.findall(r"<details><summary>Hint.*?</details>", goal.source, flags=re.S)
        assert hints and all("<p>" in hint for hint in hints)
        for line in solution_lines(answer):
            assert line not in goal.source
        assert f"check-{role(answer).grade_id}" == role(check).grade_id
    assert stars == sorted(stars) and {1, 3} <= set(stars)


@every_solution
def test_nbgrader_knows_answers_and_checks(path):
    """Schema version 3: an autograded answer, and locked tests with points."""
    for _, answer, check in exercises(path):
        name = role(answer).grade_id
        common = {"schema_version": 3, "task": False}
        assert role(answer) == {**common, "grade_id": name, "grade": False, "locked": False,
                                "solution": True}  # fmt: skip
        points = role(check).points
        assert role(check) == {**common, "grade_id": f"check-{name}", "grade": True,
                               "locked": True, "solution": False, "points": points}  # fmt: skip
        assert points >= 1
        (function,) = ast.parse(answer.source).body  # the place to write is in a function, so that
        assert isinstance(function, ast.FunctionDef)  # an open answer stops nothing but its check
        assert "checks." in check.source.splitlines()[0]
    names = [role(cell).grade_id for cell in read(path).cells if role(cell)]
    assert len(set(names)) == len(names) == 2 * len(exercises(path))


@every_solution
def test_prose_stands_before_every_code_cell(path):
    cells = read(path).cells
    for before, cell in zip(cells, cells[1:], strict=False):
        assert {before.cell_type, cell.cell_type} != {"code"}, cell.source


@every_solution
def test_every_figure_is_shown_with_a_description(path):
    for cell in read(path).cells:
        if cell.cell_type == "code":
            calls = [n for n in ast.walk(ast.parse(python(cell))) if isinstance(n, ast.Call)]
            names = [(getattr(call.func, "attr", ""), call) for call in calls]
            shown = [call for name, call in names if name == "show"]
            assert sum(name.startswith("draw_") for name, _ in names) == len(shown)
            for call in shown:
                words = [n.value for n in ast.walk(call.args[1]) if isinstance(n, ast.Constant)]
                assert sum(len(w) for w in words if isinstance(w, str)) >= MIN_ALTERNATIVE


@every_solution
def test_relative_links_resolve(path):
    text = "\n".join(cell.source for cell in read(path).cells if cell.cell_type == "markdown")
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if not re.match(r"[a-z]+:|#", link):
            assert (path.parent / link).exists(), link


@every_solution
def test_the_students_copy_is_what_the_solution_gives(path):
    copy = LABS / "exercises" / path.name
    assert copy.is_file(), "run `make exercises`"
    wanted = make_exercises.student_copy(read(path))
    assert read(copy) == wanted, f"{copy.name} is stale: run `make exercises`"
    for _, answer, _ in exercises(path):
        (cell,) = [c for c in read(copy).cells if c.id == answer.id]
        assert make_exercises.PLACE[0] in cell.source
        assert not [line for line in solution_lines(answer) if line in cell.source]
    for cell in read(copy).cells:
        if role(cell).get("grade"):  # locked, and no obstacle to "Run All"
            assert cell.metadata.tags == ["raises-exception"] and not cell.metadata.editable


def test_every_copy_has_its_solution():
    copies = {path.name for path in LABS.glob("exercises/*.ipynb")}
    assert copies == {path.name for path in SOLUTIONS}


@pytest.mark.parametrize(("path", "answer", "check"), list(every_exercise()))
def test_the_solution_passes_and_every_known_mistake_is_told_apart(
    path, answer, check, capsys, monkeypatch
):
    compare = judge.compare

    def compare_mistakes_too(function, cases, right, mistakes, *told, **options):
        for message, mistaken in mistakes:
            with pytest.raises(judge.Wrong, match=f"^{re.escape(message)}$"):
                compare(mistaken, cases, right, mistakes, *told, **options)
        compare(function, cases, right, mistakes, *told, **options)

    monkeypatch.setattr(judge, "compare", compare_mistakes_too)
    names = dict(set_up(path))
    capsys.readouterr()  # what the set-up printed
    exec(answer.source, names)
    exec(check.source, names)
    assert capsys.readouterr().out.startswith("Right: ")


@pytest.mark.parametrize(("path", "answer", "check", "unusual"), list(every_unusual_answer()))
def test_an_answer_that_is_right_in_another_way_passes(path, answer, check, unusual, capsys):
    (function,) = ast.parse(answer.source).body
    names = dict(set_up(path)) | {function.name: unusual}
    capsys.readouterr()
    exec(check.source, names)
    assert capsys.readouterr().out.startswith("Right: ")


@pytest.mark.parametrize(("path", "answer", "check"), list(every_exercise()))
def test_an_open_answer_is_not_called_wrong(path, answer, check):
    names = dict(set_up(path))
    exec(make_exercises.without_solution(answer.source), names)
    (function,) = ast.parse(answer.source).body
    with pytest.raises(judge.NotAnswered, match=f"write `{function.name}`"):
        exec(check.source, names)


@pytest.mark.parametrize(("path", "answer", "check", "wrong"), list(every_wrong_answer()))
def test_a_check_names_the_mistake_and_keeps_the_answer(path, answer, check, wrong):
    (function,) = ast.parse(answer.source).body
    names = dict(set_up(path)) | {function.name: wrong.function}
    with pytest.raises(judge.Wrong) as caught:
        exec(check.source, names)
    message = str(caught.value)
    assert wrong.says in message
    assert not [line for line in solution_lines(answer) if line in message]


@pytest.mark.parametrize(("path", "answer", "check"), list(every_exercise()))
def test_every_exercise_is_tried_with_wrong_answers(path, answer, check):
    tried = wrong_answers.of_lab(lab_of(path))
    messages = {wrong.says for wrong in tried if wrong.exercise == role(answer).grade_id}
    assert len(messages) >= 2


@every_solution
def test_the_score_counts_every_exercise_by_its_points(path):
    wanted = {}
    for goal, answer, check in exercises(path):
        (function,) = ast.parse(answer.source).body
        wanted[function.name] = role(check).points
        assert role(check).points == POINTS[goal.source.splitlines()[0].count("★")]
    (call,) = ast.parse(read(path).cells[-1].source).body
    assert {k.arg: k.value.value for k in call.value.keywords} == wanted


def test_the_score_names_what_is_open_and_forgets_an_answer_that_was_broken(capsys, monkeypatch):
    monkeypatch.setattr(judge, "_right", set())

    def double(x):
        return 2 * x

    judge.confirm(double)
    judge.score(double=2, half=1)
    assert capsys.readouterr().out.splitlines()[1:] == ["2 of 3 points", "still open: half"]
    judge.call(double, 1)  # a check that has begun, and has not passed yet
    judge.score(double=2)
    assert capsys.readouterr().out.splitlines()[0] == "0 of 2 points"
