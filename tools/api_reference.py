"""The API reference: a Markdown page per part of the package, made from its docstrings.

Sources are parsed and nothing is imported, so the site's environment needs no Keras. Docstrings are
Markdown already; what Markdown would take for markup outside backticks is escaped.
"""

import ast
import re
from pathlib import Path

LEFT_OUT = {"checks"}  # they know the answers of the exercises
WIDTH = 88  # columns of a signature
Definition = ast.FunctionDef | ast.ClassDef


def write_reference(package: Path, folder: Path) -> list[Path]:
    """Write a page per part of a package (a module or a folder of modules); return their paths."""
    parts: dict[str, list[Path]] = {}
    for path in sorted(package.rglob("*.py")):
        relative = path.relative_to(package)
        part = relative.parts[0].removesuffix(".py")
        if not part.startswith("_") and part not in LEFT_OUT:
            parts.setdefault(part, []).append(path)
    folder.mkdir(parents=True, exist_ok=True)
    pages = []
    for part, modules in parts.items():
        page = folder / f"{part}.md"
        page.write_text(part_page(package, part, modules), "utf-8")
        pages.append(page)
    return pages


def part_page(package: Path, part: str, modules: list[Path]) -> str:
    """Describe the public classes and functions of a part's modules."""
    sections = [f"# {part}"]
    for path in modules:
        tree = ast.parse(path.read_text("utf-8"))
        name = ".".join(path.relative_to(package.parent).with_suffix("").parts)
        level = 2
        if len(modules) > 1 and path.name != "__init__.py":
            sections.append(f"## {name.removeprefix(f'{package.name}.')}")
            level = 3
        sections.append(markdown(ast.get_docstring(tree)))
        for node in public(tree.body):
            sections += [f"{'#' * level} {node.name}", *describe(node)]
    return "\n\n".join(filter(None, sections)) + "\n"


def public(body: list[ast.stmt]) -> list[Definition]:
    """List the functions and classes that a reader may use."""
    return [node for node in body if isinstance(node, Definition) and not node.name.startswith("_")]


def describe(node: Definition) -> list[str]:
    """Describe a function, or a class with its fields and methods."""
    texts = [f"```python\n{signature(node)}\n```", markdown(ast.get_docstring(node))]
    if isinstance(node, ast.ClassDef):
        for method in public(node.body):
            words = markdown(ast.get_docstring(method))
            if words:
                texts += [f"```python\n{signature(method)}\n```", words]
    return texts


def signature(node: Definition) -> str:
    """Write a definition's first line as the source has it; a class with its fields."""
    if isinstance(node, ast.ClassDef):
        fields = [ast.unparse(entry) for entry in node.body if isinstance(entry, ast.AnnAssign)]
        bases = ", ".join(ast.unparse(base) for base in node.bases)
        head = f"class {node.name}({bases})" if bases else f"class {node.name}"
        return "\n    ".join([head + (":" if fields else ""), *fields])
    returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    line = f"def {node.name}({ast.unparse(node.args)}){returns}"
    if len(line) <= WIDTH:
        return line
    return f"def {node.name}(\n    " + ",\n    ".join(_arguments(node.args)) + f",\n){returns}"


def _arguments(arguments: ast.arguments) -> list[str]:
    """Write a function's arguments one by one: its text, split at the commas between them."""
    parts, depth = [""], 0
    for character in ast.unparse(arguments):
        depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(character, 0)
        if character == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return [part.strip() for part in parts]


def markdown(docstring: str | None) -> str:
    """Turn a docstring into Markdown: list its arguments, escape what is no markup."""
    lines, inside = [], False
    for line in (docstring or "").splitlines():
        if re.fullmatch(r"(Args|Returns|Raises):", line):
            inside = True
            lines += ["", f"**{line[:-1]}**", ""]
        elif inside and (entry := re.fullmatch(r" {4}(\*{0,2}\w+): (.*)", line)):
            lines.append(f"- `{entry[1]}`: {_escaped(entry[2])}")
        elif inside and line.startswith("    "):
            lines.append("  " + _escaped(line.strip()))
        else:
            inside = inside and not line.strip()
            lines.append(line if line.startswith("    ") else _escaped(line))
    return "\n".join(lines).strip()


def _escaped(line: str) -> str:
    """Escape Markdown's signs outside code; a number at the start stays one of a list."""
    parts = re.split(r"(`[^`]*`)", line)
    return "".join(
        part if part.startswith("`") else re.sub(r"([<>_\[\]$#|])", r"\\\1", part) for part in parts
    )
