import DataSchema
import Datasets
import Diagnostics
import ExperimentConfig
import FoundationEssentials
import Planning
import Prediction
import Tasks
import Transforms
import WorkerProtocol

/// Answering rows of tables and arrays of numbers.
extension ServingJob {
  /// Why a request with JSON cannot be answered.
  struct ValueProblem: Error {
    var outcome = ServingReply.Outcome.unsuitable
    let message: String
    var hint: String?
  }

  /// Answers the JSON of a batch: tables together, arrays one by one.
  func answerValues(_ batch: [ServingInput], _ reply: (ServingReply) throws -> Void) throws {
    var tables: [(index: Int, rows: [[String?]])] = []
    for (place, input) in batch.enumerated() where input.kind == .json {
      do {
        if columns.isEmpty {
          let predictions = try arrays(input.bytes)
          try reply(self.reply(place, input, 0..<predictions.count, of: predictions))
        } else {
          tables.append((place, try rows(input.bytes)))
        }
      } catch let problem as ValueProblem {
        try reply(Self.refusal(place, problem.outcome, problem.message, hint: problem.hint))
      } catch {
        try reply(Self.refusal(place, error))
      }
    }
    try answer(tables, batch, reply)
  }

  // MARK: Tables

  /// Answers tables together; if that fails, one by one, so that the failure is that of its table.
  private func answer(
    _ tables: [(index: Int, rows: [[String?]])], _ batch: [ServingInput],
    _ reply: (ServingReply) throws -> Void
  ) throws {
    if tables.isEmpty { return }
    let predictions: Predictions
    do {
      predictions = try self.predictions(tables.flatMap(\.rows))
    } catch {
      if tables.count == 1 {
        return try reply(Self.refusal(tables[0].index, Self.inRows(error)))
      }
      if Interruption.isRequested { throw error }
      for table in tables { try answer([table], batch, reply) }
      return
    }
    var start = 0
    for table in tables {
      let end = start + table.rows.count
      try reply(self.reply(table.index, batch[table.index], start..<end, of: predictions))
      start = end
    }
  }

  /// The error about a line of the text that was made of rows, as one about the row.
  private static func inRows(_ error: any Error) -> any Error {
    guard let found = error as? DataError, found.reason.hasPrefix("line ") else { return error }
    let rest = found.reason.dropFirst("line ".count)
    let digits = rest.prefix { $0.isNumber }
    // Behind the line with the names of the columns; lines count from 1, rows from 0.
    guard let line = Int(digits), line >= 2 else { return error }
    return DataError(path: found.path, reason: "row \(line - 2)\(rest.dropFirst(digits.count))")
  }

  private func predictions(_ rows: [[String?]]) throws -> Predictions {
    try predictions(of: plan.dataset.openInputs(columns: columns, rows: rows))
  }

  private func predictions(of source: any ExampleSource) throws -> Predictions {
    var predictions = Predictions(models.layout)
    try models.predict(source, ImagePlan(pipeline: nil, isResizedFirst: false)) { _, part, _ in
      predictions.append(part)
    }
    return predictions
  }

  /// The rows of a request: as objects in which every column has to be named, where other names are ignored, or as
  /// lists in the order of the columns. `null` is a missing value.
  private func rows(_ bytes: [UInt8]) throws -> [[String?]] {
    let body = try decode(Body<[Cell]>.self, bytes)
    if let lists = body.instances {
      for (number, row) in lists.enumerated() where row.count != columns.count {
        throw ValueProblem(
          message: "instance \(number) has \(row.count) values, expected \(columns.count)",
          hint: "the columns are \(columns.joined(separator: ", "))")
      }
      return lists.map { $0.map(\.text) }
    }
    return try (body.rows ?? []).enumerated().map { number, row in
      try columns.map { column in
        guard let cell = row[column] else {
          throw ValueProblem(
            message: "row \(number) has no '\(column)'",
            hint: Suggestion.hint(for: column, among: row.keys.sorted())
              ?? "null is a missing value")
        }
        return cell.text
      }
    }
  }

  // MARK: Arrays

