"""The map of a package, made from its source: its parts, their modules, and who imports whom."""

import ast
import graphlib
import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch, PathPatch, Rectangle
from matplotlib.path import Path as Curve

from fsdl_hwr.figures import drawing

# The parts of the kit, in the order of the data: each imports none but those before it.
PARTS = (
    "files", "weights", "alphabet", "ink", "pen_sequences",
    "paper", "page_ink", "image_files", "rows", "camera", "augmentation",
    "datasets", "backend", "networks", "ctc", "language_model", "metrics", "line_metrics",
    "binarization", "dating", "layout", "recognizers", "labeling", "generation",
    "experiments", "serving", "porting", "gate", "figures", "explorers", "checks",
    "__main__",
)  # fmt: skip
APART = ("datasets", "networks", "ctc")  # these do not know each other, nor what joins them
# What uses the rest and is used by none of it; figures are drawn by explorers too.
LEAVES = (
    "__main__", "checks", "experiments", "explorers", "figures", "gate", "porting", "serving",
)  # fmt: skip

# Inches of the drawing.
ROW, HEADER, PAD, GAP, BETWEEN_LAYERS = 0.21, 0.29, 0.07, 0.16, 0.75
MAX_ROWS = 9  # modules in one column of a box
MAX_COLUMN_WIDTH = 1.55
COLORS = (drawing.BLUE, drawing.VERMILION, drawing.GREEN, drawing.ORANGE, drawing.SKY)


@dataclass(frozen=True)
class Module:
    """One source file: its dotted name in the package, lines with text, and modules it imports."""

    name: str
    num_lines: int
    imports: frozenset[str]

    @property
    def part(self) -> str:
        """The part of the package that the module belongs to: its folder, or itself."""
        return self.name.split(".")[0]

    @property
    def label(self) -> str:
        """What tells it from the others of its folder: "box" for explorers.box_explorer."""
        kind = "_" + self.part.removesuffix("s")
        return self.name.removeprefix(f"{self.part}.").removesuffix(kind)


def read_modules(folder: str | os.PathLike) -> list[Module]:
    """Read every module below a package's `folder`, by syntax alone: nothing is imported.

    A folder's `__init__` goes by the folder's name; the package's own is left out.
    Raises `FileNotFoundError` if there is no source.
    """
    folder = Path(folder)
    files = {}
    for path in sorted(folder.rglob("*.py")):
        name = ".".join(path.relative_to(folder).with_suffix("").parts)
        if name != "__init__":
            files[name.removesuffix(".__init__")] = path.read_text(encoding="utf-8")
    if not files:
        raise FileNotFoundError(f"There is no Python source in {folder}: pass a package's folder.")
    return [
        Module(
            name,
            num_lines=sum(bool(line.strip()) for line in source.splitlines()),
            imports=frozenset(imported(source, folder.name) & set(files) - {name}),
        )
        for name, source in files.items()
    ]


