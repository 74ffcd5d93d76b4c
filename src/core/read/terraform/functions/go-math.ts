/**
 * Logarithm and power of float64 with the rounding of Go's math package (FreeBSD's algorithms), since Terraform prints
 * every digit and ceil(log(n, 2)) must not differ by one. A power with a fraction other than a half may differ in its
 * last digit: Go computes it in assembly.
 */

const LN2_HI = 0.6931471803691238;
const LN2_LO = 1.9082149292705877e-10;
const L1 = 0.6666666666666735;
const L2 = 0.3999999999940942;
const L3 = 0.2857142874366239;
const L4 = 0.22222198432149784;
const L5 = 0.1818357216161805;
const L6 = 0.15313837699209373;
const L7 = 0.14798198605116586;

const view = new DataView(new ArrayBuffer(8));

/** [fraction in [0.5, 1), exponent] with fraction × 2^exponent = x, for finite x ≠ 0. */
function splitFloat(x: number): readonly [number, number] {
  const subnormal = Math.abs(x) < 2 ** -1022;
  view.setFloat64(0, subnormal ? x * 2 ** 52 : x);
  const high = view.getUint32(0);
  const exponent = ((high >>> 20) & 0x7ff) - 1022 - (subnormal ? 52 : 0);
  view.setUint32(0, (high & 0x800fffff) | 0x3fe00000);
  return [view.getFloat64(0), exponent];
}

function scale(fraction: number, exponent: number): number {
  if (exponent > 1000) return fraction * 2 ** 1000 * 2 ** Math.min(exponent - 1000, 1000);
  if (exponent < -1000) return fraction * 2 ** -1000 * 2 ** Math.max(exponent + 1000, -1000);
  return fraction * 2 ** exponent;
}

export function logarithm(x: number): number {
  if (Number.isNaN(x) || x === Number.POSITIVE_INFINITY) return x;
  if (x < 0) return Number.NaN;
  if (x === 0) return Number.NEGATIVE_INFINITY;
  let [f1, exponent] = splitFloat(x);
  if (f1 < Math.SQRT2 / 2) {
    f1 *= 2;
    exponent -= 1;
  }
  const f = f1 - 1;
  const s = f / (2 + f);
  const s2 = s * s;
  const s4 = s2 * s2;
  const t1 = s2 * (L1 + s4 * (L3 + s4 * (L5 + s4 * L7)));
  const t2 = s4 * (L2 + s4 * (L4 + s4 * L6));
  const r = t1 + t2;
  const half = 0.5 * f * f;
  return exponent * LN2_HI - (half - (s * (half + r) + exponent * LN2_LO) - f);
}

export function power(x: number, y: number): number {
  if (y === 0 || x === 1) return 1;
  if (y === 1) return x;
  if (Number.isNaN(x) || Number.isNaN(y)) return Number.NaN;
  if (x === 0 || !Number.isFinite(x) || !Number.isFinite(y)) return x === -1 ? 1 : x ** y;
  if (y === 0.5) return Math.sqrt(x);
  if (y === -0.5) return 1 / Math.sqrt(x);
  let whole = Math.trunc(Math.abs(y));
  let fraction = Math.abs(y) - whole;
  if (fraction !== 0 && x < 0) return Number.NaN;
  if (whole >= 2 ** 63) return x === -1 ? 1 : x ** y;
  let a = 1;
  let aExponent = 0;
  if (fraction !== 0) {
    if (fraction > 0.5) {
      fraction -= 1;
      whole += 1;
    }
    a = Math.exp(fraction * logarithm(x));
  }
  let [base, baseExponent] = splitFloat(x);
  while (whole !== 0) {
    if (Math.abs(baseExponent) > 1 << 12) {
      // Overflow, or an underflow to zero: the digits no longer matter.
      aExponent += baseExponent;
      break;
    }
    if (whole % 2 === 1) {
      a *= base;
      aExponent += baseExponent;
    }
    base *= base;
    baseExponent *= 2;
    if (base < 0.5) {
      base += base;
      baseExponent -= 1;
    }
    whole = Math.floor(whole / 2);
  }
  return y < 0 ? scale(1 / a, -aExponent) : scale(a, aExponent);
}
