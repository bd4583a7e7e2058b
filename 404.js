// Many static hosts answer a path that is no file with 404.html. The path may be a page of the application, so this opens
// the application and hands the path over in the part of the address that no server sees; boot.js puts it back. It holds
// no configuration, and nothing of a build: there is one index.html, and an operator edits that.
(() => {
  "use strict";
  const base = new URL(".", document.baseURI);
  const { pathname, search, hash } = location;
  // At the start page itself there is nothing better to open; elsewhere on the host another application may live.
  if (pathname === base.pathname || !pathname.startsWith(base.pathname)) return;
  const asked = pathname.slice(base.pathname.length) + search + hash;
  location.replace(`${base.href}#asked=${encodeURIComponent(asked)}`);
})();
