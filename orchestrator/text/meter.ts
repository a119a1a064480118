/** Counts the work done on one answer, so that hostile text ends in a refusal and never in a long wait. */
export interface Meter {
  /** Books `steps` of work (about one line or a few characters each); false once the budget is used up. */
  spend(steps: number): boolean;
  readonly used: number;
  readonly exhausted: boolean;
}

/** About half a second of work on one core. */
export const defaultSteps = 60_000_000;

export function openMeter(limit: number = defaultSteps): Meter {
  let used = 0;
  return {
    spend(steps) {
      if (used <= limit) used += steps;
      return used <= limit;
    },
    get used() {
      return used;
    },
    get exhausted() {
      return used > limit;
    },
  };
}
