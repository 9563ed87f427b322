"""The page that `make run` writes of a notebook."""

import re

from tests.docs.browsing import SOURCES, pictures, serious_findings
from tools import run_series

import pytest


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_it_is_readable_for_everyone(browser, tmp_path, path):
    run_series.write_page(path, tmp_path)
    page = browser.new_page()
    page.route(re.compile("^https?:"), lambda route: route.abort())  # as without a network
    page.goto((tmp_path / f"{path.stem}.html").as_uri())
    alts = page.locator("img").evaluate_all("imgs => imgs.map(img => img.alt)")
    found = serious_findings(page)
    page.close()
    assert alts == pictures(path)
    assert found == []
