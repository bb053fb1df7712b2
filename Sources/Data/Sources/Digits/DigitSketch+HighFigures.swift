/// The shapes of the digits 5 to 9.
extension DigitSketch {
  /// 5: a hat, a neck and a bowl; in one stroke, with a separate hat, or in one curve like an S.
  mutating func drawFive() {
    let neck = near(0.16, 0.07)
    let waist = near(0.42, 0.08)
    let hat = max(near(0.74, 0.22), 0.4)
    let lift = near(0.01, 0.08)
    let belly = near(0.64, 0.12)
    var bowl: [DigitKnot] = [
      .through(near(neck + (belly - neck) * 0.5, 0.05), waist - near(0.03, 0.04)),
      .through(belly, near(0.67, 0.05)), .through(near(belly - 0.28, 0.08), near(0.98, 0.02)),
    ]
    let close = draws.unit()
    if close < 0.72 {
      bowl.append(.through(near(0.02, 0.12), near(0.9, 0.06)))
    } else if close < 0.88 {
      // The bowl curves back up, almost like a 6.
      bowl += [
        .through(near(0.04, 0.06), near(0.88, 0.04)), .through(near(0.06, 0.07), near(0.74, 0.05)),
      ]
    } else {
      bowl[2] = .through(near(0.2, 0.08), near(0.98, 0.03))
    }
    let style = draws.unit()
    if style < 0.4 {
      let turn = DigitKnot.corner(neck + near(0.06, 0.05), 0.05)
      pen([.through(hat, lift), turn, .corner(neck, waist)] + bowl)
    } else if style < 0.78 {
      pen([.through(neck + near(0.06, 0.05), near(0.05, 0.04)), .corner(neck, waist)] + bowl)
      pen([
        .through(near(neck + 0.06, 0.07), near(0.05, 0.04)), .through(near(0.45, 0.05), 0.03),
        .through(hat, lift),
      ])
    } else {
      pen(
        [
          .through(hat, lift), .through(near(0.42, 0.06), near(0.03, 0.02)),
          .through(near(0.14, 0.05), near(0.22, 0.04)),
          .through(near(0.3, 0.05), near(0.43, 0.04)),
        ] + bowl.dropFirst())
    }
  }

  /// 6: a stem that curves into a ring at its foot.
  mutating func drawSix() {
    let ring = near(0.5, 0.09)
    let right = near(0.62, 0.12)
    let middle = (ring + 1) / 2
    var knots: [DigitKnot] = [
      .through(near(0.48, 0.14), 0), .through(near(0.18, 0.07), near(0.34, 0.05)),
      .through(near(0.03, 0.04), near(0.68, 0.06)), .through(near(0.28, 0.06), 1),
      .through(right, near(middle, 0.04)), .through(near(right * 0.68, 0.06), ring + 0.02),
    ]
    let close = draws.unit()
    if close < 0.4 {
      knots.append(.through(near(0.12, 0.05), near(ring + 0.15, 0.05)))
    } else if close < 0.6 {
      knots.append(.through(near(0.05, 0.05), near(ring + 0.25, 0.06)))
    } else if close < 0.8 {
      knots += [.through(near(0.16, 0.04), ring + 0.12), .through(near(0.14, 0.06), ring + 0.35)]
    } else if close < 0.9 {
      // The ring stays open and ends inside.
      knots[5] = .through(near(right * 0.7, 0.06), ring + 0.04)
      knots.append(.through(near(right * 0.45, 0.06), near(ring + 0.16, 0.05)))
    }
    pen(knots)
  }

  /// 7: a roof and a stem; with an initial hook, with a crossbar, with a sharp or a round corner.
  mutating func drawSeven() {
    let wide = draws.unit()
    let right = near(0.56, 0.06) + 0.35 * wide * wide
    let roof = near(0.04, 0.05)
    var knots: [DigitKnot] = []
    let left = near(0.0, 0.06)
    let start = near(0.07, 0.06)
    if draws.chance(0.25) {
      knots.append(.through(left + near(0, 0.04), start + draws.within(0.06, 0.26)))
      knots.append(.corner(left + near(0.02, 0.03), start))
    } else {
      knots.append(.through(left, start))
    }
    knots.append(.through(near((left + right) / 2, 0.04), near(0.05, 0.04)))
    let turn = draws.unit()
    if turn < 0.6 {
      knots.append(.corner(right, roof))
    } else if turn < 0.7 {
      knots.append(.through(right, roof + 0.16))
    } else {
      knots += [.through(right - 0.08, roof), .through(right, roof + 0.09)]
    }
    let foot = near(0.28, 0.1) + 0.2 * wide * wide
    let bow = near(-0.03, 0.05)
    let middle = (right + foot) / 2 + bow
    knots += [.through(middle, 0.5), .through(foot, 1)]
    pen(knots)
    if draws.chance(0.2) {
      let level = near(0.5, 0.07)
      let tilt = near(0, 0.06)
      let centre = middle + (foot - middle) * (level - 0.5) * 2
      pen([
        .through(centre - draws.within(0.12, 0.4), level + tilt),
        .through(centre + draws.within(0.1, 0.4), level - tilt),
      ])
    }
  }

