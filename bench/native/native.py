"""Native peers, driven over pipes by native.ts: one JSON document a line in, one out.

  {"op": "who"}                                       -> {"peers": [{"name", "version", "build"}], "skips": [{"what", "why"}]}
  {"op": "prepare", "peer", "work", "point", ...}     -> {"id": n} or {"skip": reason}
  {"op": "sample", "id", "count"}                     -> {"seconds": of one step}
  {"op": "error", "id"}                               -> {"error": of one step from the start, in units of its bound}
  {"op": "drop", "id"}                                -> {}

Operands are made here with seeds of its own; their values take no part in the time. Bounds are those of checks.ts.
"""
import ctypes
import ctypes.util
import json
import sys
import time

import numpy as np

U = {"f32": 2.0 ** -24, "f64": 2.0 ** -53}
STORED_U = {"f32": 2.0 ** -24, "f16": 2.0 ** -11, "bf16": 2.0 ** -8}


def module(name):
    try:
        return __import__(name)
    except ImportError:
        return None


torch = module("torch")
scipy = module("scipy")
if scipy:
    import scipy.linalg


def blas():
    """The library that does numpy's products: Debian's numpy takes what the alternatives of libblas.so.3 name."""
    np.ones((2, 2)) @ np.ones((2, 2))
    with open("/proc/self/maps") as maps:
        text = maps.read().lower()
    return next((name for name in ("openblas", "blis", "mkl") if name in text), "reference BLAS")


def who():
    peers, skips = [], []
    library = blas()
    if library == "reference BLAS":
        skips.append({"what": "numpy", "why": "it uses the reference BLAS, which nobody does: apt-get install libopenblas0-pthread"})
    else:
        peers.append({"name": "numpy", "version": np.__version__, "build": library})
    if torch:
        peers.append({"name": "torch", "version": torch.__version__, "build": "native"})
    else:
        skips.append({"what": "torch", "why": "not installed: apt-get install python3-torch"})
    if scipy and library != "reference BLAS":
        peers.append({"name": "scipy", "version": scipy.__version__, "build": library})
    elif not scipy:
        skips.append({"what": "scipy", "why": "not installed: apt-get install python3-scipy"})
    if lapack() and library != "reference BLAS":
        peers.append({"name": "lapack", "version": lapack_version(), "build": library})
    elif not lapack():
        skips.append({"what": "lapack", "why": "no liblapack.so.3: apt-get install libopenblas0-pthread"})
    return {"peers": peers, "skips": skips}


def lapack():
    """The library itself, for what scipy has no way to; OpenBLAS brings one, and then numpy uses that as well."""
    try:
        return ctypes.CDLL("liblapack.so.3")
    except OSError:
        return None


def lapack_version():
    numbers = [ctypes.c_int() for _ in range(3)]
    lapack().ilaver_(*map(ctypes.byref, numbers))
    return ".".join(str(n.value) for n in numbers)


def floats(dtype):
    return np.float32 if dtype == "f32" else np.float64


def uniform(shape, seed, dtype):
    return (np.random.default_rng(seed).random(shape, dtype=floats(dtype)) * 2 - 1).astype(floats(dtype))


def product_error(a, b, c, u):
    """Six standard deviations of what rounding does to the product with a vector of signs."""
    x = np.where(np.random.default_rng(1).random(b.shape[1]) < 0.5, -1.0, 1.0)
    a, b, c = (z.astype(np.float64) for z in (a, b, c))
    difference = np.abs(c @ x - a @ (b @ x))
    return float(np.max(difference / (6 * u * np.linalg.norm(a, axis=1) * np.linalg.norm(b))))


class Gemm:
    """C = A·op(B)."""

    def __init__(self, peer, point, dtype, trans_b):
        m, n, k = point["m"], point["n"], point["k"]
        self.u = U[dtype]
        self.a = uniform((m, k), 1, dtype)
        self.b = uniform((n, k) if trans_b else (k, n), 2, dtype)
        if peer == "torch":
            a, b = torch.from_numpy(self.a), torch.from_numpy(self.b)
            out = torch.empty((m, n), dtype=a.dtype)
            self.step = lambda: torch.mm(a, b.t() if trans_b else b, out=out)
            self.c = out.numpy()
        else:
            self.c = np.empty((m, n), dtype=self.a.dtype)
            self.step = lambda: np.matmul(self.a, self.b.T if trans_b else self.b, out=self.c)
        self.trans_b = trans_b

    def reset(self):
        self.c[:] = 0

    def error(self):
        return product_error(self.a, self.b.T if self.trans_b else self.b, self.c, self.u)


