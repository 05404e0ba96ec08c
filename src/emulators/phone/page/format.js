const timeFormat = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const dayFormat = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "long" });

export function formatTime(timeMs) {
  return timeFormat.format(timeMs);
}

export function formatDay(timeMs) {
  const isToday = new Date(timeMs).toDateString() === new Date().toDateString();
  return isToday ? "Today" : dayFormat.format(timeMs);
}

export function formatSize(bytes) {
  if (bytes < 1_000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${(bytes / 1_000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
