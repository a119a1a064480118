/** Shows what set-up does, one line a step with its time: one updating line on a terminal, plain lines elsewhere. */

/** Says what the step is doing now, or in the end what it has done. */
export type Say = (what: string) => void;

export interface Steps {
  /** Runs `work` as one step; its failure is shown and thrown on. */
  run<T>(name: string, work: (say: Say) => Promise<T>): Promise<T>;
}

/** Where steps are shown; `process.stderr` is one. Never stdout: with `--json` that belongs to the result. */
export interface Screen {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** A step that is quicker than this and says nothing had nothing to do: its time would be noise. In ms. */
const unremarkable = 50;

/** A duration for people: `120 ms`, `3.2 s`. */
export function formatDuration(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

interface Line {
  update(text: string): void;
  end(text: string): void;
}

/** A line for each thing that takes its time: whoever reads a log wants to know what is going on, not what is over. */
function plainLine(screen: Screen): Line {
  const print = (text: string) => screen.write(`${text}\n`);
  let timer: NodeJS.Timeout | undefined;
  const update = (text: string) => {
    clearTimeout(timer);
    timer = setTimeout(print, 500, text).unref();
  };
  const end = (last: string) => {
    clearTimeout(timer);
    print(last);
  };
  return { update, end };
}

function terminalLine(screen: Screen): Line {
  const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
  let [text, frame] = ['', 0];
  // A line that wraps could not be overwritten.
  const draw = () => {
    frame = (frame + 1) % frames.length;
    screen.write(`\r\u001b[2K${`${frames[frame]} ${text}`.slice(0, (screen.columns ?? 80) - 1)}`);
  };
  const timer = setInterval(draw, 100).unref();
  const update = (next: string) => {
    text = next.replace(/^… /, '');
    draw();
  };
  const end = (last: string) => {
    clearInterval(timer);
    screen.write(`\r\u001b[2K${last}\n`);
  };
  return { update, end };
}

/** Steps shown on `screen`. */
export function showSteps(screen: Screen): Steps {
  return {
    async run(name, work) {
      const start = performance.now();
      const line = screen.isTTY === true ? terminalLine(screen) : plainLine(screen);
      let said = '';
      const finish = (mark: string) => {
        const took = performance.now() - start;
        const quiet = said === '' && took < unremarkable;
        line.end([`${mark} ${name}`, said || 'ok', ...(quiet ? [] : [formatDuration(took)])].join('  '));
      };
      const say = (what: string) => {
        said = what;
        line.update(`… ${name}  ${what}`);
      };
      try {
        const value = await work(say);
        finish('✓');
        return value;
      } catch (error) {
        said ||= 'failed';
        finish('✗');
        throw error;
      }
    },
  };
}

/** Steps that nobody sees. */
export const silentSteps: Steps = {
  run: (_name, work) => work(() => undefined),
};
