// The page's half of Card (predictions.py): a question with options or a field for a number, and a few words under it.

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
  const leaveArrowKeys = keepArrowKeys();
  const question = model.get("question");
  const form = question ? make("fieldset", {}, root) : null;
  const inputs = form ? ask() : [];
  const words = make("p", { role: "status" }, root);

  function ask() {
    const legend = make("legend", {}, form);
    make("strong", {}, legend).textContent = "Your prediction: ";
    write(make("span", {}, legend), question);
    const name = `prediction-${Math.random().toString(36).slice(2)}`;
    const radios = model.get("options").map((option) => {
      const label = make("label", {}, form);
      const input = make("input", { type: "radio", name, value: option }, label);
      write(make("span", {}, label), option);
      return input;
    });
    return radios.length ? radios : [make("input", { inputmode: "decimal", "aria-label": "Your prediction, a number" }, form)];
  }

  // At each key, not when the field is left: Ctrl+Enter runs the cell before that.
  form?.addEventListener("input", ({ target }) => {
    model.set("answer", target.value);
    model.save_changes();
  });

  function draw() {
    const answer = model.get("answer");
    for (const input of inputs) {
      if (input.type === "radio") input.checked = input.value === answer;
      else if (input.value !== answer) input.value = answer;
    }
    if (form) form.disabled = model.get("closed");
    write(words, model.get("text"));
  }
  model.on("change", draw);
  draw();
  return () => {
    leaveArrowKeys();
    model.off("change", draw);
  };
}

export default { render };
