/** What a state that waits can be answered with: the machine's next way, as its Choice knows it. */
export const runAnswers = ["aws", "local", "prepare", "inspect", "finish", "completed"] as const;

export type RunAnswer = (typeof runAnswers)[number];

export interface Delivery {
  readonly kind: "delivered" | "waits-no-more" | "never-asked";
}
