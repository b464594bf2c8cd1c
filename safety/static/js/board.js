// The live board: rows are fetched as HTML when the doorbell names them, one fetch for a burst.

import { csrfToken } from "./app.js";
import { serverNow, setServerNow } from "./clock.js";
import { connect, DISPATCHER_MS, STALE_MS } from "./live.js";
import { toast } from "./toast.js";
import { allowSound, ring } from "./tone.js";

const BURST_MS = 200;
const REFRESH_MS = 30000;
const FRESH_MS = 20000;
const PATIENCE_MS = 5000;
const CONTROLS = "a, button, summary";
const GRADES = ["G1", "G2", "G3", "G4", "G5"];

const root = document.querySelector("[data-board]");
const rows = root.querySelector("[data-rows]");
const said = root.querySelector("[data-said]");
const stale = root.querySelector("[data-stale]");
const freshness = root.querySelector("[data-freshness]");
const dialog = root.querySelector("[data-part-dialog]");
const title = document.title;

const wanted = new Set();
const rung = new Set();
let unseen = 0;
let timer = 0;
let fetching = false;
let isStale = false;

function ask(ref) {
  wanted.add(ref);
  if (!timer && !fetching) timer = setTimeout(fetchWanted, BURST_MS);
}

function askAll() {
  for (const row of rows.querySelectorAll("[data-alert]")) ask(row.dataset.alert);
  if (!wanted.size) ask("");
}

async function fetchWanted() {
  timer = 0;
  fetching = true;
  const refs = [...wanted].filter(Boolean).slice(0, 40);
  const all = [...wanted];
  wanted.clear();
  for (const ref of all.filter(Boolean).slice(40)) wanted.add(ref);
  try {
    const query = new URLSearchParams(refs.map((ref) => ["alert", ref]));
    if ("wall" in root.dataset) query.set("wall", "1");
    const answer = await fetch(`${root.dataset.rowsUrl}?${query}`, { credentials: "same-origin" });
    // Signed out, or the right to this board has ended: show what the server shows now.
    if (answer.redirected || answer.status === 404 || answer.status === 403) location.reload();
    if (!answer.ok) throw new Error(String(answer.status));
    place(new DOMParser().parseFromString(await answer.text(), "text/html"), refs);
  } catch {
    for (const ref of refs) wanted.add(ref);
    setTimeout(() => wanted.size && !timer && !fetching && fetchWanted(), 5000);
    return;
  } finally {
    fetching = false;
  }
  if (wanted.size && !timer) timer = setTimeout(fetchWanted, BURST_MS);
}

function place(page, refs) {
  const head = page.querySelector("[data-board-head]");
  if (head) {
    root.querySelector("[data-board-head]").replaceWith(head);
    showDispatcher();
  }
  for (const ref of refs) {
    const fresh = page.getElementById(`alert-${ref}`);
    const old = document.getElementById(`alert-${ref}`);
    if (!fresh) {
      if (old) old.remove();
    } else if (old) {
      replace(old, fresh);
    } else if ("firstPage" in root.dataset) {
      arrive(fresh);
    }
  }
  root.querySelector("[data-empty]").hidden = Boolean(rows.firstElementChild);
  said.textContent = root.dataset.changedWord;
}

// Too far behind to replay: everything is read again, and the sound stays allowed.
async function readAgain() {
  try {
    const answer = await fetch(location.href, { credentials: "same-origin" });
    if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const refs = [...page.querySelectorAll("[data-alert]"), ...rows.querySelectorAll("[data-alert]")];
    place(page, [...new Set(refs.map((row) => row.dataset.alert))]);
  } catch {
    location.reload();
  }
}

// What the officer is typing into or standing on stays where it is, and what is open stays open.
function replace(old, fresh) {
  for (const fold of old.querySelectorAll("details[data-fold][open]")) {
    const again = fresh.querySelector(`details[data-fold="${fold.dataset.fold}"]`);
    if (again) again.open = true;
  }
  const focus = old.contains(document.activeElement) ? document.activeElement : null;
  const place = focus && [...old.querySelectorAll(CONTROLS)].indexOf(focus);
  if (old.classList.contains("is-new")) fresh.classList.add("is-new");
  old.replaceWith(fresh);
  if (focus) {
    const again = fresh.querySelectorAll(CONTROLS)[place];
    if (again) again.focus({ preventScroll: true });
  }
}

