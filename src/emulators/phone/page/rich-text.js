import { element, icon } from "./dom.js";
import { showToast } from "./notices.js";

const marks = {
  bold: "strong",
  italic: "em",
  underline: "u",
  strikethrough: "s",
};

/** A text with its entities, as nodes. Entities may nest; one that crosses another is cut where the other ends. */
export function richText(text, entities) {
  const sorted = [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length);
  return renderRange(text, 0, text.length, sorted);
}

function renderRange(text, start, end, entities) {
  const nodes = [];
  let position = start;
  let rest = entities;
  while (rest.length > 0) {
    const [first, ...others] = rest;
    const from = Math.max(first.offset, position);
    const to = Math.min(first.offset + first.length, end);
    const isInside = (entity) => entity.offset < to;
    if (from < to) {
      nodes.push(text.slice(position, from));
      nodes.push(renderEntity(first, text.slice(from, to), renderRange(text, from, to, others.filter(isInside))));
      position = isBlock(first) && text[to] === "\n" && to < end ? to + 1 : to;
    }
    rest = others.filter((entity) => entity.offset + entity.length > position);
  }
  return [...nodes, text.slice(position, end)].filter((node) => node !== "");
}

function isBlock({ type }) {
  return type === "pre" || type === "blockquote" || type === "expandable_blockquote";
}

function renderEntity(entity, text, children) {
  switch (entity.type) {
    case "code":
      return element("code", {}, ...children);
    case "pre":
      return codeBlock(text, entity.language);
    case "text_link":
      return link(entity.url, children);
    case "url":
      return link(text, children);
    case "spoiler":
      return spoiler(children);
    case "blockquote":
      return element("blockquote", {}, ...children);
    case "expandable_blockquote":
      return expandableQuote(children);
    case "bot_command":
    case "mention":
      return element("span", { class: "mention" }, ...children);
    default:
      return element(marks[entity.type] ?? "span", {}, ...children);
  }
}

/** Only web addresses become links; whatever else a message names stays text. */
function link(address, children) {
  const url = URL.parse(address) ?? URL.parse(`https://${address}`);
  if (url?.protocol !== "https:" && url?.protocol !== "http:") return element("span", {}, ...children);
  return element("a", { href: url.href, target: "_blank", rel: "noopener noreferrer" }, ...children);
}

function codeBlock(text, language) {
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    showToast("Copied");
  };
  const head = element(
    "span",
    { class: "code-head" },
    element("span", {}, language ?? "code"),
    element("button", { type: "button", class: "copy", "aria-label": "Copy the code", click: copy }, icon("copy")),
  );
  return element("span", { class: "code-block" }, head, element("pre", { tabindex: "0" }, element("code", {}, text)));
}

function spoiler(children) {
  const reveal = ({ currentTarget }) => currentTarget.classList.add("is-open");
  return element("button", { type: "button", class: "spoiler", title: "Reveal", click: reveal }, ...children);
}

function expandableQuote(children) {
  const toggle = element(
    "button",
    { type: "button", class: "unfold", "aria-expanded": "false", "aria-label": "Show all" },
    icon("down"),
  );
  const quote = element(
    "blockquote",
    { class: "expandable" },
    element("span", { class: "folded" }, ...children),
    toggle,
  );
  toggle.addEventListener("click", () => {
    const isOpen = quote.classList.toggle("is-open");
    toggle.setAttribute("aria-expanded", String(isOpen));
    toggle.setAttribute("aria-label", isOpen ? "Show less" : "Show all");
  });
  return quote;
}
