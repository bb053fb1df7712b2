import ExperimentConfig
import Files

/// A job array: a folder `slurm/<n>/` of the sweep or run, with the batch script and one line per
/// task.
struct SlurmArray: Sendable, Codable, Equatable {
  struct Work: Sendable, Codable, Hashable {
    /// The directory of the trial or the fold, as an absolute path.
    var run: String
    var untilEpoch: Int?
    var log: String
  }

  /// The folder's number in `slurm/`, from 1.
  var number: Int
  /// Slurm's job number of the array; 0 until `sbatch` has returned it.
  var job = 0
  /// The work of each task, by task index.
  var tasks: [Work]
  /// The job's comment, which identifies it if this program was killed before it received the job
  /// number.
  var mark: String?

  /// Quotes a path for the shell.
  static func quoted(_ text: String) -> String {
    "'" + text.replacing("'", with: "'\\''") + "'"
  }

  /// The arguments of `sbatch`.
  ///
  /// - Parameters:
  ///   - folder: the array's folder.
  ///   - name: the job's name.
  ///   - maxConcurrent: the maximum number of concurrent tasks; `nil` leaves it to Slurm.
  ///   - earlier: arrays that count towards `maxConcurrent`: this one waits until they have ended.
  ///   - options: the user's options.
  func arguments(
    in folder: String, name: String, maxConcurrent: Int?, after earlier: Set<Int>, options: [String]
  ) -> [String] {
    // Slurm replaces %a and others, even in folder names.
    let place = folder.replacing("%", with: "%%")
    let isChained = maxConcurrent != nil && !earlier.isEmpty
    let jobs = earlier.sorted().map(String.init).joined(separator: ":")
    return [
      "--parsable", "--array=0-\(tasks.count - 1)" + (maxConcurrent.map { "%\($0)" } ?? ""),
      "--job-name=\(name)", "--requeue", "--open-mode=append", "--signal=B:TERM@60",
      "--output=\(place)/%a.out",
    ] + (mark.map { ["--comment=\($0)"] } ?? []) + options
      + (isChained ? ["--dependency=afterany:\(jobs)"] : []) + ["\(folder)/job.sh"]
  }

  /// The batch script of every task. Slurm signals the script a minute before the time limit; the
  /// script signals the trial, which writes a checkpoint, and asks Slurm to requeue the task. It
  /// does so only while Slurm lets the task run: a task that is being cancelled must end, and one
  /// that Slurm itself requeues, in favour of a job with higher priority, needs no help.
  ///
  /// If a node is lost, Slurm moves the task to another one. Slurm is authoritative in this: the
  /// trial's lock is taken over from the lost machine, and if a process of the earlier attempt is
  /// still writing, the new one waits for it. A different processor is allowed, with a warning in
  /// `run.json`.
  static func script(folder: String, program: String) -> String {
    """
    #!/usr/bin/env bash
    # One task: resumes a trial or a fold. Written by 'runner'; 'tasks' has one line per task.
    set -u
    cd \(quoted(folder)) || exit 70
    IFS=$'\\t' read -r run until log < <(sed -n "$((SLURM_ARRAY_TASK_ID + 1))p" tasks)
    arguments=(resume "$run" --quiet --take-over --wait --allow machine)
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
      # A signal interrupts the wait, not the trial.
      [ "$told" = "$before" ] && break
    done
    # 75 says so; a process that was told before it handled signals has died of one.
    interrupted=
    case $code in
      75) interrupted=x ;;
      130|143) interrupted=$told ;;
    esac
    # A worker that was killed, most often for lack of memory, would be killed again and again.
    tail -n 3 "$log" | grep -q 'error: the worker ' && interrupted=
    if [ -n "$interrupted" ] && [ "${SLURM_RESTART_COUNT:-0}" -lt 100 ]; then
      task=${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID
      # COMPLETING is one that was cancelled, or that Slurm requeues itself.
      state=$(scontrol -o show job "$task" 2>/dev/null | grep -o 'JobState=[A-Z_]*' | head -1)
      # Unless it has run as many epochs as it should.
      epochs=$(grep -c . "$run/metrics.jsonl" 2>/dev/null)
      if [ "$state" = JobState=RUNNING ] &&
        { [ "$until" = - ] || [ "${epochs:-0}" -lt "$until" ]; }; then
        scontrol requeue "$task" && exit 0
      fi
    fi
    echo "$code" >"codes/.$SLURM_ARRAY_TASK_ID.tmp"
    mv "codes/.$SLURM_ARRAY_TASK_ID.tmp" "codes/$SLURM_ARRAY_TASK_ID"

    """
  }

  /// Writes the folder, before ``job`` is known.
  func write(to folder: RootedDirectory, program: String) throws(FileError) {
    try folder.createFolder("codes")
    let lines = tasks.map { task in
      "\(task.run)\t\(task.untilEpoch.map(String.init) ?? "-")\t\(task.log)\n"
    }
    try folder.write(lines.joined(), to: "tasks")
    try folder.write(Self.script(folder: folder.path, program: program), to: "job.sh")
  }

  /// How the trial's process ended; `nil` if it has not, or was killed before that could be
  /// recorded.
  static func ending(_ index: Int, in folder: RootedDirectory) -> TrialEnding? {
    // A shell reports a signal as 128 plus its number. If a whole node is shut down, the script may
    // live just long enough to record that.
    code(index, in: folder).map { $0 > 128 ? .signaled($0 - 128) : .exited($0) }
  }

  private static func code(_ index: Int, in folder: RootedDirectory) -> Int32? {
    guard let bytes = try? folder.bytes(of: "codes/\(index)", limit: 100) else { return nil }
    return Int32(SweepSyntax.trimmed(String(decoding: bytes, as: UTF8.self).filter { $0 != "\n" }))
  }
}