class Gemv:
    """y = A·x."""

    def __init__(self, peer, point, dtype):
        self.a = uniform((point["m"], point["n"]), 1, dtype)
        self.x = uniform(point["n"], 2, dtype)
        self.u = U[dtype]
        if peer == "torch":
            a, x = torch.from_numpy(self.a), torch.from_numpy(self.x)
            out = torch.empty(point["m"], dtype=a.dtype)
            self.step = lambda: torch.mv(a, x, out=out)
            self.y = out.numpy()
        else:
            self.y = np.empty(point["m"], dtype=self.a.dtype)
            self.step = lambda: np.matmul(self.a, self.x, out=self.y)

    def reset(self):
        self.y[:] = 0

    def error(self):
        a, x = self.a.astype(np.float64), self.x.astype(np.float64)
        bound = (len(x) + 3) * self.u * (np.abs(a) @ np.abs(x))
        return float(np.max(np.abs(self.y - a @ x) / bound))


class Update:
    """W += s·B·A in place, the sign changing; as addmm_ in torch, as PEFT's expression `peft`, in place in numpy."""

    def __init__(self, peer, point, stored, scale, way):
        m, n, r = point["m"], point["n"], point["r"]
        self.stored, self.scale, self.sign = stored, scale, 1
        self.b, self.a = uniform((m, r), 2, "f32"), uniform((r, n), 3, "f32")
        w = uniform((m, n), 1, "f32")
        if peer == "torch":
            kind = {"f32": torch.float32, "f16": torch.float16, "bf16": torch.bfloat16}[stored]
            self.w = torch.from_numpy(w).to(kind)
            factors = kind if way != "f32 compute" else torch.float32
            b, a = torch.from_numpy(self.b).to(factors), torch.from_numpy(self.a).to(factors)
            self.b, self.a = b.float().numpy(), a.float().numpy()
            self.torch_step(way, b, a)
        else:
            self.w = w
            self.step = lambda: self.w.__iadd__(self.signed() * (self.b @ self.a))
        self.before = self.w.clone() if peer == "torch" else self.w.copy()

    def torch_step(self, way, b, a):
        if way == "addmm_":
            self.step = lambda: self.w.addmm_(b, a, alpha=self.signed())
        elif way == "PEFT's expression":
            self.step = lambda: self.w.add_(self.signed() * (b @ a))
        else:
            self.step = lambda: self.w.copy_(self.w.float().addmm_(b, a, alpha=self.signed()))

    def signed(self):
        self.sign = -self.sign
        return -self.sign * self.scale

    def reset(self):
        self.sign = 1
        if isinstance(self.w, np.ndarray):
            self.w[:] = self.before
        else:
            self.w.copy_(self.before)

    def error(self):
        numbers = lambda z: (z if isinstance(z, np.ndarray) else z.float().numpy()).astype(np.float64)
        before, after = numbers(self.before), numbers(self.w)
        x = np.where(np.random.default_rng(1).random(before.shape[1]) < 0.5, -1.0, 1.0)
        want = before @ x + self.scale * (self.b.astype(np.float64) @ (self.a.astype(np.float64) @ x))
        # The product is rounded to the stored type before it is added, where it is computed in it.
        u = 3 * STORED_U[self.stored] + 2 * U["f32"]
        size = np.linalg.norm(before, axis=1) + np.linalg.norm(after, axis=1)
        return float(np.max(np.abs(after @ x - want) / (6 * u * size)))


