// The page's half of LiveFigure (sliders.py): a picture that is drawn once, the stage, and over it the few things that move, the actors.
// Python has computed where every actor stands for every slider position; this file only looks it up.

const SVG = "http://www.w3.org/2000/svg";
const ANNOUNCE_AFTER = 600; // milliseconds of rest before a screen reader is told the read-out
const PATIENCE = 8000; // milliseconds without an answer of the kernel before the read-out says what to do
const STEP_TAKES = 40; // milliseconds for a step of a run that is played, so that an eye can follow
const RUN_TAKES = 8000; // milliseconds at most for a whole run: in long ones the steps are quicker

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

  // Points of an actor at one place of its table, as a flat list x, y, x, y ... A run that is played has all its steps in one
  // place: a path that grows shows those up to the present step, anything else `each` points for each step.
  points(actor, place, step = 0) {
    const all = actor.table.subarray(place * actor.points * 2, (place + 1) * actor.points * 2);
    if (actor.grows) return all.subarray(0, (step + 1) * 2);
    return actor.each ? all.subarray(step * actor.each * 2, (step + 1) * actor.each * 2) : all;
  }

  play(place, step, visited) {
    for (const actor of this.actors) {
      actor.shape.setAttribute("d", outline(actor, actor.trail ? this.trail(actor, visited) : this.points(actor, place, step)));
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

// A polyline, or a dot at each point: a dot is a line of no length with a round end. So is a polyline of one point.
function outline(actor, points) {
  const dots = actor.dots || points.length === 2;
  let d = "";
  for (let i = 0; i < points.length; i += 2) {
    const at = `${points[i].toFixed(2)} ${points[i + 1].toFixed(2)}`;
    d += dots ? `M${at}h0` : `${i ? "L" : "M"}${at}`;
  }
  return d;
}

class Controls {
  constructor(sliders, parent, onInput, onRest) {
    const grid = make("div", { class: "live-figure-controls" }, parent);
    this.rows = sliders.map((slider) => {
      const row = make("label", { class: "live-figure-row" }, grid);
      make("span", {}, row).textContent = slider.unit ? `${slider.name} (${slider.unit})` : slider.name;
      const last = slider.texts.length - 1;
      const input = make("input", { type: "range", min: 0, max: last, step: 1 }, row);
      input.setAttribute("aria-label", row.textContent);
      const notch = slider.notched ? make("span", { class: "live-figure-notch", "aria-hidden": "true" }, row) : null;
      const text = make("span", { class: "live-figure-value", "aria-hidden": "true" }, row);
      input.addEventListener("input", onInput);
      input.addEventListener("change", onRest);
      return { slider, input, text, notch };
    });
  }

  // A notch at a slider's track, at a share of the way from its first to its last value.
  notch(share) {
    for (const { notch } of this.rows) notch?.style.setProperty("--share", share);
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

// The starting point of a descent, to be dragged across its panel: a second way to move two sliders.
class Handle {
  constructor(parent, onMove, onRest) {
    this.node = make("button", { type: "button", class: "live-figure-handle" }, parent);
    this.node.addEventListener("pointerdown", (event) => this.node.setPointerCapture(event.pointerId));
    this.node.addEventListener("pointermove", (event) => {
      if (this.node.hasPointerCapture(event.pointerId)) onMove(this.below(event));
    });
    this.node.addEventListener("lostpointercapture", onRest); // let go, or taken away
    this.node.addEventListener("keydown", (event) => {
      const move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowDown: [0, -1], ArrowUp: [0, 1] }[event.key];
      if (!move) return;
      event.preventDefault();
      onMove(this.at.map((place, i) => Math.min(Math.max(place + move[i], 0), this.places[i].length - 1)));
      onRest();
    });
  }

  // `places`: where in the picture each value of the two sliders lies, across and down.
  raise({ name, places }, [width, height]) {
    this.node.setAttribute("aria-label", `${name}: drag it, or use the arrow keys`);
    this.places = places;
    this.size = [width, height];
  }

  stand(at) {
    this.at = at;
    this.node.style.left = `${(this.places[0][at[0]] / this.size[0]) * 100}%`;
    this.node.style.top = `${(this.places[1][at[1]] / this.size[1]) * 100}%`;
  }

  below(event) {
    const box = this.node.parentElement.getBoundingClientRect();
    const pointer = [((event.clientX - box.left) / box.width) * this.size[0], ((event.clientY - box.top) / box.height) * this.size[1]];
    return this.places.map((places, i) => nearest(places, pointer[i]));
  }
}

function nearest(places, wanted) {
  const away = places.map((place) => Math.abs(place - wanted));
  return away.indexOf(Math.min(...away));
}

async function render({ model, el }) {
  const sliders = model.get("sliders");
  const root = make("div", { class: "live-figure" }, el);
  window.addEventListener("keydown", keepArrowKeys, true);
  const theatre = new Theatre(root);
  const controls = new Controls(sliders, root, turn, rest);
  const handled = model.get("handled"); // the numbers of the two sliders that the handle moves, or nothing
  const handle = handled.length ? new Handle(theatre.root, drag, rest) : null;
  const foot = make("div", { class: "live-figure-foot" }, root);
  const readout = make("p", { class: "live-figure-readout", "aria-hidden": "true" }, foot);
  const announced = make("p", { class: "live-figure-announced", role: "status" }, foot);
  const steps = sliders.findIndex((slider) => slider.plays);
  const player = steps < 0 ? null : button("Play", () => (playing ? pause() : play()));
  button("Start again", () => {
    pause();
    commit({ position: starts(), visited: [starts()] });
  });
  let raised = null; // the scene on the stage
  let timer = null;
  let patience = null; // the timer that runs while the kernel has to answer
  let unanswered = false;
  let playing = null; // the request for the next frame, while a run is played

  function button(text, onClick) {
    const node = make("button", { type: "button" }, foot);
    node.textContent = text;
    node.addEventListener("click", onClick);
    return node;
  }

  const starts = () => sliders.map((slider) => slider.start);

  // The place in the tables: sliders that retrain have no part in it, their tables arrive anew; nor has the step that is played.
  const place = (position) =>
    sliders.reduce((at, slider, i) => (slider.retrains || slider.plays ? at : at * slider.texts.length + position[i]), 0);
  const step = (position) => (steps < 0 ? 0 : position[steps]);

  // The tables on the stage are those of the sliders' settings, or the kernel is still training.
  const fresh = (position) => sliders.every((slider, i) => !slider.retrains || raised.trained[i] === position[i]);

  function commit(state) {
    for (const [name, value] of Object.entries(state)) model.set(name, value);
    model.save_changes();
  }

  function move(position) {
    commit({ position });
  }

  function turn() {
    pause();
    move(controls.position);
  }

  function drag(at) {
    move(model.get("position").map((place, i) => (handled.includes(i) ? at[handled.indexOf(i)] : place)));
  }

  function rest() {
    const visited = model.get("visited");
    const position = model.get("position");
    if (String(visited.at(-1)) !== String(position)) commit({ visited: [...visited, position] });
  }

  // From the beginning if the run is at its end. The clock counts the steps: screens differ in their frames a second.
  function play() {
    const last = sliders[steps].texts.length - 1;
    const takes = Math.min(STEP_TAKES, RUN_TAKES / last);
    const from = step(model.get("position")) % last;
    let began = null;
    player.textContent = "Pause";
    const next = (now) => {
      began ??= now;
      const at = Math.min(from + Math.floor((now - began) / takes), last);
      if (at !== step(model.get("position"))) move(model.get("position").with(steps, at));
      playing = at < last ? requestAnimationFrame(next) : null;
      if (!playing) pause();
    };
    playing = requestAnimationFrame(next);
  }

  function pause() {
    cancelAnimationFrame(playing);
    playing = null;
    if (player) player.textContent = "Play";
  }

  // A kernel that was restarted knows nothing of this figure, and never answers.
  function wait() {
    patience ??= setTimeout(() => {
      unanswered = true;
      draw();
    }, PATIENCE);
  }

  function answered() {
    clearTimeout(patience);
    patience = null;
    unanswered = false;
  }

  function draw() {
    const position = model.get("position");
    controls.position = position;
    if (!raised) return;
    const visited = model.get("visited");
    theatre.play(place(position), step(position), visited.map(place));
    handle?.stand(handled.map((i) => position[i]));
    if (raised.notches.length) controls.notch(raised.notches[place(position)]);
    const moves = visited.length - 1;
    const counted = model.get("counts_moves") ? ` · ${moves} ${moves === 1 ? "move" : "moves"}` : "";
    const stale = !fresh(position);
    if (stale) wait();
    else answered();
    root.classList.toggle("live-figure-stale", stale);
    root.setAttribute("aria-busy", stale && !unanswered);
    const told = steps < 0 ? place(position) : place(position) * sliders[steps].texts.length + step(position);
    const missing = unanswered ? "no answer from the kernel: run this cell again" : "training ...";
    readout.textContent = stale ? missing : raised.readouts[told] + counted;
    clearTimeout(timer);
    timer = setTimeout(() => (announced.textContent = readout.textContent), ANNOUNCE_AFTER);
  }

  async function raise() {
    const scene = model.get("scene");
    if (!(await theatre.raise(scene))) return;
    raised = scene;
    answered();
    handle?.raise(scene.handle, scene.size);
    draw();
  }

  model.on("change:position change:visited", draw);
  model.on("change:scene", raise);
  await raise();
  return () => {
    pause();
    answered();
    clearTimeout(timer);
    window.removeEventListener("keydown", keepArrowKeys, true);
    model.off("change:position change:visited", draw);
    model.off("change:scene", raise);
  };
}

export default { render };
