import assert from "node:assert/strict";
import { test } from "node:test";
import type { Matrix } from "../../../ts-wrapper/linalg/matrix.ts";
import { type TriangularOptions, triangular } from "../../../ts-wrapper/linalg/triangular.ts";
import { builds } from "../../support/builds.ts";
import { normals } from "../../support/matrices.ts";

const { engine } = builds[0]!;

for (const kernel of ["trsm", "trmm"] as const) {
  test(`${kernel} refuses shapes, types and words that do not go together, and names both`, () => {
    const a = normals("f32", 3, 3, 1);
    for (const [x, b, options, message] of [
      [a, normals("f32", 4, 5, 1), {}, "A is 3×3 on the left, so B needs 3 rows; got 4×5"],
      [a, normals("f32", 3, 5, 1), { side: "right" }, "A is 3×3 on the right, so B needs 3 columns; got 3×5"],
      [normals("f32", 3, 4, 1), a, {}, "A is 3×4, a square matrix was needed"],
    ] as const) {
      assert.throws(() => triangular(kernel, engine, x, b, options), { code: "SHAPE", message: `${kernel}: ${message}` });
    }
    assert.throws(() => triangular(kernel, engine, a as Matrix, normals("f64", 3, 5, 1), {}), {
      code: "DTYPE",
      message: `${kernel}: A is f32, so B must be too; got f64`,
    });
    for (const [options, message] of [
      [{ side: "top" }, 'side is "top", one of left, right was needed'],
      [{ uplo: "U" }, 'uplo is "U", one of upper, lower was needed'],
      [{ diag: "one" }, 'diag is "one", one of unit, nonunit was needed'],
    ] as const) {
      assert.throws(() => triangular(kernel, engine, a, a, options as unknown as TriangularOptions), {
        code: "USAGE",
        message: `${kernel}: ${message}`,
      });
    }
    assert.equal(engine.live(), 0);
  });
}
