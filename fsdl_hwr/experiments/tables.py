"""Tables of runs that print in a terminal and in a notebook."""

import base64
import html
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path


def columns_of(rows: Sequence[Mapping], settings: Iterable[str]) -> list[str]:
    """Choose what to print of runs: the settings that are named, then what was measured."""
    known = {"epoch", "sessions", *settings}.union(*(row["config"] for row in rows))
    measured = dict.fromkeys(
        name
        for row in rows
        for name, value in row.items()
        if name not in known and isinstance(value, int | float)
    )
    return [*settings, "state", *["epoch"] * any(row["epoch"] for row in rows), *measured]


class Table(list):
    """A list of dicts that prints as a table, in a terminal and in a notebook.

    columns: which of the dicts' entries, in which order; all of the first row's by default.
    `Table(runs, ["run", "val_cer"])` shows other columns of the same rows.
    """

    def __init__(self, rows: Iterable[Mapping], columns: Sequence[str] | None = None):
        super().__init__(rows)
        self.columns = list(columns if columns is not None else self[0] if self else [])

    def __str__(self) -> str:
        cells = [self.columns] + [[_text(row.get(c)) for c in self.columns] for row in self]
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        return "\n".join(
            "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip()
            for line in cells
        )

    __repr__ = __str__

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{html.escape(name)}</th>" for name in self.columns)
        body = "".join(
            "<tr>" + "".join(f"<td>{_html(row.get(name))}</td>" for name in self.columns) + "</tr>"
            for row in self
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _text(value) -> str:
    if value is None:
        return ""
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _html(value) -> str:
    if isinstance(value, Path) and value.suffix == ".png":
        data = base64.b64encode(value.read_bytes()).decode()
        return f'<img src="data:image/png;base64,{data}" alt="line image {value.stem}" width="400">'
    return html.escape(_text(value))
