import DataSchema
import Tables
import Tasks

/// The script beside an exported `model.py` that answers files as `runner predict` does.
package struct PyTorchPredictor: Sendable {
  /// What the script reads.
  package enum Input: Sendable {
    /// Pictures in this many channels; the transforms of each model, or those of all.
    case pictures(channels: Int, [TorchvisionTransforms])
    /// Rows of tables, encoded by what these files hold, one for each model or one for all.
    case rows([String])
    /// Tensors.
    case tensors
  }

  let input: Input
  /// The files of weights, one for each model.
  let weights: [String]
  let link: ScoreLink
  let prediction: Objective.Operation
  let target: FieldKind
  /// The probability from which a label is given; empty for 0.5.
  let thresholds: [Double]

  /// - Parameters:
  ///   - weights: the files of weights, one for each model, whose probabilities are averaged.
  ///   - prediction: how the outputs are read, as the loss defines it.
  package init(
    input: Input, weights: [String], link: ScoreLink, prediction: Objective.Operation,
    target: FieldKind, thresholds: [Double]
  ) {
    (self.input, self.weights, self.link) = (input, weights, link)
    (self.prediction, self.target, self.thresholds) = (prediction, target, thresholds)
  }

  /// Why the script cannot be written.
  package struct Problem: Error, Equatable {
    package let reason: String
  }

  /// Whether each model takes inputs of its own.
  private var hasOwnInputs: Bool {
    switch input {
    case .pictures(_, let transforms): transforms.count > 1
    case .rows(let files): files.count > 1
    case .tensors: false
    }
  }

  /// The script.
  ///
  /// - Throws: ``Problem`` for a loss whose outputs are read in a way that has no counterpart.
  package func text() throws(Problem) -> String {
    let sections = [
      constants, try scores(), preparation, answer, main,
    ]
    let body = sections.joined(separator: "\n\n")
    return head(body) + body
  }

  // MARK: Head

  private var usage: String {
    switch (input, target.isMask) {
    case (.pictures, true):
      "Writes the class of each pixel as photo-mask.png: python predict.py photo.jpg"
    case (.pictures, false): "Prints what the model says: python predict.py photo.jpg"
    case (.rows, _): "Prints what the model says about each row: python predict.py table.csv"
    case (.tensors, _):
      "Prints what the model says about each example: python predict.py inputs.npy"
    }
  }

  private func head(_ body: String) -> String {
    var standard = ["pathlib", "sys"]
    if case .rows = input { standard = ["csv", "json"] + standard }
    if body.contains("math.") { standard.append("math") }
    var lines = ["\"\"\"\(usage)\"\"\""] + standard.sorted().map { "import \($0)" } + [""]
    if case .tensors = input { lines.append("import numpy") }
    lines.append("import torch")
    if case .pictures = input { lines.append("from PIL import Image, ImageOps") }
    lines.append("from safetensors.torch import load_file")
    if case .pictures = input { lines.append("from torchvision import transforms") }
    return (lines + ["", "from model import Model", "", "", ""]).joined(separator: "\n")
  }

  private var constants: String {
    var text = ""
    if case .pictures(_, let transforms) = input, transforms.contains(where: \.needsCover) {
      text += TorchvisionTransforms.cover + "\n\n"
    }
    text += "FOLDER = pathlib.Path(__file__).resolve().parent\n"
    let names = target.names
    if !names.isEmpty {
      let constant =
        switch target {
        case .labelSet: "LABELS"
        case .numbers: "NUMBERS"
        default: "CLASSES"
        }
      text += list(constant, names.map(Python.text))
    }
    if case .labelSet = target {
      let values = thresholds.isEmpty ? names.map { _ in 0.5 } : thresholds
      text += list("THRESHOLDS", values.map(Python.number))
    }
    if case .pictures(_, let all) = input {
      let made = all.map { transforms in
        "transforms.Compose([\n    \(transforms.items.joined(separator: ",\n    ")),\n])"
      }
      text += made.count == 1 ? "TRANSFORM = \(made[0])\n" : list("TRANSFORMS", made)
    }
    if case .rows(let files) = input {
      let names = files.map { "json.loads((FOLDER / \(Python.text($0))).read_text())[\"columns\"]" }
      text += names.count == 1 ? "COLUMNS = \(names[0])\n" : list("ENCODERS", names)
      text +=
        "MISSING = {\(MissingValues.standardTexts.map(Python.text).joined(separator: ", "))}\n"
    }
    text += """


      def load(name):
          model = Model()
          model.load_state_dict(load_file(FOLDER / name))
          return model.eval()


      """
    return text
      + (weights.count == 1
        ? "MODEL = load(\(Python.text(weights[0])))\n"
        : "MODELS = [\n" + weights.map { "    load(\(Python.text($0))),\n" }.joined() + "]\n")
  }

  /// A list as a constant: in one line if that is short.
  private func list(_ name: String, _ items: [String]) -> String {
    let line = "\(name) = [\(items.joined(separator: ", "))]\n"
    if line.utf8.count <= 100, !line.dropLast().contains("\n") { return line }
    return "\(name) = [\n" + items.map { "    \($0),\n" }.joined() + "]\n"
  }

  // MARK: Scores

  /// How an output is read.
  private func reading(
    _ operation: Objective.Operation, _ output: String
  ) throws(Problem) -> String {
    switch operation {
    case .outputs: return output
    case .exponential(let inner): return try reading(inner, output) + ".exp()"
    case .logSoftmax(let inner): return try reading(inner, output) + ".log_softmax(1)"
    case .columns(let inner, let first, let count):
      return try reading(inner, output) + "[:, \(first):\(first + count)]"
    // Counts are of the scores of a mask's pixels, which the script answers with.
    case .pixelCounts(let scores, _): return try reading(scores, output)
    default: throw Problem(reason: "the loss reads the outputs in a way that is not supported")
    }
  }

  private var kind: String {
    switch target {
    case .numbers: "numbers"
    case .mask: "scores of every class and pixel"
    default: "scores"
    }
  }

  /// The function from a batch to scores, which for several models have the mean of their probabilities.
  private func scores() throws(Problem) -> String {
    let output = try reading(prediction, weights.count == 1 ? "MODEL(batch)" : "model(batch)")
    let head = "@torch.inference_mode()\ndef scores(batch):\n    \"\"\"The \(kind) for a batch."
    guard weights.count > 1 else { return head + "\"\"\"\n    return \(output)\n" }
    let each =
      hasOwnInputs
      ? "[\(output) for model, batch in zip(MODELS, batch)]" : "[\(output) for model in MODELS]"
    let joined: String
    switch link {
    case .identity: joined = "torch.stack(outputs).mean(0)"
    case .softmax:
      joined =
        "torch.stack([output.log_softmax(1) for output in outputs]).logsumexp(0) - math.log(len(MODELS))"
    case .sigmoid:
      joined = """
        (
                torch.stack([-torch.nn.functional.softplus(-output) for output in outputs]).logsumexp(0)
                - torch.stack([-torch.nn.functional.softplus(output) for output in outputs]).logsumexp(0)
            )
        """
    }
    let what =
      link == .identity
      ? "the mean of all models" : "their probabilities are the means of all models"
    return head + " For several models: \(what).\"\"\"\n"
      + "    outputs = \(each)\n    return \(joined)\n"
  }

  // MARK: Inputs

  private var preparation: String {
    switch input {
    case .tensors: return "def prepare(array):\n    return torch.from_numpy(array).float()\n"
    case .pictures(let channels, let transforms):
      let batch =
        transforms.count == 1
        ? "TRANSFORM(picture)[None]" : "[transform(picture)[None] for transform in TRANSFORMS]"
      return """
        def read(path):
            picture = ImageOps.exif_transpose(Image.open(path))
            if picture.has_transparency_data:
                picture = picture.convert("RGBA")
                picture = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture)
            return picture.convert("\(channels == 1 ? "L" : "RGB")")


        def prepare(picture):
            return \(batch)

        """
    case .rows(let files):
      let batch =
        files.count == 1
        ? "torch.tensor([encode(row, COLUMNS) for row in rows])"
        : "[torch.tensor([encode(row, columns) for row in rows]) for columns in ENCODERS]"
      return """
        def encode(row, columns):
            \"\"\"The numbers of a row: scaled numbers, 0 or 1 for booleans, and one number for each category.\"\"\"
            values = []
            for column in columns:
                text = row[column["name"]].strip()
                is_missing = text in MISSING
                if column["type"] == "category":
                    text = column.get("fillCategory") if is_missing else text
                    if text is None:
                        raise SystemExit(f"the column {column['name']} has no value")
                    known = [name not in column.get("unseen", []) for name in column["categories"]]
                    values += [float(name == text and seen) for name, seen in zip(column["categories"], known)]
                    continue
                if is_missing:
                    if column.get("fill") is None:
                        raise SystemExit(f"the column {column['name']} has no value")
                    value = column["fill"]
                elif column["type"] == "boolean":
                    words = [["0", "1"], *[pair.split() for pair in ["false true", "no yes", "n y", "f t", "off on"]]]
                    value = next(pair.index(text.lower()) for pair in words if text.lower() in pair)
                else:
                    value = float(text.replace(",", "."))
                scale = column.get("scale") or {"mean": 0, "deviation": 1}
                values.append((value - scale["mean"]) / scale["deviation"])
            return values


        def prepare(rows):
            return \(batch)

        """
    }
  }

  // MARK: Answers

  private var answer: String {
    switch target {
    case .numbers:
      return """
        def show(name, output):
            numbers = [f"{number}: {value:.6g}" for number, value in zip(NUMBERS, output.tolist())]
            print(name, *numbers, sep="  ")

        """
    case .labelSet:
      let probabilities = link == .sigmoid ? "output.sigmoid()" : "output"
      return """
        def show(name, output):
            chances = \(probabilities).tolist()
            given = [
                f"{label}: {chance:.4f}"
                for label, chance, threshold in zip(LABELS, chances, THRESHOLDS) if chance >= threshold]
            print(name, *given, sep="  ")

        """
    case .mask:
      return """
        def show(name, output):
            path = pathlib.Path(name).stem + "-mask.png"
            mask = output.max(0).indices.to(torch.uint8)
            Image.fromarray(mask.numpy()).save(path)
            found = [CLASSES[index] for index in mask.unique().tolist()]
            print(path, *found, sep="  ")

        """
    default:
      let probabilities =
        switch link {
        case .softmax: "output.softmax(0)"
        case .sigmoid: "output.sigmoid()"
        case .identity: "output"
        }
      return """
        def show(name, output):
            chances = \(probabilities)
            best = chances.argsort(descending=True)[:5].tolist()
            print(name, *[f"{CLASSES[index]}: {chances[index]:.4f}" for index in best], sep="  ")

        """
    }
  }

  private var main: String {
    let loop: String
    switch input {
    case .pictures:
      loop = "        show(path, scores(prepare(read(path)))[0])\n"
    case .rows:
      loop = """
                with open(path, newline="") as file:
                    rows = list(csv.DictReader(file))
                for number, output in enumerate(scores(prepare(rows)), 1):
                    show(f"{path}:{number}", output)

        """
    case .tensors:
      loop = """
                for number, output in enumerate(scores(prepare(numpy.load(path)))):
                    show(f"{path}:{number}", output)

        """
    }
    return "if __name__ == \"__main__\":\n    for path in sys.argv[1:]:\n" + loop
  }
}
