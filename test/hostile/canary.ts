/** Secrets that the engine holds in these tests, and every form in which they must not come out again. */

/** Of the shape of a model's key, a forge's token and a password; none opens anything. */
export const canaries = ['canary-Kx7Qm2Zr9TbW4cYp', 'canary_tok?en/+with=signs&3', 'canary пароль 7'] as const;

const [key, token, password] = canaries;
const base64 = (text: string) => Buffer.from(text).toString('base64');

const made = {
  plain: () => key,
  token: () => token,
  password: () => password,
  base64: () => base64(token),
  'base64-inside': () => base64(`user:${key}:end`),
  base64url: () => Buffer.from(token).toString('base64url'),
  hex: () => Buffer.from(key).toString('hex'),
  'hex-upper': () => Buffer.from(key).toString('hex').toUpperCase(),
  percent: () => encodeURIComponent(token),
  'percent-lower': () => encodeURIComponent(token).replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
  'first-half': () => key.slice(0, 12),
  'second-half': () => key.slice(12),
} as const;

export const canaryForms = {
  names: [
    'plain',
    'token',
    'password',
    'base64',
    'base64-inside',
    'base64url',
    'hex',
    'hex-upper',
    'percent',
    'percent-lower',
    'first-half',
    'second-half',
  ],
  of: (name: keyof typeof made): string => made[name](),
} as const;
