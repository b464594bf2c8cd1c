// Keeps a page up to date: by a socket, or by asking every few seconds where sockets are blocked.
//
// connect({ streams, onRows, onReset, onState }) returns { close }.
//   streams  { person: place, boards: { code: place } }, place = { cursor, epoch } or null
//   onRows   (stream, rows): rows in order, none missing, none twice
//   onReset  (stream): too far behind, or the stream has ended: read the page's part again
//   onState  ({ mode, staleSeconds, dispatcherOk, heardAt, now, dispatcher })
//            mode: "socket", "polling", "waiting" or "signed_out"

const SOCKET = "/ws/inbox/";
const ROWS = "/inbox/rows";
export const STALE_MS = 45000;
const DEAF_MS = 40000;
export const DISPATCHER_MS = 30000;
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 30000;
const POLL_MS = 5000;
const POLL_AFTER_FAILURES = 2;
const RECEIPT_MS = 300;
const SIGNED_OUT = 4401;
const LEAVING = 1000;

function jittered(ms) {
  return ms * (0.5 + Math.random() / 2);
}

function remembered(stream) {
  try {
    return JSON.parse(sessionStorage.getItem(`live:${stream}`));
  } catch {
    return null;
  }
}

function remember(stream, place) {
  try {
    sessionStorage.setItem(`live:${stream}`, JSON.stringify(place));
  } catch {
    // A private window without storage: memory is enough.
  }
}

// A page that does not know where it stands goes on from where this tab was.
function places(streams) {
  const found = new Map();
  if ("person" in streams) found.set("person", streams.person || remembered("person"));
  for (const [code, place] of Object.entries(streams.boards || {})) {
    found.set(`board:${code}`, place || remembered(`board:${code}`));
  }
  return found;
}

