"""Wrong answers to the exercises of lab 01."""

import copy

import nbformat
import numpy as np

from wrong_answers import wrong


@wrong("01/encode", "and that is the blank")
def _(text, characters):
    return [characters.find(character) for character in text]


@wrong("01/encode", "another order")
def _(text, characters):
    order = {character: k for k, character in enumerate(sorted(characters), 1)}
    return [order[character] for character in text]


@wrong("01/encode", "numbered by the text")
def _(text, characters):
    return list(np.unique(list(text), return_inverse=True)[1] + 1) if text else []


@wrong("01/encode", "must refuse such a text")
def _(text, characters):
    return [characters.find(character) + 1 for character in text]


@wrong("01/encode", "Yours is ValueError: substring not found")
def _(text, characters):
    return [characters.index(character) + 1 for character in text]


@wrong("01/encode", "the text alone does not say which")
def _(text, characters):
    if not set(text) <= set(characters):
        raise ValueError(f"{text!r} has a character that the alphabet lacks")
    return [characters.index(character) + 1 for character in text]


@wrong("01/encode", "Yours is KeyError")
def _(text, characters):
    classes = dict(zip(characters, range(1, 100), strict=False))
    return [classes[character] for character in text]


@wrong("01/choose-run", "chosen by its test CER")
def _(records):
    finished = [record for record in records if "test_cer" in record["metrics"]]
    best = sorted(finished, key=lambda record: record["metrics"]["test_cer"])[0]
    return best["name"], best["metrics"]["test_cer"]


@wrong("01/choose-run", "that is its validation CER")
def _(records):
    pairs = [(r["metrics"]["validation_cer"], r["name"]) for r in records if r["metrics"]]
    cer, name = min(pairs)
    return name, cer


@wrong("01/choose-run", "worst run")
def _(records):
    rates = {r["name"]: r["metrics"] for r in records if r["metrics"]}
    name = max(rates, key=lambda name: rates[name]["validation_cer"])
    return name, rates[name]["test_cer"]


@wrong("01/choose-run", "unfinished run was chosen")
def _(records):
    best = min(records, key=lambda record: record["metrics"].get("validation_cer", 0))
    return best["name"], best["metrics"].get("test_cer", 0)


@wrong("01/lean", "leans to the left")
def _(ink, slant):
    return [np.c_[s[:, 0] + slant * s[:, 1], s[:, 1:]] for s in ink]


@wrong("01/lean", "move up and down")
def _(ink, slant):
    return [np.c_[s[:, 0], s[:, 1] - slant * s[:, 0], s[:, 2:]] for s in ink]


@wrong("01/lean", "times are lost")
def _(ink, slant):
    return [np.c_[s[:, 0] - slant * s[:, 1], s[:, 1]] for s in ink]


@wrong("01/lean", "joined to one")
def _(ink, slant):
    if not ink:
        return []
    points = np.concatenate(ink)
    points[:, 0] -= slant * points[:, 1]
    return [points]


@wrong("01/lean", "has changed what it was given")
def _(ink, slant):
    for stroke in ink:
        stroke[:, 0] -= slant * stroke[:, 1]
    return ink


THREE = ("datasets", "networks", "ctc")


def imported(imports, breach):
    return {(a, b) for a, others in imports.items() for b in others if breach(a, b)}


def ours(name, parts=THREE):
    return [part for part in parts if name == part or name.startswith(part + ".")]


@wrong("01/broken-rules", "may import each other")
def _(imports):
    return imported(imports, lambda a, b: ours(a) and ours(b))


@wrong("01/broken-rules", "forbids everybody")
def _(imports):
    return imported(imports, lambda a, b: ours(b) and ours(a) != ours(b))


@wrong("01/broken-rules", "called exactly like a part")
def _(imports):
    return imported(imports, lambda a, b: a in THREE and b in THREE and a != b)


@wrong("01/broken-rules", "only begins like a part's")
def _(imports):
    def part(name):
        return [p for p in THREE if p == name[: len(p)]]

    return imported(imports, lambda a, b: part(a) and part(b) and part(a) != part(b))


@wrong("01/broken-rules", "one direction")
def _(imports):
    forbidden = {"datasets": ["networks", "ctc"], "networks": ["ctc"], "ctc": []}
    return imported(imports, lambda a, b: ours(a) and ours(b, forbidden[ours(a)[0]]))


def with_cell(notebook, values, where, write=repr):
    made = copy.deepcopy(notebook)
    source = "\n".join(f"{name} = {write(value)}" for name, value in values.items())
    made.cells.insert(where, nbformat.v4.new_code_cell(source))
    return made


def place_of_parameters(notebook):
    return [cell.metadata.get("tags") for cell in notebook.cells].index(["parameters"])


@wrong("01/inject", "come too early")
def _(notebook, values):
    return with_cell(notebook, values, place_of_parameters(notebook))


@wrong("01/inject", "come too late")
def _(notebook, values):
    return with_cell(notebook, values, len(notebook.cells))


@wrong("01/inject", "needs quotes")
def _(notebook, values):
    return with_cell(notebook, values, place_of_parameters(notebook) + 1, str)


@wrong("01/inject", "needs quotes")
def _(notebook, values):
    def quoted(value):
        return f'"{value}"' if isinstance(value, str) else str(value)

    return with_cell(notebook, values, place_of_parameters(notebook) + 1, quoted)


@wrong("01/inject", "taken without a word")
def _(notebook, values):
    return with_cell(notebook, values, place_of_parameters(notebook) + 1)


@wrong("01/inject", "parameters cell itself was changed")
def _(notebook, values):
    made = copy.deepcopy(notebook)
    cell = made.cells[place_of_parameters(made)]
    cell.source += "\n" + "\n".join(f"{name} = {value!r}" for name, value in values.items())
    return made


@wrong("01/inject", "that went in has changed")
def _(notebook, values):
    made = with_cell(notebook, values, place_of_parameters(notebook) + 1)
    notebook.cells = made.cells
    return notebook


@wrong("01/inject", "a number has become a text")
def _(notebook, values):
    made = copy.deepcopy(notebook)
    known = ("epochs", "rate", "name")
    if unknown := set(values) - set(known):
        raise ValueError(f"unknown: {unknown}")
    source = "\n".join(f"{name} = {str(value)!r}" for name, value in values.items())
    made.cells.insert(3, nbformat.v4.new_code_cell(source))
    return made


@wrong("01/inject", "does not name it")
def _(notebook, values):
    made = copy.deepcopy(notebook)
    if set(values) - {"epochs", "rate", "name"}:
        raise ValueError("unknown parameter; known are epochs, rate, name")
    source = "\n".join(f"{name} = {value!r}" for name, value in values.items())
    made.cells.insert(3, nbformat.v4.new_code_cell(source))
    return made
