import DataSchema
import Diagnostics
import ExperimentConfig
import Splits

/// What the split of training examples depends on.
package struct SplitColumns: Sendable {
  package var targets: Targets
  /// Whether the data set itself reserves each example for validation; `nil` if it reserves none.
  package var isValidation: [Bool]?
  /// The group of each example; `nil` if the split knows no groups.
  package var groups: [String]?
  /// The time of each example; `nil` if the split is not by time.
  package var times: [Double]?

  package init(_ targets: Targets) { self.targets = targets }

  package var count: Int { targets.count }

  /// The values of these examples, in this order.
  func selecting(_ rows: [Int]) -> SplitColumns {
    var result = SplitColumns(targets.selecting(rows))
    result.isValidation = isValidation.map { column in rows.map { column[$0] } }
    result.groups = groups.map { column in rows.map { column[$0] } }
    result.times = times.map { column in rows.map { column[$0] } }
    return result
  }
}

extension Plan {
  /// Whether the split depends on targets alone.
  var splitsByTargets: Bool {
    let split = experiment.data.split
    if case .given = split.kind { return false }
    if case .column? = split.groups { return false }
    return split.order == nil
  }

  /// Reads what the experiment's split depends on.
  ///
  /// - Parameter train: all training examples.
  /// - Throws: ``InputError`` at the split if a column or a file of groups cannot be used.
  package func splitColumns(of train: any ExampleSource) throws -> SplitColumns {
    var columns = try splitColumns(of: train.targets)
    let split = experiment.data.split
    columns.isValidation = train.isValidation
    do throws(DataError) {
      if case .column(let name)? = split.groups {
        let groups = try train.column(name)
        if let empty = groups.firstIndex(of: "") {
          throw DataError(path: name, reason: "example \(empty) has no group")
        }
        columns.groups = groups
      }
      if let order = split.order {
        columns.times = try OrderColumn.times(try train.column(order), path: order) {
          "training example \($0)"
        }
      }
    } catch {
      throw InputError("\(error)", at: split.range ?? experiment.data.dataset.origin.range)
    }
    return columns
  }

  /// The same for a split that depends on targets and files alone.
  func splitColumns(of targets: Targets) throws -> SplitColumns {
    var columns = SplitColumns(targets)
    let split = experiment.data.split
    guard case .file(let path)? = split.groups else { return columns }
    do throws(DataError) {
      columns.groups = try GroupFile.read(path, count: targets.count)
    } catch {
      throw InputError("\(error)", at: split.range ?? experiment.data.dataset.origin.range)
    }
    return columns
  }
}
