import DataSchema
import Datasets
import Diagnostics
import ExperimentConfig
import Files
import Report
import RunRecord
import Tasks

/// A data set in the terms of Croissant 1.0: https://docs.mlcommons.org/croissant/docs/croissant-spec-1.0.html
struct CroissantDataset {
  private let name: String
  private let fingerprint: String
  /// Files and sets of files.
  private(set) var distribution: [JSONValue] = []
  /// Records, as far as Croissant can say how they are read.
  private(set) var recordSets: [JSONValue] = []
  /// The file of records that was written beside the description; `nil` if readers need none.
  private(set) var records: String?
  /// What the description leaves out, a line each.
  private(set) var notes: [String] = []

  /// - Parameters:
  ///   - sources: the examples of each split.
  ///   - path: the file that is written, from whose folder other files are named.
  /// - Throws: ``FileError`` if a file cannot be read or written, ``DataError`` if an example cannot be read.
  init(
    name: String, fingerprint: String, files: [DataFile], target: DataField,
    _ sources: [(split: DataSplit, source: any ExampleSource)], beside path: String
  ) throws {
    self.name = name
    self.fingerprint = fingerprint
    let folder = CroissantFolder(beside: path)
    var seen: Set<String> = []
    let places = files.map(\.path).filter { seen.insert($0).inserted }
    for place in places {
      if RunCatalog.isFolder(place) {
        distribution += folder.fileSets(place, sources.map(\.source))
        if !folder.holds(place) {
          notes.append(
            "readers find the images of \(place) only from a file in a folder above them: --output FILE"
          )
        }
      } else {
        distribution.append(try folder.file(place))
      }
    }
    if let classes = Self.classes(target) { recordSets.append(classes) }
    if let table = try CroissantTable(places, sources.map(\.source)) {
      recordSets.append(table.recordSet(CroissantFolder.id(places[0])))
    } else if let images = CroissantImages(places, target, sources) {
      recordSets.append(images.recordSet(CroissantFolder.id(places[0])))
    } else if let records = try CroissantRecords(target, sources) {
      // The images, where readers find them.
      let folders = places.filter { RunCatalog.isFolder($0) && folder.holds($0) }
      let id = JSONValue.string(folders.first.map(CroissantFolder.id) ?? "")
      if folders.count == 1, distribution.contains(where: { $0["@id"] == id }) {
        recordSets.append(CroissantImages.plain(CroissantFolder.id(folders[0])))
      }
      let file = CroissantRecords.path(of: path)
      try records.write(to: file)
      self.records = file
      distribution.append(try folder.file(file))
      recordSets.append(records.recordSet(CroissantFolder.id(file)))
      notes += records.notes
    } else {
      notes.append(
        "files only: Croissant has no way to read \(target.kind) from the files of '\(name)'")
    }
  }

  /// The names of the classes or labels, which are numbered in this order.
  private static func classes(_ target: DataField) -> JSONValue? {
    let names = target.kind.names
    if names.isEmpty { return nil }
    if case .numbers = target.kind { return nil }
    return [
      "@type": "cr:RecordSet", "@id": "classes", "name": "classes",
      "dataType": "sc:Enumeration", "key": ["@id": "classes/name"],
      "description": .string("The names of \(target.name), numbered from 0 in this order."),
      "field": [
        [
          "@type": "cr:Field", "@id": "classes/name", "name": "name", "dataType": "sc:Text",
        ]
      ],
      "data": .array(names.map { ["classes/name": .string($0)] }),
    ]
  }

  /// The whole document.
  var json: JSONValue {
    [
      "@context": Self.context, "@type": "sc:Dataset",
      "conformsTo": "http://mlcommons.org/croissant/1.0", "name": .string(name),
      "description": .string(
        "The data set '\(name)' as a run of runner \(Version.runner) used it. Fingerprint: \(fingerprint)."
      ),
      "distribution": .array(distribution), "recordSet": .array(recordSets),
    ]
  }

  /// The context that the specification prescribes.
  private static let context: JSONValue = [
    "@language": "en", "@vocab": "https://schema.org/", "citeAs": "cr:citeAs",
    "column": "cr:column", "conformsTo": "dct:conformsTo", "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": ["@id": "cr:data", "@type": "@json"],
    "dataType": ["@id": "cr:dataType", "@type": "@vocab"], "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty", "samplingRate": "cr:samplingRate",
    "examples": ["@id": "cr:examples", "@type": "@json"], "extract": "cr:extract",
    "field": "cr:field", "fileProperty": "cr:fileProperty", "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet", "format": "cr:format", "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset", "jsonPath": "cr:jsonPath", "key": "cr:key",
    "md5": "cr:md5", "parentField": "cr:parentField", "path": "cr:path",
    "recordSet": "cr:recordSet", "references": "cr:references", "regex": "cr:regex",
    "repeated": "cr:repeated", "replace": "cr:replace", "sc": "https://schema.org/",
    "separator": "cr:separator", "source": "cr:source", "subField": "cr:subField",
    "transform": "cr:transform",
  ]
}
