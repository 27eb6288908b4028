import type { TensorInfo } from "../../io/model.ts";
import type { Colors } from "../colors.ts";
import { clean, formatBytes, formatCount, formatShape, plural } from "../format.ts";
import type { ModelFacts } from "../model-facts.ts";
import { blocks, fields, table } from "../table.ts";

/** A checkpoint for people; `tensors` lists each, else they are grouped. */
export function renderModel(facts: ModelFacts, tensors: readonly TensorInfo[] | undefined, colors: Colors): string {
  const { tied, why } = facts.head;
  return blocks(
    `${colors.bold("Model")} ${facts.name}`,
    fields(
      [
        ["parameters", `${formatCount(facts.parameters)} in ${plural(facts.tensors, "tensor")}, ${formatBytes(facts.bytes)}`],
        ["types", facts.types.map((t) => `${t.dtype} ${plural(t.tensors, "tensor")}, ${formatBytes(t.bytes)}`).join(" · ")],
        ["head", `${tied === undefined ? "unknown" : tied ? "tied to the embedding" : "its own tensor"} (${clean(why)})`],
        ...Object.entries(facts.config).map(([key, value]) => [clean(key), clean(oneLine(value))] as const),
        ["side files", facts.sideFiles.length ? facts.sideFiles.map(clean).join(", ") : undefined],
      ],
      colors,
    ),
    table(
      [{ title: "file" }, { title: "size", align: "right" }, { title: "tensors", align: "right" }],
      facts.files.map((f) => [clean(f.file), formatBytes(f.bytes), String(f.tensors)]),
      colors,
    ),
    tensors ? each(tensors, colors) : groups(facts, colors),
  );
}

function groups(facts: ModelFacts, colors: Colors): string {
  return table(
    [
      { title: "tensors" },
      { title: "count", align: "right" },
      { title: "type" },
      { title: "shape" },
      { title: "parameters", align: "right" },
      { title: "size", align: "right" },
    ],
    facts.groups.map((g) => [
      clean(g.pattern),
      String(g.count),
      g.dtypes.join(", "),
      g.shapes.map(formatShape).join(", "),
      formatCount(g.parameters),
      formatBytes(g.bytes),
    ]),
    colors,
  );
}

function each(tensors: readonly TensorInfo[], colors: Colors): string {
  return table(
    [{ title: "tensor" }, { title: "type" }, { title: "shape" }, { title: "size", align: "right" }],
    tensors.map((t) => [clean(t.name), t.dtype, formatShape(t.shape), formatBytes(t.byteLength)]),
    colors,
  );
}

/** A value of a configuration in one line. */
export function oneLine(value: unknown): string {
  if (Array.isArray(value)) return value.map(oneLine).join(", ");
  return typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
}
