"""Everybody can work a live figure: axe-core finds nothing wrong, and no mouse is needed.

Each lab is built here and stands in a page of its own, without JupyterLab: what its module asks of a model, a few lines
of JavaScript answer, and for sliders that retrain the lab itself.
"""

import base64
import importlib.resources
import json
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

import test_browser

browser = test_browser.browser  # a fixture
AXE = importlib.resources.files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
PAGE = '<!doctype html><html lang="en"><title>Live figure</title><style>{css}</style><main></main></html>'
RENDER = """async (text) => {
    const fromBase64 = (data) => Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
    const parse = (text) => JSON.parse(text, (key, value) => (value?.base64 ? fromBase64(value.base64) : value));
    const state = parse(text), listeners = [];
    const tell = (name) => listeners.forEach(([events, listener]) => events.includes(`change:${name}`) && listener());
    const model = {
        get: (name) => state[name],
        set: (name, value) => { state[name] = value; tell(name); },
        on: (events, listener) => listeners.push([events.split(" "), listener]),
        save_changes: async () => {
            const scene = await window.kernel(state.position);
            if (scene) model.set("scene", parse(scene));
        },
    };
    const module = await import(URL.createObjectURL(new Blob([state._esm], { type: "text/javascript" })));
    await module.default.render({ model, el: document.querySelector("main") });
}"""
FOCUSED = """() => {
    const node = document.activeElement;
    return {
        name: node.getAttribute("aria-label") ?? node.textContent,
        inside: node.closest(".live-figure") !== null,
        outline: getComputedStyle(node).outlineStyle,
    };
}"""


def packed(value):
    """JSON with the bytes of pictures and tables as base64."""
    return json.dumps(value, default=lambda data: {"base64": base64.b64encode(data).decode()})


@pytest.fixture(scope="module", params=test_browser.LABS)
def live(request, browser):
    """A lab, and the page in which it stands."""
    lab = test_browser.LABS[request.param]()
    page = browser.new_page()
    page.set_content(PAGE.format(css=lab.get_state()["_css"]))

    def kernel(position):
        before, lab.position = lab.scene, position
        return packed(lab.scene) if lab.scene is not before else None

    page.expose_function("kernel", kernel)
    page.evaluate(RENDER, packed(lab.get_state()))
    yield SimpleNamespace(lab=lab, page=page, figure=page.locator(".live-figure"))
    page.close()


def title(slider):
    return slider["name"] + f" ({slider['unit']})" * bool(slider["unit"])


def at_rest(live):
    expect(live.figure).to_have_attribute("aria-busy", "false")
    return [int(slider.input_value()) for slider in live.figure.get_by_role("slider").all()]


def test_axe_finds_nothing_serious(live):
    live.page.evaluate(AXE)
    found = live.page.evaluate("axe.run('.live-figure', { resultTypes: ['violations'] })")
    assert found["passes"], "axe has looked at something"
    grave = [violation for violation in found["violations"] if violation["impact"] in ("serious", "critical")]
    assert [(violation["id"], violation["nodes"][0]["html"]) for violation in grave] == []


def test_each_slider_says_its_name_its_unit_and_its_value(live):
    shown = live.figure.get_by_role("slider")
    expect(shown).to_have_count(len(live.lab.sliders))
    for slider, position in zip(live.lab.sliders, at_rest(live), strict=True):
        handle = live.figure.get_by_role("slider", name=title(slider), exact=True)
        expect(handle).to_have_attribute("aria-valuetext", slider["texts"][position])


def test_the_tab_key_reaches_everything_in_order_and_one_sees_where_it_is(live):
    live.page.evaluate("document.activeElement.blur()")
    reached = []
    for _ in range(20):
        live.page.keyboard.press("Tab")
        focused = live.page.evaluate(FOCUSED)
        if not focused["inside"]:
            break
        assert focused["outline"] != "none", focused["name"]
        reached.append(focused["name"])
    handle = [f"{live.lab.scene['handle']['name']}: drag it, or use the arrow keys"] if live.lab.handled else []
    play = ["Play"] if live.lab.sliders[-1]["plays"] else []
    assert reached == [*handle, *map(title, live.lab.sliders), *play, "Start again"]
