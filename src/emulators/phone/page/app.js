import { showCommands, showSuggestions, startComposer } from "./composer.js";
import { followChat } from "./connection.js";
import { byId, element, icon } from "./dom.js";
import { formatTime } from "./format.js";
import { latestPinned, showMessages } from "./message-list.js";

/** How long one "typing" holds. */
const activityMs = 5_000;

const presence = byId("presence");
let activityTimer;
let shownActivityAt;

startComposer();
tick();
followChat({
  onConnected: () => showPresence("bot"),
  onLost: () => showPresence("connecting…"),
  onEnded: () => showPresence("the demonstration has ended"),
  onNews: showNews,
});

function showNews({ title, bot, commands, suggestions, activity, messages, deletedIds }) {
  document.title = title;
  byId("title").textContent = bot.name;
  showCommands(commands);
  showSuggestions(suggestions);
  showActivity(activity);
  showMessages(messages, deletedIds);
  showPinned();
}

function showPresence(text) {
  presence.textContent = text;
  presence.classList.toggle("is-active", text === "typing…");
}

/** "typing" holds until a message ends it or its time is over; hearing of it again does not lengthen it. */
function showActivity(activity) {
  if (activity?.at === shownActivityAt) return;
  shownActivityAt = activity?.at;
  clearTimeout(activityTimer);
  showPresence(activity ? "typing…" : "bot");
  if (activity) activityTimer = setTimeout(showPresence, activityMs, "bot");
}

function showPinned() {
  const bar = byId("pinned");
  const pinned = latestPinned();
  bar.hidden = pinned === undefined;
  if (pinned === undefined) return;
  const words = element("span", {}, element("strong", {}, "Pinned message"), pinned.text || pinned.file?.name);
  bar.replaceChildren(icon("pin"), words);
  bar.onclick = () => byId(`message-${pinned.id}`)?.scrollIntoView({ behavior: "smooth", block: "center" });
}

/** The clock of the status bar. */
function tick() {
  byId("clock").textContent = formatTime(Date.now());
  setTimeout(tick, 10_000);
}
