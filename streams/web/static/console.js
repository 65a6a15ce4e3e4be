// What the console does beside htmx: parts of a page that say hx-trigger="decided from:body" are fetched again when a decision comes that
// concerns whoever looks, and copy buttons copy.
(() => {
  "use strict";
  const address = document.body.dataset.live;
  if (address && window.EventSource && document.querySelector("[hx-trigger~='decided']")) {
    let source = null;
    let timer = 0;
    const tell = () => {
      timer = 0;
      document.body.dispatchEvent(new Event("decided"));
    };
    const open = () => {
      source = new EventSource(address);
      // A burst of decisions is one look.
      source.addEventListener("decision", () => { timer = timer || setTimeout(tell, 200); });
      // After a break something may have been missed.
      let broken = false;
      source.addEventListener("error", () => { broken = true; });
      source.addEventListener("open", () => {
        document.body.dataset.listening = "yes";
        if (broken) { broken = false; tell(); }
      });
    };
    open();
    // A page that is kept for going back must not keep its connection: a browser has six for a host.
    window.addEventListener("pagehide", () => source.close());
    window.addEventListener("pageshow", (event) => { if (event.persisted) { open(); tell(); } });
  }
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
