import DataSchema

/// What the names of columns have to be: present and distinct.
enum TableHeader {
  /// - Parameter isFromFile: whether the names are the first line of the file.
  /// - Throws: `DataError` for a name that is empty or occurs twice, and for a line of data in place of names.
  static func check(
    _ names: [String], isFromFile: Bool, path: String, line: Int, delimiter: Delimiter
  ) throws(DataError) {
    if isFromFile, let number = dataInsteadOfNames(names) {
      throw DataError(
        path: path,
        reason:
          "line \(line) looks like data ('\(number)'), expected the names of the columns; name them "
          + "in the experiment (`columns: [...]`) if the file has none")
    }
    var places: [String: Int] = [:]
    for (index, name) in names.enumerated() {
      let place = isFromFile ? "line \(line): column \(index + 1)" : "column \(index + 1)"
      if name.isEmpty {
        let hint =
          index == 0 && names.count > 1
          ? "; pandas writes its index this way, `to_csv(index=False)` leaves it out"
          : index == names.count - 1 && names.count > 1
            ? "; does the line end with an extra \(delimiter)?" : ""
        throw DataError(path: path, reason: "\(place) has no name" + hint)
      }
      if let first = places[name] {
        throw DataError(
          path: path, reason: "\(place) has the same name as column \(first + 1), '\(name)'")
      }
      places[name] = index
    }
  }

  /// The first number of a line that is half numbers, unless they count the columns (0, 1, 2, …).
  private static func dataInsteadOfNames(_ names: [String]) -> String? {
    let numbers = names.filter { name in
      var name = name
      return name.withUTF8 { NumberText(UnsafeRawBufferPointer($0)) } != nil
    }
    guard let first = numbers.first, 2 * numbers.count >= names.count else { return nil }
    for base in 0...1 where names == (base..<(base + names.count)).map(String.init) { return nil }
    return first
  }
}
