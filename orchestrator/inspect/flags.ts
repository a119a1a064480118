/** What a reviewer should look at twice. Signs, not proofs: a flag never decides, and none of them missing proves nothing. */
import type { Flag } from '../ports/sandbox.ts';
import type { ComparedFile } from './changed-file.ts';

type Signs = readonly RegExp[];

const inTests: Signs = [
  /JEST_WORKER_ID|VITEST\b|NODE_TEST_CONTEXT|NODE_ENV\b.{0,20}["']test["']|process\.argv\b.{0,60}(?:mocha|jest|vitest|test)/i,
  /PYTEST_CURRENT_TEST|PYTEST_VERSION|["'](?:pytest|unittest)["']\s*in\s*sys\.modules|inspect\.stack\(|extract_stack\(/,
  /testing\.Testing\(\)|flag\.Lookup\("test\.|os\.Args\[0\].{0,20}\.test|\bcfg!\(test\)/,
  /getStackTrace\(|new Error\([^)]{0,40}\)\.stack|defined\?\((?:RSpec|Minitest)/,
  /\b(?:process\.env|environ|ENV|getenv|Getenv|env::var)\b.{0,8}\bCI\b/i,
  /\/\.dockerenv|\/proc\/(?:1|self)\/cgroup|gvisor|\brunsc\b/i,
];
const hidden: Signs = [
  /\beval\s*\(|\bnew\s+Function\s*\(|\batob\s*\(|fromCharCode\s*\(|[[\]()!+]{30}/,
  /\bexec\s*\(\s*(?:base64|codecs|zlib|bytes|__import__)|b64decode\s*\(|\bmarshal\.loads|\bunhexlify|\bmap\s*\(\s*chr\b/,
  /\bbase64\s+(?:-d|-D|--decode)\b|(?:\\x[0-9a-f]{2}){12}|[A-Za-z0-9+/=]{200}|[0-9a-fA-F]{128}/,
];
const reaches: Signs = [
  /\bfetch\s*\(|XMLHttpRequest|\bnew\s+WebSocket\b|\baxios\b|sendBeacon|\bhttps?\.(?:get|request)\s*\(|\bdns\.\w+\s*\(|\bimport\s*\(\s*["']https?:/,
  /\bnet\.(?:connect|createConnection)\b|\bchild_process\b|["'](?:node:)?(?:https?|net|dgram|tls)["']/,
  /\brequests\.(?:get|post|put|request|Session)\b|\burllib\b|\burlopen\b|\bhttpx\b|\baiohttp\b|\bhttp\.client\b|\bsubprocess\b|\bos\.(?:system|popen)\s*\(/,
  /\bsocket\.(?:socket|create_connection|connect)\b|\bnet\.Dial\b|\bhttp\.(?:Get|Post|NewRequest)\b|["']net\/http["']|\bexec\.Command\b/,
  /\bHttpClient\b|\bjava\.net\.|\bopenStream\(|\bNet::HTTP\b|\bURI\.open\b|open-uri|\b(?:TcpStream|UdpSocket|reqwest|ureq|Command::new)\b/,
  /\bcurl\b|\bwget\b|\bnc\s+-/,
];
/** What is written for people names such things all the time. */
export const prose = /\.(?:md|markdown|txt|rst|adoc)$/i;

/** Lines that nobody reads to the end: long, and almost without blanks. */
function isMinified(line: string): boolean {
  return line.length > 400 && (line.match(/\s/g)?.length ?? 0) * 10 < line.length;
}

/** At most one flag of a kind for each file, at its first line. */
export function flagsOf({ path, status, lines: { added } }: ComparedFile, isTest: boolean): readonly Flag[] {
  const flags: Flag[] = isTest && status !== 'A' ? [{ flag: 'tests-changed', path, line: null }] : [];
  if (prose.test(path)) return flags;
  const note = (flag: Flag['flag'], isSign: (text: string) => boolean) => {
    const line = added.find(({ text }) => isSign(text));
    if (line !== undefined) flags.push({ flag, path, line: line.number });
  };
  if (!isTest) note('env-detection', (text) => inTests.some((sign) => sign.test(text)));
  note('obfuscated', (text) => isMinified(text) || hidden.some((sign) => sign.test(text)));
  note('network', (text) => reaches.some((sign) => sign.test(text)));
  return flags;
}