// Worst grade first, then newest: the order of the page.
function arrive(fresh) {
  const rank = (row) => GRADES.indexOf(row.dataset.grade);
  const later = [...rows.children].find(
    (row) =>
      rank(row) > rank(fresh) ||
      (rank(row) === rank(fresh) && Date.parse(row.dataset.raised) <= Date.parse(fresh.dataset.raised)),
  );
  rows.insertBefore(fresh, later || null);
  fresh.classList.add("is-new");
  setTimeout(() => fresh.classList.remove("is-new"), 60000);
  const words = [...fresh.querySelectorAll(".grade, h2")].map((part) => part.textContent.trim());
  said.textContent = `${root.dataset.newWord}: ${words.join(" ")}`;
  announce(fresh.dataset.alert, fresh.dataset.grade);
}

function announce(ref, grade) {
  if (rung.has(ref)) return;
  rung.add(ref);
  ring(grade);
  if (document.hidden) {
    unseen += 1;
    document.title = `(${unseen}) ${root.dataset.newWord} · ${title}`;
  }
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  unseen = 0;
  document.title = title;
  keepAwake();
});

// ---- how fresh the page is -------------------------------------------------------------

const opened = Date.now();
let lastHeard = opened;
let mode = "waiting";
let wasLive = false;
let lastBeat = "";

function minutes(ms) {
  const seconds = Math.floor(ms / 1000);
  return `${String(Math.floor(seconds / 60)).padStart(2, "0")}:${String(seconds % 60).padStart(2, "0")}`;
}

function onState(state) {
  if (state.mode === "signed_out") location.reload();
  mode = state.mode;
  if (mode !== "waiting") wasLive = true;
  if (state.heardAt) lastHeard = state.heardAt;
  // A beat tells the time once; told again later it would turn the clock back.
  if (state.now && state.now !== lastBeat) setServerNow((lastBeat = state.now));
  if (state.dispatcher !== undefined) showDispatcher(state.dispatcher);
}

// Whether the line to the server is down; a page that has just been opened is given a moment.
function isLost() {
  return mode === "waiting" && (wasLive || Date.now() - opened > PATIENCE_MS);
}

// Who hears nothing cannot say that dispatch stands still, only that it is unknown.
function showDispatcher(at) {
  const badge = root.querySelector("[data-dispatcher]");
  if (at) badge.dataset.at = at;
  const works = badge.dataset.at && serverNow() - Date.parse(badge.dataset.at) <= DISPATCHER_MS;
  const isUnknown = isStale || (!works && (isLost() || Date.now() - lastHeard > FRESH_MS));
  badge.textContent = badge.dataset[isUnknown ? "unknown" : works ? "ok" : "bad"];
  badge.classList.toggle("badge-green", Boolean(works) && !isUnknown);
  badge.classList.toggle("badge-red", !works && !isUnknown);
}

function showFreshness(age) {
  const words = root.dataset;
  const isFresh = !isStale && !isLost();
  const text = isStale ? words.stoppedWord : isFresh ? words.freshWord : words.lostWord;
  freshness.textContent = text
    .replace("{time}", minutes(age))
    .replace("{seconds}", Math.floor(age / 1000));
  freshness.classList.toggle("badge-green", isFresh && age < FRESH_MS);
  freshness.classList.toggle("badge-amber", !isStale && !isFresh);
  freshness.classList.toggle("badge-red", isStale);
}

// 2026-06-14 周日 20:33:15, by the clock on the wall of the duty room.
function wallTime(moment) {
  const part = (locale, options) =>
    moment.toLocaleString(locale, { timeZone: "Asia/Shanghai", ...options });
  const day = part(document.documentElement.lang, { weekday: "short" });
  return part("sv-SE", {}).replace(" ", ` ${day} `);
}

