import { readPrice } from "./price.js";

/** What all lines of a cart cost, in cents. */
export function totalOf(lines) {
  return lines.reduce((sum, { price, quantity }) => sum + readPrice(price) * quantity, 0);
}
