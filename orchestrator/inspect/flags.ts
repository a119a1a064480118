/** What a reviewer should look at twice. Signs, not proofs: a flag never decides, and none of them missing proves nothing. */
import type { Flag } from '../ports/sandbox.ts';
import type { AddedLine, ChangedFile } from './changed-file.ts';

const inTests =
  /JEST_WORKER_ID|VITEST\b|PYTEST_CURRENT_TEST|PYTEST_VERSION|NODE_TEST_CONTEXT|["']pytest["']\s*in\s*sys\.modules|testing\.Testing\(\)|\/\.dockerenv|\/proc\/(?:1|self)\/cgroup|gvisor|\bcfg!\(test\)|process\.env\.CI\b|environ(?:\.get)?[[(]["']CI["']|Getenv\("CI"\)/i;
const hidden =
  /\beval\s*\(|\bnew\s+Function\s*\(|\bexec\s*\(\s*(?:base64|codecs|zlib|bytes|__import__)|\batob\s*\(|fromCharCode\s*\(|b64decode\s*\(|\bmarshal\.loads|\bunhexlify|(?:\\x[0-9a-f]{2}){12}|[A-Za-z0-9+/=]{200}|[0-9a-fA-F]{128}/;
const reaches =
  /\bfetch\s*\(|XMLHttpRequest|\bnew\s+WebSocket\b|\brequests\.(?:get|post|put|request|Session)\b|\burllib\b|\burlopen\b|\bhttpx?\.(?:get|post|request|Client|AsyncClient)\b|\baiohttp\b|\bsocket\.(?:socket|create_connection|connect)\b|\bnet\.(?:connect|createConnection|Dial)\b|\bhttp\.(?:Get|Post|NewRequest)\b|\bchild_process\b|\bsubprocess\b|\bos\.system\s*\(|\bcurl\b|\bwget\b|\bnc\s+-/;

/** At most one flag of a kind for each file, at its first line. */
export function flagsOf(file: ChangedFile, added: readonly AddedLine[], isTest: boolean): readonly Flag[] {
  const { path, status } = file;
  const flags: Flag[] = isTest && status !== 'A' ? [{ flag: 'tests-changed', path, line: null }] : [];
  for (const [flag, pattern] of [
    ['env-detection', isTest ? null : inTests],
    ['obfuscated', hidden],
    ['network', reaches],
  ] as const) {
    const line = pattern === null ? undefined : added.find(({ text }) => pattern.test(text));
    if (line !== undefined) flags.push({ flag, path, line: line.number });
  }
  return flags;
}
