/** A basket as it is printed for the customer, one item a line. */
export function receipt(items, totalCents) {
  const lines = items.map(({ name, priceCents, quantity }) => line(`${quantity} × ${name}`, priceCents * quantity));
  return [...lines, line("Total", totalCents), ""].join("\n");
}

function line(label, cents) {
  return `${label.padEnd(20)}${(cents / 100).toFixed(2).padStart(8)}`;
}