  /// Images of bytes, or vectors.
  private func arrays(_ bytes: [UInt8]) throws -> Predictions {
    let body = try decode(Body<Numbers>.self, bytes)
    guard let all = body.instances else {
      throw ValueProblem(
        message: "the request has rows, but the model takes \(plan.dataset.dataSchema.input.kind)",
        hint: plan.transforms == nil ? #"send {"instances": [[…]]}"# : "send an image")
    }
    guard let input = plan.transforms?.input else { return try vectors(all) }
    let images = try all.enumerated().map { number, instance in
      let shape = instance.shape
      let isGrey = input.channels == 1 && shape.count == 2
      guard isGrey || shape.count == 3 && shape[2] == input.channels, !shape.contains(0) else {
        throw ValueProblem(
          message: "instance \(number) has the shape \(shape)",
          hint: input.channels == 1
            ? "expected [height, width] or [height, width, 1]"
            : "expected [height, width, \(input.channels)]")
      }
      guard instance.values.allSatisfy({ $0 >= 0 && $0 <= 255 && $0 == $0.rounded() }) else {
        throw ValueProblem(
          message: "instance \(number) has values that are no bytes",
          hint: "pixels are whole numbers from 0 to 255")
      }
      let (height, width) = (shape[0], shape[1])
      var pixels = [UInt8](repeating: 0, count: instance.values.count)
      for channel in 0..<input.channels {
        for place in 0..<(height * width) {
          pixels[channel * height * width + place] =
            UInt8(instance.values[place * input.channels + channel])
        }
      }
      let images = ImagesInMemory(
        pixels: pixels,
        size: ImageSize(channels: input.channels, height: height, width: width), count: 1)
      _ = try plan.images(height: height, width: width)
      return job.request.isInverted ? images.inverted() : images
    }
    return try job.predictions(of: images, plan, models)
  }

  private func vectors(_ all: [Numbers]) throws -> Predictions {
    guard case .vector(let size) = plan.dataset.dataSchema.input.kind else {
      throw ValueProblem(
        message: "the model takes \(plan.dataset.dataSchema.input.kind), not arrays of numbers")
    }
    for (number, instance) in all.enumerated() where instance.shape != [size] {
      throw ValueProblem(
        message: "instance \(number) has the shape \(instance.shape), expected [\(size)]")
    }
    let width = models.targetWidth
    return try predictions(
      of: VectorsInMemory(
        all.flatMap { $0.values.map(Float.init) }, size: size,
        name: plan.dataset.dataSchema.input.name, target: plan.task.target,
        targets: Targets(Array(repeating: 0, count: all.count * width), width: width)))
  }

  // MARK: JSON

  /// - Throws: ``ValueProblem`` if the text is no JSON, or none of this type, or has nothing to predict.
  private func decode<Instance>(
    _ type: Body<Instance>.Type, _ bytes: [UInt8]
  ) throws -> Body<Instance> {
    let body: Body<Instance>
    do {
      body = try JSONDecoder().decode(type, from: Data(bytes))
    } catch DecodingError.dataCorrupted(let context) {
      throw ValueProblem(
        outcome: .malformed, message: "the request is not valid JSON: \(context.debugDescription)")
    } catch let problem as ValueProblem {
      throw problem
    } catch {
      throw ValueProblem(
        message: "the request is not what the model takes",
        hint: columns.isEmpty
          ? #"expected {"instances": [[…]]} with nested lists of numbers"#
          : #"expected {"rows": [{…}]} with numbers, texts and null"#)
    }
    switch (body.rows, body.instances) {
    case (nil, nil): throw ValueProblem(message: "the request has neither 'rows' nor 'instances'")
    case (.some, .some): throw ValueProblem(message: "the request has both 'rows' and 'instances'")
    default: break
    }
    if (body.rows?.isEmpty ?? true) && (body.instances?.isEmpty ?? true) {
      throw ValueProblem(message: "the request has nothing to predict")
    }
    return body
  }
}

/// The JSON of a request.
private struct Body<Instance: Decodable>: Decodable {
  let rows: [[String: Cell]]?
  let instances: [Instance]?
}

/// A cell of a row.
private struct Cell: Decodable {
  /// `nil` for a missing value.
  let text: String?

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      text = nil
    } else if let value = try? container.decode(Double.self) {
      // Whole numbers as a table has them: categories such as postcodes are compared as texts.
      text = Int(exactly: value).map { "\($0)" } ?? "\(value)"
    } else if let value = try? container.decode(Bool.self) {
      text = "\(value)"
    } else {
      text = try container.decode(String.self)
    }
  }
}

/// Nested lists of numbers, all of the same length at each depth.
private struct Numbers: Decodable {
  private(set) var shape: [Int]
  private(set) var values: [Double]

  /// The deepest nesting: images.
  private static let mostDimensions = 3

  init(from decoder: any Decoder) throws {
    try self.init(from: decoder, depth: 0)
  }

  private init(from decoder: any Decoder, depth: Int) throws {
    if let values = try? [Double](from: decoder) {
      self.values = values
      shape = [values.count]
      return
    }
    guard depth + 1 < Self.mostDimensions else {
      throw ServingJob.ValueProblem(message: "instances are nested too deeply")
    }
    var container = try decoder.unkeyedContainer()
    shape = []
    values = []
    var count = 0
    while !container.isAtEnd {
      let part = try Numbers(from: container.superDecoder(), depth: depth + 1)
      if count > 0, part.shape != Array(shape.dropFirst()) {
        throw ServingJob.ValueProblem(
          message: "instances have lists of different lengths at one depth")
      }
      if count == 0 { shape = [0] + part.shape }
      values += part.values
      count += 1
      shape[0] = count
    }
  }
}
