import type { AdapterKind } from "./adapter.ts";
import { lora } from "./kinds/lora.ts";

/** Every kind of adapter that can be merged: one file in `kinds/`, one entry here. */
export const adapterKinds = [lora] as const satisfies readonly AdapterKind[];
