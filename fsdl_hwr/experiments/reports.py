"""An executed notebook as one HTML file that needs no other, and nothing from the network."""

import os
import re
from pathlib import Path

from fsdl_hwr.experiments import static_explorers

WIDGET = "application/vnd.jupyter.widget-view+json"
WIDGET_STATES = "application/vnd.jupyter.widget-state+json"
CODE = re.compile(r"(```.*?```|`[^`\n]*`)", re.DOTALL)  # in which a dollar is a dollar
FORMULA = re.compile(r"(?<![\\$])(\${1,2})(?=\S)([^$]+?)(?<=\S)\1(?![\d$])")
# nbconvert's own template leaves out the alternative text that a figure brings, sets shown sources
# in a proportional font, and has scripts from the network for widgets, formulas and diagrams.
REPORT_TEMPLATE = """\
{%- extends 'lab/index.html.j2' -%}
{%- block html_head_css -%}
{{ super() }}
<style>.jp-OutputArea-output .highlight pre { font-family: var(--jp-code-font-family); }</style>
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
    exporter = HTMLExporter(embed_images=True, raw_template=REPORT_TEMPLATE)
    resources = {"metadata": {"name": notebook.stem, "path": str(Path(images).resolve())}}
    content = with_formulas(with_static_explorers(nbformat.read(notebook, as_version=4)))
    html, _ = exporter.from_notebook_node(content, resources)
    return html


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
