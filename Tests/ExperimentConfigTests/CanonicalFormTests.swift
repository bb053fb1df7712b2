import ExperimentConfig
import Testing

@Suite struct CanonicalFormTests {
  private func form(_ text: String, _ overrides: String...) throws -> JSONValue {
    let outcome = Outcome.of(text: text, overrides)
    return try #require(outcome.loaded?.resolved.canonicalForm, "\(outcome.text)")
  }

  static let plain = """
    data: {dataset: digits}
    model: [flatten, linear: 10]
    optimizer: {adam: {lr: 0.001}}
    """

  @Test(arguments: [
    "data:\n  dataset: {digits: }\nmodel:\n- flatten: {}\n- linear: {out_features: 10}\n",
    "{model: ['flatten', {linear: +10}], data: {dataset: digits}, optimizer: adam}",
    "optimizer: {adam: 1e-3}\nseed: 0\ndata: {dataset: digits, shuffle: true}\nmodel: [flatten, linear: 10]\n",
    "name: other\ndescription: text\ndata: {dataset: digits, limit: {}}\nmodel: [flatten, linear: 10]\n",
    "data: {dataset: digits, split: {validation: 2e-1}}\nmodel: &m [flatten, linear: 10]\n",
  ])
  func spellingDoesNotMatter(text: String) throws {
    #expect(try form(text) == form(Self.plain))
  }

  @Test func whereAValueComesFromDoesNotMatter() throws {
    #expect(try form(Self.plain, "seed=4") == form("seed: 4\n" + Self.plain))
  }

  @Test(arguments: [
    "seed=1", "lr=2e-3", "epochs=11", "batch_size=65", "shuffle=false", "optimizer=adamw",
    "loss=mse", "+data.limit.train=5000", "validation=0.3", "threads=2", "+train.max_steps=4",
    "precision=bfloat16", "precision=tf32", "decode=fast", "explain=true", "report={explain: true}",
    "model=[flatten, {linear: {out_features: 10, bias: false}}]",
  ])
  func whatChangesAResultMatters(override: String) throws {
    #expect(try form(Self.plain, override) != form(Self.plain))
  }

  /// Runs from before there was a choice keep their identities.
  @Test func thePrecisionOfOldIsNoPartOfAnIdentity() throws {
    #expect(try form(Self.plain, "precision=float32") == form(Self.plain))
    let bytes = try JSONText.encode(form(Self.plain))
    #expect(!String(decoding: bytes, as: UTF8.self).contains("precision"))
  }

  /// The same of how JPEG files are decoded.
  @Test func exactDecodingIsNoPartOfAnIdentity() throws {
    #expect(try form(Self.plain, "decode=exact") == form(Self.plain))
    let bytes = try JSONText.encode(form(Self.plain, "decode=exact"))
    #expect(!String(decoding: bytes, as: UTF8.self).contains("decode"))
  }

  /// The same of a report that explains nothing.
  @Test(arguments: ["explain=false", "report={explain: false}", "report={}"])
  func aReportWithoutExplanationsIsNoPartOfAnIdentity(override: String) throws {
    #expect(try form(Self.plain, override) == form(Self.plain))
    let bytes = try JSONText.encode(form(Self.plain, override))
    #expect(!String(decoding: bytes, as: UTF8.self).contains("report"))
  }

  @Test func namesAndTextsAreCosmetic() throws {
    #expect(try form(Self.plain, "name=x", "+description=y") == form(Self.plain))
  }

  @Test func parametersOfBlocksCountAsNumbers() throws {
    func text(_ p: String) -> String {
      """
      data: {dataset: digits}
      blocks:
        drop:
          parameters: {p: }
          layers: [{dropout: "${p}"}]
      model: [flatten, drop: \(p), linear: 10]
      """
    }
    #expect(try form(text("0.5")) == form(text("{p: 5e-1}")))
    #expect(try form(text("0.5")) != form(text("0.6")))
  }

  @Test func nullIsAMomentumOfItsOwn() throws {
    func text(_ arguments: String) -> String {
      "data: {dataset: digits}\nmodel: [{batch_norm2d: {\(arguments)}}, flatten, linear: 10]\n"
    }
    #expect(try form(text("momentum: null")) != form(text("")))
    #expect(try form(text("momentum: 0.1")) == form(text("")))
  }
}
