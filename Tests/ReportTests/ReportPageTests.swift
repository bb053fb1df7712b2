import Foundation
import Report
import RunRecord
import Testing

@Suite struct ReportPageTests {
  private func page(
    _ run: SampleRun = SampleRun(), _ change: (TemporaryFolder, String) throws -> Void = { _, _ in }
  ) throws -> String {
    let folder = try TemporaryFolder()
    let directory = try run.write(to: folder)
    try change(folder, run.directory)
    let path = try ReportPage.write(for: directory)
    return try String(contentsOfFile: path, encoding: .utf8)
  }

  private func remove(_ names: String...) -> (TemporaryFolder, String) throws -> Void {
    { folder, run in
      for name in names {
        try FileManager.default.removeItem(atPath: "\(folder.path)/\(run)/\(name)")
      }
    }
  }

  @Test func needsNoNetworkAndNoScript() throws {
    let page = try page()
    #expect(!page.contains("http:") && !page.contains("https:"))
    #expect(!page.contains("<script"))
    #expect(page.contains("content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'"))
  }

  @Test func headlineInsightsAndConfiguration() throws {
    let page = try page()
    for text in [
      "<b>88.00%</b>", "<b>90.00%</b>", "Best epoch", "Findings", "Most often confused",
      "<code>lr=1e-2</code>", "<div class=\"changed\"><span>    lr: 0.01</span>",
      "[N, 1, 28, 28]", "7,850 parameters", "<svg class=\"chart\"", "Confusion matrix of the test",
    ] {
      #expect(page.contains(text), "\(text)")
    }
  }

  @Test func fallbackDataIsLoud() throws {
    var run = SampleRun()
    run.info.dataset.used = "digits"
    let page = try page(run)
    #expect(page.contains("Not the requested data set"))
    #expect(page.contains("‘mnist’ was not available; everything here was computed on ‘digits’"))
  }

  @Test func intervalsAndFoldsWhereTheSummaryHasThem() throws {
    let page = try page { folder, run in
      try folder.write(
        """
        {"status": "finished", "test": {"accuracy": 0.9}, "validation": {"accuracy": 0.8},
         "validation_sd": {"accuracy": 0.01}, "intervals": {"test": {"accuracy": [0.88, 0.92]}},
         "folds": [{"fold": 1, "validation": {"accuracy": 0.79}}, {"accuracy": 0.81}]}
        """, run + "/summary.json")
    }
    #expect(page.contains("95% bootstrap interval: 88.00% to 92.00%"))
    #expect(page.contains("± 1.00% over folds"))
    #expect(page.contains("<td>1</td><td>79.00%</td>"))
    #expect(page.contains("<td>2</td><td>81.00%</td>"))
  }

