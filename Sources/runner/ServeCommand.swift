import ArgumentParser
import FoundationEssentials
import ImageColor
import Orchestration

struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Answers requests over HTTP with the model of a run.",
    usage: "runner serve [RUN] [--port N] [--host ADDRESS --token-file FILE] [options]",
    discussion: """
      POST /predict takes an image (image/jpeg, image/png, …), several as multipart/form-data, or JSON: \
      {"rows": [{…}]} for tables and {"instances": [[…]]} for arrays. The answers are those of 'runner predict \
      --json'. POST /explain takes an image and answers with a Grad-CAM. GET / is a page to try the model on; \
      GET /model, /health, /metrics and /openapi.json describe the service.

      The model stays loaded. Requests that arrive while it computes are answered together, at most --max-batch \
      images or tables at once. A request that finds the queue full gets status 503 with Retry-After.

      The service is reachable from this machine only. For any other --host a token is required, which clients \
      send as 'Authorization: Bearer TOKEN'. Ctrl-C and SIGTERM answer the requests that are running and end the \
      service with exit code 0. docs/serve.md describes it all.
      """)

  @OptionGroup var arguments: RunArguments

  @Option(help: "The port; 0 for any free one, which is printed.")
  var port = 8080

  @Option(help: ArgumentHelp("The address to listen on.", valueName: "address"))
  var host = "127.0.0.1"

  @Option(
    help: "A file with the token that clients must send; $RUNNER_TOKEN if left out.",
    completion: .file())
  var tokenFile: String?

  @Option(help: "The most images or tables that the model answers at once.")
  var maxBatch = 32

  @Option(
    help: ArgumentHelp(
      "How long a request waits for others to be answered with, in milliseconds. Without waiting, those that "
        + "arrive while the model computes are answered together.", valueName: "ms"))
  var maxWait = 0.0

  @Option(help: "The most images or tables that wait.")
  var queue = 256

  @Option(help: "The longest that a client waits for an answer, in seconds.")
  var timeout = 30.0

  @Option(
    help: ArgumentHelp("The largest body of a request, in megabytes.", valueName: "megabytes"))
  var maxBody = 32

  @Flag(help: "Inverts the images first, for ink on paper if the run knows light strokes.")
  var invert = false

  @Option(help: "The background of transparent images, as for 'runner predict'.")
  var background: Background = .white

  @OptionGroup var model: ModelArguments

  @Flag(help: "Prints address, port and run as one JSON object.")
  var json = false

  func validate() throws {
    guard 0...65535 ~= port else { throw ValidationError("--port must be from 0 to 65535.") }
    guard 1...4096 ~= maxBatch else { throw ValidationError("--max-batch must be from 1 to 4096.") }
    guard 0...10_000 ~= maxWait else {
      throw ValidationError("--max-wait must be from 0 to 10000 milliseconds.")
    }
    guard 1...1_000_000 ~= queue else {
      throw ValidationError("--queue must be from 1 to 1000000.")
    }
    guard 0.1...86_400 ~= timeout else {
      throw ValidationError("--timeout must be from 0.1 to 86400 seconds.")
    }
    guard 1...1024 ~= maxBody else {
      throw ValidationError("--max-body must be from 1 to 1024 megabytes.")
    }
    if host.isEmpty { throw ValidationError("--host must not be empty.") }
    if let fold = model.fold, fold < 1 { throw ValidationError("--fold must be at least 1.") }
    if [model.fold != nil, model.seed != nil, model.ensemble].count(where: \.self) > 1 {
      throw ValidationError(
        "--fold and --seed take one model, --ensemble all: name one of the three.")
    }
  }

  func run() async throws {
    var settings = ServiceSettings(
      run: arguments.run, runsDirectory: arguments.runsDirectory, weights: model.weights.rawValue,
      isInverted: invert, background: background, fold: model.fold, seed: model.seed,
      ensemble: model.ensemble)
    settings.host = host
    settings.port = port
    settings.tokenFile = tokenFile
    settings.maxBatch = maxBatch
    settings.maxWait = maxWait
    settings.queue = queue
    settings.timeout = timeout
    settings.maxBody = maxBody << 20
    settings.printsJSON = json
    try ServiceProgram.become(settings, environment: ProcessInfo.processInfo.environment)
  }
}
