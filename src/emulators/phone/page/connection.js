/** The three things the page asks of its server. Addresses are relative, so the key in the page's own address goes along. */

export function sendText(text) {
  return post("send", { text });
}

/** Resolves with the bot's answer to the tap, or with `isAnswered: false` where none came in time. */
export function sendTap(messageId, data) {
  return post("tap", { messageId, data });
}

/** Calls back with every change; the browser reconnects by itself and names the last change it has. */
export function followChat({ onNews, onConnected, onLost, onEnded }) {
  const source = new EventSource("events");
  source.addEventListener("open", onConnected);
  source.addEventListener("message", ({ data }) => onNews(JSON.parse(data)));
  source.addEventListener("error", () => (source.readyState === EventSource.CLOSED ? onEnded() : onLost()));
}

export function fileAddress(fileId) {
  return `files/${encodeURIComponent(fileId)}`;
}

async function post(path, body) {
  const response = await fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.error ?? "The demonstration has ended.");
  return answer;
}
