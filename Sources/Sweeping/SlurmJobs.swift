import Diagnostics
import Files

/// The jobs on a cluster that work in a run or sweep directory.
package enum SlurmJobs {
  /// The job numbers of arrays that are queued or running.
  ///
  /// - Parameters:
  ///   - directory: the directory of a sweep, or of a run with folds or seeds.
  ///   - tools: the folder of Slurm's programs; `nil` searches the path.
  /// - Returns: an empty list if nothing was ever submitted, or if Slurm does not answer.
  package static func active(in directory: String, tools: String? = nil) async throws -> [Int] {
    guard RootedDirectory(directory).isFile("slurm/\(SlurmQueue.record)") else { return [] }
    do {
      let queue = try await SlurmTools(in: tools).queue(name: SlurmQueue.jobName(directory))
      return queue?.jobs.sorted() ?? []
    } catch is InputError {
      // Without Slurm's programs the queue cannot be read.
      return []
    }
  }
}
