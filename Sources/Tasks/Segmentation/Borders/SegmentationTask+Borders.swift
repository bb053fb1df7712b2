import Tasks

extension SegmentationTask {
  package func recording(for metrics: [any Metric]) -> any Task {
    guard let metric = metrics.lazy.compactMap({ $0 as? BoundaryF1 }).first else { return self }
    var task = self
    task.recordsBorders = true
    task.borderTolerance = metric.tolerance
    return task
  }

  package func recording(as layout: PredictionLayout) -> any Task {
    var task = self
    task.recordsBorders = Self.recordsBorders(layout)
    return task
  }

  static func recordsBorders(_ layout: PredictionLayout) -> Bool {
    let classes = layout.targets.count - 1
    return layout.outputs.count > classes * classes
  }

  package func record(_ answer: ClassMap, truth: ClassMap) -> [Double] {
    if !recordsBorders { return [] }
    let matching = BorderMatching(
      height: answer.height, width: answer.width, tolerance: borderTolerance)
    return matching.counts(answer.numbers, truth.numbers, classes: classNames.count)
      .flatMap(\.numbers)
  }
}

extension Predictions {
  /// The borders of each class in each image; `nil` if they were not recorded.
  var borders: [[BorderCounts]]? {
    guard SegmentationTask.recordsBorders(layout) else { return nil }
    let classes = layout.targets.count - 1
    return (0..<count).map { row in
      let numbers = outputs(at: row).dropFirst(classes * classes)
      return (0..<classes).map { BorderCounts(numbers.dropFirst(4 * $0).prefix(4)) }
    }
  }
}

extension PixelSample {
  /// The boundary F1 of each class, as the mean over the images in which the class has a border in the mask or the
  /// prediction, and of all images, as the mean over those that have such classes of the mean over these classes.
  func boundaryF1(_ images: [[BorderCounts]]) -> (mean: Double?, classes: [Double?]) {
    var sums = [(sum: Double, weight: Int)](repeating: (0, 0), count: classes + 1)
    func add(_ value: Double, _ weight: Int, at place: Int) {
      sums[place].sum += value * Double(weight)
      sums[place].weight += weight
    }
    for (row, image) in images.enumerated() {
      let weight = weight(of: row)
      if weight == 0 { continue }
      let scores = image.map(\.f1)
      for (number, score) in scores.enumerated() {
        if let score { add(score, weight, at: number) }
      }
      if let mean = PixelCounts.mean(scores) { add(mean, weight, at: classes) }
    }
    let means = sums.map { $0.weight == 0 ? nil : $0.sum / Double($0.weight) }
    return (means[classes], Array(means.prefix(classes)))
  }
}
