import { byId, element } from "./dom.js";

/** The list behind "/": it opens while a command is typed, and is led by the arrow keys. */
export function openCommandMenu({ input, onPicked }) {
  const list = byId("commands");
  const button = byId("command-button");
  let commands = [];
  let found = [];
  let selected = 0;

  function update() {
    const typed = /^\/(\w*)$/.exec(input.value)?.[1];
    found = typed === undefined ? [] : commands.filter(({ command }) => command.startsWith(typed));
    selected = Math.min(selected, Math.max(0, found.length - 1));
    draw();
  }

  function draw() {
    list.hidden = found.length === 0;
    button.setAttribute("aria-expanded", String(found.length > 0));
    list.replaceChildren(...found.map((entry, index) => option(entry, index === selected)));
    const current = list.children[selected];
    current?.scrollIntoView({ block: "nearest" });
    if (current) input.setAttribute("aria-activedescendant", current.id);
    else input.removeAttribute("aria-activedescendant");
  }

  function option({ command, description }, isSelected) {
    return element(
      "div",
      { id: `command-${command}`, role: "option", "aria-selected": String(isSelected), click: () => pick(command) },
      element("strong", {}, `/${command}`),
      element("span", {}, description),
    );
  }

  function pick(command) {
    close();
    onPicked(`/${command}`);
  }

  function close() {
    found = [];
    selected = 0;
    draw();
  }

  /** Returns whether the key was for the menu. */
  function handleKey(event) {
    if (found.length === 0) return false;
    const act = {
      ArrowDown: () => move(1),
      ArrowUp: () => move(-1),
      Enter: () => pick(found[selected].command),
      Tab: () => complete(found[selected].command),
      Escape: close,
    }[event.key];
    if (!act) return false;
    event.preventDefault();
    act();
    return true;
  }

  function move(step) {
    selected = (selected + step + found.length) % found.length;
    draw();
  }

  function complete(command) {
    input.value = `/${command} `;
    input.dispatchEvent(new Event("input"));
  }

  button.addEventListener("click", () => {
    const isOpen = found.length > 0;
    input.value = isOpen ? "" : "/";
    input.focus();
    input.dispatchEvent(new Event("input"));
  });

  return {
    update,
    handleKey,
    setCommands(list) {
      commands = list;
      button.hidden = list.length === 0;
      update();
    },
  };
}
