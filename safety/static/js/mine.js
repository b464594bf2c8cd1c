// 我的一岗双责 says when something new has arrived; it never reloads under the reader's hands.

import { connect } from "./live.js";

const root = document.querySelector("[data-mine]");
const notice = document.querySelector("[data-changed]");

function show() {
  notice.hidden = false;
}

if (root) {
  connect({
    streams: { person: { cursor: Number(root.dataset.cursor), epoch: root.dataset.epoch } },
    onRows: show,
    onReset: show,
    onState: () => {},
  });
}
