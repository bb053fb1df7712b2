import DataSchema
import Files
import Transforms

/// A source whose inputs are in a column of the store, after those leading transforms that are the same in every epoch:
/// all processes that read it have one copy of them in memory.
package final class SharedSource: DerivedSource {
  package let source: any ExampleSource
  package let schema: DataSchema
  private let column: Column
  /// Bytes of an example.
  private let exampleSize: Int

  /// Smaller inputs are not worth a file.
  private static let minimum = 1 << 20

  /// - Parameters:
  ///   - leading: gives bytes; `nil` for the inputs as they are.
  ///   - threads: for transforms.
  ///   - warn: gets what is wrong with the store.
  /// - Returns: `nil` if the inputs are small or not read at once, or the store cannot keep them.
  /// - Throws: ``DataError`` if the inputs cannot be read.
  package init?(
    _ source: any ExampleSource, _ leading: TransformPipeline? = nil, in store: PackStore,
    threads: Int = 1, warn: @Sendable (String) -> Void
  ) throws(DataError) {
    var input = source.schema.input
    if let leading { input.kind = .image(leading.output.size) }
    guard source.isReadAtOnce, !source.hasMasks, let size = input.kind.rowBytes,
      source.count >= Self.minimum / max(size, 1)
    else { return nil }
    let text =
      "column 1\n\(source.fingerprint)\n\(leading?.fingerprintText ?? "as read\n")\(input.kind)\n"
    let layout = ColumnLayout(key: Digest.hex(of: text.utf8), bytes: source.count * size)
    let found: PackStore.ColumnState
    do throws(PackStoreError) {
      found = try store.column(layout)
    } catch {
      warn("inputs are not shared with other processes: \(error)")
      return nil
    }
    switch found {
    case .whole(let column): self.column = column
    case .missing(let file):
      let parts = ColumnParts(source, leading, bytes: size, threads: threads)
      guard let column = try parts.write(to: file, warn) else { return nil }
      self.column = column
    }
    self.source = source
    exampleSize = size
    schema = DataSchema(
      inputs: [input] + source.schema.inputs.dropFirst(), targets: source.schema.targets,
      counts: source.schema.counts)
  }

  package var isReadAtOnce: Bool { true }

  package var sharedColumn: SharedColumn? { SharedColumn(column.bytes, owner: column) }

  package func read(_ indices: [Int], into batch: inout ExampleBatch) throws(DataError) {
    batch[schema.input.name] =
      if case .vector(let count) = schema.input.kind {
        .numbers(gather(indices, count: count, of: Float.self))
      } else { .bytes(gather(indices, count: exampleSize, of: UInt8.self)) }
  }

  /// The rows at these places, `count` values each.
  private func gather<Value: BitwiseCopyable>(
    _ indices: [Int], count: Int, of type: Value.Type
  ) -> [Value] {
    withExtendedLifetime(column) {
      let values = column.bytes.bindMemory(to: type)
      return [Value](unsafeUninitializedCapacity: indices.count * count) { buffer, filled in
        for (place, index) in indices.enumerated() {
          let row = UnsafeBufferPointer(rebasing: values[(index * count)..<((index + 1) * count)])
          let target = UnsafeMutableBufferPointer(
            rebasing: buffer[(place * count)..<((place + 1) * count)])
          _ = target.initialize(fromContentsOf: row)
        }
        filled = indices.count * count
      }
    }
  }
}

extension FieldKind {
  /// Bytes of an input of this kind in a column; `nil` if they differ from example to example.
  fileprivate var rowBytes: Int? {
    switch self {
    case .image(let size): size.count
    case .vector(let count): count * MemoryLayout<Float>.size
    default: nil
    }
  }
}

/// The inputs of a source on their way into a column, some examples at a time.
private struct ColumnParts {
  private let source: any ExampleSource
  private let leading: TransformPipeline?
  private let bytes: Int
  private let threads: Int

  /// Transforms are applied to about this many bytes at a time.
  private static let partBytes = 1 << 24

  /// - Parameter bytes: of an example.
  init(_ source: any ExampleSource, _ leading: TransformPipeline?, bytes: Int, threads: Int) {
    self.source = source
    self.leading = leading
    self.bytes = bytes
    self.threads = threads
  }

  /// - Returns: `nil` if the file cannot be written.
  func write(
    to file: UnfinishedColumn, _ warn: (String) -> Void
  ) throws(DataError) -> Column? {
    guard let leading else {
      let all = try source.readAll()
      return kept(warn) { () throws(FileError) in
        try file.append(all)
        return try file.finish()
      }
    }
    let step = max(1, Self.partBytes / bytes)
    for start in stride(from: 0, to: source.count, by: step) {
      let part = try leading.apply(
        to: source, Array(start..<min(start + step, source.count)), augmenting: nil,
        threads: threads)
      let isKept: Void? = kept(warn) { () throws(FileError) in try file.append(.bytes(part.bytes)) }
      if isKept == nil { return nil }
    }
    return kept(warn) { () throws(FileError) in try file.finish() }
  }

  /// What `body` gives; `nil` if the file cannot be written.
  private func kept<Value>(
    _ warn: (String) -> Void, _ body: () throws(FileError) -> Value?
  ) -> Value? {
    do throws(FileError) {
      return try body()
    } catch {
      warn("inputs are not shared with other processes: \(error)")
      return nil
    }
  }
}

extension UnfinishedColumn {
  /// Writes the inputs of the next examples.
  fileprivate func append(_ part: ExampleBatch.Column) throws(FileError) {
    var problem: FileError?
    func add(_ bytes: UnsafeRawBufferPointer) {
      do throws(FileError) { try append(bytes) } catch { problem = error }
    }
    switch part {
    case .bytes(let bytes): bytes.withUnsafeBytes(add)
    case .pictures(let pictures): pictures.bytes.withUnsafeBytes(add)
    case .numbers(let numbers): numbers.withUnsafeBytes(add)
    }
    if let problem { throw problem }
  }
}
