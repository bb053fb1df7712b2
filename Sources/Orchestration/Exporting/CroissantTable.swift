import DataSchema
import ExperimentConfig

/// The columns of a delimited text file as fields.
struct CroissantTable {
  private let columns: [(name: String, type: String)]

  /// `nil` if the data are no table in one file that other programs read.
  ///
  /// - Throws: `DataError` if a column cannot be read.
  init?(_ paths: [String], _ sources: [any ExampleSource]) throws {
    guard paths.count == 1, [".csv", ".tsv"].contains(where: paths[0].lowercased().hasSuffix),
      let first = sources.first, !first.columnNames.isEmpty
    else { return nil }
    columns = try first.columnNames.map { name in
      (name, Self.type(try sources.flatMap { try $0.column(name) }))
    }
  }

  /// The narrowest type that holds all values; missing ones fit every type.
  private static func type(_ values: [String]) -> String {
    let known = values.filter { !["", "NA", "nan", "NaN", "null"].contains($0) }
    if known.isEmpty { return "sc:Text" }
    // Readers hold whole numbers with missing values as floats.
    if known.count == values.count, known.allSatisfy({ Int($0) != nil }) { return "sc:Integer" }
    return known.allSatisfy { Double($0) != nil } ? "sc:Float" : "sc:Text"
  }

  /// The identifiers of the columns, each a different one.
  private var identifiers: [String] {
    var seen: Set<String> = []
    return columns.enumerated().map { place, column in
      let id = "rows/\(CroissantFolder.identifier(column.name))"
      return seen.insert(id).inserted ? id : "\(id)-\(place + 1)"
    }
  }

  /// - Parameter file: the id of the file.
  func recordSet(_ file: String) -> JSONValue {
    [
      "@type": "cr:RecordSet", "@id": "rows", "name": "rows",
      "field": .array(
        zip(columns, identifiers).map { column, id in
          [
            "@type": "cr:Field", "@id": .string(id),
            "name": .string(column.name), "dataType": .string(column.type),
            "source": [
              "fileObject": ["@id": .string(file)],
              "extract": ["column": .string(column.name)],
            ],
          ]
        }),
    ]
  }
}
