/** Forms of credentials that secretlint's recommended rules leave out, or find only beside a name. */

interface Form {
  readonly kind: string;
  readonly pattern: RegExp;
}

/** No pattern looks at more than some thousand characters from where it begins. Sources: the issuers' own documentation. */
const forms: readonly Form[] = [
  { kind: 'an access key of AWS', pattern: /\b(?:AKIA|ASIA|ABIA|ACCA)(?![A-Z2-7]{9}EXAMPLE\b)[A-Z2-7]{16}\b/g },
  { kind: 'a private key (PEM)', pattern: /-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----/g },
  { kind: 'a JSON Web Token', pattern: /(?<![\w-])eyJ[\w-]{10,2000}\.eyJ[\w-]{10,4000}\.[\w-]{20,2000}/g },
  { kind: 'a key of OpenAI', pattern: /\bsk-(?:proj-|svcacct-|admin-)[\w-]{40,200}/g },
  { kind: 'a key of OpenAI', pattern: /\bsk-(?=[A-Za-z0-9]{0,47}\d)(?=[A-Za-z0-9]{0,47}[A-Z])[A-Za-z0-9]{32,64}\b/g },
  { kind: 'a key of Anthropic', pattern: /\bsk-ant-[\w-]{32,200}/g },
  { kind: 'a token of GitHub', pattern: /\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{40,200})\b/g },
  { kind: 'a token of GitLab', pattern: /\bgl(?:pat|ptt|dt|rt|cbt)-[\w-]{20,64}\b/g },
  { kind: 'a key of Google', pattern: /\bAIza[\w-]{35}(?![\w-])/g },
  { kind: 'a live key of Stripe', pattern: /\b[rs]k_live_[A-Za-z0-9]{16,200}\b/g },
  {
    kind: 'a webhook of Slack',
    pattern: /hooks\.slack\.com\/services\/T[A-Z0-9]{6,12}\/B[A-Z0-9]{6,12}\/[A-Za-z0-9]{20,30}/g,
  },
  { kind: 'a token of Hugging Face', pattern: /\bhf_[A-Za-z0-9]{34}\b/g },
  { kind: 'a token of npm', pattern: /\bnpm_[A-Za-z0-9]{36}\b/g },
  { kind: 'a token of PyPI', pattern: /\bpypi-AgEIcHlwaS5vcmc[\w-]{50,300}/g },
  { kind: 'a token of DigitalOcean', pattern: /\bdo[opr]_v1_[a-f0-9]{64}\b/g },
  { kind: 'a key of an Azure storage account', pattern: /AccountKey=[A-Za-z0-9+/]{80,100}={0,2}/g },
  { kind: 'a key of age', pattern: /\bAGE-SECRET-KEY-1[A-Z0-9]{58}\b/g },
];

/** `api_key = "…"`: a name that says secret, and a value that no person would choose. */
const assignment =
  /(?:secret|token|passw(?:or)?d|api_?key|access_?key|private_?key|credential)\w{0,20}["']?\s{0,8}(?:=|:|=>)\s{0,8}["']([\w+/=.~-]{20,200})["']/gi;
const leastEntropy = 3.7;

export function secretForms(
  text: string,
): readonly { readonly index: number; readonly kind: string; readonly value: string }[] {
  const found = forms.flatMap(({ kind, pattern }) =>
    [...text.matchAll(pattern)].map((match) => ({ index: match.index, kind, value: match[0] })),
  );
  for (const match of text.matchAll(assignment)) {
    const value = match[1] ?? '';
    if (isRandom(value)) found.push({ index: match.index, kind: 'a secret value', value });
  }
  return found;
}

/** Letters of both cases and several digits in no order, and no words: a path, a name or a hash of one case is none. */
function isRandom(value: string): boolean {
  if (/[/.]/.test(value) || (value.match(/\d/g)?.length ?? 0) < 3 || /[A-Za-z]?[a-z]{5,}/.test(value)) return false;
  return /[a-z]/.test(value) && /[A-Z]/.test(value) && /\d/.test(value) && entropy(value) >= leastEntropy;
}

/** Bits for each character (Shannon). */
function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const char of text) counts.set(char, (counts.get(char) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}
