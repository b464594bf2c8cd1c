// Other ways to tell it: a text message already written, a file, another browser.

export function smsLink(number, text) {
  const apple = /iPhone|iPad|iPod/.test(navigator.userAgent);
  return `sms:${number}${apple ? "&" : "?"}body=${encodeURIComponent(text)}`;
}

export function exportRecord(record) {
  const lines = record.fields.map(([name, value]) => `${name}: ${value}`);
  const text = [record.written, record.school, record.what, record.people, record.where, ""]
    .concat(lines)
    .join("\n");
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }));
  link.download = `report-${record.key.slice(0, 8)}.txt`;
  document.body.appendChild(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

// Messengers have browsers of their own: a hint, never a wall.
const hint = document.querySelector("[data-in-app]");
if (hint && /MicroMessenger|DingTalk|QQ\/|Lark|Feishu/i.test(navigator.userAgent)) {
  hint.hidden = false;
  hint.querySelector("[data-copy-address]").addEventListener("click", (event) => {
    const box = document.createElement("textarea");
    box.value = window.location.href;
    document.body.appendChild(box);
    box.select();
    if (document.execCommand("copy")) {
      event.target.textContent = document.getElementById("report-words").dataset.copied;
    }
    box.remove();
  });
}
