/// The shapes of the digits 0 to 4.
extension DigitSketch {
  /// 0: a ring from the top, anticlockwise; closed, open or overlapping, narrow to wide, sometimes curled.
  mutating func drawZero() {
    let width = draws.within(0.22, 0.55)
    let curl = draws.unit()
    let start = near(0.72, 0.09)
    let sweep =
      curl < 0.3 ? near(-1.12, 0.08) : curl < 0.4 ? near(-0.88, 0.05) : near(-0.98, 0.05)
    var knots = arc(
      x: 0.35, y: 0.5, width: width, height: 0.5, start: start, sweep: sweep,
      growth: near(0, 0.1), knots: 10)
    if curl > 0.85 {
      // Starts or ends inside the ring.
      knots.append(
        .through(near(0.35, 0.25 * width), near(draws.within(0.15, 0.6), 0.05)))
    } else if curl > 0.7 {
      // Ends above the ring.
      knots.append(.through(near(0.35 + width * 0.5, 0.12), near(-0.08, 0.07)))
    }
    if draws.chance(0.2) {
      knots = knots.map { .through(0.7 - $0.place.x, $0.place.y) }
    }
    pen(knots)
  }

  /// 1: a bar; with a flag, a foot or both.
  mutating func drawOne() {
    let bow = near(0, 0.025)
    let style = draws.unit()
    if style < 0.8 {
      pen([.through(0, 0), .through(bow, 0.5), .through(near(0, 0.02), 1)])
    } else {
      let reach = draws.within(0.06, 0.3)
      let drop = draws.within(0.06, 0.3)
      pen([
        .through(-reach, drop), .corner(0, 0), .through(bow, 0.5), .through(near(0, 0.02), 1),
      ])
    }
    if style > 0.91 {
      let tilt = near(0, 0.04)
      pen([
        .through(-draws.within(0.12, 0.45), 1 - tilt), .through(draws.within(0.1, 0.45), 1 + tilt),
      ])
    }
  }

  /// 2: an arch, a slope and a base; the base starts with a corner or a loop.
  mutating func drawTwo() {
    let right = near(0.64, 0.09)
    let shoulder = near(0.25, 0.05)
    var knots: [DigitKnot] = []
    let top = draws.unit()
    if top < 0.15 {
      // Flat, like a Z.
      knots += [
        .through(near(0.1, 0.06), near(0.08, 0.05)), .through(near(0.4, 0.05), near(0.03, 0.02)),
        .through(right, near(0.1, 0.04)),
      ]
    } else {
      if top > 0.75 {
        knots.append(.through(near(0.24, 0.06), near(0.3, 0.06)))
        if draws.chance(0.4) { knots.insert(.through(near(0.36, 0.05), near(0.2, 0.05)), at: 0) }
      }
      knots += [
        .through(near(0.08, 0.07), near(0.22, 0.07)), .through(near(0.36, 0.07), 0),
        .through(right, shoulder),
      ]
    }
    knots.append(.through(near(0.46, 0.08), near(0.6, 0.07)))
    let end = near(0.85, 0.19)
    let dip = near(0.01, 0.05)
    if draws.chance(0.45) {
      let size = draws.within(0.5, 2.3)
      let foot = near(0.15, 0.08)
      knots += [
        .through(foot + 0.08, near(0.88, 0.03)), .through(foot - 0.08 * size, 0.98),
        .through(foot - 0.15 * size, 0.95 - 0.07 * size),
        .through(foot - 0.06 * size, 0.93 - 0.16 * size),
        .through(foot + 0.08 + 0.08 * size, 0.94 - 0.09 * size),
        .through(foot + 0.3 + 0.06 * size, 0.97 + dip), .through(end + 0.12, near(0.94, 0.08)),
      ]
    } else {
      let foot = near(0.05, 0.07)
      let level = near(0.95, 0.04)
      knots.append(.corner(foot, level))
      knots += [
        .through(near((foot + end) / 2, 0.05), level - dip), .through(end, near(level, 0.06)),
      ]
    }
    pen(knots)
  }

