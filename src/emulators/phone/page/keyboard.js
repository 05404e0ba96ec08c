import { sendTap } from "./connection.js";
import { element, icon } from "./dom.js";
import { showAlert, showToast } from "./notices.js";

/** Taps that wait for their answer, as "message data": an edit in the meantime must not stop the spinner. */
const waiting = new Set();

/** The rows of buttons below a message. */
export function inlineKeyboard(messageId, rows) {
  return element(
    "div",
    { class: "keyboard", role: "group", "aria-label": "Answers" },
    ...rows.map((row) => element("div", { class: "row" }, ...row.map((button) => inlineButton(messageId, button)))),
  );
}

function inlineButton(messageId, { text, style, callback_data: data, url, web_app: app, copy_text: copied }) {
  const look = ["key", style && `key-${style}`].filter(Boolean).join(" ");
  const address = url ?? app?.url;
  if (address !== undefined) {
    const isWeb = /^https?:/.test(address);
    const link = { class: look, href: isWeb ? address : false, target: "_blank", rel: "noopener noreferrer" };
    return element("a", link, element("span", {}, text), corner("link"));
  }
  if (copied) {
    return element("button", { type: "button", class: look, click: () => copy(copied.text) }, text, corner("copy"));
  }
  const key = `${messageId} ${data}`;
  const button = element("button", { type: "button", class: look, "data-key": key, click: () => tap(messageId, data) });
  button.append(element("span", {}, text), element("span", { class: "spinner", "aria-hidden": "true" }));
  markWaiting(button);
  return button;
}

function corner(name) {
  return element("span", { class: "corner" }, icon(name));
}

async function copy(text) {
  await navigator.clipboard.writeText(text);
  showToast("Copied");
}

async function tap(messageId, data) {
  const key = `${messageId} ${data}`;
  if (waiting.has(key)) return;
  setWaiting(key, true);
  try {
    const { text, showAlert: isAlert } = await sendTap(messageId, data);
    if (text) (isAlert ? showAlert : showToast)(text);
  } catch (error) {
    showToast(error.message);
  } finally {
    setWaiting(key, false);
  }
}

function setWaiting(key, isWaiting) {
  waiting[isWaiting ? "add" : "delete"](key);
  for (const button of document.querySelectorAll(".key[data-key]")) markWaiting(button);
}

function markWaiting(button) {
  const isWaiting = waiting.has(button.dataset.key);
  button.classList.toggle("is-waiting", isWaiting);
  button.setAttribute("aria-busy", String(isWaiting));
}
