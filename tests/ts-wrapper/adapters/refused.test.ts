import assert from "node:assert/strict";
import { test } from "node:test";
import { adapterKinds } from "../../../ts-wrapper/adapters/index.ts";
import { refusedKinds, refuseKind } from "../../../ts-wrapper/adapters/refused.ts";

const mergeable = adapterKinds.map((k) => k.peftType);

test("no kind is both merged and refused, and every reason is one line", () => {
  for (const type of mergeable) assert.ok(!Object.hasOwn(refusedKinds, type), type);
  for (const [type, reason] of Object.entries(refusedKinds)) assert.match(`${type}: ${reason}`, /^[A-Z0-9_]+: \S.{10,110}$/);
});

for (const type of Object.keys(refusedKinds)) {
  test(`${type} is KIND with its reason`, () => {
    const error = refuseKind(type, mergeable, "lora/adapter_config.json");
    assert.equal(error.code, "KIND");
    assert.equal(
      error.message,
      `lora/adapter_config.json: peft_type is "${type}", which is not merged: ${refusedKinds[type]}; LORA can be merged`,
    );
  });
}

test("an unknown type is KIND by its name, also one that an object has by itself", () => {
  for (const type of ["NOVA", "constructor", "__proto__"]) {
    assert.match(
      refuseKind(type, mergeable, "f").message,
      new RegExp(`peft_type is "${type}", which is not known here; LORA can be merged`),
    );
  }
});