  /// 8: one crossing stroke, an S with a line back, or two separate rings.
  mutating func drawEight() {
    let waist = near(0.47, 0.06)
    let size = near(0.265, 0.045)
    let share = near(0.95, 0.27)
    let upper = max(share < 1 ? size : size * (2 - share), 0.08)
    let lower = max(share < 1 ? size * share : size, 0.08)
    let style = draws.unit()
    let top = waist / 2
    let bottom = (1 + waist) / 2
    if style < 0.1 {
      pen(
        arc(
          x: near(0.35, 0.03), y: top, width: upper, height: waist / 2, start: draws.unit(),
          sweep: near(-1, 0.04), knots: 8))
      pen(
        arc(
          x: near(0.35, 0.03), y: bottom, width: lower, height: (1 - waist) / 2,
          start: draws.unit(), sweep: near(-1, 0.04), knots: 8))
      return
    }
    var knots: [DigitKnot] = []
    let tail = draws.within(0, 0.22)
    if style < 0.5 {
      // Starts and ends at the upper right.
      knots.append(.through(0.36 + upper + tail, near(0.1, 0.06)))
    } else {
      knots.append(.through(0.34 + upper * 0.9, near(top * 0.55, 0.03)))
    }
    knots += [
      .through(near(0.36, 0.04), 0), .through(0.36 - upper, near(top, 0.03)),
      .through(near(0.35, 0.03), waist), .through(0.34 + lower, near(bottom, 0.03)),
      .through(near(0.31, 0.05), 1), .through(0.31 - lower, near(bottom + 0.03, 0.03)),
      .through(near(0.34, 0.04), waist + near(0.02, 0.03)),
    ]
    if style < 0.5 {
      // A line back to the start.
      knots.append(.through(0.36 + upper + tail + near(0.02, 0.05), near(0.06, 0.06)))
    } else {
      knots += [
        .through(0.36 + upper, near(top, 0.03)), .through(near(0.38, 0.08), near(0.01, 0.04)),
      ]
    }
    pen(knots)
  }

  /// 9: a ring with a tail; the tail is straight or hooked, the ring closed, open or angular.
  mutating func drawNine() {
    let share = draws.unit()
    let ring = 0.33 + 0.19 * share + 0.2 * share * share * share
    let half = near(0.17 + 0.18 * ring, 0.06)
    let right = 0.3 + half
    let begin = draws.unit()
    // Where on the ring the stroke starts: from its right side to beyond the top.
    let start: Float = begin < 0.75 ? near(0.9, 0.05) : near(0.81, 0.05)
    let tilt = near(0, 0.07)
    var knots = arc(
      x: 0.3, y: ring / 2, width: half, height: ring / 2, start: start,
      sweep: near(-0.8, 0.05) - (start - 0.85), growth: near(0, 0.06), knots: 7)
    for index in knots.indices { knots[index].place.y += tilt * (knots[index].place.x - 0.3) * 4 }
    if begin > 0.85 {
      knots.insert(.through(right + near(0.02, 0.05), near(0.04, 0.04)), at: 0)
    }
    let turn = draws.unit()
    if turn < 0.55 {
      knots.append(.corner(right + near(0.01, 0.03), ring * 0.5 - draws.within(0.08, 0.25)))
    } else if turn < 0.8 {
      knots.append(.through(right, near(ring * 0.35, 0.03)))
    }
    let foot = near(0.46, 0.1)
    let tail = draws.unit()
    if tail < 0.8 {
      knots += [
        .through((right + foot) / 2 + near(0.02, 0.04), (1 + ring) / 2 - 0.08), .through(foot, 1),
      ]
    } else {
      knots += [
        .through(right + near(0, 0.03), (1 + ring) / 2 - 0.1),
        .through(near(0.42, 0.05), near(0.94, 0.03)), .through(near(0.24, 0.06), 1),
        .through(near(0.06, 0.07), near(0.9, 0.06)),
      ]
    }
    pen(knots)
  }
}
