// Starts the application: the only JavaScript of this project that is not generated.
// It is a file of its own because the content security policy allows no inline script.
(() => {
  "use strict";

  applyTheme();
  if (document.readyState === "loading") {
    document.addEventListener("DOMContentLoaded", start);
  } else {
    start();
  }

  // Before the first paint, so that nobody who chose dark sees a white flash.
  // The application writes the key; anything but its two values means "as the system prefers".
  function applyTheme() {
    try {
      const theme = localStorage.getItem("perennial.theme");
      if (theme === "light" || theme === "dark") {
        document.documentElement.dataset.theme = theme;
      }
    } catch {
      // Storage that is switched off leaves the system's preference in force.
    }
  }

  // The build writes hashed names and digests into two preload links; they are the only place
  // that knows them. Passing the digest to fetch makes it cover the wasm file too.
  async function start() {
    try {
      const glue = document.querySelector('link[rel="modulepreload"]');
      const wasm = document.querySelector('link[rel="preload"][as="fetch"]');
      const { default: init } = await import(glue.href);
      const request = { credentials: "same-origin" };
      if (wasm.integrity) request.integrity = wasm.integrity;
      await init({ module_or_path: fetch(wasm.href, request) });
    } catch (error) {
      console.error("Perennial could not start:", error);
      explain();
    }
  }

  function explain() {
    const note = document.getElementById("splash-note");
    if (!note) return; // The application has rendered: it speaks for itself.
    note.textContent =
      typeof WebAssembly === "object"
        ? "Perennial could not be loaded. Check your connection, then reload the page. "
        : "Perennial needs WebAssembly, which this browser does not offer or has switched off. ";
    note.setAttribute("role", "alert");
    const reload = document.createElement("button");
    reload.type = "button";
    reload.textContent = "Reload";
    reload.addEventListener("click", () => location.reload());
    note.append(reload);
    note.closest("main").removeAttribute("aria-busy");
  }
})();
