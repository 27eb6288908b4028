/** JSON as data from outside: every object is a `Map`, so that no key, `__proto__` among them, is special. */
export type JsonValue = null | boolean | number | string | JsonValue[] | JsonObject;
export type JsonObject = ReadonlyMap<string, JsonValue>;
