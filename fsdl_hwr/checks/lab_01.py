"""Checks of the exercises for lab 01: labels, records, ink, imports, a notebook's parameters."""

import copy
import re
from collections.abc import Callable

import numpy as np

from fsdl_hwr.checks import judge
from fsdl_hwr.figures.package_map import APART


def encode(function: Callable) -> None:
    """Check `function(text, characters)`: a text to its label, the blank's class 0 kept free."""
    letters = " abcdefghijklmnopqrstuvwxyz"
    cases = [("letter", letters), ("a b", letters), ("top", "qwertyuiop "), ("", letters)]
    mistakes = [
        (
            "the first character is class 0, and that is the blank. Characters begin at 1.",
            lambda text, characters: [characters.index(c) for c in text],
        ),
        (
            "the classes are counted from 2 on: one too many was added.",
            lambda text, characters: [characters.index(c) + 2 for c in text],
        ),
        (
            "that counts in another order. The alphabet's own order holds, sorted or not.",
            lambda text, characters: [sorted(characters).index(c) + 1 for c in text],
        ),
        (
            "those are the computer's numbers of the characters. Their place in `characters` is "
            "asked for.",
            lambda text, characters: [ord(c) for c in text],
        ),
        (
            "the classes are numbered by the text, so the same letter would get another number in "
            "another text.",
            lambda text, characters: [sorted(set(text)).index(c) + 1 for c in text],
        ),
    ]
    judge.compare(
        function,
        cases,
        lambda text, characters: [characters.index(c) + 1 for c in text],
        mistakes,
        "Write the alphabet down, number its characters, and spell the text.",
    )
    try:
        given = function("stra\u00dfe", letters)
    except Exception as error:
        beside_the_text = str(error).replace("stra\u00dfe", "")
        if isinstance(error, ValueError) and "\u00df" in beside_the_text:
            return judge.confirm(function)
        raise judge.Wrong(
            "a text with '\u00df', which the alphabet lacks, must be refused by a ValueError whose "
            "message names that character (the text alone does not say which it is). Yours is "
            f"{type(error).__name__}: {error}."
        ) from None
    raise judge.Wrong(
        f"`{function.__name__}` returns {judge.show(given)} for 'stra\u00dfe', and the alphabet "
        "lacks '\u00df'. It must refuse such a text; what else would the label mean?"
    )


def choose_run(function: Callable) -> None:
    """Check `function(records)`: the name of the run to report, and its test CER."""

    def run(name, validation, test):
        return {"name": name, "metrics": {"validation_cer": validation, "test_cer": test}}

    killed = {"name": "killed", "metrics": {}}
    three = [run("a", 0.09, 0.08), run("b", 0.06, 0.10), run("c", 0.07, 0.05)]
    cases = [(three,), ([killed, *three],), ([run("d", 0.5, 0.6), killed, run("e", 0.8, 0.4)],)]

    def by(key, pick=min, report="test_cer", absent=None):
        def choose(records):
            kept = [r for r in records if absent is not None or r["metrics"]]
            chosen = pick(kept, key=lambda r: r["metrics"].get(key, absent))
            return chosen["name"], chosen["metrics"].get(report, absent)

        return choose

    mistakes = [
        (
            "the run was chosen by its test CER. The best of many on the test set is lucky there, "
            "and the number would promise too much: choose on validation.",
            by("test_cer"),
        ),
        (
            "the right run, but that is its validation CER. It was chosen for that number, so the "
            "number flatters it; report the one that took no part in the choice.",
            by("validation_cer", report="validation_cer"),
        ),
        ("that is the worst run: a CER counts errors.", by("validation_cer", max)),
        (
            "the unfinished run was chosen, as if it had made no error. It has no result at all.",
            by("validation_cer", absent=0),
        ),
    ]
    for message, mistaken in list(mistakes):  # a name alone is a common half of an answer
        mistakes.append((message, lambda records, mistaken=mistaken: mistaken(records)[0]))
    judge.compare(
        function,
        cases,
        by("validation_cer"),
        mistakes,
        "Go through the records by hand: by which number do you choose, and which do you report?",
    )
    judge.confirm(function)


