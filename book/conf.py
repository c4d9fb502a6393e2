"""The book: the notebooks as they are stored, as web pages whose sliders move and whose predictions answer."""

import os
import sys
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent  # the folder that Sphinx reads: `make book` says so
sys.path[:0] = [str(HERE), str(ROOT / "tools")]

project = "How a model learns"
root_doc = "README"
exclude_patterns = [path.name for path in ROOT.iterdir() if path.name not in ("README.md", "notebooks")]
exclude_patterns += ["notebooks/.*"]
extensions = ["myst_nb", "pages"]
nb_execution_mode = "off"
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 4
html_theme = "furo"
html_title = project
if repository := os.environ.get("GITHUB_REPOSITORY"):  # there the book is published, with a link in each page's foot
    link = {"name": "GitHub", "url": f"https://github.com/{repository}", "html": "The course on GitHub", "class": ""}
    html_theme_options = {"footer_icons": [link]}
html_static_path = ["static"]
html_favicon = "static/icon.svg"
html_css_files = ["widgets.css", "book.css"]
html_js_files = [(name, {"defer": "defer"}) for name in ("widgets.js", "book.js")]
smartquotes = False
html_math_renderer = "mathml"
html_copy_source = html_show_copyright = html_show_sphinx = html_use_index = False
html_show_search_summary = False  # it would be fetched, which a page on disk can't do
