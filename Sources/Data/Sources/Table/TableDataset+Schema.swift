import ExperimentConfig

extension TableDataset {
  static let schema = ComponentSchema(
    "table", main: "file",
    [
      Field(
        "file", .path, .required,
        doc: "A CSV or TSV file with a line of column names, optionally compressed with gzip."),
      Field(
        "target", .scalarOrList(.string(.any), count: 1...1000), .required,
        doc: "The column to predict, or a list of several."),
      Field(
        "image", .string(.any), .optional,
        doc:
          "The column with the paths of images, which are then the model's input; other columns "
          + "are for targets and the split."),
      Field(
        "images", .path, .optional,
        doc:
          "The folder, .zip or .tar that the paths of images are relative to; the table's folder "
          + "if left out."
      ),
      Field(
        "suffix", .string(.any), .optional,
        doc: "Added to every image path, such as .jpg, if the table leaves it out."),
      Field(
        "color", .choice(["rgb", "grey"]), .optional,
        doc: "The colour mode that images are converted to; rgb if left out."),
      Field(
        "kind", .choice(TableReading.Kind.allCases.map(\.rawValue)), .optional,
        doc:
          "What the target is: category (one class per row), numbers, or labels (any of several). "
          + "If left out, one column of text or of class numbers is a category, several columns of "
          + "0 and 1 are labels, other numbers are numbers."),
      Field(
        "label_separator", .string(.any), .optional,
        doc:
          "The target is one column that lists the labels of a row, separated by this text; an "
          + "empty cell has none."),
      Field(
        "unit", .string(.any), .optional, doc: "Unit of the numbers to predict, such as grams."),
      Field(
        "features", .list(of: .string(.any), count: 1...100_000), .optional,
        doc: "The columns to use as features; all that have no other use if left out."),
      Field(
        "ignore", .list(of: .string(.any), count: 0...100_000), default: "[]",
        doc:
          "Columns that are not features: identifiers, dates, free text, and those that data.split "
          + "uses."
      ),
      Field(
        "numbers", .list(of: .string(.any), count: 0...100_000), default: "[]",
        doc: "Columns that are numbers, whatever they look like; the types of others are "
          + "detected."),
      Field(
        "categories", .list(of: .string(.any), count: 0...100_000), default: "[]",
        doc: "Columns that are categories, such as codes that look like numbers."),
      Field(
        "impute", .record(impute), default: "{}",
        doc: "What replaces missing values, computed from the training rows."),
      Field(
        "standardize", .boolean, default: "true",
        doc:
          "Whether to shift and scale each column of numbers to mean 0 and standard deviation 1 "
          + "over the training rows."),
      Field(
        "split", .string(.any), .optional,
        doc: "The column that marks each row as train, val or test."),
      Field(
        "test", .number(.insideUnit), default: "0.2",
        doc:
          "The test set if no row is marked as test: this fraction of the training rows (of each "
          + "class), chosen by their contents and the same for every seed and order."),
      Field(
        "columns", .list(of: .string(.any), count: 1...100_000), .optional,
        doc: "The names of all columns, if the file has no header line."),
      Field(
        "delimiter", .string(.any), .optional,
        doc: "The character between fields, or tab; detected if left out."),
      Field(
        "decimal", .choice(["point", "comma"]), .optional,
        doc: "The decimal separator; detected if left out."),
      Field(
        "missing", .list(of: .string(.any), count: 0...1000), default: "[]",
        doc:
          "Strings that mean a missing value, in addition to empty cells, NA, NaN, null, None, N/A "
          + "and ?."
      ),
      Field(
        "on_error", .choice(["stop", "skip"]), default: "stop",
        doc:
          "What happens to rows without a target, or whose image cannot be read or has different "
          + "targets in another row: the run does not start, or they are left out and counted. "
          + "With skip, every image is decoded once before the first run."),
    ],
    aliases: ["csv", "tsv", "tabular", "dataframe"],
    doc: "Your own table: columns of numbers and categories, and the columns to predict from them.")

  private static let impute = RecordSchema([
    Field(
      "numbers", .choice(["error", "mean", "median", "mode"]), default: "error",
      doc: "What replaces missing numbers; with error, they stop the run before it starts."),
    Field(
      "categories", .choice(["error", "mode", "own"]), default: "error",
      doc:
        "What replaces missing categories: the most frequent one (mode), or a category of their own "
        + "(own)."),
  ])
}
