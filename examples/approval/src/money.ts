/** @param cents such as 34000 for 340.00 EUR */
export const euros = (cents: number): string => `${(cents / 100).toFixed(2)} EUR`;
