/** Reads "12.50" as 1250 cents; throws for anything that is no price. */
export function readPrice(text) {
  const match = /^(\d+)(?:\.(\d{2}))?$/.exec(text.trim());
  if (match === null) throw new RangeError(`"${text}" is no price.`);
  return Number(match[1]) * 100 + Number(match[2] ?? 0);
}

export function showPrice(cents) {
  return (cents / 100).toFixed(2);
}
