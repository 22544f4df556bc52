/*
 * The check page without a network. Once opened, it keeps the list of its city on the device and
 * answers from it when the server cannot be reached; the server's answer wins when it returns.
 *
 * The matcher here is small on purpose: a name as it is known, or the longest known name inside what
 * was typed. Where two entries fit it does not choose, and off the list is only what is called so by
 * its own name, as on the server. It never asks for anything personal.
 */
(function () {
  "use strict";
  const form = document.querySelector("form.check-form");
  if (!form) return;
  const answer = document.getElementById("answer");
  const place = () => (form.elements.city && form.elements.city.value) || form.dataset.city || "";
  const keyOf = (code) => "check-list-2:" + code; // 2: what a list holds changed

  // ---- The list on the device ----
  function stored(code) {
    try { return JSON.parse(localStorage.getItem(keyOf(code)) || "null"); } catch { return null; }
  }
  async function refresh() {
    const code = place();
    try {
      const headers = {};
      const have = stored(code);
      if (have && have.etag) headers["If-None-Match"] = have.etag;
      const url = form.dataset.list + "?city=" + encodeURIComponent(code);
      const response = await fetch(url, { headers, cache: "no-store", credentials: "same-origin" });
      if (response.status !== 200) return response.status === 304;
      const list = await response.json();
      list.etag = response.headers.get("ETag");
      localStorage.setItem(keyOf(code), JSON.stringify(list));
      localStorage.setItem("check-place", code);
      return true;
    } catch {
      return false; // no network, or no room: the page works with the server alone
    }
  }

  // ---- The small matcher ----
  const LEADING = /^(?:请问|请|麻烦|帮我|帮|给我|我想|我要|我|想要|想|要|需要|来|去|到)*(?:村委会|居委会|村里|社区)?(?:开具|出具|开|办|打|写)?(?:一张|一份|一个|张|份|个)?/;
  const ENDING = /(?:的)?(?:情况)?证明(?:书|材料|信)?$/;
  function plain(text) {
    return text.normalize("NFKC").toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "");
  }
  function match(list, text) {
    const whole = plain(text);
    const forms = [whole, whole.replace(LEADING, "")].flatMap((one) => [one, one.replace(ENDING, "")]);
    for (const known of ["names", "sayings"]) {
      const exact = list.entries.filter((entry) => entry[known].some((name) => forms.includes(name)));
      if (exact.length) return { found: exact, isName: true };
    }
    let longest = 0;
    let isName = false;
    let found = [];
    for (const entry of list.entries) {
      for (const known of ["names", "sayings"]) {
        for (const name of entry[known]) {
          if (name.length < longest || !isSaid(whole, name)) continue;
          if (name.length > longest) { found = []; isName = false; }
          longest = name.length;
          isName = isName || known === "names";
          if (!found.includes(entry)) found.push(entry);
        }
      }
    }
    return { found, isName };
  }
  function isOff(entry, text) {
    const whole = plain(text);
    return [whole, whole.replace(LEADING, "")].some((one) => entry.sure.includes(one));
  }
  // Rows of the city's list that share telling words with what was typed, or with what it may mean.
  function related(list, text, found) {
    const said = plain(text);
    const meant = found.map((entry) => entry.title).join();
    const near = (row) => row.about.filter((pair) => said.includes(pair)).length * 2
      + row.about.filter((pair) => meant.includes(pair)).length;
    const rows = list.entries.filter((row) => row.verdict === "MAY_ISSUE" && near(row));
    return rows.sort((one, other) => near(other) - near(one)).slice(0, 3);
  }
  // A saying of one entry, and a row whose name says more of the question: the server asks, too.
  function rivals(list, text, entry) {
    const said = plain(text);
    const shares = (pairs) => pairs.filter((pair) => said.includes(pair));
    const telling = (row) => shares(row.own).filter((pair) => !entry.about.includes(pair));
    return list.entries.filter((row) => row !== entry && row.title !== entry.title && telling(row).length
      && shares(row.called).length >= 0.3 * row.called.length);
  }
  function isSaid(whole, name) {
    const at = whole.indexOf(name);
    if (at < 0 || whole.startsWith("证明", at + name.length - 1)) return false; // 居住证 in 居住证明
    if (name.length > 2) return true;
    // Two characters may end another name (渔民身份证明): only what is asked for outright counts.
    const asked = at === 0 || /[个张份的开要]/.test(whole[at - 1]);
    return asked && /^的?(?:情况)?证明/.test(whole.slice(at + name.length));
  }

  // ---- Showing it ----
  function element(name, text, className) {
    const made = document.createElement(name);
    if (text) made.textContent = text;
    if (className) made.className = className;
    return made;
  }
  function show(list, text, matter) {
    const { found, isName } = match(list, text);
    let one = found.length === 1 ? found[0] : null;
    if (one && one.verdict === "NOT_LISTED" && !isOff(one, text)) one = null;
    else if (one && !isName && rivals(list, text, one).length) one = null;
    const rows = related(list, text, found);
    const choices = one ? [] : [...new Set([...rows, ...found])].slice(0, 5);
    const box = element("article", "", "verdict");
    box.dataset.verdict = one ? one.verdict : "UNCLEAR";
    const word = element("h2", "", "verdict-word");
    const icon = element("span", "", "verdict-icon");
    icon.setAttribute("aria-hidden", "true");
    word.append(icon, one ? one.label : "需确认");
    const day = list.on.split("-").map(Number);
    const since = `离线，数据截至${day[0]}年${day[1]}月${day[2]}日（${list.place}）。联网后以平台答复为准。`;
    box.append(element("p", since, "notice notice-warning"), word);
    if (one) {
      box.append(element("p", one.title, "verdict-name"));
      if (one.steps.length) {
        const steps = element("ol");
        for (const step of one.steps) steps.append(element("li", step));
        box.append(steps);
      }
      const said = plain(text + matter);
      const may = one.words.some((each) => said.includes(each));
      if (one.exceptions.length) {
        const what = "例外：" + one.exceptions.join("、") + "。";
        box.append(element("p", may ? what + "所办事项可能属于例外，请联网后再查，不要直接拒绝。" : what));
      }
    } else if (list.missing && found.every((entry) => entry.verdict === "NOT_LISTED")) {
      box.append(element("p", list.missing));
    } else if (choices.length) {
      box.append(element("p", "离线时不能确定是下面哪一种，请写出证明的名称，或者联网后再查；不要直接拒绝："));
      const names = element("ul");
      for (const entry of choices) {
        const label = entry.verdict === "NOT_LISTED" ? "" : entry.label + "：";
        names.append(element("li", label + entry.title));
      }
      box.append(names);
    } else {
      box.append(element("p", "离线清单中没有找到这个名称。请写出证明的名称，或者联网后再查；不要直接拒绝。"));
    }
    if (one && one.verdict === "NOT_LISTED" && rows.length) {
      const near = "本市清单上有相近的事项，请先看是不是其中一项：" + rows.map((row) => row.title).join("、") + "。";
      box.append(element("p", near, "notice notice-warning"));
    }
    answer.replaceChildren(box);
  }
  function offline() {
    const text = form.elements.q.value.trim();
    const list = stored(place());
    if (!text) return false;
    if (!list) {
      const note = element("p", "没有网络，这台设备上还没有本市的清单。请联网后再查。", "notice notice-warning");
      answer.replaceChildren(note);
      return true;
    }
    show(list, text, form.elements.matter ? form.elements.matter.value : "");
    return true;
  }
  let waiting = false; // for the network to come back
  function unanswered(event) {
    if (event.detail.target !== answer && event.target !== form) return;
    if (offline()) {
      waiting = true;
      event.stopPropagation(); // the general notice of portal.js says less
    }
  }
  for (const name of ["htmx:sendError", "htmx:timeout"]) document.body.addEventListener(name, unanswered);
  form.addEventListener("submit", (event) => {
    if (!navigator.onLine || !window.htmx) {
      if (offline()) event.preventDefault();
    }
  });
  if (form.dataset.shell !== undefined) form.addEventListener("input", offline);
  window.addEventListener("online", async () => {
    if (form.dataset.shell !== undefined) {
      try { await fetch(form.action, { cache: "no-store" }); } catch { return; } // so it is said, but it is not
      location.replace(form.action + "?" + new URLSearchParams(new FormData(form)));
      return;
    }
    refresh();
    if (waiting && window.htmx) {
      waiting = false;
      window.htmx.trigger(form, "submit");
    }
  });
  if (form.elements.city) form.elements.city.addEventListener("change", refresh);
  if (form.dataset.shell !== undefined) {
    // What was asked for by an address is asked here, too, and of the server when it can be reached.
    const asked = new URLSearchParams(location.search);
    for (const name of ["q", "city", "matter", "demander", "on"]) {
      form.elements[name].value = asked.get(name) || "";
    }
    form.dataset.city = localStorage.getItem("check-place") || "";
    offline();
  } else {
    const worker = "serviceWorker" in navigator
      ? navigator.serviceWorker.register(form.dataset.worker).then(() => navigator.serviceWorker.ready)
      : Promise.reject(new Error("no service worker"));
    Promise.all([refresh(), worker]).then(([kept]) => {
      document.getElementById("kept").hidden = !kept || !place();
    }).catch(() => {});
  }
})();
