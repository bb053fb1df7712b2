import DataSchema
import MadeWeights
import Tasks
import Testing
import Torch
import Training

/// The losses of a detector and the boxes found in its outputs, against torchvision's FCOS.
@Suite struct PointLossTests {
  @Test func thereAreCases() { #expect(PointCase.all.count == 8) }

  @Test(arguments: PointCase.all)
  func lossesAndGradients(item: PointCase) throws {
    let (outputs, targets) = (try item.outputs(), try item.targets())
    let direction = try Tensor(
      MadeWeights.uniforms("direction", item.outputShape.reduce(1, *)).map { Float(2 * $0 - 1) },
      shape: item.outputShape)
    for (place, term) in try PointCase.objective(classes: item.classes).terms.enumerated() {
      let loss = try item.loss(Objective([term]))
      let leaf = try outputs.clone()
      try leaf.setRequiresGrad(true)
      let value = try loss(leaf, targets)
      let expected = item.losses[place]
      #expect(
        abs(try value.item() - expected) <= 1e-5 * max(abs(expected), 1), "\(term.name)")
      try value.backward()
      let gradient = try #require(try leaf.grad())
      let ours = try gradient.mul(direction).sum([1, 2]).floats()
      for (a, b) in zip(ours, item.gradients[place]) {
        #expect(abs(Double(a) - b) <= 1e-5 * max(abs(b), 1), "\(term.name): \(a), not \(b)")
      }
    }
  }

  @Test(arguments: PointCase.all)
  func detections(item: PointCase) throws {
    let found = try BoxDecoder(item.decoding, input: item.input).boxes(
      item.outputs(), PointCase.placements(item.boxes.count, item.height, item.width))
    #expect(found.map(\.count) == item.found)
    PointCase.expectSame(found, item.detections, within: 1e-4, item.name)
  }

  @Test func theSumsOfADataSetDoNotDependOnTheBatches() throws {
    let item = try #require(PointCase.all.first { $0.name == "several" })
    let (outputs, targets) = (try item.outputs(), try item.targets())
    let loss = try item.loss()
    var sums = LossSums(loss.objective)
    for image in 0..<item.boxes.count {
      try loss.add(
        outputs.narrow(dim: 0, start: image, length: 1),
        targets.narrow(dim: 0, start: image, length: 1), to: &sums)
    }
    let expected = item.losses.reduce(0, +)
    #expect(abs(sums.value - expected) <= 1e-5 * expected)
    for (part, value) in zip(Objective.PointLoss.allCases, item.losses) {
      #expect(abs((sums.parts[part.rawValue] ?? 0) - value) <= 1e-5 * value)
    }
  }

  @Test func theBatchesOfAStepAddUpToItsLoss() throws {
    let item = try #require(PointCase.all.first { $0.name == "several" })
    let (outputs, targets) = (try item.outputs(), try item.targets())
    let loss = try item.loss()
    var step = LossStep(loss.objective, examples: item.boxes.count, pixels: [])
    let parts = [(0, 1), (1, 2)]
    step.points = try parts.reduce(0) {
      try $0 + loss.pointCount(targets.narrow(dim: 0, start: $1.0, length: $1.1))
    }
    let sum = try parts.reduce(0) { sum, part in
      try sum
        + loss.part(
          outputs.narrow(dim: 0, start: part.0, length: part.1),
          targets.narrow(dim: 0, start: part.0, length: part.1), of: step
        ).part.item()
    }
    #expect(abs(sum - item.losses.reduce(0, +)) <= 1e-5 * sum)
  }

  @Test func anExampleAloneHasTheLossOfABatchOfOne() throws {
    let item = try #require(PointCase.all.first { $0.name == "empty" })
    let (outputs, targets) = (try item.outputs(), try item.targets())
    let loss = try item.loss()
    let each = try loss.perExample(outputs, targets)
    for image in 0..<item.boxes.count {
      let alone = try loss(
        outputs.narrow(dim: 0, start: image, length: 1),
        targets.narrow(dim: 0, start: image, length: 1)
      ).item()
      #expect(abs(Double(each[image]) - alone) <= 1e-5 * alone)
    }
  }

  @Test func boxesGoBackToThePixelsOfTheFile() throws {
    let item = try #require(PointCase.all.first { $0.name == "few" })
    let decoder = try BoxDecoder(item.decoding, input: item.input)
    let outputs = try item.outputs()
    let plain = try decoder.boxes(outputs, PointCase.placements(1, item.height, item.width))[0]
    // Resized to half, then padded at the left and the top, mirrored, and cut at the right of the file.
    let placement = ImagePlacement(
      scaleX: -0.5, scaleY: 0.5, offsetX: 140, offsetY: 8, width: 200, height: 240)
    let found = try decoder.boxes(outputs, [placement])[0]
    #expect(found.count == plain.count)
    for (a, b) in zip(found, plain) {
      let left = min(max((140 - b.x - b.width) * 2, 0), 200)
      let right = min(max((140 - b.x) * 2, 0), 200)
      let top = min(max((b.y - 8) * 2, 0), 240)
      #expect(abs(a.x - left) < 1e-3 && abs(a.x + a.width - right) < 1e-3)
      #expect(abs(a.y - top) < 1e-3 && a.score == b.score && a.label == b.label)
    }
    let row = try decoder.rows(outputs, [placement])
    #expect(row.count == FoundBoxes.rowWidth(item.most))
    #expect(FoundBoxes.boxes(row) == found)
  }

  @Test func outputsOfAnotherSizeAreRefused() throws {
    let item = try #require(PointCase.all.first { $0.name == "few" })
    let other = try LossFunction(
      PointCase.objective(classes: 2), width: 2, input: [3, 64, 64], device: .cpu)
    let (outputs, targets) = (try item.outputs(), try item.targets())
    #expect(throws: TorchError.self) { try other(outputs, targets) }
    #expect(throws: TorchError.self) {
      try BoxDecoder(item.decoding, input: [3, 64, 64]).boxes(
        outputs, PointCase.placements(1, 64, 64))
    }
    #expect(throws: TorchError.self) { try BoxDecoder(item.decoding, input: [10]) }
    #expect(throws: TorchError.self) {
      try BoxDecoder(item.decoding, input: item.input).boxes(outputs, [])
    }
  }
}
