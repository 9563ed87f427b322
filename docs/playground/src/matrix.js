/**
 * Products of small matrices on typed arrays. Everything is float64: JavaScript computes in
 * float64 anyway, and a Float32Array would have each number converted at every access.
 */

/**
 * C = A B, or C += A B. Tiles of 2 by 4 keep eight sums in registers.
 *
 * @param {Float64Array} c (n, m), its rows without gaps
 * @param {number} n
 * @param {number} m
 * @param {number} k columns of A, rows of B
 * @param {Float64Array} a (n, k)
 * @param {number} aRow step from one row of A to the next: a transposed matrix needs no copy
 * @param {number} aCol step from one column to the next
 * @param {Float64Array} b (k, m)
 * @param {number} bRow
 * @param {number} bCol
 * @param {boolean} add whether to add to what C holds
 */
export function multiply(c, n, m, k, a, aRow, aCol, b, bRow, bCol, add) {
  const rows = n - (n % 2);
  const cols = m - (m % 4);
  for (let j = 0; j < cols; j += 4) {
    for (let i = 0; i < rows; i += 2) {
      let p0 = i * aRow;
      let p1 = p0 + aRow;
      let q0 = j * bCol;
      let q1 = q0 + bCol;
      let q2 = q1 + bCol;
      let q3 = q2 + bCol;
      let s0 = 0;
      let s1 = 0;
      let s2 = 0;
      let s3 = 0;
      let t0 = 0;
      let t1 = 0;
      let t2 = 0;
      let t3 = 0;
      for (let t = 0; t < k; t++) {
        const x = a[p0];
        const y = a[p1];
        const w0 = b[q0];
        const w1 = b[q1];
        const w2 = b[q2];
        const w3 = b[q3];
        s0 += x * w0;
        s1 += x * w1;
        s2 += x * w2;
        s3 += x * w3;
        t0 += y * w0;
        t1 += y * w1;
        t2 += y * w2;
        t3 += y * w3;
        // "| 0" tells the compiler that these stay whole numbers: without it this runs at a third.
        p0 = (p0 + aCol) | 0;
        p1 = (p1 + aCol) | 0;
        q0 = (q0 + bRow) | 0;
        q1 = (q1 + bRow) | 0;
        q2 = (q2 + bRow) | 0;
        q3 = (q3 + bRow) | 0;
      }
      put(c, i * m + j, s0, s1, s2, s3, add);
      put(c, i * m + m + j, t0, t1, t2, t3, add);
    }
  }
  if (cols < m) edge(c, 0, n, cols, m, m, k, a, aRow, aCol, b, bRow, bCol, add);
  if (rows < n) edge(c, rows, n, 0, cols, m, k, a, aRow, aCol, b, bRow, bCol, add);
}

/**
 * @param {Float64Array} c
 * @param {number} at
 * @param {number} s0
 * @param {number} s1
 * @param {number} s2
 * @param {number} s3
 * @param {boolean} add
 */
function put(c, at, s0, s1, s2, s3, add) {
  if (add) {
    c[at] += s0;
    c[at + 1] += s1;
    c[at + 2] += s2;
    c[at + 3] += s3;
  } else {
    c[at] = s0;
    c[at + 1] = s1;
    c[at + 2] = s2;
    c[at + 3] = s3;
  }
}

/**
 * The rows and columns that fill no tile: rows [from, to), columns [first, end) of m.
 *
 * @param {Float64Array} c
 * @param {number} from
 * @param {number} to
 * @param {number} first
 * @param {number} end
 * @param {number} m
 * @param {number} k
 * @param {Float64Array} a
 * @param {number} aRow
 * @param {number} aCol
 * @param {Float64Array} b
 * @param {number} bRow
 * @param {number} bCol
 * @param {boolean} add
 */
function edge(c, from, to, first, end, m, k, a, aRow, aCol, b, bRow, bCol, add) {
  for (let i = from; i < to; i++) {
    for (let j = first; j < end; j++) {
      let p = i * aRow;
      let q = j * bCol;
      let sum = 0;
      for (let t = 0; t < k; t++) {
        sum += a[p] * b[q];
        p = (p + aCol) | 0;
        q = (q + bRow) | 0;
      }
      c[i * m + j] = add ? c[i * m + j] + sum : sum;
    }
  }
}
