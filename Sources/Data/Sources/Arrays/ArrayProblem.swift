import DataSchema

/// What is wrong with arrays, and which argument of the experiment is about that.
struct ArrayProblem: Error {
  let argument: String
  let error: DataError

  /// Runs `body`, whose errors are about `argument`.
  static func at<Value>(
    _ argument: String, _ body: () throws(DataError) -> Value
  ) throws(ArrayProblem) -> Value {
    do throws(DataError) {
      return try body()
    } catch {
      throw ArrayProblem(argument: argument, error: error)
    }
  }
}
