/** How far back the platform lists orders. */
export const LISTED_DAYS = 3650;
