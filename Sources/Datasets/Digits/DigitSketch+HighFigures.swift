/// How writers draw 5 to 9.
extension DigitSketch {
  /// A hat, a neck and a bowl; in one stroke, with a separate hat, or in one bend like an S.
  mutating func drawFive() {
    let neck = near(0.14, 0.05)
    let waist = near(0.42, 0.05)
    let hat = near(0.72, 0.16)
    let lift = near(0.02, 0.06)
    let bowl: [DigitKnot] = [
      .through(near(0.38, 0.05), waist - near(0.04, 0.03)),
      .through(near(0.66, 0.06), near(0.66, 0.04)), .through(near(0.38, 0.06), near(0.98, 0.02)),
      .through(near(0.0, 0.08), near(0.9, 0.05)),
    ]
    let style = draws.unit()
    if style < 0.4 {
      pen(
        [
          .through(hat, lift), .corner(neck + 0.04, 0.05), .corner(neck, waist),
        ] + bowl)
    } else if style < 0.75 {
      pen([.through(neck + 0.04, near(0.05, 0.03)), .corner(neck, waist)] + bowl)
      pen([.through(near(neck + 0.04, 0.05), near(0.05, 0.03)), .through(hat, lift)])
    } else {
      pen(
        [
          .through(hat, lift), .through(near(0.4, 0.04), near(0.03, 0.02)),
          .through(near(0.12, 0.03), near(0.22, 0.03)),
          .through(near(0.3, 0.04), near(0.43, 0.03)),
          .through(near(0.62, 0.05), near(0.66, 0.04)), .through(near(0.36, 0.06), 1),
          .through(near(0.0, 0.06), near(0.9, 0.05)),
        ])
    }
  }

  /// A stem that bends into a ring at its foot.
  mutating func drawSix() {
    let ring = near(0.5, 0.05)
    let right = near(0.6, 0.08)
    var knots: [DigitKnot] = [
      .through(near(0.46, 0.12), 0), .through(near(0.2, 0.05), near(0.3, 0.04)),
      .through(near(0.03, 0.03), near(0.68, 0.04)), .through(near(0.28, 0.05), 1),
      .through(right, near(0.78, 0.04)), .through(near(0.36, 0.05), ring),
    ]
    let close = draws.unit()
    if close < 0.5 {
      knots.append(.through(near(0.1, 0.04), near(ring + 0.15, 0.04)))
    } else if close < 0.8 {
      knots.append(.through(near(0.05, 0.04), near(ring + 0.25, 0.05)))
    } else {
      knots += [.through(near(0.14, 0.03), ring + 0.12), .through(near(0.12, 0.05), ring + 0.35)]
    }
    pen(knots)
  }

  /// A roof and a stem; with a hook at the start, with a bar, with a sharp or a round turn.
  mutating func drawSeven() {
    let right = near(0.62, 0.06)
    let roof = near(0.04, 0.04)
    var knots: [DigitKnot] = []
    let left = near(0.03, 0.05)
    if draws.chance(0.2) { knots.append(.through(left, draws.within(0.14, 0.28))) }
    let start = near(0.07, 0.05)
    knots.append(knots.isEmpty ? .through(left, start) : .corner(left + 0.02, start))
    knots.append(.through(near(0.35, 0.04), near(0.04, 0.03)))
    if draws.chance(0.65) {
      knots.append(.corner(right, roof))
    } else {
      knots += [.through(right - 0.08, roof), .through(right, roof + 0.09)]
    }
    let foot = near(0.3, 0.1)
    let bow = near(-0.04, 0.05)
    knots += [.through((right + foot) / 2 + bow, 0.5), .through(foot, 1)]
    pen(knots)
    if draws.chance(0.12) {
      let middle = (right + foot) / 2 + bow
      let tilt = near(0, 0.04)
      pen([
        .through(middle - draws.within(0.12, 0.3), 0.5 + tilt),
        .through(middle + draws.within(0.1, 0.28), 0.5 - tilt),
      ])
    }
  }

  /// Two rings, in one crossing stroke that may stay open at the top, or one on the other.
  mutating func drawEight() {
    let waist = near(0.46, 0.05)
    let upper = near(0.26, 0.05)
    let lower = near(0.3, 0.06)
    if draws.chance(0.12) {
      pen(
        arc(
          x: near(0.35, 0.03), y: waist / 2, width: upper, height: waist / 2, start: 0.75,
          sweep: near(-1, 0.03), knots: 8))
      pen(
        arc(
          x: near(0.35, 0.03), y: (1 + waist) / 2, width: lower, height: (1 - waist) / 2,
          start: 0.75, sweep: near(-1, 0.03), knots: 8))
      return
    }
    let top = waist / 2
    let bottom = (1 + waist) / 2
    var knots: [DigitKnot] = []
    let tail = draws.unit()
    if tail < 0.35 {
      // A tail to the upper right.
      knots.append(.through(0.38 + upper + draws.within(0, 0.18), near(0.06, 0.05)))
    } else if tail < 0.75 {
      knots.append(.through(0.35 + upper * 0.8, top * 0.6))
    }
    knots += [
      .through(near(0.37, 0.03), 0), .through(0.36 - upper, near(top, 0.02)),
      .through(near(0.35, 0.03), waist), .through(0.35 + lower, near(bottom, 0.02)),
      .through(near(0.35, 0.03), 1), .through(0.35 - lower, near(bottom, 0.02)),
      .through(near(0.35, 0.03), waist), .through(0.36 + upper, near(top, 0.03)),
    ]
    if tail < 0.35 {
      knots.append(.through(0.38 + upper + near(0.02, 0.04), near(0.08, 0.04)))
    } else {
      knots.append(.through(near(0.4, 0.06), near(0.01, 0.02)))
    }
    pen(knots)
  }

  /// A ring with a tail; the tail is straight or hooked, the ring closed, open or angular.
  mutating func drawNine() {
    let ring = near(0.45, 0.05)
    let right = near(0.56, 0.06)
    var knots: [DigitKnot] = []
    let begin = draws.unit()
    if begin < 0.3 {
      knots.append(.through(right + near(0, 0.04), near(0.05, 0.04)))
    } else if begin < 0.8 {
      knots.append(.through(right - 0.03, near(0.16, 0.05)))
    }
    knots += [
      .through(near(0.35, 0.05), near(0.01, 0.02)), .through(near(0.05, 0.04), near(0.24, 0.04)),
      .through(near(0.24, 0.05), ring), .through(right - 0.06, near(0.27, 0.04)),
    ]
    let turn = draws.unit()
    if turn < 0.6 {
      knots.append(.corner(right + near(0.02, 0.02), near(0.07, 0.05)))
    } else {
      knots.append(.through(right, near(0.14, 0.04)))
    }
    let foot = near(0.48, 0.08)
    let tail = draws.unit()
    if tail < 0.7 {
      knots += [.through((right + foot) / 2 + near(0.02, 0.03), 0.55), .through(foot, 1)]
    } else {
      knots += [
        .through(right + near(0, 0.03), 0.55), .through(near(0.42, 0.05), near(0.94, 0.03)),
        .through(near(0.22, 0.05), 1), .through(near(0.04, 0.06), near(0.88, 0.05)),
      ]
    }
    pen(knots)
  }
}
