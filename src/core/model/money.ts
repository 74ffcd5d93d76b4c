/** Money in micro-units of a currency, so that sums are exact. */
export interface Money {
  readonly micros: bigint;
  readonly currency: "USD";
}

export const usd = (amount: number): Money => ({ micros: BigInt(Math.round(amount * 1_000_000)), currency: "USD" });
export const addMoney = (a: Money, b: Money): Money => ({ micros: a.micros + b.micros, currency: a.currency });
export const toUsd = (money: Money): number => Number(money.micros) / 1_000_000;
