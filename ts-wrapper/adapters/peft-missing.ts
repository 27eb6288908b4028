// What a configuration asks for and an adapter does not hold.
import { show } from "../io/show.ts";
import { type BindContext, misfit } from "./layers/bind-context.ts";
import { parentOf } from "./peft-keys.ts";
import { packedAttentionOf, type Targets } from "./peft-matching.ts";
import { vocabularyRole } from "./vocabulary.ts";

/**
 * MISMATCH for a module of the base that the configuration targets and that has no factors. With `all-linear` the file of weights does
 * not tell which modules are linear: there, a module is missed where its like in another layer has factors; others are a warning.
 */
export function missingModules(
  context: BindContext,
  targets: Targets,
  bound: ReadonlySet<string>,
  parameters: ReadonlySet<string>,
): void {
  const { config, base } = context;
  const isAllLinear = config.targetModules?.by === "all-linear";
  const alike = new Set([...bound].map(withoutNumbers));
  const unsure = new Set<string>();
  for (const { name, shape } of base.tensors.values()) {
    const module = parentOf(name);
    const isLayer = (name.endsWith(".weight") && shape.length > 1) || name.endsWith(".in_proj_weight");
    const attention = packedAttentionOf(module, base);
    const isTargeted = targets.targets(module) || (attention !== undefined && targets.targets(attention));
    if (!isLayer || !isTargeted || bound.has(module) || parameters.has(module)) continue;
    if (isAllLinear && !alike.has(withoutNumbers(module))) {
      if (shape.length === 2 && vocabularyRole(name) === undefined) unsure.add(withoutNumbers(module));
      continue;
    }
    const by = isAllLinear ? "all-linear" : show(targets.entryOf(module) ?? targets.entryOf(attention ?? "") ?? "");
    const text = `${show(module)} is targeted (target_modules ${by} in ${config.file}, ${show(name)} [${shape}]), but the file holds no factors for it`;
    throw misfit(context, name, `${text}; it may be cut short, or exclude_modules has to name the module`);
  }
  if (unsure.size > 0) {
    const list = [...unsure].slice(0, 8).map(show).join(", ");
    context.warn(`target_modules is all-linear and the file holds no factors for ${list}; right if these are no linear layers`);
  }
}

function withoutNumbers(module: string): string {
  return module.replaceAll(/(?<=\.)\d+(?=\.|$)/g, "*");
}

/** Entries of `target_modules` and `layers_to_transform` that no module of the base answers, as text for messages. */
export function unmatchedEntries({ config, base }: BindContext, targets: Targets): string[] {
  const names = config.targetModules?.by === "names" ? config.targetModules.names : [];
  const open = new Set(names);
  const layers = new Set(config.layersToTransform);
  const seen = new Set<string>();
  for (const tensor of base.tensors.keys()) {
    for (let module = parentOf(tensor); module !== "" && !seen.has(module); module = parentOf(module)) {
      seen.add(module);
      for (const name of open) if (module === name || module.endsWith(`.${name}`)) open.delete(name);
      const layer = layers.size > 0 && targets.entryOf(module) !== undefined ? targets.layerOf(module) : undefined;
      if (layer !== undefined) layers.delete(layer);
    }
  }
  return [
    ...[...open].map((name) => `target_modules has ${show(name)}, which is no module of ${base.name}`),
    ...[...layers].map((n) => `layers_to_transform has ${n}, and no targeted module of ${base.name} is in that layer`),
  ];
}
