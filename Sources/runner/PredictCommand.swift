import ArgumentParser
import FoundationEssentials
import ImageColor
import Orchestration
import RunRecord
import Tasks
import Transforms

struct PredictCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict",
    abstract: "Predicts images, tables or a data set with the model of a run.",
    usage: """
      runner predict [RUN] IMAGE… [--top K] [--invert] [--background COLOR] [--tile SIZE] [--json] [--csv FILE]
      runner predict [RUN] --split test|validation|train [--limit N] [--json] [--csv FILE]
      runner predict [RUN] --dataset NAME [--split test|train] [--limit N] [--json] [--csv FILE]
      """,
    discussion: """
      Images are PNG, JPEG, BMP, PBM, PGM, PPM, TIFF, WebP or IDX files (an IDX file may hold many \
      images), each perhaps compressed by gzip, of at most 200 megapixels. They are turned upright as \
      EXIF says, placed on a background where they are transparent (white unless --background says \
      otherwise), and converted to grey or colour as the run's data are. Of 16 bits a channel the high 8 are kept. Then they go through the \
      run's own transforms; if these do not resize, an image of another size is first resized to the \
      data set's. Nothing is inverted unless --invert says so. A file that cannot be read is reported, \
      the others are answered, and the exit code is 2. A model of a table takes files of tables, whose \
      columns are found by their names; if the table names images, it takes images too.

      --tile answers large images in overlapping squares at their own resolution, by a model that \
      gives every pixel a class; the run's transforms that change sizes are left out.

      --split asks about the run's own data: test, validation and train are exactly the examples that \
      the run tested, validated and trained on, so that the numbers are those of its summary. \
      --dataset asks about another data set, whose files are taken whole.

      Of a run with folds or several seeds, --fold N or --seed S takes one model and --ensemble the mean \
      of all. With folds, --split test alone takes the ensemble and --split validation the \
      out-of-fold predictions.

      --json prints one object a line for each image, with its warnings or the error of a file that \
      cannot be read; for a data set one object with metrics, intervals and what the task adds to them.
      """)

  @OptionGroup var arguments: RunArguments

  @Argument(help: "Image files, or IDX files with many images.", completion: .file())
  var images: [String] = []

  @Option(help: "The number of classes to show for each image.")
  var top: Int?

  @Flag(help: "Inverts the images first, for ink on paper if the run knows light strokes.")
  var invert = false

  @Option(
    help: ArgumentHelp(
      "The background of transparent images: white (the default, and black behind what is nearly "
        + "white itself), black, gray, a level from 0 to 255, or #RRGGBB.", valueName: "color"))
  var background: Background?

  @Option(
    help: ArgumentHelp(
      "Averages the predictions for several views of each image (test-time augmentation): flip, or "
        + "five_crop or ten_crop in place of the run's center_crop.", valueName: "views"))
  var views: ImageViews?

  @OptionGroup var tiles: TileArguments

  @OptionGroup var model: ModelArguments

  @OptionGroup var data: DatasetArguments

  @Flag(help: "Prints JSON to standard output.")
  var json = false

  @Option(
    help: "Writes the predictions to a CSV file; for a data set in the format of predictions.csv.",
    completion: .file(extensions: ["csv"]))
  var csv: String?

  mutating func validate() throws {
    // A first argument that is a file is an image, so the latest run is meant.
    if RunCatalog.isFile(arguments.run) {
      images.insert(arguments.run, at: 0)
      arguments.run = "latest"
    }
    if images.isEmpty, !data.isGiven {
      throw ValidationError("Name images, or a data set by --dataset or --split.")
    }
    if data.isGiven {
      if !images.isEmpty { throw ValidationError("Name images or a data set, not both.") }
      if top != nil { throw ValidationError("--top is for images; a data set gives metrics.") }
      if background != nil { throw ValidationError("--background is for images.") }
    } else if data.limit != nil || data.folder != nil {
      throw ValidationError("--limit and --folder belong to --dataset.")
    }
    if tiles.size != nil {
      if data.isGiven { throw ValidationError("--tile is for image files.") }
      if views != nil { throw ValidationError("--views does not go with --tile.") }
    }
    if data.folder != nil, let dataset = data.dataset, dataset != "idx" {
      throw ValidationError("--folder belongs to --dataset idx, not \(dataset).")
    }
    if let top, top < 1 { throw ValidationError("--top must be at least 1.") }
    if let limit = data.limit, limit < 1 { throw ValidationError("--limit must be at least 1.") }
    if let fold = model.fold, fold < 1 { throw ValidationError("--fold must be at least 1.") }
    if [model.fold != nil, model.seed != nil, model.ensemble].count(where: \.self) > 1 {
      throw ValidationError(
        "--fold and --seed take one model, --ensemble all: name one of the three.")
    }
    if let csv, images.contains(csv) {
      throw ValidationError("--csv would overwrite the image \(csv).")
    }
  }

  func run() async throws {
    var query = try PredictionQuery(
      subject, of: arguments.resolve(), weights: model.weights.rawValue, model.choice,
      environment: ProcessInfo.processInfo.environment)
    query.isInverted = invert
    query.views = views
    query.tiling = tiles.tiling
    query.csv = csv
    query.printsJSON = json
    try await query.answer()
  }

  private var subject: PredictionQuery.Subject {
    data.isGiven
      ? .dataset(
        name: data.dataset, folder: data.folder, split: data.split, limit: data.limit)
      : .images(images, background: background ?? .white, top: top)
  }
}

extension ImageViews: ExpressibleByArgument {}

extension Background: ExpressibleByArgument {
  /// - Returns: `nil` if the text is not a colour.
  package init?(argument: String) { self.init(argument) }
}
