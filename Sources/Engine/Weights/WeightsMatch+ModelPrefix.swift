extension StateDictFile {
  /// Finds the model's tensors in the file by their names and shapes; no values are read.
  ///
  /// The file does not need to know that the model is a single block of a longer list: if all names of the model
  /// begin with the same part, such as `0.`, the names in the file may lack it.
  ///
  /// - Parameters:
  ///   - expected: the tensors of the model.
  ///   - head: names of tensors that may have another shape in the file, like the head of a model that was
  ///     trained on other classes. They still have to be in the file.
  /// - Throws: ``WeightsMismatch`` if nothing fits, or if several candidates fit equally well.
  package func match(
    _ expected: [ExpectedTensor], head: Set<String> = [],
    _ selection: WeightsSelection = WeightsSelection()
  ) throws(WeightsMismatch) -> WeightsMatch {
    let mismatch: WeightsMismatch
    do throws(WeightsMismatch) {
      return try matchWholeNames(expected, head: head, selection)
    } catch {
      mismatch = error
    }
    guard let prefix = Self.sharedPrefix(expected) else { throw mismatch }
    let inner = expected.map {
      ExpectedTensor(
        name: String($0.name.dropFirst(prefix.count)), shape: $0.shape, type: $0.type)
    }
    let innerHead = Set(head.map { String($0.dropFirst(prefix.count)) })
    do throws(WeightsMismatch) {
      return try matchWholeNames(inner, head: innerHead, selection)
        .placed(at: String(prefix.dropLast()))
    } catch {
      // Other mismatches are reported with the model's own names.
      throw error.isAmbiguous ? error : mismatch
    }
  }

  /// The first part of all names, with its dot; `nil` if they have no part in common, or nothing but the last part
  /// differs: that is one layer and no block.
  private static func sharedPrefix(_ tensors: [ExpectedTensor]) -> String? {
    guard let first = tensors.first, let dot = first.name.firstIndex(of: ".") else { return nil }
    let prefix = String(first.name[...dot])
    guard tensors.allSatisfy({ $0.name.hasPrefix(prefix) }) else { return nil }
    let isBlock = tensors.contains { $0.name.dropFirst(prefix.count).contains(".") }
    return isBlock ? prefix : nil
  }
}
