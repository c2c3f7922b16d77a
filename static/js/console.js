/* What pages do better with JavaScript. Everything works without it: nothing here decides anything. */
"use strict";

(() => {
  const all = (root, selector) => [...root.querySelectorAll(selector)];

  /* Lists: the count of ticked rows, and the box that ticks the page. */
  function rowBoxes(list) {
    return all(list, "tbody input[type=checkbox]:not(:disabled)");
  }

  function countSelection(list) {
    const boxes = rowBoxes(list);
    const count = list.querySelector("[data-selection-count]");
    if (!boxes.length || !count) return;
    const ticked = boxes.filter((box) => box.checked).length;
    if (count.textContent !== String(ticked)) count.textContent = String(ticked);
    for (const box of all(list, "[data-select-page]")) {
      box.checked = ticked === boxes.length;
      box.indeterminate = ticked > 0 && ticked < boxes.length;
    }
  }

  function selectPage(pageBox, list) {
    for (const box of rowBoxes(list)) box.checked = pageBox.checked;
  }

  /* Filters: the box sums up what is ticked, as the server does on the next page. */
  function sumUp(filter) {
    const boxes = all(filter, "input[type=checkbox]");
    const names = boxes.filter((box) => box.checked).map((box) => box.parentElement.textContent.trim());
    const { summary, none, several } = filter.dataset;
    let text = names.length > 1 ? `${names.length} ${several}` : names[0] ?? none;
    if (boxes.every((box) => box.checked === box.defaultChecked)) text = summary;
    filter.querySelector(".multi-text").textContent = text;
  }

  document.addEventListener("change", ({ target }) => {
    const list = target.closest("form.list");
    if (list && target.matches("[data-select-page]")) selectPage(target, list);
    if (list) countSelection(list);
    const filter = target.closest("details.multi");
    if (filter) sumUp(filter);
  });

  /* Menus and filters close on Escape and on a click elsewhere. */
  const openMenus = () => all(document, "details.menu[open], details.multi[open]");

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of openMenus()) {
      const inside = menu.contains(document.activeElement);
      menu.open = false;
      if (inside) menu.querySelector("summary").focus();
    }
  });

  document.addEventListener("click", ({ target }) => {
    for (const menu of openMenus()) if (!menu.contains(target)) menu.open = false;
  });

  /* A form leaves once. The button keeps its name and value: disabling it would drop them. */
  const RELEASE_AFTER = 5000; // ms: an answer may be a file, which leaves the page in place

  function release(form) {
    delete form.dataset.sent;
    for (const button of all(form, "[aria-disabled=true]")) button.removeAttribute("aria-disabled");
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented) return;
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "true";
    event.submitter?.setAttribute("aria-disabled", "true");
    setTimeout(release, RELEASE_AFTER, form);
  });

  window.addEventListener("pageshow", () => {
    all(document, "form[data-sent]").forEach(release);
    all(document, "form.list").forEach(countSelection);
    all(document, "details.multi").forEach(sumUp);
  });

  /* Parts brought by htmx: say what changed, and never lose the focus. */
  let focusWasInside = false;

  document.addEventListener("htmx:beforeRequest", ({ detail: { elt, target } }) => {
    focusWasInside = target.contains(document.activeElement);
    // What is about to be replaced takes no more clicks; a part that asks for itself stays in use.
    target.inert = elt !== target;
  });

  document.addEventListener("htmx:afterRequest", ({ detail: { target } }) => {
    target.inert = false;
  });

  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, target, requestConfig } = event.detail;
    if (!target.inert) focusWasInside = target.contains(document.activeElement);
    if (!/^\s*<!doctype/i.test(xhr.responseText)) return;
    // A whole page (the session has ended, an error) is opened as a page.
    event.detail.shouldSwap = false;
    const origin = requestConfig.elt;
    if (origin.matches("form")) origin.submit();
    else if (origin.matches("a")) location.assign(origin.href);
    else location.reload();
  });

  document.addEventListener("htmx:afterSettle", ({ target }) => {
    prepare(target);
    const news = target.closest("[data-announce]") ?? target.querySelector("[data-announce]");
    const spoken = document.getElementById("annonce");
    if (news && spoken.textContent !== news.dataset.announce) spoken.textContent = news.dataset.announce;
    if (focusWasInside && document.activeElement === document.body) target.querySelector("[data-focus]")?.focus();
  });

  /* What only JavaScript can do is hidden until it is here. */
  function prepare(root) {
    for (const element of all(root, "[data-with-js]")) element.hidden = false;
    all(root, "form.list").forEach(countSelection);
  }

  /* A sheet of codes: on paper, or into the clipboard. */
  document.addEventListener("click", async ({ target }) => {
    if (target.matches("[data-print]")) print();
    if (!target.matches("[data-copy]")) return;
    const lines = all(document.getElementById(target.dataset.copy), "li").map((line) => line.textContent);
    await navigator.clipboard.writeText(lines.join("\n"));
    target.textContent = target.dataset.copied;
    document.getElementById("annonce").textContent = target.dataset.copied;
  });

  /* The session ends when idle: said two minutes before, and put off at a click, but not past its longest time. */
  function watchSession(notice) {
    const WARNING = 2 * 60 * 1000;
    const delay = Math.max(Number(notice.dataset.minutes) * 60 * 1000 - WARNING, 0);
    const last = Date.now() + Number(notice.dataset.left) * 1000 - WARNING;
    const [button, lastWords] = ["button", "[data-last]"].map((part) => notice.querySelector(part));
    const warn = () => {
      const isLast = Date.now() >= last;
      button.hidden = isLast;
      lastWords.hidden = !isLast;
      notice.hidden = false;
    };
    const tabs = new BroadcastChannel("session");
    let timer;
    const restart = () => {
      clearTimeout(timer);
      notice.hidden = true;
      timer = setTimeout(warn, Math.max(Math.min(delay, last - Date.now()), 0));
    };
    const touched = () => {
      restart();
      tabs.postMessage("touched");
    };
    tabs.onmessage = restart;
    document.addEventListener("htmx:afterOnLoad", touched);
    button.addEventListener("click", async () => {
      const answer = await fetch(notice.dataset.url, { redirect: "manual" });
      if (answer.ok) touched();
      else location.reload();
    });
    touched();
  }

  prepare(document);
  const notice = document.getElementById("fin-de-session");
  if (notice) watchSession(notice);
})();
