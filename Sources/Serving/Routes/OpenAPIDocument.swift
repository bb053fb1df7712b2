import DataSchema
import ExperimentConfig
import Orchestration
import RunRecord
import Tables

/// The description of the service in the format OpenAPI 3.1.
struct OpenAPIDocument {
  let bytes: [UInt8]

  init(_ model: ServedModel, _ settings: ServiceSettings) throws {
    let requests: JSONValue
    switch model.input {
    case .image(let size):
      let picture: JSONValue = ["schema": ["type": "string", "format": "binary"]]
      requests = [
        "image/*": picture,
        "multipart/form-data": [
          "schema": [
            "type": "object",
            "additionalProperties": ["type": "string", "format": "binary"],
          ]
        ],
        "application/json": [
          "schema": Self.object([
            "instances": Self.list(Self.pixels(size))
          ])
        ],
      ]
    case .row(let columns):
      let properties = columns.map { column -> (String, JSONValue) in
        let type: JSONValue = column.type == .number ? ["number", "null"] : ["string", "null"]
        var schema: [String: JSONValue] = ["type": type]
        if column.type == .boolean { schema["type"] = ["string", "boolean", "null"] }
        return (column.name, .object(schema))
      }
      let row: JSONValue = [
        "type": "object", "required": .array(columns.map { .string($0.name) }),
        "properties": .object(Dictionary(properties) { first, _ in first }),
      ]
      requests = ["application/json": ["schema": Self.object(["rows": Self.list(row)])]]
    case .vector(let size):
      let vector: JSONValue = [
        "type": "array", "items": ["type": "number"], "minItems": .integer(size),
        "maxItems": .integer(size),
      ]
      requests = [
        "application/json": ["schema": Self.object(["instances": Self.list(vector)])]
      ]
    }
    let answer = Self.response(
      "One answer for each input, as 'runner predict --json' has it.",
      Self.object(["predictions": Self.list(["type": "object"])]))
    var paths = Self.paths
    paths["/predict"] = Self.post("Predicts", "predict", requests, answer: answer)
    if model.explanationProblem == nil { paths["/explain"] = Self.explain }
    var document: [String: JSONValue] = [
      "openapi": "3.1.0",
      "info": [
        "title": Self.name(model), "version": .string(Version.runner),
        "description": "The model of a run behind 'runner serve'.",
      ],
      "paths": .object(paths),
      "components": [
        "schemas": [
          "Problem": [
            "type": "object", "required": ["message"],
            "properties": [
              "message": ["type": "string"], "hint": ["type": ["string", "null"]],
            ],
          ]
        ],
        "securitySchemes": ["token": ["type": "http", "scheme": "bearer"]],
      ],
    ]
    if !settings.isLocal || settings.tokenFile != nil { document["security"] = [["token": []]] }
    bytes = try JSONText.encode(JSONValue.object(document), pretty: true)
  }

  /// Those that are the same for all models.
  private static let paths: [String: JSONValue] = [
    "/model": get("What the service takes and answers", "model"),
    "/health": get("Whether the service answers; 503 while it does not", "health"),
    "/health/live": get("Whether the process runs", "live"),
    "/health/ready": get("As /health", "ready"),
    "/metrics": get("Counts and times for Prometheus", "metrics", type: "text/plain"),
    "/openapi.json": get("This document", "openapi"),
    "/": get("A page to try the model on", "page", type: "text/html"),
  ]

  private static let explain: JSONValue = {
    let file: JSONValue = ["type": "string", "format": "binary"]
    let text: JSONValue = ["type": "string"]
    let number: JSONValue = ["type": "integer"]
    return post(
      "Explains the answer for one image by Grad-CAM", "explain",
      [
        "image/*": ["schema": file],
        "multipart/form-data": ["schema": ["type": "object", "additionalProperties": file]],
      ],
      answer: response(
        "What is explained, its score before softmax or sigmoid, and the map over the image as the model sees it, "
          + "a PNG in base64.",
        object([
          "explained": text, "score": ["type": "number"], "method": text, "layer": text,
          "height": number, "width": number, "map": text, "is_zero": ["type": "boolean"],
        ])),
      parameters: [
        [
          "name": "class", "in": "query", "schema": text,
          "description":
            "The class, label or number to explain, by name or number; the predicted one if left out.",
        ]
      ])
  }()

  private static let problems = [
    "400": "The request is not well-formed.", "401": "The token is missing or wrong.",
    "411": "The request has no body.", "413": "The body is too large.",
    "415": "A body of this type, or an image of this format, cannot be read.",
    "422": "The input is not what the model takes.",
    "503": "The service is busy or not ready; Retry-After says when to try again.",
  ]

  private static func name(_ model: ServedModel) -> JSONValue {
    guard case .object(let object) = model.description else { return "model" }
    return object["name"] ?? "model"
  }

  private static func pixels(_ size: ImageSize) -> JSONValue {
    let level: JSONValue = ["type": "integer", "minimum": 0, "maximum": 255]
    let pixel: JSONValue = size.channels == 1 ? level : list(level)
    return list(list(pixel))
  }

  private static func list(_ items: JSONValue) -> JSONValue { ["type": "array", "items": items] }

  private static func object(_ properties: [String: JSONValue]) -> JSONValue {
    [
      "type": "object", "required": .array(properties.keys.sorted().map(JSONValue.string)),
      "properties": .object(properties),
    ]
  }

  private static func response(_ words: String, _ schema: JSONValue) -> JSONValue {
    ["description": .string(words), "content": ["application/json": ["schema": schema]]]
  }

  private static func problem(_ words: String) -> JSONValue {
    response(words, ["$ref": "#/components/schemas/Problem"])
  }

  private static func post(
    _ summary: String, _ identifier: String, _ requests: JSONValue, answer: JSONValue,
    parameters: JSONValue = []
  ) -> JSONValue {
    var statuses: [String: JSONValue] = ["200": answer]
    for (status, words) in problems { statuses[status] = problem(words) }
    return [
      "post": [
        "summary": .string(summary), "operationId": .string(identifier), "parameters": parameters,
        "requestBody": ["required": true, "content": requests], "responses": .object(statuses),
      ]
    ]
  }

  private static func get(
    _ summary: String, _ identifier: String, type: String = "application/json"
  ) -> JSONValue {
    [
      "get": [
        "summary": .string(summary), "operationId": .string(identifier),
        "responses": [
          "200": ["description": .string(summary), "content": .object([type: [:]])]
        ],
      ]
    ]
  }
}
