// What the console does beside htmx: parts of a page that say hx-trigger="decided from:body" are fetched again when a decision comes that
// concerns whoever looks, unless they have paused that; whoever is in such a part stays where they are; copy buttons copy.
(() => {
  "use strict";
  const address = document.body.dataset.live;
  const part = document.querySelector("[hx-trigger~='decided']");
  const follows = document.querySelector(".follows");
  let paused = false;
  let missed = 0;

  const look = () => document.body.dispatchEvent(new Event("decided"));
  const news = () => {
    if (!paused) return look();
    missed += 1;
    follows.querySelector("[role=status]").textContent = "Something was decided meanwhile.";
  };

  if (address && window.EventSource && part) {
    let source = null;
    let timer = 0;
    const tell = () => { timer = 0; news(); };
    const open = () => {
      source = new EventSource(address);
      // A burst of decisions is one look.
      source.addEventListener("decision", () => { timer = timer || setTimeout(tell, 200); });
      // After a break something may have been missed.
      let broken = false;
      source.addEventListener("error", () => { broken = true; });
      source.addEventListener("open", () => {
        document.body.dataset.listening = "yes";
        if (broken) { broken = false; news(); }
      });
    };
    open();
    // A page that is kept for going back must not keep its connection: a browser has six for a host.
    window.addEventListener("pagehide", () => source.close());
    window.addEventListener("pageshow", (event) => { if (event.persisted) { open(); news(); } });
    if (follows) {
      follows.hidden = false;
      follows.querySelector("button").addEventListener("click", (event) => {
        paused = !paused;
        event.target.textContent = paused ? "Go on" : "Pause";
        event.target.setAttribute("aria-pressed", String(paused));
        follows.querySelector("[role=status]").textContent = paused ? "It stays as it is." : "";
        if (!paused && missed) { missed = 0; look(); }
      });
    }
  }

  // htmx gives the focus back to what has the same id. Where that is gone, the focus goes to what stands in its place, never into it: who
  // was about to press Enter must not press another one's button. What was opened stays open.
  const PLACES = "article, tr, section";
  let focused = -1;
  let opened = [];
  let said = null;
  const told = (element) => element.querySelector("[data-told]")?.textContent ?? "";
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    const target = event.detail.target;
    const place = target.contains(document.activeElement) ? document.activeElement.closest(PLACES) : null;
    const inside = target.contains(document.activeElement) && document.activeElement !== target;
    focused = place && target.contains(place) ? [...target.querySelectorAll(PLACES)].indexOf(place) : inside ? 0 : -1;
    opened = [...target.querySelectorAll("details")].map((one) => [one.id, one.open]);
    said = told(target);
  });
  document.body.addEventListener("htmx:afterSwap", (event) => {
    const target = event.detail.target;
    for (const [id, open] of opened) {
      const now = id && document.getElementById(id);
      if (now) now.open = open;
    }
    if (focused >= 0 && (document.activeElement === document.body || !document.activeElement)) {
      const places = [...target.querySelectorAll(PLACES)].filter((one) => one.tabIndex === -1 && one.hasAttribute("tabindex"));
      (places[Math.min(focused, places.length - 1)] ?? target).focus();
    }
    const waiting = target.querySelector("[data-told]")?.dataset.waiting;
    const count = document.getElementById("waiting-count");
    if (waiting !== undefined && count) {
      count.firstChild.textContent = waiting;
      count.hidden = waiting === "0";
    }
    const now = told(target);
    if (said !== null && now !== said) document.getElementById("told").textContent = now;
  });

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const text = document.getElementById(button.dataset.copy).textContent.trim();
    await navigator.clipboard.writeText(text);
    const before = button.textContent;
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = before; }, 2000);
  });
})();
