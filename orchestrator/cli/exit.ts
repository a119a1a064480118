/** How a command ends; documented in docs/cli.md. */
export const exit = {
  /** It was done. */
  done: 0,
  /** The engine looked and decided against it: a refusal, a failed job, a failing check. */
  refused: 1,
  /** The command line or a setting is wrong; nothing was tried. */
  usage: 2,
  /** Something outside broke: database, Docker, network. Trying again may help. */
  fault: 3,
  /** Stopped by a signal. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof exit)[keyof typeof exit];
