/** A git server made of packet lines by hand (gitprotocol-v2): for what the real one would never send. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { deflateSync, gzipSync } from 'node:zlib';
import type { GitRequest } from '../support/git-server.ts';
import type { ServerCase } from './git-cases.ts';
import { commitObject, type StoredObject, treeObject } from './oracle.ts';

type Behaviour = Extract<
  ServerCase['behaviour'],
  { readonly name: 'endless' | 'claims' | 'bundle-uri' | 'alternates' | 'extra refs' }
>;

const tree = treeObject([]);
const commit = commitObject(tree.id);
/** Enough to see whether there is a limit, and an end for the machine's sake if there is none. */
const endlessBytes = 1_500_000_000;

/** Starts it on a free port; `requests` as the other git server records them. */
export async function startEndlessServer(behaviour: Behaviour, elsewhere: string) {
  const requests: GitRequest[] = [];
  const server = createServer((request, response) => {
    const { method = '', url = '', headers } = request;
    requests.push({
      method,
      url,
      authorization: headers.authorization,
      protocol: String(headers['git-protocol'] ?? ''),
    });
    response.on('error', () => undefined);
    void answer(behaviour, { request, response, elsewhere }).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly elsewhere: string;
}

async function answer(behaviour: Behaviour, { request, response, elsewhere }: Exchange): Promise<void> {
  const body = await bodyOf(request);
  const type = (name: string) => response.writeHead(200, { 'content-type': `application/x-git-upload-pack-${name}` });
  if (behaviour.name === 'alternates') return void response.end(dumb(request.url ?? '', elsewhere));
  if (request.url?.includes('/info/refs') === true) {
    if (behaviour.name === 'endless' && behaviour.what === 'gzip') return unfold(response);
    if (behaviour.name === 'endless' && behaviour.what === 'drips') return drip(response);
    return void type('advertisement').end(greeting(behaviour));
  }
  type('result');
  if (body.includes('command=bundle-uri'))
    return void response.end(line(`bundle.a.uri=${elsewhere}/a.bundle\n`) + flush);
  if (body.includes('command=ls-refs')) return listRefs(behaviour, response);
  if (behaviour.name === 'endless') return sendWithoutEnd(behaviour.what, response);
  response.end(Buffer.concat([Buffer.from(packHeader), ...bands(1, packOf(behaviour)), Buffer.from(flush)]));
}

const flush = '0000';
const packHeader = `${line('shallow-info\n')}${line(`shallow ${commit.id}\n`)}0001${line('packfile\n')}`;

function line(text: string): string {
  return `${(Buffer.byteLength(text) + 4).toString(16).padStart(4, '0')}${text}`;
}

function greeting({ name }: Behaviour): string {
  const capabilities = ['agent=git/hostile', 'ls-refs=unborn', 'fetch=shallow', 'object-format=sha1'];
  const all = ['version 2', ...(name === 'bundle-uri' ? ['bundle-uri'] : []), ...capabilities];
  return `${line('# service=git-upload-pack\n')}${flush}${all.map((one) => line(`${one}\n`)).join('')}${flush}`;
}

/** Git's old way to serve plain files, in which a server may name other servers for the objects. */
function dumb(url: string, elsewhere: string): string {
  if (url.includes('/info/refs')) return `${commit.id}\trefs/heads/main\n`;
  return url.endsWith('alternates') ? `${elsewhere}/acme/x.git/objects\n` : '';
}

async function listRefs(behaviour: Behaviour, response: ServerResponse): Promise<void> {
  if (behaviour.name === 'endless' && behaviour.what === 'refs') {
    await pour(response, (index) => line(`${commit.id} refs/heads/${String(index).padStart(12, '0')}\n`));
  }
  const odd = [
    'refs/heads/../../config',
    'refs/heads/--upload-pack=x',
    'refs/heads/-x',
    'refs/tags/v1',
    'refs/replace/x',
  ];
  const more = behaviour.name === 'extra refs' ? odd.map((name) => line(`${commit.id} ${name}\n`)).join('') : '';
  response.end(`${more}${line(`${commit.id} refs/heads/main\n`)}${flush}`);
}

async function sendWithoutEnd(what: string, response: ServerResponse): Promise<void> {
  response.write(packHeader);
  const noise = createHash('shake256', { outputLength: 60_000 }).update('noise').digest();
  if (what === 'progress') await pour(response, () => bands(2, Buffer.alloc(60_000, 'remote says \x1b[2J\n'))[0] ?? '');
  // A pack of one blob that is said to have 2 GiB, and is sent uncompressed: stored blocks of deflate.
  const header = Buffer.concat([
    Buffer.from('PACK\0\0\0\x02\0\0\0\x01'),
    Buffer.from('b08080808001', 'hex'),
    Buffer.from('7801', 'hex'),
  ]);
  response.write(bands(1, header)[0] ?? '');
  const block = Buffer.concat([Buffer.from([0, 0x60, 0xea, 0x9f, 0x15]), noise]);
  await pour(response, () => bands(1, block)[0] ?? '');
  response.end(flush);
}

async function pour(response: ServerResponse, piece: (index: number) => string | Uint8Array): Promise<void> {
  let sent = 0;
  for (let index = 0; sent < endlessBytes && !response.destroyed; ) {
    const pieces: Buffer[] = [];
    for (let size = 0; size < 1_000_000; index += 1) {
      const bytes = Buffer.from(piece(index));
      pieces.push(bytes);
      size += bytes.byteLength;
    }
    const chunk = Buffer.concat(pieces);
    sent += chunk.byteLength;
    if (!response.write(chunk)) await Promise.race([once(response, 'drain'), once(response, 'close')]);
  }
}

/** Two megabytes that unfold to two gigabytes of file list. */
function unfold(response: ServerResponse): void {
  const member = gzipSync(Buffer.alloc(64 * 2 ** 20, '0'), { level: 9 });
  const type = 'application/x-git-upload-pack-advertisement';
  response.writeHead(200, { 'content-type': type, 'content-encoding': 'gzip' });
  response.end(Buffer.concat(Array.from({ length: 32 }, () => member)));
}

function drip(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/x-git-upload-pack-advertisement' });
  const clock = setInterval(() => response.write('0'), 200);
  response.on('close', () => clearInterval(clock));
}

/** A pack with the commit and its tree; or one that claims to hold so many objects, and ends there. */
function packOf(behaviour: Behaviour): Buffer {
  const claimed = behaviour.name === 'claims' ? behaviour.objects : null;
  const count = Buffer.alloc(4);
  count.writeUInt32BE(claimed ?? 2);
  const objects = claimed === null ? [packed(1, commit), packed(2, tree)] : [];
  const pack = Buffer.concat([Buffer.from('PACK\0\0\0\x02'), count, ...objects]);
  return Buffer.concat([pack, createHash('sha1').update(pack).digest()]);
}

/** 1 = commit, 2 = tree; a size in four bits, then in seven. */
function packed(type: number, { bytes }: StoredObject): Buffer {
  const body = bytes.subarray(bytes.indexOf(0) + 1);
  const size = body.byteLength;
  const header = size < 16 ? [(type << 4) | size] : [0x80 | (type << 4) | (size & 15), size >> 4];
  return Buffer.concat([Buffer.from(header), deflateSync(body)]);
}

/** The side-band packets for these bytes: 1 = pack, 2 = progress, 3 = error. */
function bands(band: number, bytes: Uint8Array): readonly Uint8Array[] {
  const packets: Uint8Array[] = [];
  for (let start = 0; start < bytes.byteLength; start += 65_000) {
    const part = bytes.subarray(start, start + 65_000);
    packets.push(
      Buffer.concat([Buffer.from((part.byteLength + 5).toString(16).padStart(4, '0')), Buffer.from([band]), part]),
    );
  }
  return packets;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('latin1');
}
