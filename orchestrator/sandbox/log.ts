/** Where this room writes what a person who runs it should know; pino's shape. */
export interface Log {
  readonly warn: (fields: object, message: string) => void;
  readonly error: (fields: object, message: string) => void;
}
