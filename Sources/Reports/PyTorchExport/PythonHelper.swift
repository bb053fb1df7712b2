/// A class that a file needs because `torch.nn` has no module that computes the same from one tensor to one tensor.
enum PythonHelper: String, CaseIterable {
  case attention = "Attention"
  case embedding = "Embedding"
  case layerNorm2d = "LayerNorm2d"
  case lstm = "LSTM"
  case gru = "GRU"
  case stochasticDepth = "StochasticDepth"

  var text: String {
    switch self {
    case .attention:
      """
      class Attention(nn.MultiheadAttention):
          \"\"\"Attention of a sequence to itself, or of queries to keys and values; the batch comes first.\"\"\"

          def __init__(self, *args, is_causal=False, **kwargs):
              super().__init__(*args, batch_first=True, **kwargs)
              self.is_causal = is_causal

          def forward(self, query, key=None, value=None):
              key = query if key is None else key
              value = key if value is None else value
              mask = None
              if self.is_causal:
                  size = query.shape[1], key.shape[1]
                  mask = torch.ones(size, dtype=torch.bool, device=query.device).triu(1)
              return super().forward(query, key, value, attn_mask=mask, need_weights=False)[0]

      """
    case .embedding:
      """
      class Embedding(nn.Embedding):
          \"\"\"Embeddings of integers that are stored as floats.\"\"\"

          def forward(self, x):
              return super().forward(x.long())

      """
    case .layerNorm2d:
      """
      class LayerNorm2d(nn.LayerNorm):
          \"\"\"Layer normalisation of each pixel over its channels.\"\"\"

          def forward(self, x):
              return super().forward(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)

      """
    case .lstm, .gru:
      """
      class \(rawValue)(nn.\(rawValue)):
          \"\"\"The outputs of all steps, or the last layer's final hidden state; the batch comes first.\"\"\"

          def __init__(self, *args, returns_last=False, **kwargs):
              super().__init__(*args, batch_first=True, **kwargs)
              self.returns_last = returns_last

          def forward(self, x):
              outputs, state = super().forward(x)
              if not self.returns_last:
                  return outputs
              \(self == .lstm ? "hidden = state[0]" : "hidden = state")[-2 if self.bidirectional else -1:]
              return hidden.transpose(0, 1).flatten(1)

      """
    case .stochasticDepth:
      """
      class StochasticDepth(nn.Module):
          \"\"\"Zeroes examples with probability p while training, or whole batches.\"\"\"

          def __init__(self, p, mode="row"):
              super().__init__()
              self.p, self.mode = p, mode

          def forward(self, x):
              if not self.training or self.p == 0:
                  return x
              count = x.shape[0] if self.mode == "row" else 1
              kept = torch.rand(count, *[1] * (x.dim() - 1), device=x.device) >= self.p
              return x * kept / (1 - self.p) if self.p < 1 else x * kept

      """
    }
  }
}
