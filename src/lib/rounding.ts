/** Figures for people and reports carry no more digits than they mean. */

export const tenths = (value: number): number => Math.round(value * 10) / 10

export const hundredths = (value: number): number => Math.round(value * 100) / 100
