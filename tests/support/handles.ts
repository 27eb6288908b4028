import { rng } from "./rng.ts";

/** What a made-up folder handle can do, and what goes wrong with it. */
export interface FakeHandleOptions {
  /** `move` of file handles: there, missing, or there and refusing, as for picked folders in some browsers. */
  readonly move?: "works" | "missing" | "refuses";
  /** `createSyncAccessHandle`: only in workers, and refusing outside of the origin-private file system. */
  readonly sync?: "works" | "missing" | "refuses";
  /** Bytes that fit; beyond them QuotaExceededError. */
  readonly quota?: number;
  /** Flips a bit of what is copied, as a broken disk does. */
  readonly corrupt?: boolean;
  /** Every access is refused with NotAllowedError. */
  readonly forbidden?: boolean;
}

interface Entry {
  bytes: Uint8Array<ArrayBuffer>;
  locked: boolean;
}

/** A folder handle in memory with the rules of the File System standard that the library leans on; for runtimes without one. */
export function fakeFolder(
  name: string,
  options: FakeHandleOptions = {},
): FileSystemDirectoryHandle & { readonly entriesByName: Map<string, Entry> } {
  const entries = new Map<string, Entry>();
  const folders = new Set<string>();
  const error = (kind: string): DOMException => new DOMException(`fake: ${kind}`, kind);
  const allow = (): void => {
    if (options.forbidden) throw error("NotAllowedError");
  };
  const room = (entry: Entry, size: number): void => {
    const others = [...entries.values()].reduce((sum, e) => sum + (e === entry ? 0 : e.bytes.length), 0);
    if (options.quota !== undefined && others + size > options.quota) throw error("QuotaExceededError");
  };
  const resized = (bytes: Uint8Array, size: number): Uint8Array<ArrayBuffer> => {
    const grown = new Uint8Array(size);
    grown.set(bytes.subarray(0, size));
    return grown;
  };

  const fileHandle = (file: string): FileSystemFileHandle => {
    let own = file;
    const entry = (): Entry => {
      const found = entries.get(own);
      if (!found) throw error("NotFoundError");
      return found;
    };
    const handle = {
      kind: "file",
      get name() {
        return own;
      },
      isSameEntry: async (other: unknown) => other === handle,
      async getFile() {
        allow();
        return new File([entry().bytes], own, { lastModified: 1 });
      },
      async createWritable({ keepExistingData = false } = {}) {
        allow();
        const target = entry();
        if (target.locked) throw error("NoModificationAllowedError");
        let copy: Uint8Array<ArrayBuffer> = keepExistingData ? target.bytes.slice() : new Uint8Array(0);
        return {
          async truncate(size: number) {
            room(target, size);
            copy = resized(copy, size);
          },
          async write({ position, data }: { position: number; data: Uint8Array }) {
            if (!(data.buffer instanceof ArrayBuffer)) throw new TypeError("fake: shared memory is refused");
            room(target, Math.max(copy.length, position + data.length));
            copy = resized(copy, Math.max(copy.length, position + data.length));
            copy.set(data, position);
            if (options.corrupt && !own.endsWith(".partial")) copy[0]! ^= 1;
          },
          async close() {
            target.bytes = copy;
          },
          async abort() {},
        };
      },
      ...(options.sync === "works" || options.sync === "refuses" ? { createSyncAccessHandle } : {}),
      ...(options.move === "works" || options.move === "refuses" ? { move } : {}),
    };
    async function createSyncAccessHandle(): Promise<object> {
      if (options.sync === "refuses") throw error("InvalidStateError");
      allow();
      const target = entry();
      if (target.locked) throw error("NoModificationAllowedError");
      target.locked = true;
      const next = rng(1);
      return {
        truncate(size: number) {
          room(target, size);
          target.bytes = resized(target.bytes, size);
        },
        write(bytes: Uint8Array, { at }: { at: number }) {
          const n = Math.max(1, Math.floor(bytes.length * next())); // less than asked, as the standard allows
          room(target, Math.max(target.bytes.length, at + n));
          if (at + n > target.bytes.length) target.bytes = resized(target.bytes, at + n);
          target.bytes.set(bytes.subarray(0, n), at);
          return n;
        },
        flush() {},
        close() {
          target.locked = false;
        },
      };
    }
    async function move(to: string): Promise<void> {
      if (options.move === "refuses") throw error("NotSupportedError");
      const moved = entry();
      if (moved.locked) throw error("NoModificationAllowedError");
      entries.delete(own);
      entries.set(to, moved);
      own = to;
    }
    return handle as unknown as FileSystemFileHandle;
  };

  const folder = {
    kind: "directory",
    name,
    entriesByName: entries,
    isSameEntry: async (other: unknown) => other === folder,
    async getFileHandle(file: string, { create = false } = {}) {
      allow();
      if (folders.has(file)) throw error("TypeMismatchError");
      if (!entries.has(file)) {
        if (!create) throw error("NotFoundError");
        entries.set(file, { bytes: new Uint8Array(0), locked: false });
      }
      return fileHandle(file);
    },
    async getDirectoryHandle(sub: string, { create = false } = {}) {
      if (!folders.has(sub) && !create) throw error("NotFoundError");
      folders.add(sub);
      return fakeFolder(sub, options);
    },
    async removeEntry(file: string) {
      allow();
      if (entries.get(file)?.locked) throw error("NoModificationAllowedError");
      if (!entries.delete(file)) throw error("NotFoundError");
    },
    async *entries() {
      allow();
      for (const file of entries.keys()) yield [file, { kind: "file" }];
      for (const sub of folders) yield [sub, { kind: "directory" }];
    },
    async *keys() {
      allow();
      yield* [...entries.keys(), ...folders];
    },
  };
  return folder as unknown as FileSystemDirectoryHandle & { entriesByName: Map<string, Entry> };
}

let count = 0;

/** A fresh folder in the origin-private file system, where the runtime has one. */
export async function opfsFolder(): Promise<FileSystemDirectoryHandle | undefined> {
  const root = await globalThis.navigator?.storage?.getDirectory?.().catch(() => undefined);
  const name = `test-${Date.now()}-${count++}`;
  return root?.getDirectoryHandle(name, { create: true });
}
