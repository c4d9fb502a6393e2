// The page's half of Card (predictions.py): a form with options or a field for a number, and a few words under it.

// Text in which `code` stands between backticks.
function write(node, text) {
  node.replaceChildren(...text.split("`").map((part, i) => {
    if (i % 2 === 0) return part;
    const code = document.createElement("code");
    code.textContent = part;
    return code;
  }));
}

function render({ model, el }) {
  const root = make("div", { class: "prediction" }, el);
  const keys = (event) => keepArrowKeys(event); // one for each view: the views of a model share this file
  window.addEventListener("keydown", keys, true);
  const question = model.get("question");
  const form = question ? make("fieldset", {}, root) : null;
  if (form) {
    const legend = make("legend", {}, form);
    make("span", {}, legend).textContent = "Your prediction";
    make("span", { class: "prediction-spoken" }, legend).textContent = `: ${question.replaceAll("`", "")}`;
  }
  const name = `prediction-${Math.random().toString(36).slice(2)}`;
  const inputs = !form ? [] : model.get("options").map((option) => {
    const label = make("label", {}, form);
    const input = make("input", { type: "radio", name, value: option }, label);
    write(make("span", {}, label), option);
    return input;
  });
  const field = form && !inputs.length ? make("input", { inputmode: "decimal", "aria-label": "Your prediction, a number" }, form) : null;
  const words = make("p", { role: "status" }, root);

  function answer({ target }) {
    model.set("answer", target.value);
    model.save_changes();
  }
  // A field tells of each key, for Ctrl+Enter runs the cell before the field is left.
  for (const input of inputs) input.addEventListener("change", answer);
  field?.addEventListener("input", answer);

  function draw() {
    for (const input of inputs) input.checked = input.value === model.get("answer");
    if (field && field.value !== model.get("answer")) field.value = model.get("answer");
    if (form) form.disabled = model.get("closed");
    write(words, model.get("text"));
  }
  model.on("change", draw);
  draw();
  return () => {
    window.removeEventListener("keydown", keys, true);
    model.off("change", draw);
  };
}

export default { render };
