import { totalOf } from "./cart.js";
import { showPrice } from "./price.js";

const lines = process.argv.slice(2).map((price) => ({ price, quantity: 1 }));
process.stdout.write(`${showPrice(totalOf(lines))}\n`);