  /// 3: two bows to the right; the upper one may be flat, the waist a cusp, a dent or a loop.
  mutating func drawThree() {
    let waist = near(0.46, 0.05)
    let dent = near(0.32, 0.1)
    let upper = near(0.57, 0.1)
    var knots: [DigitKnot] = []
    let top = draws.unit()
    if top < 0.15 {
      knots += [
        .through(near(0.1, 0.07), near(0.04, 0.04)), .corner(upper, near(0.03, 0.03)),
      ]
    } else {
      if top > 0.85 { knots.append(.through(near(0.14, 0.05), near(0.26, 0.05))) }
      knots += [
        .through(near(0.06, 0.07), near(0.15, 0.06)), .through(near(0.33, 0.06), 0),
        .through(upper, near(0.2, 0.04)),
      ]
    }
    let style = draws.unit()
    if style < 0.55 {
      knots.append(.corner(dent, waist))
    } else if style < 0.85 {
      knots.append(.through(dent + 0.1, waist - 0.02))
      knots.append(.through(dent + 0.12, waist + 0.03))
    } else {
      // A small loop.
      let size = draws.within(0.4, 1.4)
      knots += [
        .through(dent + 0.03, waist), .through(dent - 0.09 * size, waist + 0.04 * size),
        .through(dent - 0.04 * size, waist - 0.05 * size), .through(dent + 0.12, waist),
      ]
    }
    let lower = near(0.68, 0.08)
    knots += [.through(lower, near(0.72, 0.04)), .through(near(0.36, 0.07), 1)]
    if draws.chance(0.17) {
      // The pen lifts while still moving down.
      knots[knots.count - 1] = .through(near(0.16, 0.1), near(0.99, 0.02))
    } else {
      knots.append(.through(near(0.0, 0.1), near(0.86, 0.07)))
    }
    pen(knots)
  }

  /// 4: a corner and a stem; open, closed, or an open cup.
  mutating func drawFour() {
    let level = near(0.55, 0.07)
    let stem = near(0.56, 0.07)
    let end = near(0.54, 0.06)
    let reach = stem + draws.within(0, 0.35)
    let tilt = near(0.01, 0.05)
    let style = draws.unit()
    if style < 0.15 {
      // Closed: the slope and the stem meet at the top.
      pen([
        .through(stem - 0.02, near(0.02, 0.03)), .through(near(0.28, 0.04), level * 0.5),
        .corner(near(0.0, 0.05), level + 0.08), .through(reach, level + 0.08 - tilt),
      ])
      pen([.through(stem, 0), .through(stem, 0.5), .through(end, 1)])
      return
    }
    let left = near(0.1, 0.06)
    let rise = draws.within(0, 0.15)
    let low = draws.chance(style < 0.6 ? 0.4 : 0.15)
    let height = low ? draws.within(0.1, 0.32) : draws.within(-0.04, 0.15)
    if style < 0.6 {
      pen([
        .through(left + near(0.08, 0.07), rise), .through(left + 0.02, level * 0.55),
        .corner(near(0.02, 0.04), level), .through(reach, level - tilt),
      ])
    } else {
      // A cup that runs into the stem or past it.
      let over = draws.chance(0.5) ? reach : stem - 0.02
      pen([
        .through(left, rise), .through(near(0.05, 0.04), level * 0.7),
        .through(near(0.22, 0.05), level + 0.02), .through(over, near(level - 0.07, 0.05)),
      ])
    }
    if style > 0.88 {
      // The cup's right wall continues as the stem.
      pen([.through(stem + near(0.03, 0.04), height), .corner(stem, level), .through(end, 1)])
    } else {
      pen([.through(stem + near(0.06, 0.06), height), .through(stem, 0.6), .through(end, 1)])
    }
  }
}
