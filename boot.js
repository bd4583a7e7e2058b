// Starts the application: the only JavaScript of this project that is not generated.
// It is a file of its own because the content security policy allows no inline script.
(() => {
  "use strict";

  // What can go wrong before the application is there to say it in its own words.
  const TEXTS = {
    en: {
      failed: "Perennial could not be loaded. Check your connection, then reload the page. ",
      unable: "Perennial needs WebAssembly, which this browser does not offer or has switched off. ",
      reload: "Reload",
    },
    de: {
      failed: "Perennial konnte nicht geladen werden. Prüfen Sie Ihre Verbindung und laden Sie die Seite neu. ",
      unable: "Perennial braucht WebAssembly. Dieser Browser bietet es nicht an oder hat es abgeschaltet. ",
      reload: "Neu laden",
    },
  };
  // The bar around an installed application has the colour of the page.
  const BARS = { light: "#f5f6f4", dark: "#111412" };

  makeTrusted();
  restoreAddress();
  applyTheme();
  colourBars();
  new MutationObserver(colourBars).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  if (document.readyState === "loading") {
    document.addEventListener("DOMContentLoaded", start);
  } else {
    start();
  }

  // The buttons of what is said of a failure. They are here because they have to work when nothing else does.
  document.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-does]");
    if (button?.dataset.does === "reload") location.reload();
    if (button?.dataset.does === "copy") copy(button);
  });

  function copy(button) {
    const details = button.closest(".failure").querySelector("details");
    const text = details.querySelector("pre");
    const done = () => {
      button.textContent = button.dataset.done;
    };
    const select = () => {
      details.open = true;
      getSelection().selectAllChildren(text);
    };
    if (navigator.clipboard) navigator.clipboard.writeText(text.textContent).then(done, select);
    else select();
  }

  // What was chosen for this device is kept under the path of the installation (src/platform/names.rs).
  function nameOf(word) {
    return `perennial:${new URL(".", document.baseURI).pathname}:${word}`;
  }

  // Where the page's policy asks for Trusted Types: the markup of the application is written when it is compiled, and the
  // only script that is named by a text is the service worker. Everything else is refused.
  function makeTrusted() {
    if (!window.trustedTypes) return;
    const base = new URL(".", document.baseURI).href;
    try {
      trustedTypes.createPolicy("default", {
        createHTML: (html) => (/<(script|iframe|object|embed)|\son\w+\s*=|javascript:/i.test(html) ? null : html),
        createScriptURL: (url) => (new URL(url, base).href.startsWith(base) ? url : null),
      });
    } catch (error) {
      console.error("The content security policy must allow `trusted-types default`:", error);
    }
  }

  // A host that does not know the path has answered with 404.html, whose script hands over what was asked for. What
  // leads out of the application is passed over.
  function restoreAddress() {
    const mark = "#asked=";
    if (!location.hash.startsWith(mark)) return;
    const base = new URL(".", document.baseURI);
    let address = base;
    try {
      const asked = new URL(`./${decodeURIComponent(location.hash.slice(mark.length))}`, base);
      if (asked.href.startsWith(base.href)) address = asked;
    } catch {
      // What nobody can read leads to the start page.
    }
    history.replaceState(null, "", address);
  }

  // Before the first paint, so that nobody who chose dark sees a white flash.
  // The application writes the key; anything but its two values means "as the system prefers".
  function applyTheme() {
    try {
      const theme = localStorage.getItem(nameOf("theme"));
      if (theme === "light" || theme === "dark") {
        document.documentElement.dataset.theme = theme;
      }
    } catch {
      // Storage that is switched off leaves the system's preference in force.
    }
  }

  // Each of the two elements is for what the system prefers, unless somebody chose otherwise.
  function colourBars() {
    const { theme } = document.documentElement.dataset;
    for (const meta of document.querySelectorAll('meta[name="theme-color"]')) {
      meta.content = BARS[theme ?? (meta.media.includes("dark") ? "dark" : "light")];
    }
  }

  // The build writes hashed names and digests into two preload links; they are the only place
  // that knows them. Passing the digest to fetch makes it cover the wasm file too. Of a release it
  // lies in an attribute of its own: browsers warn of `integrity` where they do not check it.
  async function start() {
    try {
      const glue = document.querySelector('link[rel="modulepreload"]');
      const wasm = document.querySelector('link[rel="preload"][as="fetch"]');
      const { default: init } = await import(glue.href);
      const request = { credentials: "same-origin" };
      request.integrity = wasm.dataset.integrity ?? wasm.integrity;
      await init({ module_or_path: fetch(wasm.href, request) });
    } catch (error) {
      console.error("Perennial could not start:", error);
      explain();
    }
  }

  function explain() {
    const note = document.getElementById("splash-note");
    if (!note) return; // The application has rendered: it speaks for itself.
    note.lang = language();
    const texts = TEXTS[note.lang];
    note.textContent = typeof WebAssembly === "object" ? texts.failed : texts.unable;
    note.setAttribute("role", "alert");
    const reload = document.createElement("button");
    reload.type = "button";
    reload.textContent = texts.reload;
    reload.addEventListener("click", () => location.reload());
    note.append(reload);
    note.closest("main").removeAttribute("aria-busy");
  }

  // The one that was chosen on this device, else the first that the browser prefers and that is here.
  function language() {
    let chosen = null;
    try {
      chosen = localStorage.getItem(nameOf("language"));
    } catch {
      // Storage that is switched off leaves what the browser prefers.
    }
    const tags = [chosen, ...navigator.languages].map((tag) => tag?.split("-")[0].toLowerCase());
    return tags.find((tag) => Object.hasOwn(TEXTS, tag ?? "")) ?? "en";
  }
})();
