// Keys, the list of keys, and a page that is looked at from afar: all of it works without this file.
"use strict";
(() => {
  const keys = document.getElementById("keys");
  const opener = document.querySelector("[data-keys]");
  const find = document.querySelector("[data-find]");
  let going = false;
  const typing = (target) => target.matches("input, select, textarea");
  if (opener && keys) {
    opener.hidden = false;
    opener.addEventListener("click", () => keys.showModal());
  }
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (typing(event.target)) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    if (going) {
      going = false;
      const page = document.querySelector(`.rail a[data-key="${CSS.escape(event.key)}"]`);
      if (page) {
        event.preventDefault();
        page.click();
      }
    } else if (event.key === "g") {
      going = true;
    } else if (event.key === "/" && find) {
      event.preventDefault();
      find.focus();
    } else if (event.key === "?" && keys) {
      keys.showModal();
    }
  });
  const every = Number(document.body.dataset.refresh || 0);
  if (every) {
    setInterval(() => {
      const busy = document.hidden || typing(document.activeElement) || (keys && keys.open);
      if (busy) return;
      const again = new URL(location.href);
      again.searchParams.set("by_itself", "1");
      location.replace(again);
    }, every * 1000);
  }
  const shown = new URL(location.href);
  const spent = ["done", "by_itself"].filter((name) => shown.searchParams.has(name));
  if (spent.length) {
    spent.forEach((name) => shown.searchParams.delete(name));
    history.replaceState(null, "", shown);
  }
})();