class Svd:
    """A = U·diag(s)·Vt, thin; the first `rank` triplets where it is randomized."""

    def __init__(self, peer, point, dtype, rank, low):
        rows, cols = point["rows"], point["cols"]
        rng = np.random.default_rng(1)
        self.u_round, self.n, self.rank = U[dtype], max(rows, cols), rank or min(rows, cols)
        if rank:
            left = rng.standard_normal((rows, low)) * np.exp2(-8 * np.arange(low) / rank)
            self.a = (left @ rng.standard_normal((low, cols))).astype(floats(dtype))
        else:
            self.a = rng.standard_normal((rows, cols)).astype(floats(dtype))
        self.out = None
        self.step = self.stepper(peer, rank)

    def stepper(self, peer, rank):
        if peer == "torch":
            a = torch.from_numpy(self.a)
            if rank:
                return lambda: self.keep(torch.svd_lowrank(a, q=rank, niter=2), lambda u, s, v: (u, s, v.t()))
            return lambda: self.keep(torch.linalg.svd(a, full_matrices=False))
        if peer == "scipy":
            return lambda: self.keep(scipy.linalg.svd(self.a, full_matrices=False, lapack_driver="gesdd", check_finite=False))
        return lambda: self.keep(np.linalg.svd(self.a, full_matrices=False))

    def keep(self, out, order=lambda u, s, vt: (u, s, vt)):
        self.out = order(*out)

    def reset(self):
        self.out = None

    def error(self):
        bound = 16 * self.n * self.u_round
        tail = 0.0
        if self.rank < min(self.a.shape):
            tail = float(np.linalg.norm(np.linalg.svd(self.a.astype(np.float64), compute_uv=False)[self.rank:]))
        return svd_error(self.a, *self.out, bound, tail)


def svd_error(a, u, s, vt, bound, tail):
    """‖(A − U·S·Vt)·x‖, ‖(UᵀU − 1)·y‖ and ‖(VᵀV − 1)·y‖ for vectors of signs."""
    a, u, s, vt = (np.asarray(z, dtype=np.float64) for z in (a, u, s, vt))
    x = np.where(np.random.default_rng(1).random(vt.shape[1]) < 0.5, -1.0, 1.0)
    rest = np.linalg.norm(a @ x - u @ (s * (vt @ x))) / (np.linalg.norm(a) * bound + 2 * tail)
    y = np.where(np.random.default_rng(2).random(len(s)) < 0.5, -1.0, 1.0)
    bases = max(np.linalg.norm(u.T @ (u @ y) - y), np.linalg.norm(vt @ (vt.T @ y) - y)) / np.linalg.norm(y) / bound
    return float(max(rest, bases))


class Gesvj:
    """A = U·diag(s)·Vt by LAPACK's one-sided Jacobi; graded: the columns of A have shuffled scales 10^0 … 10^-graded."""

    def __init__(self, point, dtype, graded):
        n = point["rows"]
        rng = np.random.default_rng(1)
        scales = rng.permutation(10.0 ** -np.linspace(0, graded, n))
        self.a = np.asfortranarray((rng.standard_normal((n, n)) * scales).astype(floats(dtype)))
        self.work_a, self.v = np.empty_like(self.a), np.empty_like(self.a)
        self.s, self.work = np.empty(n, self.a.dtype), np.empty(max(6, 2 * n), self.a.dtype)
        self.n, self.u_round, self.graded, self.rank = n, U[dtype], graded, n
        self.call = lapack().dgesvj_ if dtype == "f64" else lapack().sgesvj_

    def step(self):
        self.work_a[:] = self.a
        integer = lambda value: ctypes.byref(ctypes.c_int(value))
        array = lambda x: x.ctypes.data_as(ctypes.c_void_p)
        n, info = self.n, ctypes.c_int()
        self.call(b"G", b"U", b"V", integer(n), integer(n), array(self.work_a), integer(n), array(self.s), integer(0), array(self.v),
                  integer(n), array(self.work), integer(len(self.work)), ctypes.byref(info), *[ctypes.c_long(1)] * 3)
        if info.value != 0:
            raise RuntimeError(f"gesvj answered {info.value}")

    def reset(self):
        self.s[:] = 0

    def error(self):
        s = self.s.astype(np.float64) * float(self.work[0])
        if not self.graded:
            return svd_error(self.a, self.work_a, s, self.v.T, 16 * self.n * self.u_round, 0.0)
        want = long_singular_values(self.a)
        return float(np.max(np.abs(s - want) / want) / (64 * self.n * self.u_round))


