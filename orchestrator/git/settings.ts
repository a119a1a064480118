/**
 * The complete environment and the configuration of every git process that we start.
 * Nothing is inherited, so what is absent here is absent there: `GIT_TRACE*` (prints credentials), `GIT_SSH`,
 * `GIT_EXTERNAL_DIFF` and `GIT_PROXY_COMMAND` (run programs), proxies, `GIT_OBJECT_DIRECTORY`, `GIT_CONFIG_COUNT`.
 */

/** Overridden for one command by `GitCommand.env`. */
export const environment: Readonly<Record<string, string>> = {
  PATH: '/usr/local/bin:/usr/bin:/bin', // a caller's PATH could put another git, or another helper of git, first
  HOME: '/dev/null', // nothing can lie under it: no .gitconfig, .netrc or ignore file of a user is read
  LC_ALL: 'C', // porcelain that can't change with a language
  TZ: 'UTC', // the same commit bytes everywhere
  GIT_CONFIG_NOSYSTEM: '1', // /etc/gitconfig may name filters, helpers, URL rewrites
  GIT_CONFIG_SYSTEM: '/dev/null', // as above
  GIT_CONFIG_GLOBAL: '/dev/null', // as above, of the user
  GIT_ATTR_NOSYSTEM: '1', // /etc/gitattributes may attach filters to paths
  GIT_TERMINAL_PROMPT: '0', // never wait for a person
  GIT_ASKPASS: '/bin/false', // no credentials, unless a command brings its own
  GIT_PAGER: 'cat', // no other program on output
  GIT_EDITOR: 'false', // no other program on messages
  GIT_SSH_COMMAND: 'false', // no ssh, even where a URL asks for it
  GIT_OPTIONAL_LOCKS: '0', // reading writes nothing
  GIT_NO_LAZY_FETCH: '1', // a partial clone names a program that would fetch what it lacks
  GIT_NO_REPLACE_OBJECTS: '1', // a fetched replace ref would show other objects than the ids say
  GIT_LITERAL_PATHSPECS: '1', // `:(magic)` in a path is a name
  GIT_ALLOW_PROTOCOL: 'none', // no transport; wins over protocol.ext.allow=always in a repository's config
  GIT_PROTOCOL_FROM_USER: '0', // transports marked "only when a person asked" stay off
  GIT_CEILING_DIRECTORIES: '/', // never go looking for a repository in parent directories
  GIT_ALLOC_LIMIT: '1g', // one hostile size field can't take all memory
};

/** On the command line, so that it wins over a repository's own config. */
export const configuration: readonly string[] = [
  'safe.bareRepository=explicit', // a bare repository inside a tree is never discovered
  'core.hooksPath=/dev/null', // no hooks
  'core.fsmonitor=false', // names a program that status and diff would run
  'core.attributesFile=/dev/null', // attributes attach filters
  'core.protectHFS=true', // .g<U+200C>it is .git on a Mac
  'core.protectNTFS=true', // GIT~1, ".git " and .git\x are .git on Windows
  'core.logAllRefUpdates=false', // no reflogs: nothing of another job is kept alive
  'credential.helper=', // no helper program, no stored credential
  'http.followRedirects=false', // a redirect would carry the token to another host
  'http.sslVerify=true', // the forge is known by its certificate
  'http.lowSpeedLimit=1000', // with lowSpeedTime: a server that drips is hung up on
  'http.lowSpeedTime=30', // as above, seconds
  'transfer.fsckObjects=true', // trees with .git, .. or a/b as a name are not let in
  'fetch.fsckObjects=true', // as above
  'transfer.credentialsInUrl=die', // a URL with a password ends up in argv and config
  'transfer.bundleURI=false', // a server may not send us to other addresses (CVE-2025-48385)
  'fetch.recurseSubmodules=false', // a submodule's URL is the repository's choice
  'submodule.recurse=false', // as above
  'push.recurseSubmodules=no', // as above
  'push.followTags=false', // exactly one ref leaves
  'push.gpgSign=false', // runs a program
  'commit.gpgSign=false', // runs a program
  'gc.auto=0', // no background process that outlives a command
  'maintenance.auto=false', // as above
  'fetch.unpackLimit=1', // a fetch stays one pack: fewer files, and one to measure
  'protocol.version=2', // asks for one commit by id; older servers answer in their own version
];

/** Only for repositories of our own: in a person's work tree these would make clean files look changed. */
export const bareConfiguration: readonly string[] = [
  'core.symlinks=false', // nothing of ours ever makes a link on disk
  'core.autocrlf=false', // bytes in, the same bytes out
];

/**
 * For `info/attributes` of our own repositories, which wins over every .gitattributes in a tree: no filter, no
 * conversion, no merge driver, nothing left out or filled in; a file is its bytes.
 */
export const attributes =
  '* !filter !diff !merge -text !eol !ident !working-tree-encoding !export-ignore !export-subst\n';