  @Test func plotsAreImagesAndOthersAreSaidToBeMissing() throws {
    let page = try page { folder, run in
      try folder.write("<svg onload=\"alert(1)\"></svg>", run + "/plots/loss.svg")
      try folder.write("no picture", run + "/plots/roc.png")
      try folder.write("<svg></svg>", run + "/plots/gradient_norm.svg")
    }
    #expect(page.contains("<img src=\"data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9"))
    #expect(!page.contains("onload"))
    #expect(page.contains("<figcaption>gradient norm</figcaption>"))
    #expect(page.contains("plots/roc.png: is not a valid PNG image"))
    // The learning rate of this run is constant, and its matrix is a table.
    #expect(
      page.contains("Plots missing from this run: accuracy, per_class, confusion_matrix_normalised")
    )
  }

  @Test(arguments: [RunInfo.Status.running, .failed, .interrupted])
  func unfinishedRuns(status: RunInfo.Status) throws {
    var run = SampleRun()
    run.info.status = status
    run.info.failure = status == .failed ? "the disk is full" : nil
    run.summary = nil
    let page = try page(run, remove("predictions.csv", "confusion_matrix.csv"))
    // Nobody works on it.
    #expect(page.contains(">\(status == .running ? "interrupted" : status.rawValue)</span>"))
    if status == .running { #expect(page.contains("its process was killed")) }
    #expect(page.contains("summary.json: is missing: the run has not finished"))
    #expect(page.contains("no results for single classes"))
    #expect(page.contains("Epochs so far"))
    if status == .failed { #expect(page.contains("the disk is full")) }
  }

  @Test func everyFileMayBeMissing() throws {
    let files = [
      "run.json", "summary.json", "metrics.jsonl", "predictions.csv", "confusion_matrix.csv",
      "resolved.yaml",
    ]
    for file in files {
      #expect(try page(SampleRun(), remove(file)).contains("<li>\(file): is missing"), "\(file)")
    }
    let empty = try TemporaryFolder()
    let page = try ReportPage.render(RunEvidence(reading: RunDirectory(path: empty.path)))
    #expect(page.contains("The status of this run is unknown"))
    #expect(page.hasSuffix("</html>\n"))
  }

  @Test func everyFileMayBeCutAnywhere() throws {
    let folder = try TemporaryFolder()
    let run = SampleRun()
    let directory = try run.write(to: folder)
    for file in ["run.json", "summary.json", "metrics.jsonl", "predictions.csv", "resolved.yaml"] {
      let text = try String(contentsOfFile: directory.file(file), encoding: .utf8)
      for share in [0, 1, 3, 5, 7, 9] {
        try folder.write(String(text.prefix(text.count * share / 10)), "\(run.directory)/\(file)")
        let page = try ReportPage.render(RunEvidence(reading: directory))
        #expect(page.hasSuffix("</html>\n"))
      }
      try folder.write("\u{FFFD}\u{0}[]", "\(run.directory)/\(file)")
      #expect(try ReportPage.render(RunEvidence(reading: directory)).hasSuffix("</html>\n"))
      try folder.write(text, "\(run.directory)/\(file)")
    }
  }

  @Test func halfALineIsSaid() throws {
    let page = try page { folder, run in
      try folder.write(
        "{\"fold\":0,\"epoch\":1,\"val_loss\":0.5}\nnonsense\n{\"fold\":0,\"ep",
        run + "/metrics.jsonl")
    }
    #expect(page.contains("metrics.jsonl: its last line is incomplete"))
    #expect(page.contains("metrics.jsonl: a line cannot be read"))
  }

  @Test func manyClassesHaveNoMatrix() throws {
    var run = SampleRun()
    run.classNames = (0..<100).map { "class \($0)" }
    let page = try page(run)
    #expect(!page.contains("class=\"matrix\""))
    #expect(page.contains("With 100 classes"))
  }

  @Test func modelsThatCannotBeBuiltAreNamed() throws {
    var run = SampleRun()
    run.resolved = run.resolved.replacing("linear: 10 ", with: "linaer: 10 ")
    #expect(try page(run).contains("The graph cannot be reconstructed: unknown layer"))
  }
}

/// What a report shows once, and what people said about the run.
struct ReportPageContentTests {
  @Test func tagsAndNotesAreShown() throws {
    let page = try page { folder, run in
      try folder.write(
        """
        {"format": 1, "tags": ["baseline"],
         "notes": [{"time": "2026-11-30T10:00:00Z", "text": "<b>more</b> dropout"}]}
        """, run + "/annotations.json")
    }
    #expect(page.contains("<div class=\"tags\"><span>baseline</span></div>"))
    #expect(page.contains("<small>2026-11-30T10:00:00Z</small>&lt;b&gt;more&lt;/b&gt; dropout"))
    let damaged = try self.page { folder, run in
      try folder.write("{", run + "/annotations.json")
    }
    #expect(damaged.contains("<li>annotations.json: "))
  }

  /// The report has the numbers as a table.
  @Test func theMatrixIsNoPictureToo() throws {
    let page = try page { folder, run in
      for name in ["confusion_matrix", "confusion_matrix_normalised"] {
        try folder.write("<svg></svg>", run + "/plots/\(name).svg")
      }
    }
    #expect(page.contains("<figcaption>Confusion matrix, normalised by true class</figcaption>"))
    #expect(!page.contains("<figcaption>Confusion matrix, counts</figcaption>"))
    #expect(page.contains("Confusion matrix of the test set"))
  }

  private func page(
    _ change: (TemporaryFolder, String) throws -> Void
  ) throws -> String {
    let folder = try TemporaryFolder()
    let run = SampleRun()
    let directory = try run.write(to: folder)
    try change(folder, run.directory)
    return try ReportPage.render(RunEvidence(reading: directory))
  }
}
