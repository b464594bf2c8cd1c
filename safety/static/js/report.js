// The first report: nothing written is lost, nothing unsent is called sent.

import * as outbox from "./report_outbox.js";
import { send } from "./report_send.js";
import { chosenTile, isAnswered, peopleText } from "./report_inputs.js";
import { begin, refresh, show } from "./report_steps.js";
import { exportRecord, smsLink } from "./report_otherwise.js";

const form = document.getElementById("first-report");
const words = document.getElementById("report-words");
const panel = document.querySelector("[data-unsent]");
const sent = document.querySelector("[data-sent]");
const who = form.dataset.who;
const ahead = Date.parse(form.dataset.now) - Date.now();
const PAUSES = [5, 10, 20, 40, 60];
const STALE = 10 * 60 * 1000;

let current = null; // the record this page is about to send, or could not send
let sending = false;
let attempts = 0;
let timer = 0;
let leaving = false;

function filled(text, values) {
  return text.replace(/\{(\w+)\}/g, (_all, name) => String(values[name]));
}

function clock(moment) {
  // The bureau's time, as on every page, wherever the phone believes to be.
  return moment.toLocaleTimeString("en-GB", { timeZone: "Asia/Shanghai" });
}

function recordOf() {
  const fields = [];
  for (const [name, value] of new FormData(form)) {
    if (name !== "csrfmiddlewaretoken") fields.push([name, value]);
  }
  const tile = chosenTile(form);
  const place = form.querySelector("input[name=place_kind]:checked");
  return {
    key: form.elements.key.value,
    who: who,
    fields: fields,
    sealed: Boolean(tile) && "sealed" in tile.dataset,
    what: tile ? tile.dataset.word : "",
    people: peopleText(form, words),
    where: [place ? place.parentElement.textContent.trim() : "", form.elements.place.value]
      .filter(Boolean)
      .join(" "),
    school: form.dataset.school,
    written: new Date(Date.now() + ahead).toISOString(),
  };
}

