"""The pages that `make pages` writes."""

import html
import re

import notebooks
import pages

COURSE = notebooks.find()


def test_page_has_title_pictures_with_alt_texts_and_links_to_other_pages():
    page = pages.page(COURSE[0].node)
    assert '<html lang="en">' in page
    assert f"<title>{html.escape(COURSE[0].title)}</title>" in page
    shown = [html.unescape(alt) for alt in re.findall(r'<img alt="([^"]*)"', page)]
    assert shown == [data["text/plain"] for data in COURSE[0].pictures]
    assert set(re.findall(r'href="([^"#:]+)', page)) <= {f"{notebook}.html" for notebook in COURSE} | {"../README.md"}
    assert all("mathjax" in source for source in re.findall(r"<script[^>]*src=\"([^\"]*)", page))
