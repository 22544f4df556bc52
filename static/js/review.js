/*
 * The review workbench: keyboard, reason templates, and drafts that survive a closed browser.
 * The page works without this file.
 *
 * Drafts are kept on this device under the account and the list (data-review), each with the
 * revision of the row it was typed upon. A draft is dropped once the server holds the same.
 */
(function () {
  "use strict";

  // A reason code brings its sentence along, where nothing was written yet.
  document.addEventListener("change", (event) => {
    const option = event.target.matches("select") && event.target.selectedOptions[0];
    if (!option || option.dataset.template === undefined) return;
    const cell = event.target.closest(".decision-cell");
    const reason = cell.querySelector("textarea");
    const templates = Array.from(event.target.options, (one) => one.dataset.template || "");
    if (!reason.value || templates.includes(reason.value)) {
      reason.value = option.dataset.template;
      reason.dispatchEvent(new Event("input", { bubbles: true }));
    }
    const reject = cell.querySelector("input[value=reject]");
    if (reject && event.target.value) choose(reject);
  });

  const form = document.querySelector("form[data-review]");
  if (!form) return;
  const rows = () => Array.from(form.querySelectorAll("tr[data-row]"));
  const field = (row, name) => row.querySelector(`[name="${name}-${row.dataset.row}"]`);
  const decisionOf = (row) => {
    const chosen = row.querySelector(`input[type=radio][name="decision-${row.dataset.row}"]:checked`);
    return chosen ? chosen.value : "undecided";
  };
  const status = document.getElementById("review-status");

  function choose(radio) {
    radio.checked = true;
    radio.dispatchEvent(new Event("change", { bubbles: true }));
  }

  // ---- Keyboard ----
  let current = null;
  function go(row) {
    if (!row) return;
    if (current) current.removeAttribute("data-current");
    current = row;
    row.setAttribute("data-current", "");
    row.tabIndex = -1;
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "center" });
  }
  function decide(row, value) {
    const radio = row.querySelector(`input[type=radio][value="${value}"]`);
    if (!radio) return;
    choose(radio);
    status.textContent = `第 ${row.querySelector("th").innerText.trim()} 行：${radio.parentElement.innerText.trim()}`;
    if (value === "reject") field(row, "code").focus();
    if (value === "return") field(row, "reason").focus();
  }
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
      event.preventDefault();
      form.requestSubmit();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.matches("textarea, select, input:not([type=radio]):not([type=checkbox])")) {
      if (event.key === "Escape" && current) go(current);
      return;
    }
    const all = rows();
    const at = all.indexOf(current);
    const key = event.key;
    if (key === "j") go(all[Math.min(at + 1, all.length - 1)]);
    else if (key === "k") go(all[Math.max(at - 1, 0)]);
    else if (!current) return;
    else if (key === "K") decide(current, "keep");
    else if (key === "r" || key === "R") decide(current, "reject");
    else if (key === "b" || key === "B") decide(current, "return");
    else if (key === "e" || key === "E") current.querySelector(".row-link").click();
    else return;
    event.preventDefault();
  });

  // ---- Drafts ----
  const place = `review:${form.dataset.review}`;
  const read = () => {
    try { return JSON.parse(localStorage.getItem(place)) || {}; } catch { return {}; }
  };
  const write = (drafts) => {
    try { localStorage.setItem(place, JSON.stringify(drafts)); } catch { /* private window: not kept */ }
  };
  const now = (row) => ({
    decision: decisionOf(row),
    reason: field(row, "reason").value,
    code: field(row, "code").value,
    revision: field(row, "revision").value,
  });
  const stored = (row) => ({
    decision: field(row, "was-decision").value,
    reason: field(row, "was-reason").value,
    code: field(row, "was-code").value,
  });
  const same = (one, other) =>
    one.decision === other.decision && one.reason.trim() === other.reason.trim() && one.code === other.code;
  const editable = (row) => row.querySelector("textarea") !== null;

  function keep(event) {
    const row = event.target.closest("tr[data-row]");
    if (!row || !editable(row)) return;
    const drafts = read();
    const draft = now(row);
    if (same(draft, stored(row))) delete drafts[row.dataset.row];
    else drafts[row.dataset.row] = draft;
    write(drafts);
  }
  form.addEventListener("input", keep);
  form.addEventListener("change", keep);

  function restore() {
    const drafts = read();
    let back = 0;
    for (const row of rows()) {
      const draft = drafts[row.dataset.row];
      if (!draft || !editable(row)) continue;
      if (same(draft, stored(row)) || same(draft, now(row))) {
        if (same(draft, stored(row))) delete drafts[row.dataset.row];
        continue;
      }
      if (draft.revision === field(row, "revision").value) {
        const radio = row.querySelector(`input[type=radio][value="${draft.decision}"]`);
        if (radio) radio.checked = true;
        field(row, "reason").value = draft.reason;
        field(row, "code").value = draft.code;
        back += 1;
        continue;
      }
      // Somebody else decided meanwhile: both texts are shown, and the reader chooses.
      const note = document.createElement("div");
      note.className = "finding";
      note.dataset.level = "warn";
      const text = document.createElement("p");
      text.textContent = `您先前未保存的理由：${draft.reason || "（空）"}`;
      const use = document.createElement("button");
      use.type = "button";
      use.className = "button";
      use.textContent = "用我的文字";
      use.addEventListener("click", () => {
        field(row, "reason").value = draft.reason;
        field(row, "reason").dispatchEvent(new Event("input", { bubbles: true }));
        note.remove();
      });
      const drop = document.createElement("button");
      drop.type = "button";
      drop.className = "button";
      drop.textContent = "不用了";
      drop.addEventListener("click", () => {
        const left = read();
        delete left[row.dataset.row];
        write(left);
        note.remove();
      });
      note.append(text, use, " ", drop);
      row.querySelector(".decision-cell").append(note);
    }
    write(drafts);
    if (back) {
      const notice = document.createElement("div");
      notice.className = "notice notice-info";
      notice.setAttribute("role", "status");
      notice.textContent = `已恢复您上次未保存的 ${back} 行，保存后生效。`;
      form.before(notice);
    }
  }
  restore();
})();
