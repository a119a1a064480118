/** The embedded server's two files of settings, written afresh at each start: what is here is what is true. */

/** postgresql.conf: local only, modest memory, nothing lost in a crash. `sockets` is a directory. */
export function serverSettings(sockets: string): string {
  return [
    '# Written by self-coding at each start of the server; changes are lost.',
    // Nothing on the network can try a password.
    `listen_addresses = ''`,
    `unix_socket_directories = '${sockets}'`,
    'unix_socket_permissions = 0700',
    'password_encryption = scram-sha-256',
    'max_connections = 60',
    'shared_buffers = 32MB',
    'io_method = sync',
    'min_wal_size = 32MB',
    'max_wal_size = 256MB',
    'wal_level = minimal',
    'max_wal_senders = 0',
    'max_logical_replication_workers = 0',
    'fsync = on',
    'full_page_writes = on',
    'synchronous_commit = on',
    'log_checkpoints = off',
    'log_min_messages = warning',
    `timezone = 'UTC'`,
    `log_timezone = 'UTC'`,
    `default_text_search_config = 'pg_catalog.english'`,
    '',
  ].join('\n');
}

/** pg_hba.conf: our own role, by password. The superuser exists, but nothing lets him in. */
export const accessRules = 'local all self_coding scram-sha-256\n';

/** What the fresh server is told, in single-user mode. `password` must be plain base64url. */
export function firstStatements(password: string): string {
  return [
    // No superuser: whoever gets hold of the password must not get programs of the host run by COPY … TO PROGRAM.
    `CREATE ROLE self_coding LOGIN CREATEDB PASSWORD '${password}';`,
    'CREATE DATABASE self_coding OWNER self_coding;',
    '',
  ].join('\n');
}
