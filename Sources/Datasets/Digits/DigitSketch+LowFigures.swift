/// How writers draw 0 to 4.
extension DigitSketch {
  /// A ring from the top, anticlockwise; closed, open or overlapping, narrow to wide, maybe curled.
  mutating func drawZero() {
    let width = draws.within(0.2, 0.5)
    let sweep = draws.chance(0.25) ? near(-1.15, 0.08) : near(-0.99, 0.04)
    var knots = arc(
      x: 0.35, y: 0.5, width: width, height: 0.5, start: near(0.72, 0.08), sweep: sweep,
      growth: near(0, 0.06), knots: 10)
    if draws.chance(0.12) {
      // The pen runs on into the ring.
      knots.append(.through(near(0.35, 0.08), near(0.22, 0.06)))
    }
    if draws.chance(0.15) {
      knots = knots.map { .through(0.7 - $0.place.x, $0.place.y) }
    }
    pen(knots)
  }

  /// A bar; with a flag, a foot or both.
  mutating func drawOne() {
    let bow = near(0, 0.02)
    let style = draws.unit()
    if style < 0.86 {
      pen([.through(0, 0), .through(bow, 0.5), .through(near(0, 0.02), 1)])
    } else {
      let reach = draws.within(0.08, 0.28)
      let drop = draws.within(0.08, 0.28)
      pen([
        .through(-reach, drop), .corner(0, 0), .through(bow, 0.5), .through(near(0, 0.02), 1),
      ])
    }
    if style > 0.93 {
      let tilt = near(0, 0.03)
      pen([
        .through(-draws.within(0.12, 0.35), 1 - tilt), .through(draws.within(0.12, 0.35), 1 + tilt),
      ])
    }
  }

  /// An arch, a slope and a base; the base starts in a corner or a loop.
  mutating func drawTwo() {
    let right = near(0.66, 0.06)
    let shoulder = near(0.25, 0.04)
    let waist = near(0.6, 0.05)
    var knots: [DigitKnot] = []
    let top = draws.unit()
    if top < 0.15 {
      // Flat, like a Z.
      knots += [
        .through(near(0.1, 0.05), near(0.08, 0.04)), .through(near(0.4, 0.05), near(0.03, 0.02)),
        .through(right, near(0.1, 0.04)),
      ]
    } else {
      if top > 0.85 { knots.append(.through(near(0.2, 0.04), near(0.33, 0.04))) }
      knots += [
        .through(near(0.07, 0.04), near(0.22, 0.05)), .through(near(0.34, 0.05), 0),
        .through(right, shoulder),
      ]
    }
    knots.append(.through(near(0.48, 0.05), waist))
    let end = near(0.82, 0.12)
    let dip = near(0, 0.04)
    if draws.chance(0.42) {
      let size = draws.within(0.5, 1.3)
      knots += [
        .through(0.24, 0.9), .through(0.1 - 0.03 * size, 0.97),
        .through(0.08 - 0.1 * size, 0.94 - 0.07 * size),
        .through(0.1, 0.93 - 0.16 * size), .through(0.3 + 0.05 * size, 0.92 - 0.03 * size),
        .through(0.55, 0.98 + dip), .through(end, near(0.95, 0.06)),
      ]
    } else {
      let foot = near(0.05, 0.05)
      let level = near(0.95, 0.03)
      knots.append(.corner(foot, level))
      knots += [
        .through(near(0.4, 0.05), level - dip), .through(end, near(level, 0.05)),
      ]
    }
    pen(knots)
  }

  /// Two bows to the right; the upper one may be flat, the waist a cusp, a dent or a loop.
  mutating func drawThree() {
    let waist = near(0.46, 0.04)
    let dent = near(0.33, 0.07)
    let upper = near(0.62, 0.06)
    var knots: [DigitKnot] = []
    if draws.chance(0.16) {
      knots += [
        .through(near(0.1, 0.05), near(0.04, 0.03)), .corner(upper, near(0.03, 0.02)),
      ]
    } else {
      knots += [
        .through(near(0.07, 0.05), near(0.15, 0.05)), .through(near(0.35, 0.04), 0),
        .through(upper, near(0.2, 0.03)),
      ]
    }
    let style = draws.unit()
    if style < 0.55 {
      knots.append(.corner(dent, waist))
    } else if style < 0.8 {
      knots.append(.through(dent + 0.1, waist - 0.02))
      knots.append(.through(dent + 0.12, waist + 0.03))
    } else {
      // A small loop.
      knots += [
        .through(dent + 0.03, waist), .through(dent - 0.09, waist + 0.03),
        .through(dent - 0.04, waist - 0.05), .through(dent + 0.12, waist),
      ]
    }
    let lower = near(0.68, 0.06)
    knots += [
      .through(lower, near(0.72, 0.03)), .through(near(0.36, 0.05), 1),
      .through(near(0.02, 0.06), near(0.87, 0.05)),
    ]
    pen(knots)
  }

  /// A corner and a stem; open, closed, or an open cup.
  mutating func drawFour() {
    let level = near(0.55, 0.06)
    let stem = near(0.58, 0.06)
    let end = near(0.55, 0.05)
    let reach = stem + draws.within(0.02, 0.35)
    let tilt = near(0, 0.03)
    let style = draws.unit()
    if style < 0.2 {
      // Closed: the slope and the stem meet at the top.
      pen([
        .through(stem - 0.02, near(0.02, 0.02)), .through(near(0.28, 0.04), level * 0.5),
        .corner(near(0.0, 0.04), level + 0.08), .through(reach, level + 0.08 - tilt),
      ])
      pen([.through(stem, 0), .through(stem, 0.5), .through(end, 1)])
      return
    }
    let left = near(0.08, 0.05)
    let rise = draws.within(0, 0.12)
    let height = draws.chance(0.5) ? draws.within(0, 0.15) : draws.within(0.1, 0.3)
    if style < 0.7 {
      pen([
        .through(left + near(0.08, 0.06), rise), .through(left + 0.02, level * 0.55),
        .corner(near(0.02, 0.03), level), .through(reach, level - tilt),
      ])
    } else {
      // A cup that runs into the stem or beyond it.
      pen([
        .through(left, rise), .through(near(0.04, 0.03), level * 0.7),
        .through(near(0.22, 0.05), level + 0.02), .through(reach, near(level - 0.06, 0.04)),
      ])
    }
    pen([.through(stem + near(0.06, 0.05), height), .through(stem, 0.6), .through(end, 1)])
  }
}
