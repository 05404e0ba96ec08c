import { total } from "./price.js";
import { receipt } from "./receipt.js";

const basket = [
  { name: "Tea", priceCents: 333, quantity: 3 },
  { name: "Honey", priceCents: 650, quantity: 1 },
];

const discountPercent = Number(process.argv[2] ?? 0);
process.stdout.write(receipt(basket, total(basket, discountPercent)));
