import ExperimentConfig

/// The models that ship with the program, written in the experiment language itself.
package enum Models {
  package static let all = [resnet18, resnet34, resnet50, lenet5]

  static let resnet18 = ModelSource(
    ComponentSchema(
      "resnet18", main: "classes", [classes],
      doc: "ResNet-18 with torchvision's parameter names; 224×224 RGB images."),
    text: PackageResources.resnet18_yaml)

  static let resnet34 = ModelSource(
    ComponentSchema(
      "resnet34", main: "classes", [classes],
      doc: "ResNet-34 with torchvision's parameter names; 224×224 RGB images."),
    text: PackageResources.resnet34_yaml)

  static let resnet50 = ModelSource(
    ComponentSchema(
      "resnet50", main: "classes", [classes],
      doc: "ResNet-50 with torchvision's parameter names; 224×224 RGB images."),
    text: PackageResources.resnet50_yaml)

  static let lenet5 = ModelSource(
    ComponentSchema(
      "lenet5", main: "classes",
      [
        classes,
        Field(
          "padding", .integer(.between(0, 100)), default: "2",
          doc: "Padding of the first convolution: 2 for images of 28×28, 0 for 32×32."),
      ],
      doc: "LeNet-5 with ReLU and max pooling; a small network for small images."),
    text: PackageResources.lenet5_yaml)

  private static let classes = Field(
    "classes", .integer(.between(1, 1e6)), .optional,
    doc: "Number of output scores; the data set's number of classes if left out.")
}
