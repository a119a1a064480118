import type { Random } from './random.ts';

const nouns =
  'user order invoice account session token report widget channel message payment cart product shipment ticket event job task queue worker cache record profile config policy rule' //
    .split(' ');
const verbs =
  'load save find update delete create validate render parse format send fetch count merge split apply check'.split(
    ' ',
  );
const fields = 'id name status total amount created_at owner email limit offset kind label size ratio state'.split(' ');

export interface Words {
  readonly noun: string;
  readonly Noun: string;
  readonly verb: string;
  readonly field: string;
  readonly other: string;
  readonly number: number;
}

/** Few words, so that the same lines come again and again, as they do in real files. */
export function words(random: Random): Words {
  const noun = random.pick(nouns);
  return {
    noun,
    Noun: noun.charAt(0).toUpperCase() + noun.slice(1),
    verb: random.pick(verbs),
    field: random.pick(fields),
    other: random.pick(fields),
    number: random.below(90) + 1,
  };
}

export function sentence(random: Random): string {
  const { noun, verb, field, other } = words(random);
  return random.pick([
    `${verb} the ${noun} by ${field}`,
    `the ${noun} keeps its ${field} and ${other}`,
    `returns the ${field} of the ${noun}, or nothing`,
    `raised when the ${noun} has no ${field}`,
  ]);
}