export function connect({ streams, onRows, onReset, onState }) {
  const cursors = places(streams);
  const unsaid = new Set();
  const beat = { now: "", dispatcher: null };
  let socket = null;
  let works = false;
  let failures = 0;
  let ended = false;
  let mode = "waiting";
  let heardAt = Date.now();
  let wasStale = false;
  let retryTimer = 0;
  let pollTimer = 0;
  let receiptTimer = 0;

  // ---- what the page is told ----

  function safely(call) {
    try {
      call();
    } catch (error) {
      console.error(error);
    }
  }

  function tell() {
    const age = Date.now() - heardAt;
    const serverNow = Date.parse(beat.now) + age;
    const dispatcherOk =
      Boolean(beat.dispatcher) && serverNow - Date.parse(beat.dispatcher) <= DISPATCHER_MS;
    const staleSeconds = age > STALE_MS ? Math.floor(age / 1000) : 0;
    safely(() => onState({ mode, staleSeconds, dispatcherOk, heardAt, ...beat }));
  }

  function enter(next) {
    if (mode === next) return;
    mode = next;
    tell();
  }

  // ---- what the server says, by whichever way ----

  function take(frame) {
    heardAt = Date.now();
    if (frame.type === "rows") takeRows(frame);
    else if (frame.type === "reset") restart(frame.stream, { cursor: frame.head, epoch: frame.epoch });
    else if (frame.type === "bye" && frame.stream) leave(frame.stream);
    else if (frame.type === "beat") {
      beat.now = frame.now;
      beat.dispatcher = frame.dispatcher;
      tell();
    }
  }

  function takeRows({ stream, epoch, rows }) {
    if (!cursors.has(stream)) return;
    const place = cursors.get(stream);
    const last = place ? place.cursor : 0;
    const fresh = rows.filter((row) => row.seq > last);
    if (place && place.epoch !== epoch) {
      keep(stream, null); // another history: the server answers with a reset
      hello([stream]);
      return;
    }
    if (fresh.length && fresh[0].seq !== last + 1) {
      hello([stream]);
      return;
    }
    // The cursor moves first: a page that stumbles over a row must not get it for ever.
    keep(stream, { cursor: last + fresh.length, epoch });
    if (!fresh.length) return;
    safely(() => onRows(stream, fresh));
    unsaid.add(stream);
    if (!receiptTimer) receiptTimer = setTimeout(sayReceived, jittered(2 * RECEIPT_MS));
  }

  function keep(stream, place) {
    cursors.set(stream, place);
    remember(stream, place);
  }

  function restart(stream, place) {
    if (!cursors.has(stream)) return;
    keep(stream, place);
    safely(() => onReset(stream));
  }

  function leave(stream) {
    if (!cursors.delete(stream)) return;
    safely(() => onReset(stream));
  }

  // ---- the socket ----

  function hello(names) {
    const wanted = { boards: {} };
    for (const name of names) {
      const place = cursors.get(name) || null;
      if (name === "person") wanted.person = place;
      else wanted.boards[name.slice("board:".length)] = place;
    }
    say({ type: "hello", streams: wanted });
  }

  function say(message) {
    if (socket && socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
  }

  function sayReceived() {
    receiptTimer = 0;
    for (const stream of unsaid) {
      const place = cursors.get(stream);
      if (place) say({ type: "recv", stream, seq: place.cursor });
    }
    unsaid.clear();
  }

  function open() {
    clearTimeout(retryTimer);
    retryTimer = 0;
    if (ended || socket) return;
    const address = new URL(SOCKET, location.href);
    address.protocol = address.protocol.replace("http", "ws");
    let mine;
    try {
      mine = new WebSocket(address);
    } catch {
      lost();
      return;
    }
    socket = mine;
    works = false;
    const handshake = setTimeout(() => mine.close(), DEAF_MS / 2);
    mine.addEventListener("open", () => hello([...cursors.keys()]));
    mine.addEventListener("message", (event) => {
      if (mine !== socket) return;
      const frame = JSON.parse(event.data);
      if (frame.type !== "bye" || frame.stream) arrived(handshake);
      take(frame);
    });
    mine.addEventListener("close", (event) => {
      clearTimeout(handshake);
      if (mine !== socket) return;
      socket = null;
      if (event.code === SIGNED_OUT) end("signed_out");
      else lost();
    });
  }

  function arrived(handshake) {
    if (works) return;
    clearTimeout(handshake);
    works = true;
    failures = 0;
    clearTimeout(pollTimer);
    pollTimer = 0;
    enter("socket");
  }

  function lost() {
    if (ended) return;
    failures += 1;
    const wait = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** (failures - 1));
    retryTimer = setTimeout(open, jittered(wait));
    if (failures < POLL_AFTER_FAILURES) enter("waiting");
    else if (!pollTimer) pollTimer = setTimeout(poll, 0);
  }

  // ---- asking instead ----

  async function poll() {
    const query = new URLSearchParams();
    for (const [stream, place] of cursors) {
      query.append("stream", stream);
      query.append("after", place ? String(place.cursor) : "");
      query.append("epoch", place ? place.epoch : "");
    }
    try {
      const answer = await fetch(`${ROWS}?${query}`, {
        credentials: "same-origin",
        headers: { Accept: "application/json" },
        signal: AbortSignal.timeout(DEAF_MS / 2),
      });
      if (answer.status === 401 || answer.redirected) {
        end("signed_out");
        return;
      }
      if (!answer.ok) throw new Error(String(answer.status));
      const { frames } = await answer.json();
      if (works || ended) return; // the socket was quicker
      enter("polling");
      frames.forEach(take);
    } catch {
      if (!works && !ended) enter("waiting");
    }
    if (!works && !ended) pollTimer = setTimeout(poll, jittered(2 * POLL_MS));
  }

  // ---- time passes ----

  function watch() {
    const age = Date.now() - heardAt;
    const stale = age > STALE_MS;
    if (stale || wasStale) tell();
    wasStale = stale;
    if (socket && works && age > DEAF_MS) {
      drop();
      lost();
    }
  }

  // Not waiting for the answer to the goodbye: a dead line never gives one.
  function drop() {
    const mine = socket;
    socket = null;
    works = false;
    if (mine) mine.close(LEAVING);
  }

  function hurry() {
    if (document.visibilityState === "visible" && retryTimer) open();
  }

  function pause() {
    drop();
    for (const timer of [retryTimer, pollTimer]) clearTimeout(timer);
    retryTimer = pollTimer = 0;
  }

  function end(last) {
    ended = true;
    pause();
    enter(last);
  }

  const watching = setInterval(watch, 1000);
  addEventListener("online", hurry);
  document.addEventListener("visibilitychange", hurry);
  // A page kept for the back button must not hold a socket; it goes on when it is shown again.
  addEventListener("pagehide", pause);
  addEventListener("pageshow", (event) => event.persisted && open());
  open();

  return {
    close() {
      clearInterval(watching);
      end("waiting");
    },
  };
}
