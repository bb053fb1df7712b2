import ExperimentConfig

extension ArraysDataset {
  static let schema = ComponentSchema(
    "arrays", main: "file",
    [
      Field(
        "file", .path, .required,
        doc:
          "An .npz or .safetensors file, or a folder of .npy files. Names such as x_train and "
          + "y_train, or train_images, train_labels, val_images, test_images, are recognised."),
      Field(
        "inputs", .string(.any), .optional,
        doc:
          "The array of images or vectors to train on, if its name is not recognised: X, or "
          + "X.npy."),
      Field("targets", .string(.any), .optional, doc: "The array of targets to predict."),
      Field(
        "validation_inputs", .string(.any), .optional, doc: "The inputs reserved for validation."),
      Field("validation_targets", .string(.any), .optional, doc: "Their targets."),
      Field("test_inputs", .string(.any), .optional, doc: "The inputs to test on."),
      Field("test_targets", .string(.any), .optional, doc: "Their targets."),
      Field(
        "axes", .string(.any), .optional,
        doc:
          "The order of the axes of images: N (examples), H (height), W (width) and, with channels, C. If "
          + "left out, three axes are NHW, and of four, the one with 1, 3 or 4 entries is C: NHWC or "
          + "NCHW. Arrays with one or two axes hold vectors."),
      Field(
        "range", .list(of: .number(.any), count: 2...2), .optional,
        doc:
          "The numbers for black and white; those in between are rounded to 256 steps. If left "
          + "out, 0 and 1 for floats, 0 and 255 for integers; numbers outside are errors."),
      Field(
        "kind", .choice(ArrayReading.Kind.allCases.map(\.rawValue)), .optional,
        doc:
          "What the targets are: category (one class per example), numbers, or labels (any of "
          + "several). If left out, integers are class numbers from 0, rows of 0 and 1 are labels, "
          + "or classes if each row has a single 1, and other values are numbers."),
      Field(
        "names", .list(of: .string(.any), count: 1...10_000), .optional,
        doc: "Names of the classes, numbers or labels, in their order; 0, 1, 2, … if left out."),
      Field("unit", .string(.any), .optional, doc: "Unit of the numbers to predict, such as mm."),
      Field(
        "test", .number(.insideUnit), default: "0.2",
        doc:
          "The test set if there are no test arrays: this fraction of the training examples (of "
          + "each class), chosen by their contents and the same for every seed and order."),
    ],
    aliases: ["npz", "npy", "numpy", "safetensors", "medmnist"],
    doc: "Your own images or vectors in arrays: NumPy's .npy and .npz, or .safetensors.")
}
