import { byId, element } from "./dom.js";
import { formatDay } from "./format.js";
import { messageItem } from "./message.js";
import { announce } from "./notices.js";

/** Messages of one author within this time stand together. */
const groupMs = 5 * 60_000;

/** How near to the end counts as reading along. */
const nearEndPixels = 80;

const list = byId("messages");
const scroll = byId("scroll");
const toBottom = byId("to-bottom");
const shown = new Map();
let hasLooked = false;
let isReadingAlong = true;
let unread = 0;

/** Puts news into the list: new messages at the end, changed ones in their place, deleted ones away. */
export function showMessages(messages, deletedIds) {
  const wasReadingAlong = isReadingAlong;
  for (const id of deletedIds) remove(id);
  const added = messages.filter((message) => !show(message));
  arrange();

  if (wasReadingAlong || added.some(({ isMine }) => isMine)) scrollToEnd(hasLooked ? "smooth" : "instant");
  else unread += added.length;
  showUnread();
  const ringing = added.filter(({ isMine, isSilent }) => !isMine && !isSilent);
  if (hasLooked && ringing.length > 0) announce(ringing.map(({ author, text }) => `${author}: ${text}`).join("\n"));
  hasLooked = true;
}

export function latestPinned() {
  return [...shown.values()].findLast(({ isPinned }) => isPinned);
}

/** Returns whether the message stood there already. */
function show(message) {
  const before = byId(`message-${message.id}`);
  const item = messageItem(message);
  shown.set(message.id, message);
  if (before === null) {
    item.classList.toggle("is-new", hasLooked);
    list.append(item);
    return false;
  }
  const focused = before.contains(document.activeElement) && document.activeElement.dataset.key;
  keepOpenQuotes(before, item);
  before.replaceWith(item);
  if (focused) item.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  return true;
}

/** What a reader has opened stays open while the message changes. */
function keepOpenQuotes(before, after) {
  const quotes = after.querySelectorAll(".expandable");
  before.querySelectorAll(".expandable").forEach((quote, index) => {
    if (quote.classList.contains("is-open")) quotes[index]?.querySelector(".unfold").click();
  });
}

function remove(id) {
  shown.delete(id);
  byId(`message-${id}`)?.remove();
}

/** Marks days, and which messages belong together. */
function arrange() {
  for (const day of list.querySelectorAll(".day")) day.remove();
  byId("greeting").hidden = shown.size > 0;
  let previous;
  for (const item of [...list.children]) {
    const time = Number(item.dataset.time);
    const day = formatDay(time);
    const isMine = item.classList.contains("mine");
    if (previous?.day !== day) item.before(element("li", { class: "day" }, element("span", {}, day)));
    const follows = previous?.day === day && previous.isMine === isMine && time - previous.time < groupMs;
    item.classList.toggle("follows", follows);
    previous?.item.classList.toggle("is-followed", follows);
    item.classList.remove("is-followed");
    previous = { item, time, day, isMine };
  }
}

function isAtEnd() {
  return scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < nearEndPixels;
}

function scrollToEnd(behavior) {
  const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  isReadingAlong = true;
  unread = 0;
  scroll.scrollTo({ top: scroll.scrollHeight, behavior: isCalm ? "instant" : behavior });
}

function showUnread() {
  toBottom.hidden = isReadingAlong;
  toBottom.dataset.count = unread > 0 ? String(unread) : "";
}

/** Only a person's own scrolling leaves the end; a growing message or a new bar above does not. */
function look() {
  isReadingAlong = isAtEnd();
  if (isReadingAlong) unread = 0;
  showUnread();
}

for (const event of ["wheel", "touchmove", "keydown"])
  scroll.addEventListener(event, () => requestAnimationFrame(look));
scroll.addEventListener("scrollend", look);
toBottom.addEventListener("click", () => scrollToEnd("smooth"));
const resizes = new ResizeObserver(() => isReadingAlong && scrollToEnd("instant"));
resizes.observe(scroll);
