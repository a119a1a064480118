/** Is the container what was asked for? A daemon silently drops what it doesn't support, and an image adds its own. */
import { z } from 'zod';
import type { ContainerBody } from './container.ts';

const inspected = z.looseObject({
  Image: z.string(),
  Mounts: z.array(z.unknown()),
  // An image may add labels of its own.
  Config: z.looseObject({ Labels: z.record(z.string(), z.unknown()) }),
  HostConfig: z.record(z.string(), z.unknown()),
});

/**
 * Compares what was asked with Docker's inspect answer, key by key.
 * Answers the names of what differs, `Warnings` and `Mounts` included; empty = as asked.
 */
export function drift(asked: ContainerBody, inspectAnswer: unknown, warnings: readonly string[]): readonly string[] {
  const found = inspected.parse(inspectAnswer);
  const { HostConfig, Labels, ...config } = asked;
  return [
    ...warnings.map((text) => `Warnings (${text})`),
    ...(found.Image === asked.Image ? [] : ['Image']),
    // An image's VOLUME makes a disk volume without bound, and shows only here.
    ...(found.Mounts.length === 0 ? [] : ['Mounts']),
    ...differences(config, found.Config),
    ...differences(Labels, found.Config.Labels).map((name) => `Labels.${name}`),
    ...differences(HostConfig, found.HostConfig).map((name) => `HostConfig.${name}`),
  ];
}

function differences(asked: object, found: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(asked).flatMap(([name, value]) => (same(value, found[name]) ? [] : [name]));
}

/** Deep equality in which null, '', [] and {} all mean "nothing": daemons of different versions write it differently. */
function same(a: unknown, b: unknown): boolean {
  if (isNothing(a) || isNothing(b)) return isNothing(a) && isNothing(b);
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  const left = new Map<string, unknown>(Object.entries(a));
  const right = new Map<string, unknown>(Object.entries(b));
  return [...new Set([...left.keys(), ...right.keys()])].every((key) => same(left.get(key), right.get(key)));
}

function isNothing(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}
