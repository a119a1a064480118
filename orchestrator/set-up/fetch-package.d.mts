/** `argv` for a process that inherits the environment (proxies, npm settings) but none of our secrets. */
export function withoutSecrets(argv: readonly string[]): string[];

/** Where the package is, once fetched: a path that names its version. Null for a package that isn't pinned. */
export function packageDirectory(stateDir: string, name: string): string | null;

/** Names and versions that take part in what is built from these packages. */
export function pinnedVersions(): Readonly<Record<string, string>>;

/** Makes sure that the package is there, whole or not at all, and returns its directory. Throws with npm's own words. */
export function fetchPackage(name: string, stateDir: string, signal: AbortSignal): Promise<string>;
