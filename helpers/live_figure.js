// The page's half of LiveFigure (live_figure.py): a picture that is drawn once, the stage, and over it the few things that move, the actors.
// Python has computed where every actor stands for every position of the sliders; this file looks it up, and asks nobody.

const SVG = "http://www.w3.org/2000/svg";
const ANNOUNCE_AFTER = 600; // milliseconds of rest before a screen reader is told the read-out
const STEP_TAKES = 40; // milliseconds for a step of a run that is played, so that an eye can follow
const RUN_TAKES = 8000; // milliseconds at most for a whole run: in long ones the steps are quicker
const FEW = 50; // so few steps are read one by one
const FEW_TAKE = 15000; // milliseconds for such a run

// The numbers of all tables: zlib; the first bytes of all, then the second ones ...; differences, the sign in the lowest bit.
async function unpack(packed) {
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  const size = bytes.length / 4;
  const numbers = new Int32Array(size);
  for (let i = 0, last = 0; i < size; i += 1) {
    const coded = bytes[i] | (bytes[i + size] << 8) | (bytes[i + 2 * size] << 16) | (bytes[i + 3 * size] << 24);
    last = (last + ((coded >>> 1) ^ -(coded & 1))) | 0;
    numbers[i] = last;
  }
  return ({ start, strides, length }, position) => {
    const at = strides.reduce((sum, stride, i) => sum + stride * position[i], start);
    return numbers.subarray(at, at + length);
  };
}

// One thing that moves, as a path for its line or its area, one for its dots, and its words.
class Actor {
  constructor(actor, look, layer, clip) {
    Object.assign(this, actor, { look });
    const [x, y, width, height] = actor.panel;
    make("rect", { x, y, width, height }, make("clipPath", { id: clip }, layer, SVG), SVG);
    const name = { class: "live-figure-actor", "data-name": actor.name };
    const path = (attributes) => make("path", {
      ...name, "clip-path": `url(#${clip})`, fill: "none",
      "stroke-linecap": "round", "stroke-linejoin": "round", stroke: actor.color, ...attributes,
    }, layer, SVG);
    const dashes = actor.dotted ? `0 ${2.5 * actor.width}` : "none";
    if (actor.width) this.outline = path({ fill: actor.fill || "none", "stroke-width": actor.width, "stroke-dasharray": dashes });
    if (actor.dots) this.spots = path({ "stroke-width": actor.dots });
    if (actor.words) this.label = make("text", { ...name, fill: actor.color }, layer, SVG);
  }

  // Its points at a position, each as [x, y].
  points(position, step) {
    const [u, v] = [this.look(this.x, position), this.look(this.y, position)];
    const last = this.grows || this.line ? step : u.length - 1;
    const found = [];
    for (let i = this.line ? last : 0; i <= last; i += 1) {
      for (const [a, b, c, d, e, f] of this.maps) found.push([a * u[i] + b * v[i] + c, d * u[i] + e * v[i] + f]);
    }
    return found;
  }

  play(position, step, visited, words) {
    const points = !this.trail ? this.points(position, step) : visited.slice(-this.trail).map((place, move) => {
      const [[x, y]] = this.points(place, step);
      return [x + move * this.stride, y];
    });
    const texts = points.map(([x, y]) => `${x.toFixed(2)} ${y.toFixed(2)}`);
    // A dot is a line of no length with a round end. So is a polyline of one point.
    this.outline?.setAttribute("d", texts.length > 1 ? `M${texts.join("L")}` : `M${texts[0]}h0`);
    this.spots?.setAttribute("d", `M${texts.join("h0M")}h0`);
    if (!this.label) return;
    ["x", "y"].forEach((side, i) => this.label.setAttribute(side, points.at(-1)[i].toFixed(2)));
    this.label.textContent = words;
  }
}

function addSlider({ name, texts, mark }, grid, onInput, onRest) {
  const row = make("label", { class: "live-figure-row" }, grid);
  make("span", {}, row).textContent = name;
  const input = make("input", { type: "range", min: 0, max: texts.length - 1, step: 1, "aria-label": row.textContent }, row);
  const line = mark && make("span", { class: "live-figure-mark", "aria-hidden": "true" }, row);
  const value = make("span", { class: "live-figure-value", "aria-hidden": "true" }, row);
  input.addEventListener("input", onInput);
  input.addEventListener("change", onRest);
  const stand = (place, share) => {
    input.value = place;
    value.textContent = texts[place];
    input.setAttribute("aria-valuetext", texts[place]);
    line?.style.setProperty("--share", share);
  };
  return { input, stand };
}

// The starting point of a descent, to be dragged across its panel: a second way to move two sliders, whose values lie at
// `places` in the picture, across and down.
function addHandle({ places }, [width, height], parent, onMove, onRest) {
  const node = make("button", { type: "button", class: "live-figure-handle" }, parent);
  node.setAttribute("aria-label", "start of the descent: drag it, or use the arrow keys");
  let at = [0, 0];
  node.addEventListener("pointerdown", (event) => event.button === 0 && node.setPointerCapture(event.pointerId));
  node.addEventListener("pointermove", (event) => {
    if (!node.hasPointerCapture(event.pointerId)) return;
    const box = parent.getBoundingClientRect();
    const pointer = [((event.clientX - box.left) / box.width) * width, ((event.clientY - box.top) / box.height) * height];
    onMove(places.map((along, i) => nearest(along, pointer[i])));
  });
  node.addEventListener("lostpointercapture", onRest); // let go, or taken away
  node.addEventListener("keydown", (event) => {
    const move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowDown: [0, -1], ArrowUp: [0, 1] }[event.key];
    if (!move || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    onMove(at.map((place, i) => Math.min(Math.max(place + move[i], 0), places[i].length - 1)));
    onRest();
  });
  return (next) => {
    at = next;
    node.style.left = `${(places[0][at[0]] / width) * 100}%`;
    node.style.top = `${(places[1][at[1]] / height) * 100}%`;
  };
}

