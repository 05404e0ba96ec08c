/** What a basket costs, in cents, after a discount in percent. */
export function total(items, discountPercent = 0) {
  const sum = items.reduce((cents, { priceCents, quantity }) => cents + priceCents * quantity, 0);
  return sum - (sum * discountPercent) / 100;
}