def lean(function: Callable) -> None:  # long: a table of mistakes
    """Check `function(ink, slant)`: the ink, each point moved right by slant times its height."""
    stem = np.array([[3.0, 0.0], [3.0, -2.0], [4.0, -6.0]])
    timed = np.array([[0.0, 1.0, 0.1], [2.0, -1.0, 0.2]])
    cases = [([stem], 0.5), ([stem, stem + 5], -0.25), ([timed], 0.3), ([stem], 0.0), ([], 0.4)]

    def sheared(change):
        return lambda ink, slant: [change(stroke, slant) for stroke in ink]

    def right(stroke, slant):
        return stroke - np.eye(stroke.shape[1])[0] * slant * stroke[:, 1:2]

    def along_y(stroke, slant):
        return stroke - np.eye(stroke.shape[1])[1] * slant * stroke[:, :1]

    mistakes = [
        (
            "it leans to the left. In an ink y points down: what is above the baseline has a "
            "negative y.",
            sheared(lambda stroke, slant: right(stroke, -slant)),
        ),
        (
            "the points move up and down. Slanted writing has moved sideways, each point by its "
            "height.",
            sheared(along_y),
        ),
        (
            "the points move up and down. Slanted writing has moved sideways, each point by its "
            "height.",
            sheared(lambda stroke, slant: along_y(stroke, -slant)),
        ),
        (
            "all points move by the same amount. A point moves by slant times *its* height above "
            "the baseline, y = 0.",
            sheared(lambda stroke, slant: stroke + np.eye(stroke.shape[1])[0] * slant),
        ),
        (
            "the times are lost. A stroke may have a third column, and it must come out with it.",
            sheared(lambda stroke, slant: right(stroke, slant)[:, :2]),
        ),
        (
            "the strokes are joined to one. An ink is a list of strokes: the pen was lifted "
            "between them.",
            lambda ink, slant: [right(np.concatenate(ink), slant)] if ink else [],
        ),
        (
            "the strokes are joined to one. An ink is a list of strokes: the pen was lifted "
            "between them.",
            lambda ink, slant: right(np.concatenate(ink), slant) if ink else [],
        ),
    ]
    judge.compare(
        function,
        cases,
        sheared(right),
        mistakes,
        "Take one point, 2 above the baseline, and a slant of 0.5: where should it go?",
        keeps=True,
    )
    judge.confirm(function)


def broken_rules(function: Callable) -> None:  # long: a table of mistakes
    """Check `function(imports)`: the imports between datasets, networks and ctc, a set of pairs."""
    clean = {"datasets.lines": {"ink", "datasets.glyphs"}, "ctc": {"alphabet"}, "ink": set()}
    joined = {"recognizer": {"ctc", "networks", "datasets.lines"}, "networks.lenet": {"ink"}}
    bad = {"networks.lenet": {"datasets.glyphs", "ctc"}, "datasets.text": {"ctc"}}
    worse = {"ctc": {"networks.layers", "datasets"}, "networks": {"datasets", "networks.lenet"}}
    named_alike = {"ctc_tools": {"datasets.lines"}, "datasets.lines": {"networks_old"}}
    cases = [(clean,), (bad,), (clean | joined,), (worse,), (clean | named_alike | bad,)]

    def breaches(part_of, allowed):
        def found(imports):
            pairs = [(module, other) for module, others in imports.items() for other in others]
            parts = [(part_of(module), part_of(other), (module, other)) for module, other in pairs]
            return {pair for a, b, pair in parts if b in APART and not allowed(a, b)}

        return found

    def part(name):
        return name.split(".")[0]

    def alike(name):
        return next((p for p in APART if name.startswith(p)), name)

    mistakes = [
        (
            "modules of one part may import each other: datasets.lines needs datasets.glyphs. Only "
            "two different parts must not meet.",
            breaches(part, lambda a, b: a not in APART),
        ),
        (
            "that forbids everybody. The recognizer is there to join the parts; the rule binds "
            "only the three.",
            breaches(part, lambda a, b: a == b),
        ),
        (
            "only modules that are called exactly like a part are found. datasets.glyphs belongs "
            "to datasets.",
            breaches(lambda name: name, lambda a, b: a == b or a not in APART),
        ),
        (
            "only modules that are called exactly like a part are found. datasets.glyphs belongs "
            "to datasets.",
            lambda imports: {
                (module, other)
                for module, others in imports.items()
                for other in others
                if part(module) in APART and other in APART and part(module) != other
            },
        ),
        (
            "a module whose name only begins like a part's is none of it: ctc_tools is not ctc.",
            breaches(alike, lambda a, b: a == b or a not in APART),
        ),
        (
            "only one direction is looked at: of two parts, neither may import the other.",
            breaches(part, lambda a, b: a not in APART or APART.index(a) >= APART.index(b)),
        ),
        (
            "only one direction is looked at: of two parts, neither may import the other.",
            breaches(part, lambda a, b: a not in APART or APART.index(a) <= APART.index(b)),
        ),
    ]
    judge.compare(
        function,
        cases,
        breaches(part, lambda a, b: a not in APART or a == b),
        mistakes,
        "For each import ask: to which part does either side belong?",
    )
    judge.confirm(function)