function nearest(places, wanted) {
  const away = places.map((place) => Math.abs(place - wanted));
  return away.indexOf(Math.min(...away));
}

async function render({ model, el }) {
  const scene = model.get("scene");
  const { sliders, size, words, handle } = scene;
  const root = make("div", { class: "live-figure", "aria-busy": true }, el);
  const leaveArrowKeys = keepArrowKeys();
  const theatre = make("div", { class: "live-figure-theatre", style: `max-width: ${size[0]}px` }, root);
  const url = URL.createObjectURL(new Blob([scene.stage], { type: "image/png" }));
  const image = make("img", { src: url, alt: scene.alt }, theatre);
  const [ground, front] = ["ground", "front"].map((name) =>
    make("svg", { class: `live-figure-${name}`, viewBox: `0 0 ${size.join(" ")}` }, theatre, SVG));
  const grid = make("div", { class: "live-figure-controls" }, root);
  const rows = sliders.map((slider) => addSlider(slider, grid, turn, rest));
  const seat = handle && addHandle(handle, size, theatre, drag, rest);
  const foot = make("div", { class: "live-figure-foot" }, root);
  const readout = make("p", { class: "live-figure-readout", "aria-hidden": "true" }, foot);
  const announced = make("p", { class: "live-figure-announced", role: "status" }, foot);
  const steps = sliders.findIndex((slider) => slider.plays);
  const counts = scene.actors.some((actor) => actor.trail); // then the read-out says how many moves there were
  const player = steps < 0 ? null : button("Play", () => (playing ? pause() : play()));
  button("Start again", () => {
    pause();
    const starts = sliders.map((slider) => slider.start);
    model.set("visited", [starts]);
    move(starts);
    keep();
  });
  let timer = null; // until the read-out is announced
  let playing = null; // the request for the next frame, while a run is played

  function button(text, onClick) {
    const node = make("button", { type: "button" }, foot);
    node.textContent = text;
    node.addEventListener("click", onClick);
    return node;
  }

  const move = (position) => model.set("position", position);

  function turn() {
    pause();
    move(rows.map(({ input }) => Number(input.value)));
  }

  function drag(at) {
    pause();
    move(model.get("position").map((place, i) => at[handle.moves.indexOf(i)] ?? place));
  }

  // The hand rests.
  function rest() {
    const visited = model.get("visited");
    const position = model.get("position");
    if (String(visited.at(-1)) !== String(position)) model.set("visited", [...visited, position]);
    keep();
  }

  // The kernel is told, if there is one: ipywidgets would complain of one that was shut down.
  function keep() {
    const kernel = model.widget_manager?.kernel;
    if (kernel !== null && !kernel?.isDisposed) model.save_changes();
  }

  // From the beginning if the run is at its end. The clock counts the steps: screens differ in their frames a second.
  function play() {
    const last = sliders[steps].texts.length - 1;
    const takes = last < FEW ? FEW_TAKE / last : Math.min(STEP_TAKES, RUN_TAKES / last);
    const from = model.get("position")[steps] % last;
    let began = null;
    let shown = String(model.get("position")); // what this view has set last
    player.textContent = "Pause";
    const next = (now) => {
      began ??= now;
      if (String(model.get("position")) !== shown) return pause(); // another view or a cell has moved it
      const at = Math.min(from + Math.floor((now - began) / takes), last);
      const position = model.get("position").with(steps, at);
      shown = String(position);
      move(position);
      if (at < last) playing = requestAnimationFrame(next);
      else pause();
    };
    playing = requestAnimationFrame(next);
  }

  function pause() {
    if (!playing) return;
    cancelAnimationFrame(playing);
    playing = null;
    player.textContent = "Play";
    keep();
  }

  const [look] = await Promise.all([unpack(scene.tables), image.decode().catch(() => {})]);
  const text = ({ texts, table }, position) => {
    const row = look(table, position);
    return texts[row[position[steps]] ?? row[0]];
  };
  const actors = scene.actors.map((actor, i) => new Actor(actor, look, actor.ground ? ground : front, `${url.split("/").at(-1)}-${i}`));

  function draw() {
    const position = model.get("position");
    const visited = model.get("visited");
    rows.forEach(({ stand }, i) => stand(position[i], sliders[i].mark && text(sliders[i].mark, position)));
    for (const actor of actors) actor.play(position, position[steps], visited, actor.words && text(actor.words, position));
    seat?.(handle.moves.map((i) => position[i]));
    const moves = visited.length - 1;
    const counted = counts ? ` · ${moves} ${moves === 1 ? "move" : "moves"}` : "";
    const sentence = text(scene.sentences, position);
    readout.textContent = sentence.replace(/{(\w+)}/g, (_, name) => text(words[name], position)) + counted;
  }

  function redraw() {
    draw();
    clearTimeout(timer);
    timer = setTimeout(() => (announced.textContent = readout.textContent), ANNOUNCE_AFTER);
  }

  model.on("change:position change:visited", redraw);
  draw();
  root.setAttribute("aria-busy", false);
  return () => {
    pause();
    clearTimeout(timer);
    URL.revokeObjectURL(url);
    leaveArrowKeys();
    model.off("change:position change:visited", redraw);
  };
}

export default { render };
