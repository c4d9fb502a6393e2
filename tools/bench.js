// The page's half of bench.py: when a picture is painted, and what is shown at every frame.

// What each way shows, as one string, empty while it shows nothing. The trails of notebook 00 tell of all moves before.
const actors = (root) => root.querySelector("img")?.naturalWidth
  ? [...root.querySelectorAll(".live-figure-actor:not([data-name=way], [data-name=losses])")]
    .map((actor) => actor.getAttribute("d") ?? actor.textContent).join() : "";
const image = (root) => { const img = root.querySelector("img"); return img?.naturalWidth ? img.src : ""; };
const words = (root) => [...root.querySelectorAll(".widget-label")].at(-1)?.textContent ?? "";
const LOOKS = { ours: actors, interact: image, "round trip": words };
const frame = () => new Promise(requestAnimationFrame);

// A promise of the milliseconds from the next key press to another picture painted.
window.arm = (root, way) => {
  const look = LOOKS[way], before = look(root);
  let pressed;
  addEventListener("keydown", () => (pressed = performance.now()), { capture: true, once: true });
  window.latency = new Promise((done) => {
    const check = async () => {
      if (!look(root) || look(root) === before) return;
      observer.disconnect();
      root.removeEventListener("load", check, true);
      await frame();
      await frame();
      done(performance.now() - pressed);
    };
    const observer = new MutationObserver(check);
    observer.observe(root, { subtree: true, childList: true, characterData: true, attributes: true });
    root.addEventListener("load", check, true); // an image that has come can be seen only now
  });
};

// From now on note at every frame when it was and what is shown, for as long as it is filmed.
window.film = async (root, way) => {
  window.taken = [];
  window.filming = true;
  while (window.filming) {
    window.taken.push([performance.now(), LOOKS[way](root)]);
    await frame();
  }
};

// Move a slider by one position at every frame, to and fro between its ends, as fast as a screen can show; resolves to the
// milliseconds it took. A press on a key by the driver of the browser would now and then meet the frame of the one before it.
window.sweep = async (handle, moves) => {
  let key = "ArrowRight";
  const begin = performance.now();
  for (let move = 0; move < moves; move += 1) {
    await frame();
    if (handle.stepUp) {
      if (handle.value === handle.max) key = "ArrowLeft";
      if (handle.value === handle.min) key = "ArrowRight";
      handle.value = Number(handle.value) + (key === "ArrowRight" ? 1 : -1);
      handle.dispatchEvent(new Event("input", { bubbles: true }));
    } else handle.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    window.moved = performance.now();
  }
  return window.moved - begin;
};

// A promise of the milliseconds from the next key press to a live figure that was not there before.
window.arrive = (root) => {
  const before = root.querySelector(".live-figure");
  let pressed;
  addEventListener("keydown", () => (pressed = performance.now()), { capture: true, once: true });
  window.arrived = (async () => {
    for (;;) {
      const figure = root.querySelector(".live-figure[aria-busy=false]");
      if (figure && figure !== before) return performance.now() - pressed;
      await frame();
    }
  })();
};

// The milliseconds of a frame of this screen.
window.frames = async () => {
  const times = [];
  for (let i = 0; i < 61; i += 1) times.push(await frame());
  return (times.at(-1) - times[0]) / 60;
};

// What is shown once nothing has changed for longer than the slowest way takes.
window.rest = async (root, way) => {
  const patience = way === "ours" ? 200 : 1200;
  for (let shown = null, since = performance.now(); performance.now() - since < patience; await frame()) {
    const now = LOOKS[way](root);
    if (now !== shown) [shown, since] = [now, performance.now()];
  }
  return LOOKS[way](root);
};

// What the film shows: changes of the picture while the hand moved, frames without one, and when the last one came.
window.cut = () => {
  window.filming = false;
  const film = window.taken, last = film.at(-1)[1];
  const during = film.filter(([time]) => time < window.moved + 50).map(([, shown]) => shown);
  return {
    shown: during.filter((shown, i) => i > 0 && shown && shown !== during[i - 1]).length,
    blank: film.filter(([, shown]) => !shown).length,
    late: Math.max(0, film.findLast(([, shown], i) => i > 0 && film[i - 1][1] !== shown)[0] - window.moved),
    last,
  };
};
