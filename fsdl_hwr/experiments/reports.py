"""An executed notebook as one HTML file that needs no other, and nothing from the network."""

import base64
import mimetypes
import os
import re
from pathlib import Path
from urllib.parse import unquote

from fsdl_hwr.experiments import static_explorers

WIDGET = "application/vnd.jupyter.widget-view+json"
WIDGET_STATES = "application/vnd.jupyter.widget-state+json"
CODE = re.compile(r"(```.*?```|`[^`\n]*`)", re.DOTALL)  # in which a dollar is a dollar
FORMULA = re.compile(r"(?<![\\$])(\${1,2})(?=\S)([^$]+?)(?<=\S)\1(?![\d$])")
BADGE = re.compile(r"\[!\[([^\]]+)\]\(https?:[^)]+\)\]")  # an image from elsewhere that is a link
IMAGE = re.compile(r"""(<img\b[^>]*?\bsrc=["'])(?!data:|https?:)([^"']+)""")
# nbconvert's own template leaves out the alternative text that a figure brings, sets shown sources
# in a proportional font, cuts code that is wider than a phone and shrinks figures to it, breaks
# output within words, and has scripts from the network for widgets, formulas and diagrams.
REPORT_TEMPLATE = """\
{%- extends 'lab/index.html.j2' -%}
{%- block html_head_css -%}
{{ super() }}
<style>
.jp-OutputArea-output .highlight pre { font-family: var(--jp-code-font-family); white-space: pre; }
.jp-OutputArea-output .highlight, .jp-InputArea .highlight { overflow-x: auto; }
.jp-OutputArea-output.jp-RenderedText pre { word-break: normal; overflow-wrap: anywhere; }
.jp-RenderedMarkdown table { display: block; overflow-x: auto; }
.jp-OutputArea-output.jp-RenderedHTML { overflow-x: auto; }
.jp-RenderedMarkdown :not(pre) > code { overflow-wrap: anywhere; white-space: pre-wrap; }
.jp-RenderedMarkdown td code { overflow-wrap: normal; }
.jp-RenderedMarkdown math[display="block"] { overflow-x: auto; }
.jp-RenderedImage { overflow-x: auto; }
@media (max-width: 600px) { .jp-RenderedImage img { max-width: none; zoom: 0.75; } }
</style>
{%- endblock -%}
{%- block html_head_js_requirejs -%}{%- endblock -%}
{%- block html_head_js_mathjax -%}{%- endblock -%}
{%- block html_head_js_mermaidjs -%}{%- endblock -%}
{%- block data_png -%}
<div class="jp-RenderedImage jp-OutputArea-output {{ extra_class }}">
<img src="data:image/png;base64,{{ output.data['image/png'] | escape_html }}"
alt="{{ (output | get_metadata('alt', 'image/png') or '') | escape_html }}">
</div>
{%- endblock -%}
"""


def html_report(notebook: str | os.PathLike, images: str | os.PathLike) -> str:
    """Turn an executed notebook into one HTML text that holds its pictures and styles itself.

    images: the folder from which the notebook's own image links start.
    """
    import nbformat
    from nbconvert import HTMLExporter

    notebook = Path(notebook)
    # Its option embed_images would close every tag of a formula at once.
    exporter = HTMLExporter(raw_template=REPORT_TEMPLATE)
    content = with_formulas(with_static_explorers(nbformat.read(notebook, as_version=4)))
    for cell in content.cells:
        if cell.cell_type == "markdown":
            cell.source = BADGE.sub(r"[\1]", cell.source)
    html, _ = exporter.from_notebook_node(content, {"metadata": {"name": notebook.stem}})
    return IMAGE.sub(lambda tag: tag[1] + _as_data(Path(images) / unquote(tag[2])), html)


def _as_data(image: Path) -> str:
    """Return an image file as an address that holds it."""
    kind, _ = mimetypes.guess_type(image.name)
    return f"data:{kind};base64,{base64.b64encode(image.read_bytes()).decode()}"


def with_static_explorers(notebook):
    """Replace live widgets by explorers that work without a kernel; drop other widgets.

    A widget's state is in the notebook's metadata, where a run leaves it. Changes the notebook.
    """
    states = notebook.metadata.pop("widgets", {}).get(WIDGET_STATES, {}).get("state", {})
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [
                kept for output in cell.outputs if (kept := _without_kernel(output, states))
            ]
    return notebook


def _without_kernel(output, states):
    """Return an output as it is, an explorer as HTML, None for what only a kernel can show."""
    import nbformat

    view = output.get("data", {}).get(WIDGET)
    if view is None:
        return output
    model = view.get("model_id", "")
    saved = states.get(model, {})
    buffers = saved.get("buffers", ())
    html = static_explorers.static_html(model, saved.get("state", {}), buffers)
    return html and nbformat.v4.new_output("display_data", {"text/html": html})


def with_formulas(notebook):
    """Write the formulas of a notebook's text as MathML, which browsers show without a script."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            parts = CODE.split(cell.source)
            parts[::2] = [FORMULA.sub(_mathml, part) for part in parts[::2]]
            cell.source = "".join(parts)
    return notebook


def _mathml(formula: re.Match) -> str:
    from latex2mathml import converter

    dollars, latex = formula.groups()
    return converter.convert(latex, display="block" if dollars == "$$" else "inline")
