import ExperimentConfig

/// All layers, in one explicit list that parsing, documentation and the schema are derived from.
package struct LayerRegistry: Sendable {
  private let layers: [any Layer.Type]

  package init(_ layers: [any Layer.Type]) { self.layers = layers }

  package static let standard = LayerRegistry([
    Flatten.self, Reshape.self, Identity.self, Linear.self,
    ReLU.self, ReLU6.self, LeakyReLU.self, ELU.self, SELU.self, GELU.self, SiLU.self, Mish.self,
    Softplus.self, Hardswish.self, Hardsigmoid.self, Sigmoid.self, Tanh.self, Softmax.self,
    LogSoftmax.self,
    Dropout.self, Dropout2d.self,
    Conv2d.self, BatchNorm1d.self, BatchNorm2d.self, LayerNorm.self, GroupNorm.self,
    MaxPool2d.self, AvgPool2d.self, AdaptiveAvgPool2d.self, GlobalAvgPool.self,
    Pad.self, Upsample.self, PixelShuffle.self, PixelUnshuffle.self, ChannelShuffle.self,
    Conv1d.self, ConvTranspose1d.self, ConvTranspose2d.self,
    InstanceNorm1d.self, InstanceNorm2d.self, LocalResponseNorm.self,
    MaxPool1d.self, AvgPool1d.self, AdaptiveAvgPool1d.self, AdaptiveMaxPool1d.self,
    AdaptiveMaxPool2d.self,
    LayerNorm2d.self, Permute.self, Transpose.self, Slice.self, Mean.self, Sum.self, Max.self,
    StochasticDepth.self, LayerScale.self, LearnedParameter.self,
    MatMul.self, PReLU.self, GLU.self, MultiHeadAttention.self, Embedding.self, LSTM.self, GRU.self,
    Add.self, Concat.self, Multiply.self, CheckSize.self,
    TorchScript.self,
  ])

  package var schemas: [ComponentSchema] { layers.map { $0.schema } }

  package func find(_ name: String) -> (any Layer.Type)? {
    layers.first { $0.schema.name == name }
  }
}
