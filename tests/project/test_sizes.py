"""Modules and functions stay short; what is longer says why, beside it.

A function's reason stands in its first line, `def lookup(key):  # long: a table of answers`; a
module's in a line of its own. Complexity is checked by ruff (C901), and an exception says why too.
"""

import ast
import re

import pytest
from paths import ROOT

MODULE, FUNCTION, JAVASCRIPT = 450, 60, 80  # lines
REASON = re.compile(r"# long: \w+")
FOLDERS = ("fsdl_hwr", "tools", "benchmarks", "tests")
SOURCES = [path for name in FOLDERS for path in sorted((ROOT / name).rglob("*.py"))]
SCRIPTS = sorted((ROOT / "fsdl_hwr").rglob("*.js"))


def name_of(path):
    return str(path.relative_to(ROOT))


# What begins a function: its word, an arrow, or the name of a method.
IN_JAVASCRIPT = re.compile(r"function|=>|^(?!(?:if|for|while|switch|catch)\b)[\w ]+\(.*\) \{$")


def long_functions(source):
    """List the functions of a Python source that are too long and do not say why."""
    lines = source.splitlines()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            heading = " ".join(lines[node.lineno - 1 : node.body[0].lineno - 1])
            if node.end_lineno - node.lineno >= FUNCTION and not REASON.search(heading):
                yield node.name


def long_scripts(source):
    """List the functions of a JavaScript source that are too long, by their braces at line ends."""
    begun = []
    for number, line in enumerate(source.splitlines()):
        inside = re.sub(r"//.*|\"[^\"]*\"|`[^`]*`", "", line)
        for brace in re.findall(r"[{}]", inside):
            if brace == "{":
                begun.append((number, line.strip()))
            else:
                first, heading = begun.pop()
                if number - first >= JAVASCRIPT and IN_JAVASCRIPT.search(heading):
                    yield heading


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_a_python_module_and_its_functions_are_short(path):
    source = path.read_text("utf-8")
    assert not list(long_functions(source))
    if not re.search(rf"^{REASON.pattern}", source, re.M):
        assert len(source.splitlines()) <= MODULE


@pytest.mark.parametrize("path", SCRIPTS, ids=name_of)
def test_the_functions_of_a_script_are_short(path):
    assert not list(long_scripts(path.read_text("utf-8")))


def test_every_exception_from_a_rule_of_complexity_says_why():
    mark = "# noqa: " + "C901"  # in two pieces, or this line would be an exception itself
    for path in SOURCES:
        for line in path.read_text("utf-8").splitlines():
            _, found, reason = line.partition(mark)
            assert not found or re.match(r" \(\w.+\)", reason), f"{name_of(path)}: {line}"


def test_long_functions_are_found_unless_they_say_why():
    body = "\n".join(["    pass"] * FUNCTION)
    assert list(long_functions(f"def f():\n{body}\n")) == ["f"]
    assert list(long_functions(f"def f():  # long: a table\n{body}\n")) == []
    script = "export function f() {\n" + "  g();\n" * JAVASCRIPT + "}\n"
    assert list(long_scripts(script)) == ["export function f() {"]
    method = "class A {\n  draw(view) {\n" + "    g();\n" * JAVASCRIPT + "  }\n}\n"
    assert list(long_scripts(method)) == ["draw(view) {"]
    assert not list(long_scripts(method.replace("draw", "if ")))