def imported(source: str, package: str) -> set[str]:
    """List all that a module's source imports from `package`, inside its functions too."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):  # import package.ink
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):  # from package import ink; from package.ink import x
            module = node.module or ""
            names |= {module} | {f"{module}.{alias.name}" for alias in node.names}
    return {name.removeprefix(f"{package}.") for name in names if name.startswith(f"{package}.")}


def part_imports(modules: Sequence[Module]) -> dict[str, set[str]]:
    """List for every part which other parts its modules import."""
    graph: dict[str, set[str]] = {module.part: set() for module in modules}
    for module in modules:
        graph[module.part] |= {name.split(".")[0] for name in module.imports} - {module.part}
    return graph


def layers(graph: Mapping[str, Collection[str]], leaves: Sequence[str] = LEAVES) -> list[list[str]]:
    """Stack the parts, the lowest layer first: each stands just above the highest it imports.

    `leaves`, and what imports them, go above all others. Raises `ValueError` if parts import
    each other in a circle.
    """
    try:
        order = list(graphlib.TopologicalSorter(graph).static_order())  # imported ones first
    except graphlib.CycleError as error:
        circle = " -> ".join(reversed(error.args[1]))
        raise ValueError(
            f"These parts import each other, so none is the lower: {circle}."
        ) from error
    level: dict[str, int] = {}
    lifted: set[str] = set()
    for part in order:
        level[part] = 1 + max((level[other] for other in graph[part]), default=-1)
        if part in leaves or lifted & set(graph[part]):
            lifted.add(part)
    above = 1 + max((level[part] for part in order if part not in lifted), default=-1)
    for part in order:
        if part in lifted:
            level[part] = max(above, 1 + max((level[other] for other in graph[part]), default=-1))
    stacked = [[part for part in order if level[part] == k] for k in range(max(level.values()) + 1)]
    return [layer for layer in stacked if layer]


def without_shortcuts(graph: Mapping[str, Collection[str]]) -> dict[str, set[str]]:
    """Leave out an import if a chain of other imports leads to the same part."""

    def reached(part):
        return {part}.union(*(reached(other) for other in graph[part]))

    return {
        part: {
            other
            for other in others
            if not any(other in reached(between) for between in set(others) - {other})
        }
        for part, others in graph.items()
    }


def draw_package_map(modules: Sequence[Module], title: str, marked: Collection[str] = ()) -> Figure:
    """Draw the parts of a package in layers, a line from each down to those it imports.

    modules: as `read_modules` returns them. marked: names of modules to set off in orange.
    A module's bar is as long as its source. Lines that a chain of lines implies are left out.
    """
    graph = part_imports(modules)
    columns = _untangled(layers(graph), without_shortcuts(graph))
    num_columns = {part: -(-len(_of(part, modules)) // MAX_ROWS) for part in graph}
    most = max(sum(num_columns.get(node, 0) for node in layer) for layer in columns)
    room = drawing.WIDTH - GAP * (max(map(len, columns)) + 1)
    column_width = min(MAX_COLUMN_WIDTH, room / most)

    boxes, bottom = {}, 0.45  # node: (left, bottom, width, height)
    for layer in columns:
        widths = [num_columns.get(node, 0) * column_width for node in layer]
        height = max(_height(node, modules) for node in layer if node in graph)
        space = (drawing.WIDTH - sum(widths)) / (len(layer) + 1)
        left = space
        for node, width in zip(layer, widths, strict=True):
            own = _height(node, modules) if node in graph else height
            rest = 0 if layer is columns[-1] else height - own  # boxes hang from their layer's top
            boxes[node] = left, bottom + rest, width, own
            left += width + space
        bottom += height + BETWEEN_LAYERS
    top = bottom - BETWEEN_LAYERS + 0.5

    figure = Figure(figsize=(drawing.WIDTH, top))
    axes = figure.add_axes((0, 0, 1, 1), xlim=(0, drawing.WIDTH), ylim=(0, top))
    axes.axis("off")
    axes.set_title(title, fontsize=13, loc="left", y=1 - 0.35 / top)
    _draw_lines(axes, columns, without_shortcuts(graph), boxes)
    longest = max(module.num_lines for module in modules)
    for part in graph:
        _draw_box(axes, part, _of(part, modules), boxes[part], column_width, longest, marked)
    note = (
        "A line goes from a part down to one that it imports; what a chain of lines already says "
        f"is left out. Bars: lines of source, the longest {longest}."
    )
    axes.text(0, 0.15, note, fontsize=9, color="#444444")
    return figure


def _of(part: str, modules: Sequence[Module]) -> list[Module]:
    """List what a box shows: the part's modules, without the `__init__` of a folder."""
    within = [module for module in modules if module.part == part]
    return [module for module in within if module.name != part] or within


def _height(part: str, modules: Sequence[Module]) -> float:
    shown = _of(part, modules)
    alone = shown[0].name == part
    return (0 if alone else HEADER) + _num_rows(shown) * ROW + 2 * PAD


