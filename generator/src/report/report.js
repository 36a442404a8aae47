"use strict";
// The findings come from pages that anyone may have written: they become text nodes, never markup.
const findings = JSON.parse(document.getElementById("data").textContent);
const STEP = 100;
const byId = (id) => document.getElementById(id);
const list = byId("list"), more = byId("more"), status = byId("status"), form = byId("filters");
const search = byId("search"), code = byId("code"), module = byId("module"), language = byId("language");
for (const finding of findings) {
  const texts = [finding.code, finding.message, finding.module];
  for (const mark of finding.marks) texts.push(mark.path, mark.label, ...mark.excerpt);
  finding.text = texts.join("\n").toLowerCase();
}

function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function item(finding) {
  const li = element("li", finding.severity);
  li.tabIndex = -1;
  const head = element("p");
  head.append(element("span", "badge " + finding.severity, finding.severity + " " + finding.code), " ", finding.message);
  li.append(head);
  for (const mark of finding.marks) {
    const place = element("p", "path", mark.path + ":" + mark.line);
    if (mark.label) place.append(" ", element("span", "", "— " + mark.label));
    li.append(place);
    const [before, meant, behind] = mark.excerpt;
    if (before || meant || behind) {
      const pre = element("pre");
      pre.append(before, element("mark", "", meant), behind);
      li.append(pre);
    }
  }
  return li;
}

let matching = [], shown = 0;
function showMore() {
  const part = document.createDocumentFragment();
  for (const finding of matching.slice(shown, shown + STEP)) part.append(item(finding));
  shown = Math.min(shown + STEP, matching.length);
  list.append(part);
  more.hidden = shown >= matching.length;
  status.textContent = `${matching.length} of ${findings.length} findings` +
    (shown < matching.length ? `, the first ${shown} are shown` : "");
}

function filter() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  const weights = new Set([...form.querySelectorAll("[name=severity]:checked")].map((box) => box.value));
  matching = findings.filter((finding) =>
    weights.has(finding.severity) &&
    (!code.value || finding.code === code.value) &&
    (!module.value || finding.module === module.value) &&
    (!language.value || finding.language === language.value) &&
    words.every((word) => finding.text.includes(word)));
  shown = 0;
  list.replaceChildren();
  showMore();
}

function step(by) {
  const items = [...list.children];
  if (!items.length) return;
  const now = items.indexOf(document.activeElement);
  const next = Math.max(0, Math.min(items.length - 1, now < 0 ? 0 : now + by));
  items[next].focus();
  items[next].scrollIntoView({ block: "nearest" });
  if (next === items.length - 1 && !more.hidden) showMore();
}

form.addEventListener("input", filter);
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("reset", () => setTimeout(filter));
more.addEventListener("click", () => {
  const first = shown;
  showMore();
  list.children[first]?.focus();
});
document.addEventListener("click", (event) => {
  const name = event.target.closest?.("[data-module]")?.dataset.module;
  if (name === undefined) return;
  form.reset();
  module.value = name;
  setTimeout(() => { module.value = name; filter(); search.focus(); byId("findings").scrollIntoView(); });
});
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName) && event.target.type !== "checkbox";
  if (event.key === "Escape") { form.reset(); return; }
  if (typing) return;
  if (event.key === "/") { event.preventDefault(); search.focus(); }
  if (event.key === "j") step(1);
  if (event.key === "k") step(-1);
});

const theme = byId("theme"), root = document.documentElement;
const isDark = () => (root.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
const tell = () => { theme.textContent = isDark() ? "Light" : "Dark"; theme.setAttribute("aria-pressed", String(isDark())); };
theme.addEventListener("click", () => { root.dataset.theme = isDark() ? "light" : "dark"; tell(); });
tell();
filter();
