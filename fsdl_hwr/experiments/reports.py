"""An executed notebook as one HTML file that needs no other."""

import os
from pathlib import Path

WIDGET = "application/vnd.jupyter.widget-view+json"
# nbconvert's own template leaves out the alternative text that a figure brings.
REPORT_TEMPLATE = """\
{%- extends 'lab/index.html.j2' -%}
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
    content = without_widgets(nbformat.read(notebook, as_version=4))
    html, _ = exporter.from_notebook_node(content, resources)
    return html


def without_widgets(notebook):
    """Drop live widgets: a report has their static figures, and would load scripts for them."""
    notebook.metadata.pop("widgets", None)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [out for out in cell.outputs if WIDGET not in out.get("data", {})]
    return notebook
