const percentByCode = new Map([["WELCOME", 10]]);

/** How many percent a voucher takes off; a code that nobody knows takes nothing. */
export function voucherPercent(code = "") {
  return percentByCode.get(code.trim().toUpperCase()) ?? 0;
}