function fill(record) {
  form.reset();
  for (const [name, value] of record.fields) {
    const field = form.elements[name];
    if (!field) continue;
    if (field instanceof RadioNodeList || field.type === "radio" || field.type === "checkbox") {
      const quoted = value.replace(/["\\]/g, "\\$&");
      const choice = form.querySelector(`[name=${name}][value="${quoted}"]`);
      if (choice) choice.checked = true;
    } else field.value = value;
  }
  refresh(words);
}

function keep() {
  const record = recordOf();
  if (record.sealed) outbox.dropDraft();
  else outbox.keepDraft(record);
}

function startAfresh() {
  form.reset();
  form.elements.key.value = outbox.newKey();
  form.elements.opened_at.value = new Date(Date.now() + ahead).toISOString();
  outbox.dropDraft();
  refresh(words);
  show(1, false);
}

function sayUnsent(why, record) {
  panel.hidden = false;
  // What waits is not edited by accident; what was refused is.
  form.hidden = Boolean(current) && current.key === record.key;
  panel.querySelector("[data-unsent-why]").textContent = why;
  panel.querySelector("[data-unsent-sealed]").hidden = !record.sealed;
  const sms = panel.querySelector("[data-sms-link]");
  sms.hidden = record.sealed;
  if (!record.sealed) sms.href = smsLink(form.dataset.sms, filled(words.dataset.sms, smsWords(record)));
  panel.querySelector("[data-export]").hidden = record.sealed;
  panel.querySelector("[data-unsent-state]").textContent = record.sealed
    ? ""
    : filled(words.dataset.waiting, { count: mine().length, time: clock(new Date()) });
  panel.focus();
}

function smsWords(record) {
  return {
    code: record.key.slice(0, 8).toUpperCase(),
    school: record.school,
    what: record.what,
    people: record.people,
    where: record.where || "—",
  };
}

function mine() {
  return outbox.waiting().filter((record) => record.who === who);
}

function sayReceived(receipt) {
  panel.hidden = true;
  form.hidden = false;
  const here = new Date(receipt.filed_at);
  sent.querySelector("[data-sent-text]").textContent = filled(words.dataset.received, {
    time: clock(here),
    number: receipt.number,
  });
  sent.querySelector("[data-sent-link]").href = receipt.url;
  sent.hidden = false;
}

function refused(record, answer) {
  outbox.remove(record.key);
  fill(record);
  if (answer.status === 409) form.elements.key.value = outbox.newKey();
  keep();
  const text = answer.problems.map((one) => [one.message, one.remedy].join(" ").trim()).join(" ");
  sayUnsent(`${words.dataset.refused} ${text}`, record);
  const first = answer.problems[0].field;
  const field = form.querySelector(`#id_${first}, [name="${first}"]`);
  show(field && field.closest(".step") ? Number(field.closest(".step").dataset.step) : 3, false);
}

async function deliver(record, fromHere) {
  if (sending) return;
  sending = true;
  clearTimeout(timer);
  form.classList.add("is-sending");
  const answer = await send(form.action, record);
  form.classList.remove("is-sending");
  sending = false;
  if (answer.kind === "received") {
    attempts = 0;
    outbox.remove(record.key);
    if (current && current.key === record.key) current = null;
    if (fromHere && !mine().length) {
      outbox.dropDraft();
      leaving = true;
      window.location.assign(answer.receipt.url);
      return;
    }
    sayReceived(answer.receipt);
    deliverNext();
  } else if (answer.kind === "refused") {
    current = null;
    refused(record, answer);
  } else {
    const signIn = answer.kind === "signed-out";
    const link = panel.querySelector("[data-sign-in]");
    link.hidden = !signIn;
    if (record.sealed) link.target = "_blank";
    sayUnsent(signIn ? words.dataset.signedOut : words.dataset[answer.why], record);
    tryLater();
  }
}

function tryLater() {
  clearTimeout(timer);
  const pause = PAUSES[Math.min(attempts, PAUSES.length - 1)] * 1000;
  attempts += 1;
  timer = setTimeout(deliverNext, pause + Math.random() * 1000);
}

function deliverNext() {
  if (current) deliver(current, true);
  else if (mine().length) deliver(mine()[0], false);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (!isAnswered(form)) {
    show(chosenTile(form) ? 2 : 1, true);
    return;
  }
  const record = recordOf();
  current = record;
  if (!record.sealed) outbox.add(record);
  outbox.dropDraft();
  attempts = 0;
  deliver(record, true);
});

panel.addEventListener("click", (event) => {
  const record = current || mine()[0];
  if (event.target.closest("[data-retry]")) {
    attempts = 0;
    deliverNext();
  }
  if (record && event.target.closest("[data-export]")) exportRecord(record);
  if (record && event.target.closest("[data-edit]")) {
    clearTimeout(timer);
    outbox.remove(record.key);
    current = null;
    fill(record);
    keep();
    panel.hidden = true;
    form.hidden = false;
    show(2, true);
  }
});

window.addEventListener("online", deliverNext);
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  deliverNext();
  // "Just now" is the moment somebody looks at an empty page, not when it was left open.
  const opened = Date.parse(form.elements.opened_at.value);
  if (!chosenTile(form) && Date.now() + ahead - opened > STALE) startAfresh();
});
window.addEventListener("beforeunload", (event) => {
  if (leaving || !current || !current.sealed) return;
  event.preventDefault();
  event.returnValue = words.dataset.leave;
});

// A page with errors on it came from the server and keeps what it says.
if (!form.querySelector(".error-summary")) {
  const kept = outbox.draft(who);
  if (kept) fill(kept);
  else form.elements.key.value = outbox.newKey();
}
begin(words, keep);
if (outbox.waiting().some((record) => record.who !== who)) {
  const place = document.querySelector("[data-in-app]");
  const note = document.createElement("p");
  note.className = "notice notice-warning";
  note.textContent = words.dataset.otherPerson;
  place.parentElement.insertBefore(note, place);
}
deliverNext();
