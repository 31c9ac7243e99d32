/** The middle value, the upper one of two; undefined of none. */
export const median = (values: number[]): number | undefined => values.toSorted((a, b) => a - b)[values.length >> 1]
