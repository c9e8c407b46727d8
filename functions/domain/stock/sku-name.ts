/** The longest SKU that is counted, in characters: it is part of keys, which hold 1,024 bytes. */
export const MOST_OF_A_SKU = 128;

/** No control characters, and no halves of characters, which no table takes. */
export const SKU_LETTERS = /^[^\p{Cc}\p{Cs}]+$/u;

/** Whether a SKU can be counted: what else a platform has in its place nobody can send a number of. */
export const isSkuName = (text: string): boolean => text.length <= MOST_OF_A_SKU && SKU_LETTERS.test(text);
