// What stands in for JupyterLab and a kernel in the book. `widgets` (widgets.js) holds the course's own widgets.

class Model {
  constructor(values) {
    this.values = values;
    this.listeners = new Set();
  }
  get(name) {
    return this.values[name];
  }
  set(name, value) {
    this.values[name] = value;
    for (const listener of this.listeners) listener();
  }
  on(_, listener) {
    this.listeners.add(listener);
  }
  save_changes() {}
}

function add(tag, properties, parent) {
  return parent.appendChild(Object.assign(document.createElement(tag), properties));
}

// ---- Labs ----

const bytes = (base64) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));

// The stored picture stays until the lab can take its place.
async function stage(node) {
  const { scene, ...at } = window.labs[node.id];
  const values = { ...at, scene: { ...scene, stage: bytes(scene.stage), tables: bytes(scene.tables) } };
  const el = document.createElement("div");
  await widgets.LiveFigure.render({ model: new Model(values), el });
  node.replaceChildren(el);
}

// ---- Predictions ----

// As `Question.predicted` reads it.
function number(answer) {
  const parts = answer.replace("\u2212", "-").replaceAll(",", ".").split("/");
  return parts.length > 2 || parts.some((part) => !part.trim()) ? NaN : parts[0] / (parts[1] ?? 1);
}

// As `math.isclose`.
const isClose = (a, b, relative, absolute) => Math.abs(a - b) <= Math.max(relative * Math.max(Math.abs(a), Math.abs(b)), absolute);

function verdict({ exact, close, other, none }, answer) {
  if (Object.hasOwn(exact, answer)) return exact[answer];
  const typed = number(answer);
  const known = close.find(([value, relative, absolute]) => isClose(typed, value, relative, absolute));
  const template = Number.isFinite(typed) ? known?.at(-1) ?? other : none;
  return template.replace("{answer}", () => answer);
}

// As `Question.reading`.
function reading({ options, noNumber }, answer) {
  const read = number(answer);
  if (options.length || !answer.trim() || String(read) === answer.trim()) return "";
  return Number.isFinite(read) ? `Read as ${Number(read.toPrecision(6))}.` : noNumber;
}

// A form in place of the stored question, and the verdict in place of what is stored where the answer is known.
function ask(node, onDone) {
  const about = JSON.parse(node.dataset.about);
  const tell = document.querySelector(`.tell[data-key="${node.dataset.key}"]`);
  const form = document.createElement("form");
  const [question, outcome] = [new Model(about), new Model({ text: "" })];
  widgets.Card.render({ model: question, el: form });
  form.addEventListener("input", () => question.set("text", reading(about, question.get("answer"))));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!outcome.get("text")) {
      tell.replaceChildren();
      widgets.Card.render({ model: outcome, el: tell });
    }
    outcome.set("text", verdict(JSON.parse(tell.dataset.about), question.get("answer").trim()));
    done();
  });
  const done = () => onDone(node.dataset.done = true);
  add("button", { textContent: "Answer" }, form);
  add("button", { type: "button", textContent: "Skip", onclick: done }, form);
  node.replaceChildren(form);
}

// A switch for the page: what follows the first question that is neither answered nor skipped is hidden.
function hideAnswers(questions) {
  const label = document.createElement("label");
  const box = add("input", { type: "checkbox" }, label);
  label.className = "hides";
  label.append(" Hide what follows a question until I answer or skip it");
  document.querySelector(".start").after(label);
  const blocks = document.querySelectorAll("article section > :not(section)");
  const hide = () => {
    const open = box.checked ? questions.find((node) => !node.dataset.done) : null;
    document.body.classList.toggle("hides-answers", Boolean(open));
    let after = false;
    for (const block of blocks) {
      block.hidden = after;
      after ||= block.contains(open);
    }
  };
  box.addEventListener("change", hide);
  return hide;
}

// By then the scripts with the tables of the labs have run.
document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll(".lab").forEach(stage);
  const questions = [...document.querySelectorAll(".ask")];
  const hide = questions.length ? hideAnswers(questions) : null;
  for (const node of questions) ask(node, hide);
});
