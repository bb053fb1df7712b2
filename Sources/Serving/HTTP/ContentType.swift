/// A media type with its parameters, from the header `Content-Type`.
struct ContentType: Equatable {
  /// In lower case, such as `image/jpeg`.
  let type: String
  /// By their names in lower case.
  let parameters: [String: String]

  init(_ text: String) {
    let (first, parameters) = HeaderParameters.parse(text)
    type = first.lowercased()
    self.parameters = parameters
  }

  var isImage: Bool { type.hasPrefix("image/") || type == "application/octet-stream" }
  var isJSON: Bool { type == "application/json" || type.hasSuffix("+json") }
}

/// Values such as `form-data; name="file"; filename="a;b.png"`.
enum HeaderParameters {
  /// - Returns: what precedes the first semicolon, and the parameters by their names in lower case. Of a parameter
  ///   that is there twice, the first counts.
  static func parse(_ text: String) -> (first: String, parameters: [String: String]) {
    var rest = Substring(text)
    let first = trimmed(take(&rest))
    var parameters: [String: String] = [:]
    while !rest.isEmpty {
      rest.removeFirst()
      let part = take(&rest)
      guard let equals = part.firstIndex(of: "=") else { continue }
      let name = trimmed(part[..<equals]).lowercased()
      if parameters[name] == nil {
        parameters[name] = unquoted(trimmed(part[part.index(after: equals)...]))
      }
    }
    return (first, parameters)
  }

  /// Removes what precedes the next semicolon outside of quotes.
  private static func take(_ rest: inout Substring) -> Substring {
    var (isQuoted, isEscaped) = (false, false)
    var end = rest.startIndex
    while end < rest.endIndex {
      let character = rest[end]
      if isEscaped {
        isEscaped = false
      } else if isQuoted && character == "\\" {
        isEscaped = true
      } else if character == "\"" {
        isQuoted.toggle()
      } else if character == ";" && !isQuoted {
        break
      }
      end = rest.index(after: end)
    }
    defer { rest = rest[end...] }
    return rest[..<end]
  }

  private static func trimmed(_ text: Substring) -> String {
    var text = text
    while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
    while let last = text.last, last == " " || last == "\t" { text.removeLast() }
    return String(text)
  }

  private static func unquoted(_ text: String) -> String {
    guard text.count >= 2, text.first == "\"", text.last == "\"" else { return text }
    var result = ""
    var isEscaped = false
    for character in text.dropFirst().dropLast() {
      if !isEscaped && character == "\\" {
        isEscaped = true
      } else {
        result.append(character)
        isEscaped = false
      }
    }
    return result
  }
}
