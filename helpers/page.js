// What every widget of the course needs in the page. This file stands before that of each widget.

function make(tag, attributes, parent, namespace) {
  const node = namespace ? document.createElementNS(namespace, tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return parent.appendChild(node);
}

// JupyterLab would take the arrow keys for its own shortcuts, but for this mark on what has the focus. Ctrl+S it may have.
function keepArrowKeys({ target, ctrlKey, metaKey }) {
  if (target.closest?.(".live-figure, .prediction")) target.toggleAttribute("data-lm-suppress-shortcuts", !ctrlKey && !metaKey);
}