def inject(function: Callable) -> None:
    """Check `function(notebook, values)`: the notebook, with the values as papermill puts them."""
    from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

    first = "epochs: int = 4  # passes\nrate: float = 0.5  # peak\nname: str = 'a'  # of the run"
    cells = [
        new_markdown_cell("# A run"),
        new_code_cell("import math"),
        new_code_cell(first, metadata={"tags": ["parameters"]}),
        new_code_cell("total = epochs * rate"),
        new_code_cell("report = f'{name}: {total}'"),
    ]
    notebook = new_notebook(cells=cells)
    before = copy.deepcopy(notebook)
    for values, report in [
        ({"epochs": 8}, "a: 4.0"),
        ({"rate": 2.0, "epochs": 3}, "a: 6.0"),
        ({"name": 'it\'s "b"'}, 'it\'s "b": 2.0'),
        ({}, "a: 2.0"),
    ]:
        made = judge.call(function, notebook, values)
        if not hasattr(made, "cells"):
            raise judge.Wrong(f"a notebook should come out; this is {judge.kind(made)}.")
        _examine(made, values, report, len(cells), first)
    function(notebook, {"epochs": 8})
    if notebook != before:
        raise judge.Wrong(
            "the notebook that went in has changed. Its next run would inherit these values: work "
            "on a copy (copy.deepcopy)."
        )
    try:
        function(notebook, {"epoch": 8})
    except ValueError as error:
        if not re.search(r"\bepoch\b", str(error)):
            raise judge.Wrong(
                "an unknown parameter is refused, but the message does not name it."
            ) from None
    else:
        raise judge.Wrong(
            "`epoch` is no parameter of this notebook (`epochs` is), and it was taken without a "
            "word. The run would look as if you had changed something: raise a ValueError that "
            "names it."
        )
    judge.confirm(function)


def _examine(made, values, report, num_cells, first):
    """Run a notebook that was made, and find what is wrong with it."""
    code = [cell.source for cell in made.cells if cell.cell_type == "code"]
    place = next((k for k, source in enumerate(code) if "epochs: int" in source), None)
    if place is None or code[place] != first:
        raise judge.Wrong(
            "the parameters cell itself was changed. Its defaults belong to the notebook; put the "
            "values into a cell of their own."
        )
    if len(made.cells) > num_cells + 1:
        raise judge.Wrong("more than one cell was added. One cell can hold all values.")
    if values and len(made.cells) == num_cells:
        raise judge.Wrong("no cell was added: the notebook runs with its defaults.")
    names = {}
    for source in code:
        try:
            exec(source, names)
        except TypeError:
            raise judge.Wrong(
                f"a number has become a text in the new cell:\n{source}\nOnly what was a text "
                "needs quotes; which function of Python writes any value as code?"
            ) from None
        except (NameError, SyntaxError):
            if source in code[place + 1 :] and isinstance(next(iter(values.values())), str):
                raise judge.Wrong(
                    f"the new cell does not run:\n{source}\nA text needs quotes when it becomes "
                    "code, also one that has quotes in it; which function of Python writes them?"
                ) from None
            raise
    if names["report"] == report:
        return
    if {name: names[name] for name in values} == values:
        raise judge.Wrong(
            "the values come too late: cells before them have computed with the defaults already."
        )
    raise judge.Wrong(
        "the values come too early: the defaults are set after them, and win. Which cell must come "
        "before them?"
    )
