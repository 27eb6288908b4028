import { packages } from "./packages.js";

/** A package, or an error that says how to install it. */
export async function load<T>(name: string): Promise<T> {
  try {
    return (await packages[name]!()) as T;
  } catch (cause) {
    const code = (cause as { code?: string }).code;
    if (code === "ERR_MODULE_NOT_FOUND" || /cannot find|not found|failed to resolve/i.test(String(cause)))
      throw new Error("not installed: run `npm ci --prefix bench`", { cause });
    throw cause;
  }
}

const loadedVersions = new Map<string, string>();

/** Versions known beforehand: in a page the lock file cannot be read, so the driver sends them along. */
export function giveVersions(versions: Readonly<Record<string, string>>): void {
  for (const [name, version] of Object.entries(versions)) loadedVersions.set(name, version);
}

export async function versionOf(name: string, otherwise = ""): Promise<string> {
  return loadedVersions.get(name) ?? otherwise;
}
