// What every widget of the course needs in the page. This file stands before that of each widget.

function make(tag, attributes, parent, namespace) {
  const node = namespace ? document.createElementNS(namespace, tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return parent.appendChild(node);
}

// JupyterLab would take the arrow keys for its own shortcuts, but for this mark on what has the focus. Ctrl+S it may have.
// Each view has a listener of its own, for the views of a model share this file: what is returned takes it away again.
function keepArrowKeys() {
  const mark = ({ target, ctrlKey, metaKey }) => {
    if (target.closest?.(".live-figure, .prediction")) target.toggleAttribute("data-lm-suppress-shortcuts", !ctrlKey && !metaKey);
  };
  window.addEventListener("keydown", mark, true);
  return () => window.removeEventListener("keydown", mark, true);
}

