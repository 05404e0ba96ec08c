import { openCommandMenu } from "./command-menu.js";
import { sendText } from "./connection.js";
import { byId, element } from "./dom.js";
import { showToast } from "./notices.js";

const form = byId("composer");
const input = byId("text");
const sendButton = byId("send-button");
const suggestions = byId("suggestions");

const menu = openCommandMenu({ input, onPicked: send });

/** Enter sends, Shift and Enter begin a new line, as in the desktop apps. */
export function startComposer() {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(input.value);
  });
  input.addEventListener("input", resize);
  input.addEventListener("keydown", (event) => {
    if (menu.handleKey(event)) return;
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      send(input.value);
    }
  });
  input.focus();
}

export function showCommands(commands) {
  menu.setCommands(commands);
}

/** Tasks to begin with. They are drawn anew only when they change, so that the focus stays on a chip. */
export function showSuggestions(texts) {
  const shown = [...suggestions.children].map(({ textContent }) => textContent);
  if (shown.join("\n") === texts.join("\n")) return;
  suggestions.hidden = texts.length === 0;
  suggestions.replaceChildren(...texts.map(chip));
}

function chip(text) {
  return element("li", {}, element("button", { type: "button", class: "chip", click: () => send(text) }, text));
}

async function send(text) {
  if (text.trim() === "") return;
  input.value = "";
  resize();
  input.focus();
  try {
    await sendText(text);
  } catch (error) {
    input.value ||= text;
    resize();
    showToast(error.message);
  }
}

function resize() {
  input.style.height = "auto";
  input.style.height = `${input.scrollHeight}px`;
  sendButton.disabled = input.value.trim() === "";
  menu.update();
}
