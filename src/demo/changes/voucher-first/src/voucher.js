const percentByCode = { WELCOME: 10 };

/** How many percent a voucher takes off. */
export function voucherPercent(code) {
  return percentByCode[code];
}
