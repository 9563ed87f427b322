/** Random numbers from a seed: sfc32 (Doty-Humphrey, PractRand), the same in every browser. */
export class Random {
  /**
   * @param {number} seed a whole number
   * @param {number} stream which of the sequences of this seed
   */
  constructor(seed, stream = 0) {
    this.state = new Int32Array([seed | 0, stream | 0, 0x9e3779b9 | 0, 1]);
    /** @type {number | null} */
    this.spare = null;
    for (let i = 0; i < 20; i++) this.uniform();
  }

  /** A number in [0, 1). */
  uniform() {
    const s = this.state;
    const t = (s[0] + s[1] + s[3]) | 0;
    s[3] = (s[3] + 1) | 0;
    s[0] = s[1] ^ (s[1] >>> 9);
    s[1] = (s[2] + (s[2] << 3)) | 0;
    s[2] = (s[2] << 21) | (s[2] >>> 11);
    s[2] = (s[2] + t) | 0;
    return (t >>> 0) / 4294967296;
  }

  /**
   * A whole number in [0, n).
   *
   * @param {number} n
   */
  below(n) {
    return Math.floor(n * this.uniform());
  }

  /** A standard normal number (Box and Muller 1958). */
  normal() {
    if (this.spare !== null) {
      const spare = this.spare;
      this.spare = null;
      return spare;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    const angle = 2 * Math.PI * this.uniform();
    this.spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }
}