function tick() {
  const age = Date.now() - lastHeard;
  isStale = age > STALE_MS;
  root.classList.toggle("is-stale", isStale);
  stale.hidden = !isStale;
  if (isStale) stale.textContent = root.dataset.staleWord.replace("{time}", minutes(age));
  showFreshness(age);
  showDispatcher();
  root.querySelector("[data-now-clock]").textContent = wallTime(new Date(serverNow()));
}

// ---- start of duty: sound, and a screen that stays on ------------------------------------

const start = root.querySelector("[data-start-duty]");
let awake = null;
let onDuty = false;

async function keepAwake() {
  if (!onDuty || !navigator.wakeLock) return;
  try {
    awake = await navigator.wakeLock.request("screen");
  } catch {
    awake = null;
  }
}

if (start) {
  start.hidden = false;
  start.addEventListener("click", () => {
    if (!allowSound()) return;
    onDuty = true;
    start.hidden = true;
    root.querySelector("[data-on-duty]").hidden = false;
    ring("G4");
    keepAwake();
  });
}

// ---- answers and calls without leaving the board -------------------------------------------

// On a phone the tap dials at once, and the dialog waits behind the call.
const isPhone = matchMedia("(pointer: coarse)");

root.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-part]");
  if (!link || event.ctrlKey || event.metaKey || typeof dialog.showModal !== "function") return;
  event.preventDefault();
  try {
    const url = new URL(link.href);
    url.searchParams.set("next", root.dataset.pageUrl);
    const answer = await fetch(url, { credentials: "same-origin", headers: { "X-Part": "1" } });
    if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
    const part = new DOMParser().parseFromString(await answer.text(), "text/html");
    dialog.replaceChildren(...part.body.children);
    const row = link.closest("[data-alert]");
    dialog.dataset.for = row ? row.dataset.alert : "";
    dialog.showModal();
    const number = dialog.querySelector("a[href^='tel:']");
    if (number && isPhone.matches) number.click();
  } catch {
    location.href = link.href;
  }
});

async function send(form, button) {
  const body = new URLSearchParams(new FormData(form, button || undefined));
  const answer = await fetch(form.action, {
    method: "POST",
    credentials: "same-origin",
    headers: { Accept: "application/json", "X-CSRFToken": csrfToken() },
    body,
  });
  if (answer.redirected && new URL(answer.url).pathname.startsWith("/accounts/")) location.reload();
  const isJson = (answer.headers.get("Content-Type") || "").startsWith("application/json");
  const told = isJson ? await answer.json() : { errors: [] };
  if (!answer.ok) {
    const text = told.errors.map((problem) => `${problem.message} ${problem.remedy}`).join(" ");
    throw Object.assign(new Error(text), { isTold: Boolean(text) });
  }
  return told;
}

root.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!("answer" in form.dataset)) return;
  event.preventDefault();
  if (form.dataset.sending) return;
  form.dataset.sending = "1";
  const row = form.closest("[data-alert]");
  const ref = row ? row.dataset.alert : dialog.dataset.for;
  try {
    const told = await send(form, event.submitter);
    if (told.text) toast(told.text);
    if (dialog.open) dialog.close();
    if (ref) ask(ref);
  } catch (error) {
    const text = error.isTold ? error.message : root.dataset.failedWord;
    const place = form.querySelector("[data-problems]");
    if (place) place.textContent = text;
    else toast(text, "error");
  } finally {
    delete form.dataset.sending;
  }
});

// ---- start ---------------------------------------------------------------------------------

connect({
  streams: {
    boards: {
      [root.dataset.board]: { cursor: Number(root.dataset.cursor), epoch: root.dataset.epoch },
    },
  },
  // A row without an alert, such as a call-back check, is about the line above the rows.
  onRows: (_stream, fresh) => fresh.forEach((row) => ask(row.payload.alert || "")),
  onReset: readAgain,
  onState,
});
for (const row of rows.querySelectorAll("[data-alert]")) rung.add(row.dataset.alert);
setInterval(askAll, REFRESH_MS);
setInterval(tick, 1000);
tick();
