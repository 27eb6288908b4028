// Which modules of a base an adapter's configuration targets.
//
// Source: PEFT, `src/peft/tuners/tuners_utils.py`, `check_target_module_exists`; `src/peft/utils/other.py`, `_set_trainable`.
import type { Base } from "./adapter.ts";
import type { LoraConfig, ModuleNames } from "./peft-config.ts";
import { type PythonRegex, pythonRegex } from "./python-regex.ts";

/** The number that counts as the layer's in a name with several: PEFT from 0.20 on takes the first, before that the last. */
export type LayerRule = "first" | "last";

/** Tells for each module whether the configuration targets it. */
export interface Targets {
  targets(module: string): boolean;
  /** The first entry of `target_modules` that names the module, for messages. */
  entryOf(module: string): string | undefined;
  /** The entry of `modules_to_save` by which a module is kept whole. */
  savedBy(module: string): string | undefined;
  /** The layer that a module is in, where `layers_to_transform` chooses layers. */
  layerOf(module: string): number | undefined;
}

/** The rules that may have been in force when the adapter was made, the likelier first. */
export function layerRules(config: LoraConfig): readonly LayerRule[] {
  const [major, minor] = config.peftVersion ?? [0, 0];
  return major > 0 || minor >= 20 ? ["first"] : ["first", "last"];
}

/** Compiles the fields of a configuration that choose modules. */
export function targetsOf(config: LoraConfig, rule: LayerRule): Targets {
  const { targetModules, excludeModules, modulesToSave, layersToTransform, layersPattern, file } = config;
  const saved = modulesToSave.map((m) => pythonRegex(`(^|.*\\.)${m}($|\\..*)`, file));
  const before = layersPattern.map((p) => pythonRegex(`.*?\\.${p}`, file));
  const layers = new Set(layersToTransform);
  const layerOf = (module: string): number | undefined => layerIndex(module, before, rule);
  const inLayer = (module: string): boolean => {
    if (layers.size === 0) return true;
    const index = layerOf(module);
    return index !== undefined && layers.has(index);
  };
  return {
    targets(module) {
      if (excludeModules && entry(excludeModules, module) !== undefined) return false;
      if (saved.some((regex) => regex.matchesStart(module))) return false;
      if (targetModules === undefined) return false;
      if (targetModules.by === "names" && targetModules.names.includes(module)) return true;
      return entry(targetModules, module) !== undefined && (targetModules.by !== "names" || inLayer(module));
    },
    entryOf: (module) => (targetModules === undefined ? undefined : entry(targetModules, module)),
    savedBy: (module) => savedBy(modulesToSave, module),
    layerOf,
  };
}

/** The module of packed attention (`in_proj_weight`) that a module is the output of: PEFT adapts both when it is targeted. */
export function packedAttentionOf(module: string, base: Base): string | undefined {
  const parent = module.endsWith(".out_proj") ? module.slice(0, -".out_proj".length) : undefined;
  return parent !== undefined && base.tensors.has(`${parent}.in_proj_weight`) ? parent : undefined;
}

function entry(names: ModuleNames, module: string): string | undefined {
  if (names.by === "all-linear") return "all-linear";
  if (names.by === "pattern") return names.regex.matchesWhole(module) ? names.regex.pattern : undefined;
  return names.names.find((name) => module === name || module.endsWith(`.${name}`));
}

/** PEFT keeps a module whose name ends in an entry, whether or not a dot stands before it, with all that is in it. */
function savedBy(entries: readonly string[], module: string): string | undefined {
  const parts = module.split(".");
  for (let n = parts.length; n > 0; n--) {
    const path = parts.slice(0, n).join(".");
    const found = entries.find((name) => path.endsWith(name));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The number of `.<name>.<number>.` in a module's name; with `layers_pattern`, of those after such a name. */
function layerIndex(module: string, before: readonly PythonRegex[], rule: LayerRule): number | undefined {
  const found = [...module.matchAll(/\.(\d+)(?=\.)/g)].map((m) => ({ index: Number(m[1]), head: module.slice(0, m.index) }));
  if (rule === "last") found.reverse();
  if (before.length === 0) return found.find(({ head }) => head.includes("."))?.index;
  for (const regex of before) {
    const layer = found.find(({ head }) => regex.matchesWhole(head));
    if (layer) return layer.index;
  }
  return undefined;
}
