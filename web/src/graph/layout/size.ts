/** Sizes of what the canvas draws, in pixels at 100 %. The style sheet of the cards goes by them. */
export const size = {
  step: { width: 264, height: 76 },
  /** Right of its step; lower than where the ways of a fork part. */
  note: { width: 200, height: 96, gap: 12 },
  trigger: { width: 232, height: 64, gap: 24, above: 72 },
  add: { width: 64 },
  exits: { width: 200 },
  /** Between a card and the one below it. */
  below: 64,
  /** Between a card and its branches: room for the label and the button. */
  fork: 104,
  /** From the last card of a branch to the join: room for the button of the way, and for that of all ways. */
  join: 84,
  /** Between branches. */
  beside: 40,
  /** A branch without steps. */
  empty: 176,
  /** From an open port to its end. */
  cap: 56,
  /** Where the ways of a fork part, below the card; and meet, above the join. */
  bus: 28,
  /** Between ways that run beside everything. */
  lane: 20,
  /** Between the steps of the flow and those that nothing leads to. */
  island: 120,
} as const;
