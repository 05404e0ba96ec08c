import { fileAddress } from "./connection.js";
import { element, icon } from "./dom.js";
import { formatSize, formatTime } from "./format.js";
import { inlineKeyboard } from "./keyboard.js";
import { richText } from "./rich-text.js";

/** One message of the chat: the bubble, and its buttons below. */
export function messageItem(message) {
  const { id, isMine, keyboard, text, entities, reaction } = message;
  const bubble = element(
    "div",
    { class: "bubble" },
    message.repliesTo && quote(message.repliesTo),
    message.file && attachment(message.file),
    element("div", { class: "words" }, ...richText(text, entities), meta(message)),
  );
  return element(
    "li",
    { id: `message-${id}`, class: isMine ? "message mine" : "message", "data-time": message.sentAtMs },
    element("span", { class: "visually-hidden" }, isMine ? "You:" : `${message.author}:`),
    bubble,
    reaction && element("span", { class: "reaction" }, reaction),
    keyboard.length > 0 && inlineKeyboard(id, keyboard),
  );
}

function meta({ sentAtMs, isMine, isEdited, isSilent, isPinned }) {
  return element(
    "span",
    { class: "meta" },
    isPinned && icon("pin"),
    isSilent && icon("silent"),
    isEdited && "edited ",
    element("time", { datetime: new Date(sentAtMs).toISOString() }, formatTime(sentAtMs)),
    isMine && icon("ticks"),
  );
}

function quote({ id, author, text }) {
  return element(
    "a",
    { class: "quote", href: `#message-${id}` },
    element("strong", {}, author),
    element("span", { class: "quoted" }, text),
  );
}

function attachment({ id, name, size, isPicture }) {
  const address = fileAddress(id);
  if (isPicture) {
    return element(
      "a",
      { class: "picture", href: address, target: "_blank" },
      element("img", { src: address, alt: name }),
    );
  }
  return element(
    "a",
    { class: "file", href: address, download: name },
    element("span", { class: "file-icon" }, icon("file")),
    element("span", {}, element("strong", {}, name), element("small", {}, formatSize(size))),
  );
}
