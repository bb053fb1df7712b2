import ExperimentConfig
import Files
import FoundationEssentials

/// One job array: a folder `slurm/<n>/` of the sweep with the batch script and one line a task.
struct SlurmArray: Sendable, Codable, Equatable {
  struct Work: Sendable, Codable, Hashable {
    /// The trial's directory, absolute.
    var run: String
    var untilEpoch: Int?
    var log: String
  }

  /// Below `slurm/`, from 1.
  var number: Int
  /// Slurm's number of the array.
  var job: Int
  /// By index of the task.
  var tasks: [Work]

  /// A path as the shell takes it.
  static func quoted(_ text: String) -> String {
    "'" + text.replacing("'", with: "'\\''") + "'"
  }

  /// What every task runs. Slurm tells the script a minute before the time is over; the script tells
  /// the trial, which writes its checkpoint, and asks Slurm to put the task back into the queue.
  static func script(folder: String, program: String) -> String {
    """
    #!/usr/bin/env bash
    # One task of a sweep: carries a trial on. Written by 'runner sweep'; 'tasks' has a line a task.
    set -u
    cd \(quoted(folder)) || exit 70
    IFS=$'\\t' read -r run until log < <(sed -n "$((SLURM_ARRAY_TASK_ID + 1))p" tasks)
    arguments=(resume "$run" --quiet)
    [ "$until" = - ] || arguments+=(--until-epoch "$until")
    rm -f "codes/$SLURM_ARRAY_TASK_ID"
    told=
    trap 'told+=x; kill -TERM "$trial" 2>/dev/null' TERM
    \(quoted(program)) "${arguments[@]}" >>"$log" 2>&1 &
    trial=$!
    while :; do
      before=$told
      wait "$trial"
      code=$?
      # A signal ends the waiting, not the trial.
      [ "$told" = "$before" ] && break
    done
    if [ "$code" = 75 ] && [ "${SLURM_RESTART_COUNT:-0}" -lt 100 ]; then
      # Interrupted, unless it has come as far as it should.
      epochs=$(grep -c . "$run/metrics.jsonl" 2>/dev/null)
      if [ "$until" = - ] || [ "${epochs:-0}" -lt "$until" ]; then
        scontrol requeue "${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}" && exit 0
      fi
    fi
    echo "$code" >"codes/.$SLURM_ARRAY_TASK_ID.tmp"
    mv "codes/.$SLURM_ARRAY_TASK_ID.tmp" "codes/$SLURM_ARRAY_TASK_ID"

    """
  }

  /// Writes the folder; ``job`` is not known yet.
  func write(to folder: String, program: String) throws(FileError) {
    try AtomicFile.createFolder("\(folder)/codes")
    let lines = tasks.map { task in
      "\(task.run)\t\(task.untilEpoch.map(String.init) ?? "-")\t\(task.log)\n"
    }
    try AtomicFile.write(lines.joined(), to: "\(folder)/tasks")
    try AtomicFile.write(Self.script(folder: folder, program: program), to: "\(folder)/job.sh")
  }

  /// With which code a task has ended; nothing while it has not.
  static func code(_ index: Int, in folder: String) -> Int32? {
    let path = "\(folder)/codes/\(index)"
    guard FileManager.default.fileExists(atPath: path),
      let bytes = try? FileReading.bytes(of: path, limit: 100)
    else { return nil }
    return Int32(SweepSyntax.trimmed(String(decoding: bytes, as: UTF8.self).filter { $0 != "\n" }))
  }
}
