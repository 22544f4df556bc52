/*
 * What the pages gain when scripts run; every page works without this file.
 *
 *   [data-text-toggle]           switches 大字版 on and off, remembered on this device
 *   textarea.cell-edit           grows with its text where the browser cannot do that itself
 *   form[data-dirty-guard]       warns before unsaved text is left, and carries it over an htmx swap
 *   form[data-keep-draft]        offers again what was sent after the session had ended
 *   [data-confirm="…"]           asks before the button acts
 *   [data-copy-target="#id"]     copies the text of that element
 *   [data-print]                 prints the page
 *   [data-select-all="name"]     ticks all checkboxes of that name in its form
 *   .table-wrap                  can be scrolled from the keyboard when it is wider than the page
 *
 * Loaded in the head without defer, so that 大字版 is set before the first paint.
 */
(function () {
  "use strict";
  const root = document.documentElement;
  if (root.classList.contains("js")) return; // a page may name this file twice
  root.classList.add("js");

  // ---- 大字版 ----
  function storedTextSize() {
    try { return localStorage.getItem("text"); } catch { return null; }
  }
  function showTextSize(large) {
    if (large) root.dataset.text = "large"; else delete root.dataset.text;
    for (const button of document.querySelectorAll("[data-text-toggle]")) {
      button.setAttribute("aria-pressed", String(large));
    }
  }
  function toggleTextSize() {
    const large = root.dataset.text !== "large";
    try { localStorage.setItem("text", large ? "large" : "normal"); } catch { /* this page only */ }
    showTextSize(large);
    grow(document);
  }
  showTextSize(storedTextSize() === "large");

  // ---- Text areas as high as their text ----
  const growsByItself = window.CSS && CSS.supports("field-sizing", "content");
  function grow(part) {
    if (growsByItself) return;
    const areas = part.matches && part.matches("textarea") ? [part] : part.querySelectorAll("textarea.cell-edit");
    for (const area of areas) area.style.height = "auto";
    const heights = Array.from(areas, (area) => area.scrollHeight + 4);
    Array.from(areas).forEach((area, i) => { area.style.height = heights[i] + "px"; });
  }

  // ---- Tables: reachable by keyboard, still tables when shown as cards ----
  function prepareTables(part) {
    for (const wrap of part.querySelectorAll(".table-wrap")) {
      const scrolls = wrap.scrollWidth > wrap.clientWidth || wrap.scrollHeight > wrap.clientHeight;
      const caption = wrap.querySelector("caption");
      if (scrolls && caption) {
        wrap.tabIndex = 0;
        wrap.setAttribute("role", "region");
        wrap.setAttribute("aria-label", caption.textContent.trim());
      } else {
        for (const name of ["tabindex", "role", "aria-label"]) wrap.removeAttribute(name);
      }
    }
    const roles = { table: "table", "thead,tbody": "rowgroup", tr: "row", "thead th": "columnheader", "tbody th": "rowheader", td: "cell" };
    for (const table of part.querySelectorAll(".table-stack")) {
      table.setAttribute("role", "table");
      for (const selector in roles) {
        for (const element of table.querySelectorAll(selector)) element.setAttribute("role", roles[selector]);
      }
    }
  }

  // ---- Unsaved text ----
  function isChanged(field) {
    if (["hidden", "submit", "button"].includes(field.type) || !field.name) return false;
    if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
    if (field.options) return Array.from(field.options).some((option) => option.selected !== option.defaultSelected);
    return field.value !== field.defaultValue;
  }
  const isUnsaved = (form) => Array.from(form.elements).some(isChanged);
  let leaving = null; // the form that is being sent
  document.addEventListener("submit", (event) => {
    if (!event.defaultPrevented) leaving = event.target;
  });

  // ---- What was sent after the session had ended ----
  // Long texts without personal data (data-keep-draft) are kept in this tab while they are being sent.
  // When their page comes back without them, by way of the login, they are offered again.
  const DRAFT = "unsent";
  const texts = (form) => Array.from(form.elements).filter((field) => /^(textarea|text|number)$/.test(field.type) && field.name);
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || !form.matches("[data-keep-draft]")) return;
    const values = texts(form).map((field) => [field.name, field.value]);
    sessionStorage.setItem(DRAFT, JSON.stringify({ path: location.pathname, values }));
  });
  function offerDraft() {
    const kept = JSON.parse(sessionStorage.getItem(DRAFT) || "null");
    const answered = document.querySelector("#messages > *, .error-summary"); // saved, or refused with what was typed
    const form = kept && kept.path === location.pathname && document.querySelector("form[data-keep-draft]");
    if (document.querySelector("[data-login]") || !(answered || form)) return;
    sessionStorage.removeItem(DRAFT);
    if (answered || !form) return;
    const lost = kept.values.filter(([name, value]) => form.elements[name] && form.elements[name].value !== value);
    if (!lost.length) return;
    const offer = document.createElement("div");
    offer.className = "notice notice-warning";
    offer.setAttribute("role", "status");
    offer.innerHTML = "<p>刚才提交的内容没有保存（登录已过期）。</p><button class='button' type='button'>恢复刚才填写的内容</button>";
    offer.querySelector("button").addEventListener("click", () => {
      for (const [name, value] of lost) form.elements[name].value = value;
      offer.remove();
      form.scrollIntoView();
    });
    form.before(offer);
  }
  document.addEventListener("DOMContentLoaded", offerDraft);

  window.addEventListener("beforeunload", (event) => {
    for (const form of document.querySelectorAll("form[data-dirty-guard]")) {
      if (form !== leaving && isUnsaved(form)) {
        event.preventDefault();
        event.returnValue = "";
        break;
      }
    }
    leaving = null;
  });

  // Saving one row renders the whole table anew. Text typed in other rows is put back, together with
  // the revision it was typed upon, so that the server still notices if somebody else was faster.
  let kept = [];
  let rowToFocus = null;
  let rowsAfter = []; // where to go on when the saved row is not shown any more
  document.addEventListener("htmx:beforeSwap", (event) => {
    const sender = event.detail.requestConfig && event.detail.requestConfig.elt;
    const target = event.detail.target;
    leaving = null;
    kept = [];
    for (const form of target.querySelectorAll("form[data-dirty-guard][id]")) {
      if (form === sender || !isUnsaved(form)) continue;
      for (const field of form.elements) {
        if (isChanged(field) || field.name === "revision") kept.push([form.id, field.name, field.value]);
      }
    }
    const row = sender && target.contains(sender) && sender.closest("tr[id]");
    rowToFocus = row ? row.id : null;
    rowsAfter = [];
    for (let next = row; next; next = next.nextElementSibling) if (next.id) rowsAfter.push(next.id);
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    for (const [formId, name, value] of kept) {
      const form = document.getElementById(formId);
      const field = form && form.elements[name];
      if (field) field.value = value;
    }
    kept = [];
    const part = event.detail.target.isConnected ? event.detail.target : document;
    grow(part);
    prepareTables(part);
    if (document.activeElement && document.activeElement !== document.body) return;
    const row = rowToFocus && document.getElementById(rowToFocus);
    const following = rowsAfter.map((id) => document.getElementById(id)).find(Boolean);
    const next = part.querySelector(".error-summary") || row ||
      (following && following.querySelector("[aria-invalid=true]")) || part.querySelector("[aria-invalid=true]");
    if (next) {
      if (next.tagName !== "TEXTAREA") next.tabIndex = -1;
      next.focus();
    }
  });

  // ---- Answers that did not come ----
  function say(text, kind) {
    const place = document.getElementById("messages");
    if (!place) return;
    const notice = document.createElement("div");
    notice.className = "notice notice-" + kind;
    notice.textContent = text;
    place.replaceChildren(notice);
    return notice;
  }
  for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
    document.addEventListener(name, () => {
      const notice = say("没有收到平台的答复，刚才的操作可能没有完成。您填写的内容还在，请检查网络后重试。", "error");
      if (notice) notice.scrollIntoView({ block: "nearest" });
    });
  }

  // ---- Buttons ----
  async function copy(button) {
    const source = document.querySelector(button.dataset.copyTarget);
    if (!source) return;
    const text = "value" in source ? source.value : source.innerText;
    let done = true;
    try {
      await navigator.clipboard.writeText(text); // only over HTTPS
    } catch {
      const area = document.createElement("textarea");
      area.value = text;
      area.className = "visually-hidden";
      document.body.append(area);
      area.select();
      done = document.execCommand("copy");
      area.remove();
      button.focus();
    }
    const label = button.dataset.label || (button.dataset.label = button.textContent);
    button.setAttribute("aria-live", "polite");
    button.textContent = done ? "已复制" : "未能复制，请手动选择文字";
    setTimeout(() => { button.textContent = label; }, 2500);
  }
  document.addEventListener("click", (event) => {
    const menu = document.querySelector(".user-menu[open]");
    if (menu && !menu.contains(event.target)) menu.open = false;
    const button = event.target.closest("button, input[type=submit], a");
    if (!button) return;
    if (button.dataset.confirm && !window.confirm(button.dataset.confirm)) {
      event.preventDefault();
      event.stopPropagation();
    } else if ("textToggle" in button.dataset) toggleTextSize();
    else if ("print" in button.dataset) window.print();
    else if (button.dataset.copyTarget) copy(button);
  }, true);
  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && document.querySelector(".user-menu[open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  document.addEventListener("change", (event) => {
    const name = event.target.dataset.selectAll;
    if (!name || !event.target.form) return;
    for (const box of event.target.form.querySelectorAll("input[type=checkbox]")) {
      if (box.name === name) box.checked = event.target.checked;
    }
  });
  document.addEventListener("input", (event) => {
    if (event.target.matches("textarea.cell-edit")) grow(event.target);
  });
  window.addEventListener("resize", () => prepareTables(document));
  document.addEventListener("DOMContentLoaded", () => {
    showTextSize(root.dataset.text === "large");
    grow(document);
    prepareTables(document);
    const summary = document.querySelector(".error-summary");
    if (summary) summary.focus();
  });
})();
