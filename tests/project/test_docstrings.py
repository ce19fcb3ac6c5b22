"""Whoever calls a function of many parameters finds each of them in its docstring."""

import ast
import re

import pytest
from paths import ROOT

MANY = 4  # parameters
DEFINED = (ast.FunctionDef, ast.ClassDef)
PACKAGE = ROOT / "fsdl_hwr"
# Checks of one lab's exercises are called by its notebook alone, which explains them.
SOURCES = [path for path in sorted(PACKAGE.rglob("*.py")) if not path.name.startswith("lab_")]
# What calls by a fixed signature explains it once, for all that it calls.
OF_A_PROTOCOL = {
    "datasets/brown.py: lines",  # `sources.SOURCES`, called by `sources.sentences`
    "datasets/text.py: faker_lines",
    "datasets/text.py: number_lines",
    "datasets/canvas_ink.py: Pointer.draw",  # `line_makers.Pen`
    "datasets/line_makers.py: RuledHand.draw",
}
# Keras and PyTorch call these, and say what they do.
OF_KERAS = {"call", "compute_loss", "train_step", "get_config", "compute_output_shape", "forward"}
OF_KERAS |= {"on_epoch_begin", "on_epoch_end", "on_train_batch_end"}


def is_public(node):
    return not node.name.startswith("_")


def parameters(function):
    """List a function's parameters by name, without `self` and what stars collect."""
    arguments = function.args
    names = [a.arg for a in arguments.posonlyargs + arguments.args + arguments.kwonlyargs]
    return [name for name in names if name not in ("self", "cls")]


def documented(tree):
    """Yield (name, what bears the docstring, its parameters) for all that is public in a module.

    A class bears the docstring of its `__init__`.
    """
    definitions = [n for n in tree.body if isinstance(n, ast.FunctionDef | ast.ClassDef)]
    for node in filter(is_public, definitions):
        if isinstance(node, ast.FunctionDef):
            yield node.name, node, parameters(node)
        else:
            for method in [n for n in node.body if isinstance(n, ast.FunctionDef)]:
                if method.name == "__init__":
                    yield node.name, node, parameters(method)
                elif is_public(method) and method.name not in OF_KERAS:
                    yield f"{node.name}.{method.name}", method, parameters(method)


def listed(docstring):
    """Return the names in the list `Args:` of a docstring; one entry may have several."""
    _, _, after = f"{docstring}\n".partition("\nArgs:\n")
    block = re.match(r"(?:    .*\n)*", after)[0]
    entries = re.findall(r"^    (\w[\w, ]*):", block, re.M)
    return {name.strip() for entry in entries for name in entry.split(",")}


def unlisted(source):
    """List what takes many parameters, with those that its docstring does not list."""
    found = {}
    for name, node, names in documented(ast.parse(source)):
        lacks = set(names) - listed(ast.get_docstring(node))
        if len(names) >= MANY and lacks:
            found[name] = lacks
    return found


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_many_parameters_are_listed(path):
    place = path.relative_to(PACKAGE).as_posix()
    found = unlisted(path.read_text("utf-8"))
    assert {f"{place}: {name}" for name in found} == {
        name for name in OF_A_PROTOCOL if name.startswith(f"{place}: ")
    }, found


def undescribed(source):
    """List what is public and has no docstring; `__init__` is described by its class."""
    for node in filter(is_public, [n for n in ast.parse(source).body if isinstance(n, DEFINED)]):
        methods = node.body if isinstance(node, ast.ClassDef) else []
        for part in [node, *(m for m in methods if isinstance(m, ast.FunctionDef))]:
            if is_public(part) and part.name not in OF_KERAS and not ast.get_docstring(part):
                yield part.name


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_what_is_public_is_described(path):
    if path.parent.name != "suite":  # tests, which their names describe
        assert not list(undescribed(path.read_text("utf-8")))


def test_what_is_not_described_is_found():
    told = 'class A:\n    """One."""\n    def f(self): {}\n    def call(self): pass\n'
    assert list(undescribed(told.format("pass"))) == ["f"]
    assert not list(undescribed(told.format('"""Two."""')))
    assert list(undescribed("def f(): pass\ndef _g(): pass\n")) == ["f"]


def test_what_is_not_listed_is_found():
    def function(docstring):
        return f'def f(a, b, *, c, d):\n    """{docstring}"""\n'

    assert unlisted(function("Add.")) == {"f": {"a", "b", "c", "d"}}
    assert unlisted(function("Add.\n\n    Args:\n        a, b: numbers.\n        c: more.\n")) == {
        "f": {"d"}
    }
    everything = "Add.\n\n    Args:\n        a, b: numbers.\n        c, d: more,\n            too."
    assert unlisted(function(everything)) == {}
    assert list(unlisted("class A:\n    def __init__(self, a, b, c, d): pass\n")) == ["A"]
    assert not unlisted("class A:\n    def f(self, a, b, c): pass\n")
    assert not unlisted("def _f(a, b, c, d): pass\n")
