// What has not arrived yet, kept on this phone: one draft, and the reports that wait.
// Confidential matters never come here. A browser may refuse to keep anything: then the
// page still works, and says "not received" as long as it is open.

const DRAFT = "filing.draft";
const WAITING = "filing.waiting";

function read(name) {
  try {
    return JSON.parse(window.localStorage.getItem(name));
  } catch (error) {
    return null;
  }
}

function write(name, value) {
  try {
    if (value === null) window.localStorage.removeItem(name);
    else window.localStorage.setItem(name, JSON.stringify(value));
  } catch (error) {
    // Full, or forbidden: the open page holds it.
  }
}

export function draft(who) {
  const kept = read(DRAFT);
  return kept && kept.who === who ? kept : null;
}

export function keepDraft(record) {
  write(DRAFT, record);
}

export function dropDraft() {
  write(DRAFT, null);
}

// Every report that waits on this phone, whoever wrote it.
export function waiting() {
  const kept = read(WAITING);
  return Array.isArray(kept) ? kept : [];
}

export function add(record) {
  write(WAITING, waiting().filter((one) => one.key !== record.key).concat([record]));
}

export function remove(key) {
  const rest = waiting().filter((one) => one.key !== key);
  write(WAITING, rest.length ? rest : null);
}

// A key that no other phone makes. crypto.randomUUID is missing on phones of 2017.
export function newKey() {
  const bytes = window.crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => ("0" + byte.toString(16)).slice(-2)).join("");
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join("-");
}
