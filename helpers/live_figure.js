// The page's half of LiveFigure (sliders.py): a picture that is drawn once, the stage, and over it the few things that move, the actors.
// Python has computed where every actor stands for every slider position; this file only looks it up.

const SVG = "http://www.w3.org/2000/svg";
const ANNOUNCE_AFTER = 600; // milliseconds of rest before a screen reader is told the read-out

function make(tag, attributes, parent, namespace) {
  const node = namespace ? document.createElementNS(namespace, tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return parent.appendChild(node);
}

// The stage as an image, the actors as SVG shapes that know their table, and how to move them.
class Theatre {
  constructor(parent) {
    this.root = make("div", { class: "live-figure-theatre" }, parent);
    this.image = make("img", {}, this.root);
    this.overlay = make("svg", { "aria-hidden": "true" }, this.root, SVG);
    // Unique in the page: every figure runs in a module of its own, so that no counter would do.
    this.id = `live-figure-${Math.random().toString(36).slice(2)}`;
  }

  // Resolves to false if a newer scene has overtaken this one, whose picture was ready earlier.
  async raise(scene) {
    this.awaited = scene;
    const url = URL.createObjectURL(new Blob([scene.stage], { type: "image/png" }));
    const next = new Image();
    next.src = url;
    await next.decode().catch(() => {}); // so that the old stage stays until the new one can be painted
    if (this.awaited !== scene) {
      URL.revokeObjectURL(url);
      return false;
    }
    if (this.image.src) URL.revokeObjectURL(this.image.src);
    this.image.src = url;
    this.image.alt = scene.alt;
    this.overlay.setAttribute("viewBox", `0 0 ${scene.size[0]} ${scene.size[1]}`);
    this.root.style.maxWidth = `${scene.size[0]}px`;
    this.overlay.replaceChildren();
    this.actors = scene.actors.map((actor, number) => this.enter(actor, number));
    return true;
  }

  enter(actor, number) {
    const clip = make("clipPath", { id: `${this.id}-${number}` }, this.overlay, SVG);
    const [x, y, width, height] = actor.panel;
    make("rect", { x, y, width, height }, clip, SVG);
    const shape = make("path", {
      class: "live-figure-actor",
      "data-name": actor.name,
      "clip-path": `url(#${this.id}-${number})`,
      fill: "none",
      stroke: actor.color,
      "stroke-width": actor.width,
      "stroke-linecap": "round",
      "stroke-linejoin": "round",
    }, this.overlay, SVG);
    const bytes = actor.table;
    const table = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
    return { ...actor, shape, table };
  }

  // Points of an actor at one place of its table, as a flat list x, y, x, y ...
  points(actor, place) {
    return actor.table.subarray(place * actor.points * 2, (place + 1) * actor.points * 2);
  }

  play(place, visited) {
    for (const actor of this.actors) {
      actor.shape.setAttribute("d", outline(actor, actor.trail ? this.trail(actor, visited) : this.points(actor, place)));
    }
  }

  // Where an actor stood at the last places that were visited, each a stride further to the right.
  trail(actor, visited) {
    return visited.slice(-actor.trail).flatMap((place, move) => {
      const [x, y] = this.points(actor, place);
      return [x + move * actor.stride, y];
    });
  }
}

// A polyline, or a dot at each point: a dot is a line of no length with a round end.
function outline(actor, points) {
  let d = "";
  for (let i = 0; i < points.length; i += 2) {
    const at = `${points[i].toFixed(2)} ${points[i + 1].toFixed(2)}`;
    d += actor.dots ? `M${at}h0` : `${i ? "L" : "M"}${at}`;
  }
  return d;
}

class Controls {
  constructor(sliders, parent, onInput, onRest) {
    this.rows = sliders.map((slider) => {
      const row = make("label", { class: "live-figure-row" }, parent);
      make("span", {}, row).textContent = slider.name;
      const last = slider.texts.length - 1;
      // Without the attribute JupyterLab would take the arrow keys for its own shortcuts.
      const input = make("input", { type: "range", min: 0, max: last, step: 1, "data-lm-suppress-shortcuts": "true" }, row);
      input.setAttribute("aria-label", slider.name);
      const text = make("span", { class: "live-figure-value", "aria-hidden": "true" }, row);
      input.addEventListener("input", onInput);
      input.addEventListener("change", onRest);
      return { slider, input, text };
    });
  }

  get position() {
    return this.rows.map(({ input }) => Number(input.value));
  }

  set position(position) {
    this.rows.forEach(({ slider, input, text }, i) => {
      input.value = position[i];
      text.textContent = slider.texts[position[i]];
      input.setAttribute("aria-valuetext", slider.texts[position[i]]);
    });
  }
}

async function render({ model, el }) {
  const sliders = model.get("sliders");
  const root = make("div", { class: "live-figure" }, el);
  const theatre = new Theatre(root);
  const controls = new Controls(sliders, root, onInput, onRest);
  const foot = make("div", { class: "live-figure-foot" }, root);
  const readout = make("p", { class: "live-figure-readout", "aria-hidden": "true" }, foot);
  const announced = make("p", { class: "live-figure-announced", role: "status" }, foot);
  const again = make("button", { type: "button" }, foot);
  again.textContent = "Start again";
  again.addEventListener("click", () => commit({ position: starts(), visited: [starts()] }));
  let raised = null; // the scene on the stage
  let timer = null;

  const starts = () => sliders.map((slider) => slider.start);

  // The place in the tables: sliders that retrain have no part in it, their tables arrive anew.
  const place = (position) => sliders.reduce((at, slider, i) => (slider.retrains ? at : at * slider.texts.length + position[i]), 0);

  // The tables on the stage are those of the sliders' settings, or the kernel is still training.
  const fresh = (position) => sliders.every((slider, i) => !slider.retrains || raised.trained[i] === position[i]);

  function commit(state) {
    for (const [name, value] of Object.entries(state)) model.set(name, value);
    model.save_changes();
  }

  function onInput() {
    commit({ position: controls.position });
  }

  function onRest() {
    const visited = model.get("visited");
    const position = controls.position;
    if (String(visited.at(-1)) !== String(position)) commit({ visited: [...visited, position] });
  }

  function draw() {
    const position = model.get("position");
    controls.position = position;
    if (!raised) return;
    const visited = model.get("visited");
    theatre.play(place(position), visited.map(place));
    const moves = visited.length - 1;
    const counted = model.get("counts_moves") ? ` · ${moves} ${moves === 1 ? "move" : "moves"}` : "";
    const busy = !fresh(position);
    root.setAttribute("aria-busy", busy);
    readout.textContent = busy ? "training ..." : raised.readouts[place(position)] + counted;
    clearTimeout(timer);
    timer = setTimeout(() => (announced.textContent = readout.textContent), ANNOUNCE_AFTER);
  }

  async function raise() {
    const scene = model.get("scene");
    if (!(await theatre.raise(scene))) return;
    raised = scene;
    draw();
  }

  model.on("change:position change:visited", draw);
  model.on("change:scene", raise);
  await raise();
  return () => {
    clearTimeout(timer);
    model.off("change:position change:visited", draw);
    model.off("change:scene", raise);
  };
}

export default { render };
