"""Sphinx' settings for the site; `make site` runs it on what `build_site.py` lays out."""

project = html_title = "fsdl_hwr"
extensions = ["myst_nb"]  # notebooks and Markdown as pages
nb_execution_mode = "off"  # the labs were executed before
myst_heading_anchors = 4  # links to headings work as they do on GitHub
html_theme = "furo"  # light and dark, narrow and wide, with all its files in the package
html_static_path = ["site.css"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_copyright = False
pygments_style = "friendly"
pygments_dark_style = "native"