def _num_rows(shown: Sequence[Module]) -> int:
    num_columns = -(-len(shown) // MAX_ROWS)
    return -(-len(shown) // num_columns)


def _untangled(stacked, graph):
    """Order every layer so that few lines cross; a line that passes a layer gets a place there.

    A place is a pair (importer, imported). Each round moves every node to the mean place of its
    neighbors in the layer before: Sugiyama's heuristic.
    """
    level = {part: k for k, layer in enumerate(stacked) for part in layer}
    columns = [list(layer) for layer in stacked]
    links = []  # (upper node, lower node), between neighboring layers
    for upper in graph:
        for lower in sorted(graph[upper]):
            passed = [(upper, lower, k) for k in range(level[upper] - 1, level[lower], -1)]
            for place in passed:
                columns[place[2]].append(place)
            chain = [upper, *passed, lower]
            links += list(zip(chain, chain[1:], strict=False))

    def place_of():
        return {node: (i + 0.5) / len(c) for c in columns for i, node in enumerate(c)}

    def crossings():
        at = place_of()
        pairs = combinations(
            [(at[a], at[b], len(c)) for c in columns for a, b in links if a in c], 2
        )
        return sum(p[2] == q[2] and (p[0] - q[0]) * (p[1] - q[1]) < 0 for p, q in pairs)

    best, fewest = [list(c) for c in columns], crossings()
    for sweep in range(24):
        for column in columns if sweep % 2 else columns[::-1]:
            at = place_of()
            side = [(a, b) if sweep % 2 else (b, a) for a, b in links]  # (moves, stays)
            near = {n: [at[b] for a, b in side if a == n] or [at[n]] for n in column}
            column.sort(key=lambda n, near=near: sum(near[n]) / len(near[n]))
        if (now := crossings()) < fewest:
            best, fewest = [list(c) for c in columns], now
    return best


def _draw_lines(axes, columns, graph, boxes):
    """Draw every import as a smooth line from the bottom of one box to the top of another."""
    level = {node: k for k, layer in enumerate(columns) for node in layer}

    def center(node):
        return boxes[node][0] + boxes[node][2] / 2

    def chain(upper, lower):
        between = [(upper, lower, k) for k in range(level[upper] - 1, level[lower], -1)]
        return [upper, *between, lower]

    links = [(upper, lower) for upper in graph for lower in graph[upper]]
    for upper, lower in links:
        way = chain(upper, lower)
        # Lines that share a box stand side by side there, in the order in which they arrive.
        leaving = sorted(center(chain(a, b)[1]) for a, b in links if a == upper)
        arriving = sorted(center(chain(a, b)[-2]) for a, b in links if b == lower)
        x = _port(boxes[upper], leaving, center(way[1]))
        floor = min(boxes[node][1] for node in columns[level[upper]])
        points = [(x, boxes[upper][1]), (x, floor)]  # straight past taller boxes of its layer
        for node in way[1:-1]:
            _, bottom, _, height = boxes[node]
            points += [(center(node), bottom + height), (center(node), bottom)]
        x = _port(boxes[lower], arriving, center(way[-2]))
        points.append((x, boxes[lower][1] + boxes[lower][3]))
        vertices, codes = [points[0]], [Curve.MOVETO]
        for (x0, y0), (x1, y1) in zip(points, points[1:], strict=False):
            bend = (y0 - y1) / 2
            vertices += [(x0, y0 - bend), (x1, y1 + bend), (x1, y1)]
            codes += [Curve.CURVE4] * 3
        color = COLORS[list(graph).index(upper) % len(COLORS)]
        axes.add_patch(
            PathPatch(Curve(vertices, codes), fill=False, edgecolor=color, linewidth=1.6)
        )
        x, y = points[-1]
        axes.plot(x, y + 0.03, "v", color=color, markersize=6)


def _port(box, neighbors, own):
    left, _, width, _ = box
    return left + width * (neighbors.index(own) + 1) / (len(neighbors) + 1)


def _draw_box(axes, part, modules, box, column_width, longest, marked):
    left, bottom, width, height = box
    style = "round,pad=0,rounding_size=0.08"
    frame = FancyBboxPatch((left, bottom), width, height, style, facecolor="white", zorder=3)
    frame.set_edgecolor("#555555")
    axes.add_patch(frame)
    top = bottom + height - PAD
    if modules[0].name != part:
        total = sum(module.num_lines for module in modules)
        head = f"{part}/   {len(modules)} modules, {total:,} lines"
        if width < 2 * MAX_COLUMN_WIDTH * 0.9:
            head = f"{part}/"
        axes.text(left + 0.1, top - HEADER / 2, head, va="center", weight="bold", size=9, zorder=5)
        top -= HEADER
    num_rows = _num_rows(modules)
    for k, module in enumerate(modules):
        column, row = divmod(k, num_rows)
        x, y = left + column * column_width + 0.08, top - (row + 1) * ROW
        length = (column_width - 0.16) * module.num_lines / longest
        color = drawing.ORANGE if module.name in marked else drawing.SKY
        bar = Rectangle((x, y + 0.02), length, ROW - 0.04, color=color, alpha=0.55, zorder=4)
        axes.add_patch(bar)
        name = module.label
        weight = "bold" if name == part else "normal"
        inches = (0.64 if name == part else 0.6) * len(name) / 72  # at a size of one point
        size = min(8.5, (column_width - 0.14) / inches)
        axes.text(x + 0.03, y + ROW / 2, name, va="center", size=size, weight=weight, zorder=5)
