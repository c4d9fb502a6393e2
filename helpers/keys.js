// JupyterLab would take the arrow keys for its own shortcuts, but for this mark on what has the focus. Those with Ctrl or
// Cmd, as Ctrl+S, it may have. This file stands before that of each widget.
function keepArrowKeys({ target, ctrlKey, metaKey }) {
  if (!target.closest?.(".live-figure, .prediction")) return;
  if (ctrlKey || metaKey) delete target.dataset.lmSuppressShortcuts;
  else target.dataset.lmSuppressShortcuts = "true";
}

