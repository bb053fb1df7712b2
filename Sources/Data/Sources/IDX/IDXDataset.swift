import DataSchema
import Diagnostics
import ExperimentConfig

struct IDXDataset: IDXFormat {
  static let schema = ComponentSchema(
    "idx", main: "folder",
    [
      Field(
        "folder", .path, .required,
        doc:
          "The folder of train-images-idx3-ubyte, train-labels-idx1-ubyte and the same with t10k, "
          + "each optionally with .gz; similar names such as test-images.idx are found too."),
      Field(
        "classes",
        .oneOf([.integer(.between(2, 256)), .list(of: .string(.any), count: 2...256)]),
        default: "10", doc: "The number of classes, or their names in order."),
      Field(
        "numbers", .list(of: .string(.any), count: 1...1000), .optional,
        doc: "The numbers that the label files hold for each image: one as a list, or several as a "
          + "table."),
      Field(
        "unit", .string(.any), .optional, doc: "Unit of the numbers, such as degrees."),
      Field(
        "labels", .list(of: .string(.any), count: 1...1000), .optional,
        doc: "The labels for which the label files hold a 0 or 1 for each image."),
      Field("channels", .integer(.between(1, 4)), default: "1", doc: "Channels of the images."),
      Field("height", .integer(.between(1, 65_535)), default: "28", doc: "Height of the images."),
      Field("width", .integer(.between(1, 65_535)), default: "28", doc: "Width of the images."),
    ],
    doc:
      "Your own images in four files of MNIST's format, such as Fashion-MNIST: with classes, numbers or "
      + "sets of labels.")

  private let folder: String
  private let image: ImageSize
  let dataSchema: DataSchema

  init(_ arguments: Arguments, in environment: DataEnvironment) throws {
    folder = try arguments.string("folder")
    image = ImageSize(
      channels: try arguments.integer("channels"), height: try arguments.integer("height"),
      width: try arguments.integer("width"))
    dataSchema = DataSchema(image: image, target: try Self.target(arguments))
  }

  private static func target(_ arguments: Arguments) throws -> DataField {
    func names(_ key: String) throws -> [String]? {
      arguments.has(key) ? try arguments.list(key).map { try $0.string() } : nil
    }
    func distinct(_ names: [String], _ key: String) throws -> [String] {
      if Set(names).count == names.count { return names }
      throw InputError("two of the names in '\(key)' are the same", at: arguments.range(key))
    }
    let (numbers, labels) = (try names("numbers"), try names("labels"))
    if numbers != nil, labels != nil {
      throw InputError(
        "'numbers' and 'labels' cannot be combined: the label files hold one of the two",
        at: arguments.range("labels"))
    }
    if let numbers {
      let unit = arguments.word("unit")
      return DataField(
        "numbers", .numbers(try distinct(numbers, "numbers").map { Quantity($0, unit: unit) }))
    }
    if let labels { return DataField("labels", .labelSet(try distinct(labels, "labels"))) }
    // Either a count or a list of names, as the schema has checked.
    if let count = try? arguments.integer("classes") {
      return DataField("label", .category((0..<count).map(String.init)))
    }
    let classes = try names("classes") ?? []
    return DataField("label", .category(try distinct(classes, "classes")))
  }

  func acquire(
    environment: DataEnvironment, progress: @escaping @Sendable (DownloadProgress) -> Void
  ) async throws -> AcquiredDataset {
    let data = try await IDXFolder.acquire(folder: folder, environment: environment)
    try check(data)
    return data
  }

  /// Checks that the files match the experiment's description of them.
  private func check(_ data: AcquiredDataset) throws(DataError) {
    for split in DataSplit.allCases {
      let found = try open(split, of: data).schema.image
      guard let found, found != image else { continue }
      throw DataError(
        path: data.file(split, .inputs)?.path ?? folder,
        reason: "holds images of \(Self.text(found)), but the experiment says \(Self.text(image))")
    }
  }

  /// `28×28`, or `3×28×28` with several channels.
  private static func text(_ size: ImageSize) -> String {
    size.channels == 1 ? "\(size.height)×\(size.width)" : "\(size)"
  }
}
