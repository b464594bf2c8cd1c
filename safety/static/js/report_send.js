// Send one record and say what became of it: received, signed-out, refused, or not arrived.

import { csrfToken } from "./app.js";

const PATIENCE = 20000; // milliseconds before a silent line counts as no line

async function post(url, record) {
  const body = new URLSearchParams();
  for (const [name, value] of record.fields) body.append(name, value);
  const stop = typeof AbortController === "function" ? new AbortController() : null;
  const timer = stop ? setTimeout(() => stop.abort(), PATIENCE) : 0;
  try {
    return await fetch(url, {
      method: "POST",
      credentials: "same-origin",
      headers: { Accept: "application/json", "X-CSRFToken": csrfToken() },
      body: body,
      signal: stop ? stop.signal : undefined,
    });
  } finally {
    clearTimeout(timer);
  }
}

async function jsonOf(response) {
  try {
    return await response.json();
  } catch (error) {
    return null;
  }
}

// Opening the page once gives this browser the token that it lost.
async function freshToken(url) {
  await fetch(url, { credentials: "same-origin", headers: { Accept: "text/html" } });
}

async function outcome(response) {
  const said = await jsonOf(response);
  if (response.status === 201 && said && said.number) return { kind: "received", receipt: said };
  if (response.status === 401) return { kind: "signed-out" };
  const problems = said && Array.isArray(said.errors) ? said.errors : [];
  if ([400, 404, 409, 413, 422].indexOf(response.status) >= 0 && problems.length) {
    return { kind: "refused", status: response.status, problems: problems };
  }
  return { kind: "failed", why: "server" };
}

export async function send(url, record) {
  try {
    let response = await post(url, record);
    if (response.status === 403) {
      await freshToken(url);
      response = await post(url, record);
    }
    return await outcome(response);
  } catch (error) {
    const timedOut = error && error.name === "AbortError";
    return { kind: "failed", why: timedOut ? "timeout" : "offline" };
  }
}