def long_singular_values(a):
    """One-sided Jacobi rotations in long double, round after round of disjoint pairs of columns."""
    x = np.array(a, dtype=np.longdouble)
    n = x.shape[1]
    players = np.arange(n + n % 2)
    x = np.concatenate([x, np.zeros((x.shape[0], n % 2), dtype=np.longdouble)], axis=1)
    for _ in range(60):
        most = 0.0
        for _ in range(len(players) - 1):
            p, q = players[: len(players) // 2], players[len(players) // 2 :][::-1]
            xp, xq = x[:, p], x[:, q]
            a2, b2, d = np.sum(xp * xp, axis=0), np.sum(xq * xq, axis=0), np.sum(xp * xq, axis=0)
            size = np.sqrt(a2) * np.sqrt(b2)
            cosine = np.where(size > 0, np.abs(d) / np.where(size > 0, size, 1), 0)
            most = max(most, float(np.max(cosine)))
            turn = cosine > 1e-18
            zeta = (a2 - b2) / np.where(turn, 2 * d, 1)
            t = np.where(turn, np.where(zeta >= 0, 1, -1) / (np.abs(zeta) + np.sqrt(1 + zeta * zeta)), 0)
            c = 1 / np.sqrt(1 + t * t)
            x[:, p], x[:, q] = c * (xp + t * xq), c * (xq - t * xp)
            players = np.concatenate([players[:1], np.roll(players[1:], 1)])
        if most < 1e-17:
            break
    return np.sort(np.sqrt(np.sum(x * x, axis=0)))[::-1][:n].astype(np.float64)


class ProductSvd(Svd):
    """The first `rank` triplets of B·A, which is formed and decomposed as a whole."""

    def __init__(self, peer, point):
        n, self.rank = point["n"], point["rank"]
        rng = np.random.default_rng(1)
        b, a = (rng.standard_normal(shape).astype(np.float32) for shape in ((n, self.rank), (self.rank, n)))
        self.u_round, self.n, self.a, self.out = U["f32"], n, b @ a, None
        cut = lambda u, s, vt: (u[:, : self.rank], s[: self.rank], vt[: self.rank])
        if peer == "torch":
            tb, ta = torch.from_numpy(b), torch.from_numpy(a)
            self.step = lambda: self.keep(torch.linalg.svd(tb @ ta, full_matrices=False), cut)
        else:
            self.step = lambda: self.keep(scipy.linalg.svd(b @ a, full_matrices=False, check_finite=False), cut)


class System:
    """syrk: the lower triangle of A @ A.T; trsm: L @ X = B; cholesky: A = L @ L.T; solve: A @ X = B."""

    def __init__(self, peer, work, point, dtype):
        n, count = point["n"], point.get("count", 0)
        self.work, self.n, self.u_round = work, n, U[dtype]
        a = uniform((n, point.get("k", n)), 1, dtype)
        if work == "trsm":
            a = np.tril(a)
        if work == "cholesky":
            a = np.tril(a) + np.tril(a, -1).T
        if work in ("trsm", "cholesky"):
            np.fill_diagonal(a, n)
        self.a, self.b, self.out = a, uniform((n, count), 2, dtype), None
        call = self.calls(peer)[work]
        self.step = lambda: self.keep(call())

    def calls(self, peer):
        if peer == "torch":
            a, b = torch.from_numpy(self.a), torch.from_numpy(self.b)
            return {
                "syrk": lambda: torch.mm(a, a.t()),
                "trsm": lambda: torch.linalg.solve_triangular(a, b, upper=False),
                "cholesky": lambda: torch.linalg.cholesky(a),
                "solve": lambda: torch.linalg.solve(a, b),
            }
        a, b = self.a, self.b
        if peer == "scipy":
            return {
                "trsm": lambda: scipy.linalg.solve_triangular(a, b, lower=True, check_finite=False),
                "cholesky": lambda: scipy.linalg.cholesky(a, lower=True, check_finite=False),
                "solve": lambda: scipy.linalg.solve(a, b, check_finite=False),
            }
        return {
            "syrk": lambda: a @ a.T,  # numpy calls syrk for this
            "cholesky": lambda: np.linalg.cholesky(a),
            "solve": lambda: np.linalg.solve(a, b),
        }

    def keep(self, out):
        self.out = out

    def reset(self):
        self.out = None

    def error(self):
        out, a, b = (np.asarray(z, dtype=np.float64) for z in (self.out, self.a, self.b))
        if self.work == "syrk":
            return product_error(a, a.T, out, self.u_round)
        unit = self.n * self.u_round
        if self.work == "cholesky":
            x = np.where(np.random.default_rng(1).random(self.n) < 0.5, -1.0, 1.0)
            return float(np.linalg.norm(a @ x - out @ (out.T @ x)) / (unit * np.linalg.norm(a) * np.linalg.norm(x)))
        y = np.where(np.random.default_rng(1).random(b.shape[1]) < 0.5, -1.0, 1.0)
        xy, by = out @ y, b @ y
        size = np.linalg.norm(a) * np.linalg.norm(xy) + np.linalg.norm(by)
        return float(np.linalg.norm(a @ xy - by) / (unit * size))


class Eigh:
    """A = V·diag(w)·Vᵀ; numpy and torch take several matrices in one call."""

    def __init__(self, peer, point, dtype):
        n, count = point["n"], point["count"]
        g = np.random.default_rng(1).standard_normal((count, n, n))
        self.a = (g + g.transpose(0, 2, 1)).astype(floats(dtype))
        self.bound, self.out = 16 * n * U[dtype], None
        if peer == "torch":
            a = torch.from_numpy(self.a)
            self.step = lambda: self.keep(torch.linalg.eigh(a))
        elif peer == "scipy":
            self.step = lambda: self.keep(scipy.linalg.eigh(self.a[0], driver="evd", check_finite=False))
        else:
            self.step = lambda: self.keep(np.linalg.eigh(self.a))

    def keep(self, out):
        self.out = out

    def reset(self):
        self.out = None

    def error(self):
        w, v = (np.asarray(z, dtype=np.float64) for z in self.out)
        w, v = w.reshape(len(self.a), -1), v.reshape(self.a.shape)
        a, eye = self.a.astype(np.float64), np.eye(w.shape[1])
        rest = np.linalg.norm(a @ v - v * w[:, None, :], axis=(1, 2)) / np.linalg.norm(a, axis=(1, 2))
        bases = np.linalg.norm(v.transpose(0, 2, 1) @ v - eye, axis=(1, 2))
        return float(max(np.max(rest), np.max(bases)) / self.bound)


def make(q):
    """The work asked for, or the reason why this peer does not do it."""
    peer, work, point, dtype = q["peer"], q["work"], q["point"], q.get("dtype", "f32")
    if work == "gemm" and peer in ("numpy", "torch"):
        return Gemm(peer, point, dtype, q.get("transB", False))
    if work == "gemv" and peer in ("numpy", "torch"):
        return Gemv(peer, point, dtype)
    if work == "update":
        if peer == "numpy" and q["stored"] == "f32":
            return Update(peer, point, "f32", q["scale"], "")
        if peer == "torch":
            return Update(peer, point, q["stored"], q["scale"], q["way"])
    if work == "syrk" and peer in ("numpy", "torch"):
        return System(peer, work, point, dtype)
    if work == "trsm" and peer in ("scipy", "torch"):
        return System(peer, work, point, dtype)
    if work in ("cholesky", "solve") and (peer in ("torch", "scipy") or (peer == "numpy" and dtype == "f64")):  # numpy computes f32 in f64
        return System(peer, work, point, dtype)
    if work == "svdJacobi" and peer == "lapack":
        return Gesvj(point, dtype, q["graded"])
    if work == "svd" and (peer in ("torch", "scipy") or (peer == "numpy" and dtype == "f64")):  # numpy computes f32 in f64
        return Svd(peer, point, dtype, 0, 0)
    if work == "productSvd" and peer in ("torch", "scipy"):
        return ProductSvd(peer, point)
    if work == "eigh" and (peer in ("numpy", "torch") or (peer == "scipy" and point["count"] == 1)):
        return Eigh(peer, point, dtype)
    if work == "randomizedSvd" and peer == "torch":
        return Svd(peer, point, dtype, q["rank"], q["low"])
    return None


def main():
    prepared, count = {}, 0
    for line in sys.stdin:
        q = json.loads(line)
        op = q["op"]
        try:
            if op == "who":
                answer = who()
            elif op == "prepare":
                if torch:
                    torch.set_num_threads(q["threads"])
                work = make(q)
                if work is None:
                    answer = {"skip": "it has no such operation"}
                else:
                    count += 1
                    prepared[count] = work
                    answer = {"id": count}
            elif op == "sample":
                step = prepared[q["id"]].step
                start = time.perf_counter()
                for _ in range(q["count"]):
                    step()
                answer = {"seconds": (time.perf_counter() - start) / q["count"]}
            elif op == "error":
                work = prepared[q["id"]]
                work.reset()
                work.step()
                error = work.error()
                answer = {"error": error if np.isfinite(error) else None}
            else:
                del prepared[q["id"]]
                answer = {}
        except Exception as error:  # told to the driver, which tells the user
            answer = {"skip": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


main()
